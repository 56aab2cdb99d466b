"""A chat as handlers see it: who, what was said or tapped, and ways to answer. Telegram's types end here.

Answers go to the outbox of the open transaction; only a tap's toast is sent directly, after the commit.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from telegram import Message as TelegramMessage
from telegram import Update

from bot.delivery import outbox
from bot.delivery.buttons import Tap, read
from bot.delivery.model import Kind, Message, Picture, Rows
from bot.errors import NotAllowed
from bot.intake.dispatch import Answer, Work, current_work
from bot.people.model import Colleague, Participant, Right
from bot.richtext import Rich, Span
from bot.screening.model import Finding
from bot.services import Services
from bot.storage.database import Tx

ANONYMOUS_ADMINISTRATOR = 1087968824  # Telegram's id for an administrator who hides behind the group


class NotAParticipant(NotAllowed):
    """Only somebody who has joined can do this."""


@dataclass
class Chat:
    """One update in one open transaction.

    `key` is the chat it came from, `user_key` the private chat of whoever sent it; they are equal in private.
    `language` is the one to answer in, `text` the message or caption, `words` what followed a command.
    """

    services: Services
    work: Work
    update: Update
    tap: Tap | None
    _who: "tuple[int, Participant | Colleague | None] | None" = None

    @property
    def tx(self) -> Tx:
        return self.work.tx

    @property
    def now(self) -> datetime:
        return self.work.now

    @property
    def finding(self) -> Finding:
        return self.work.finding

    @property
    def is_private(self) -> bool:
        return self.work.facts.is_private

    @property
    def is_anonymous(self) -> bool:
        return self.work.facts.user_id in (0, ANONYMOUS_ADMINISTRATOR)

    @cached_property
    def key(self) -> str:
        return outbox.know_chat(self.tx, self.work.facts.chat_id, is_group=not self.is_private)

    @cached_property
    def user_key(self) -> str:
        return outbox.chat_key(self.tx, self.work.facts.user_id)

    @property
    def who(self) -> Participant | Colleague | None:
        """Read anew after every write: a handler may have changed it."""
        if self.is_anonymous:
            return None
        if self._who is None or self._who[0] != self.tx.writes:
            self._who = (self.tx.writes, self.services.people.who(self.tx, self.user_key))
        return self._who[1]

    @property
    def participant(self) -> Participant:
        """Raises `NotAParticipant`."""
        who = self.who
        if not isinstance(who, Participant):
            raise NotAParticipant()
        return who

    def colleague(self, right: Right) -> Colleague:
        """Whoever acts, when their role allows it. Raises `NotAllowed`."""
        return self.services.people.require(self.who, right)

    @property
    def is_staff(self) -> bool:
        return isinstance(self.who, Colleague)

    @property
    def is_joining(self) -> bool:
        """Has opened an invite's link, and neither joined nor declined."""
        return self.who is None and self.services.people.draft(self.tx, self.user_key, self.now) is not None

    @property
    def is_staff_group(self) -> bool:
        return not self.is_private and self.services.people.staff_group(self.tx) == self.key

    @property
    def language(self) -> str:
        who = self.who
        if who is not None and self.is_private:
            return who.language
        if not self.is_private:
            return self.services.config.program.language
        return self.services.language_of(self.tx, self.user_key, self.work.facts.language)

    @property
    def first_name(self) -> str:
        user = self.update.effective_user
        return user.first_name if user else ""

    @property
    def message(self) -> TelegramMessage | None:
        """The message that came, new or edited; None for taps."""
        return self.update.message or self.update.edited_message

    @property
    def text(self) -> str:
        return self.work.facts.text

    @property
    def words(self) -> str:
        """What followed the command: "12 not urgent" in "/wrong 12 not urgent"."""
        return self.text.partition(" ")[2].strip()

    @property
    def pressed(self) -> Tap:
        """The tap; only in handlers of taps."""
        return self.tap or Tap("")

    @property
    def pressed_message_id(self) -> int:
        """The message whose button was tapped; 0 when Telegram no longer says."""
        query = self.update.callback_query
        return query.message.message_id if query and query.message else 0

    @property
    def pressed_text(self) -> Rich:
        """What the tapped message says; empty when Telegram no longer says."""
        query = self.update.callback_query
        message = query.message if query else None
        if not isinstance(message, TelegramMessage) or message.text is None:
            return Rich("")
        spans = (Span(each.type, each.offset, each.length, each.url) for each in message.entities)
        return Rich(message.text, tuple(spans))

    def t(self, phrase: str, **values: str | int | Rich) -> Rich:
        """A sentence of the bot in this chat's language."""
        return self.services.content.phrases.text(phrase, self.language, **values)

    def label(self, phrase: str, **values: str | int) -> str:
        """The same as plain text, for buttons and toasts."""
        return self.services.content.phrases.plain(phrase, self.language, **values)

    def say(
        self,
        text: Rich,
        buttons: Rows = (),
        *,
        kind: Kind = Kind.TALK,
        card: str | None = None,
        protect: bool = False,
        vanish_seconds: int | None = None,
        keyboard: tuple[str, ...] | None = None,
        picture: Picture | None = None,
    ) -> None:
        """A new message in this chat."""
        message = Message(text, buttons, protect=protect, keyboard=keyboard, picture=picture)
        outbox.send(
            self.tx, self.key, message, kind=kind, now=self.now, card=card, vanish_seconds=vanish_seconds
        )

    def say_privately(self, text: Rich, buttons: Rows = (), *, vanish_seconds: int | None = None) -> None:
        """A new message in the private chat of whoever acts, protected; for what no group may see."""
        key = outbox.know_chat(self.tx, self.work.facts.user_id, is_group=False)
        message = Message(text, buttons, protect=True)
        outbox.send(self.tx, key, message, kind=Kind.TALK, now=self.now, vanish_seconds=vanish_seconds)

    def edit(self, card: str, text: Rich, buttons: Rows = ()) -> None:
        """Show this in the card's message instead."""
        self.show(card, Message(text, buttons))

    def show(self, card: str, message: Message) -> None:
        """The same for a whole message, which may have a picture."""
        outbox.edit(self.tx, self.key, card, message, now=self.now)

    def toast(self, text: str, *, box: bool = False) -> None:
        """The small answer to a tap: at most 200 characters, gone in a moment, or a box to be closed."""
        query = self.update.callback_query
        if query is not None:
            self.work.answers[:] = [Answer(query.id, text[:200], alert=box)]


def chat_of(update: Update, services: Services) -> Chat:
    """The chat for the update in hand, one for all its handlers."""
    work = current_work()
    chat = work.shared.get(Chat)
    if not isinstance(chat, Chat):
        query = update.callback_query
        tap = read(query.data or "") if query is not None else None
        chat = work.shared[Chat] = Chat(services, work, update, tap)
    return chat
