"""The person's side: what people in a story send, tap and see. Calls are synchronous and wake the bot's poll.

Groups and their members are in `groups`; what the bot may do is in the `methods` files.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bot.sandbox import media, richtext
from bot.sandbox.entities import RichText, utf16_length
from bot.sandbox.errors import Json, SandboxError
from bot.sandbox.membership import changed
from bot.sandbox.methods_messages import LONGEST_TEXT, forward_origin
from bot.sandbox.privacy import bot_sees
from bot.sandbox.state import (
    Button,
    CallbackQuery,
    Chat,
    Event,
    Happening,
    Member,
    Message,
    SeenMessage,
    StoredFile,
    Toast,
    User,
    World,
)

if TYPE_CHECKING:
    from bot.sandbox.groups import Group


class ChatView:
    """A chat as its people see it now, and its history."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat

    @property
    def id(self) -> int:
        return self._chat.id

    @property
    def messages(self) -> list[SeenMessage]:
        """What is visible now, in order; deleted messages are gone."""
        return [self._world.seen(message) for message in self._chat.messages.values()]

    @property
    def last(self) -> SeenMessage:
        """The newest message from the bot; `SandboxError` when it has said nothing."""
        for message in reversed(self.messages):
            if message.is_from_bot:
                return message
        raise SandboxError(f"The bot has said nothing in chat {self.id}.")

    @property
    def toasts(self) -> list[Toast]:
        return list(self._chat.toasts)

    @property
    def history(self) -> list[Happening]:
        """Everything that ever happened: each message, edit, deletion, tap, reaction and toast."""
        return list(self._chat.history)

    @property
    def keyboard(self) -> tuple[tuple[str, ...], ...]:
        """The reply keyboard that is shown now."""
        rows = (self._chat.keyboard or {}).get("keyboard", [])
        return tuple(tuple(str(button["text"]) for button in row) for row in rows)

    @property
    def actions(self) -> list[str]:
        """The chat actions ("typing") so far."""
        return list(self._chat.actions)

    def message(self, number: int) -> SeenMessage:
        """One message as it is now; `SandboxError` when it is gone."""
        if number not in self._chat.messages:
            raise SandboxError(f"There is no message {number} in chat {self.id} now.")
        return self._world.seen(self._chat.messages[number])


