"""How handlers are hung into python-telegram-bot: who may use them, where, and what a refusal looks like.

A handler is a plain function on a `Chat`. The first route that fits takes the update; refusals are said kindly.
"""

from collections.abc import Callable
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.delivery.buttons import StaleTap
from bot.errors import NotAllowed, NotFound, Refused
from bot.intake.dispatch import Answer, RolledBack, current_work
from bot.people import dialogues
from bot.people.model import Right
from bot.services import Services
from handlers.chat import Chat, NotAParticipant, chat_of

Handler = Callable[[Chat], None]
AnyApplication = Application[Any, Any, Any, Any, Any, Any]

FIRST, USUAL, LAST = 0, 10, 20  # handler groups: what runs before every route, the routes, the catch-all


class Routes:
    """Collects routes; each file in `handlers/` adds its own in `register(routes)`."""

    def __init__(self, application: AnyApplication, services: Services) -> None:
        self._application = application
        self._services = services
        self._answers: dict[str, Handler] = {}
        self._seen = 0
        self.commands: list[str] = []
        self.verbs: list[str] = []

    def command(
        self,
        name: str,
        handler: Handler,
        *,
        right: Right | None = None,
        joined: bool = False,
        in_group: bool = False,
        in_private: bool = True,
    ) -> None:
        """`/name`. `right` is asked of staff, `joined` of participants; groups only with `in_group`."""
        where: filters.BaseFilter = filters.ChatType.PRIVATE
        if in_group:
            where = filters.ChatType.GROUPS | where if in_private else filters.ChatType.GROUPS
        self.commands.append(name)
        guarded = _guarded(handler, right=right, joined=joined)
        self._add(CommandHandler(name, self._adapted(guarded), filters=filters.UpdateType.MESSAGE & where))

    def tap(
        self,
        verb: str,
        handler: Handler,
        *,
        right: Right | None = None,
        joined: bool = False,
        in_group: bool = False,
    ) -> None:
        """A button whose data begins with `verb`; in a group, where anybody's client may send any data, only
        with `in_group`."""
        if verb in self.verbs:  # the first route would take the taps of both
            raise ValueError(f"two buttons begin with {verb}")
        self.verbs.append(verb)
        guarded = _guarded(handler if in_group else _private(handler), right=right, joined=joined)
        self._add(CallbackQueryHandler(self._adapted(guarded), pattern=f"^{verb}(:|$)"))

    def answer(self, topic: str, handler: Handler) -> None:
        """What is typed while the dialogue `topic` is open."""
        self._answers[topic] = handler

    def message(self, condition: filters.BaseFilter, handler: Handler) -> None:
        """New messages that fit a filter."""
        self._add(MessageHandler(filters.UpdateType.MESSAGE & condition, self._adapted(handler)))

    def every_message(self, handler: Handler) -> None:
        """Runs before the routes for each message and edit, and takes nothing away from them."""
        seen = MessageHandler(filters.UpdateType.MESSAGES, self._adapted(handler, takes=False))
        # Of one group python-telegram-bot runs only the first handler that fits, and each of these must run.
        self._application.add_handler(seen, group=FIRST + self._seen)
        self._seen += 1

    def any_update(self, handler: BaseHandler[Any, Any, Any] | Handler, *, group: int = USUAL) -> None:
        """A handler of python-telegram-bot's own kind, or the catch-all."""
        if not isinstance(handler, BaseHandler):
            handler = _Anything(self._adapted(handler))
        self._application.add_handler(handler, group=group)

    def adapted(self, handler: Handler) -> Any:
        """A callback for a python-telegram-bot handler of another kind."""
        return self._adapted(handler)

    def open_dialogue(self, chat: Chat) -> bool:
        """Let an open question take the typed text; false when none is open."""
        open_one = dialogues.waiting(chat.tx, chat.user_key, chat.now)
        handler = self._answers.get(open_one.topic) if open_one else None
        if handler is None:
            return False
        try:
            handler(chat)
        except NotAllowed:  # they lost the role meanwhile: nobody waits for their words any more
            dialogues.end(chat.tx, chat.user_key)
            raise
        return True

    def _add(self, handler: BaseHandler[Any, Any, Any]) -> None:
        self._application.add_handler(handler, group=USUAL)

    def _adapted(self, handler: Handler, *, takes: bool = True) -> Any:
        async def callback(update: Update, _context: object) -> None:
            work = current_work()
            if takes and work.handled:
                return
            work.handled = work.handled or takes
            try:
                _act(chat_of(update, self._services), handler)
            except Exception as error:
                raise RolledBack() from error

        return callback


class _Anything(BaseHandler[Any, Any, Any]):
    """Takes whatever nobody else took."""

    def check_update(self, update: object) -> bool:
        return isinstance(update, Update) and not current_work().handled


def _act(chat: Chat, handler: Handler) -> None:
    query = chat.update.callback_query
    if query is not None and not chat.work.answers:
        chat.work.answers.append(Answer(query.id))  # every tap is answered, or it would spin for ever
    try:
        handler(chat)
    except NotAParticipant:
        _refuse(chat, _why_not_joined(chat))
    except NotAllowed:
        _refuse(chat, "refused.not-allowed")
    except (StaleTap, NotFound):
        _refuse(chat, "refused.stale" if query else "refused.not-found")
    except Refused:
        _refuse(chat, "refused.other")


def _why_not_joined(chat: Chat) -> str:
    if chat.is_staff:
        return "refused.for-participants"
    return "refused.joining" if chat.is_private and chat.is_joining else "refused.not-joined"


def _refuse(chat: Chat, phrase: str) -> None:
    """Kindly and without a trace in a group, where a refusal would tell others who somebody is."""
    if chat.tap is not None:
        chat.toast(chat.label(phrase))
    elif chat.is_private or chat.is_staff_group:
        chat.say(chat.t(phrase))


def _private(handler: Handler) -> Handler:
    """Nothing personal is shown or asked in a group, whatever data a client sends there."""

    def guarded(chat: Chat) -> None:
        if not chat.is_private:
            raise NotAllowed("only in a private chat")
        handler(chat)

    return guarded


def _guarded(handler: Handler, *, right: Right | None, joined: bool) -> Handler:
    if right is None and not joined:
        return handler

    def guarded(chat: Chat) -> None:
        if not chat.is_private and chat.is_anonymous and right is not None:
            _refuse(chat, "refused.anonymous")
            return
        if right is not None:
            chat.colleague(right)
        if joined:
            _ = chat.participant
        handler(chat)

    return guarded