class Person:
    """Somebody with Telegram in their hand. Get one from `sandbox.person`."""

    def __init__(self, world: World, user: User, chat: Chat) -> None:
        self._world = world
        self.user = user
        self._chat = chat

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def first_name(self) -> str:
        return self.user.first_name

    @property
    def chat(self) -> ChatView:
        return ChatView(self._world, self._chat)

    def says(
        self,
        text: str,
        entities: list[Json] | None = None,
        reply_to: SeenMessage | int | None = None,
        in_: "Group | None" = None,
    ) -> SeenMessage:
        """Send a text; over 4096 UTF-16 units in pieces, as Telegram's apps do. Gives the last."""
        pieces = list(_pieces(text)) if entities is None else [text]
        for piece in pieces:
            words = richtext.read(piece, parse_mode="", entities=entities)
            if not words.text:
                raise SandboxError("Telegram does not send an empty message.")
            seen = self._send(self._place(in_), words=words, reply_to=_number(reply_to))
        return seen

    def says_anonymously(self, text: str, in_: "Group") -> SeenMessage:
        """As an administrator who stays anonymous: the group itself seems to speak."""
        chat = self._place(in_)
        member = chat.members.get(self.id)
        if member is None or not member.is_administrator:
            raise SandboxError(f"{self.first_name} is no administrator of {chat.title}.")
        words = richtext.read(text, parse_mode="", entities=None)
        return self._send(chat, words=words, sender=self._world.anonymous, sender_chat=chat)

    def forwards(self, text: str, in_: "Group | None" = None) -> SeenMessage:
        """Forward a text of somebody who hides behind their name."""
        origin = {"type": "hidden_user", "date": self._world.unix_time, "sender_user_name": "Somebody"}
        words = richtext.read(text, parse_mode="", entities=None)
        return self._send(self._place(in_), words=words, fields={"forward_origin": origin})

    def forwards_message(self, message: SeenMessage, in_: "Group | None" = None) -> SeenMessage:
        """Forward a message that is in a chat now; `SandboxError` when the bot protected it."""
        source = self._found(message)
        if source.is_protected:
            raise SandboxError("A protected message cannot be forwarded.")
        fields = source.media | forward_origin(source)
        return self._send(self._place(in_), words=source.words, fields=fields)

    def sends(self, kind: str, caption: str = "", in_: "Group | None" = None) -> SeenMessage:
        """Send something other than text: one of `media.KINDS`, such as "sticker"."""
        chat = self._place(in_)
        fields, stored = media.made(self._world, self.user, kind)
        words = richtext.read(caption, parse_mode="", entities=None)
        return self._send(chat, words=words, fields=fields, file=stored)

    def sends_sticker(self, in_: "Group | None" = None) -> SeenMessage:
        return self.sends("sticker", in_=in_)

    def sends_voice(self, in_: "Group | None" = None) -> SeenMessage:
        return self.sends("voice", in_=in_)

    def sends_video_note(self, in_: "Group | None" = None) -> SeenMessage:
        return self.sends("video_note", in_=in_)

    def sends_photo(self, caption: str = "", in_: "Group | None" = None) -> SeenMessage:
        return self.sends("photo", caption, in_=in_)

    def sends_document(self, caption: str = "", in_: "Group | None" = None) -> SeenMessage:
        return self.sends("document", caption, in_=in_)

    def sends_location(self, in_: "Group | None" = None) -> SeenMessage:
        return self.sends("location", in_=in_)

    def sends_contact(self, in_: "Group | None" = None) -> SeenMessage:
        return self.sends("contact", in_=in_)

    def sends_poll(self, in_: "Group | None" = None) -> SeenMessage:
        return self.sends("poll", in_=in_)

    def sends_dice(self, in_: "Group | None" = None) -> SeenMessage:
        return self.sends("dice", in_=in_)

    def edits(self, message: SeenMessage, new_text: str) -> SeenMessage:
        """Edit a message of one's own; the bot gets `edited_message`."""
        kept = self._own(message)
        kept.words = richtext.read(new_text, parse_mode="", entities=None)
        kept.edited = self._world.clock.now()
        seen = self._world.record(Event.EDITED, kept, by_bot=False)
        if bot_sees(self._world, kept):
            self._world.queue.put("edited_message", self._world.message_json(kept))
        return seen

    def deletes(self, message: SeenMessage) -> None:
        """Take a message away for both sides; Telegram does not tell the bot."""
        kept = self._found(message)
        if kept.chat.is_group and kept.sender is not self.user:
            raise SandboxError("In a group people delete only their own messages here.")
        self._world.record(Event.DELETED, kept, by_bot=False)
        self._world.remove(kept)

    def reacts(self, message: SeenMessage, emoji: str | None) -> None:
        """Put a reaction on a message, or take it off; the bot learns of it only when it asked to."""
        kept = self._found(message)
        old, kept.reaction = kept.reaction, emoji
        self._world.record(Event.REACTED, kept, by_bot=False, what=emoji or "")
        body = {
            "chat": kept.chat.to_json(),
            "message_id": kept.id,
            "user": self.user.to_json(),
            "date": self._world.unix_time,
            "old_reaction": _reactions(old),
            "new_reaction": _reactions(emoji),
        }
        if _hears_reactions(self._world, kept.chat):
            self._world.queue.put("message_reaction", body)

    def taps(self, label: str, in_: "Group | None" = None) -> str:
        """Tap the button with this label, or the newest whose label contains it.

        A link to the bot is followed. Gives the callback query's id, or the link. `SandboxError` lists
        the buttons there are when none fits.
        """
        chat = self._place(in_)
        for fits in (_is(label), _contains(label)):
            for message in reversed(chat.messages.values()):
                for button in _flat(self._world.seen(message)):
                    if fits(button.text):
                        return self._tap(message, button)
            for text in (text for row in ChatView(self._world, chat).keyboard for text in row):
                if fits(text):
                    self.says(text, in_=in_)
                    return text
        raise SandboxError(f"No button says {label!r}. There are: {self._labels(chat)}.")

    def taps_data(self, message: SeenMessage, data: str) -> str:
        """Send a tap with any data on any message, also one that is gone: forged or stale."""
        chat = self._world.chats[message.chat_id]
        kept = chat.messages.get(message.id)
        gone = {"chat": chat.to_json(), "message_id": message.id, "date": 0}
        return self._query(chat, self._world.message_json(kept) if kept else gone, data, kept)

    def opens_link(self, link: str) -> SeenMessage:
        """Follow a t.me link to this bot and press Start; a blocked bot is unblocked by that."""
        found = re.fullmatch(r"(?:https?://)?t\.me/(\w+)(?:\?start=([A-Za-z0-9_-]{1,64}))?", link.strip())
        if found is None or found[1].lower() != (self._world.bot.username or "").lower():
            raise SandboxError(f"This link does not lead to the bot: {link}")
        if self._chat.is_blocked:
            self.unblocks_bot()
        return self.says(f"/start {found[2] or ''}".strip())

    def blocks_bot(self) -> None:
        self._alive()
        if not self._chat.is_blocked:
            self._chat.is_blocked = True
            self._tell_blocked("member", "kicked")

    def unblocks_bot(self) -> None:
        self._alive()
        if self._chat.is_blocked:
            self._chat.is_blocked = False
            self._tell_blocked("kicked", "member")

    def deactivates(self) -> None:
        """The account is gone; Telegram does not tell the bot."""
        self.user.is_deactivated = True

    def _tell_blocked(self, before: str, after: str) -> None:
        if not self._chat.has_started:
            return
        bot = self._world.bot
        update = changed(self._world, self._chat, self.user, Member(bot, before), Member(bot, after))
        self._world.queue.put("my_chat_member", update)

    def _alive(self) -> None:
        if self.user.is_deactivated:
            raise SandboxError(f"{self.first_name} has no account any more.")

    def _place(self, group: "Group | None") -> Chat:
        """The chat to act in; what a phone would not let a person do is refused here."""
        self._alive()
        if group is None:
            if self._chat.is_blocked:
                raise SandboxError(f"{self.first_name} has blocked the bot.")
            return self._chat
        chat = self._world.chats[group.id]
        member = chat.members.get(self.id)
        if chat.is_deleted or member is None or not member.is_inside:
            raise SandboxError(f"{self.first_name} is not in {chat.title}.")
        return chat

    def _send(
        self,
        chat: Chat,
        *,
        words: RichText,
        fields: Json | None = None,
        reply_to: int | None = None,
        sender: User | None = None,
        sender_chat: Chat | None = None,
        file: StoredFile | None = None,
    ) -> SeenMessage:
        message = self._world.add_message(chat, sender or self.user, words)
        message.media, message.file = fields or {}, file
        message.reply_to, message.sender_chat = reply_to, sender_chat
        chat.has_started = True
        if (chat.keyboard or {}).get("one_time_keyboard"):
            chat.keyboard = None
        seen = self._world.record(Event.SENT, message, by_bot=False)
        if bot_sees(self._world, message):
            self._world.queue.put("message", self._world.message_json(message))
        return seen

    def _tap(self, message: Message, button: Button) -> str:
        if button.callback_data is not None:
            body = self._world.message_json(message)
            return self._query(message.chat, body, button.callback_data, message)
        if button.url is None:
            raise SandboxError(f"Nothing here knows how to open the button {button.text!r}.")
        if f"t.me/{self._world.bot.username}" in button.url:
            self.opens_link(button.url)
        return button.url

    def _query(self, chat: Chat, message: Json, data: str, kept: Message | None) -> str:
        self._alive()
        world = self._world
        query = CallbackQuery(
            str(4_000_000_000_000_000 + next(world.numbers)), world.clock.now(), self.user, chat
        )
        world.callbacks[query.id] = query
        seen = world.seen(kept) if kept else None
        chat.history.append(Happening(query.at, Event.TAPPED, False, seen, data))
        body = {
            "id": query.id,
            "from": self.user.to_json(with_language=True),
            "message": message,
            "chat_instance": str(chat.id * 7919),
            "data": data,
        }
        world.queue.put("callback_query", body)
        return query.id

    def _found(self, message: SeenMessage) -> Message:
        self._alive()
        kept = self._world.chats[message.chat_id].messages.get(message.id)
        if kept is None:
            raise SandboxError(f"Message {message.id} is gone.")
        return kept

    def _own(self, message: SeenMessage) -> Message:
        kept = self._found(message)
        if kept.sender is not self.user:
            raise SandboxError(f"Message {message.id} is not by {self.first_name}.")
        return kept

    def _labels(self, chat: Chat) -> str:
        seen = [self._world.seen(message) for message in chat.messages.values()]
        labels = [repr(label) for message in seen for label in message.labels]
        return ", ".join(labels) or "none"


def _pieces(text: str) -> Iterable[str]:
    piece: list[str] = []
    units = 0
    for character in text:
        size = utf16_length(character)
        if units + size > LONGEST_TEXT:
            yield "".join(piece)
            piece, units = [], 0
        piece.append(character)
        units += size
    yield "".join(piece)


def _number(message: SeenMessage | int | None) -> int | None:
    return message.id if isinstance(message, SeenMessage) else message


def _flat(message: SeenMessage) -> list[Button]:
    return [button for row in message.buttons for button in row]


def _is(label: str) -> Callable[[str], bool]:
    return lambda text: text == label


def _contains(label: str) -> Callable[[str], bool]:
    return lambda text: label.lower() in text.lower()


def _reactions(emoji: str | None) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def _hears_reactions(world: World, chat: Chat) -> bool:
    mine = chat.members.get(world.bot.id)
    return not chat.is_group or (mine is not None and mine.is_administrator)
