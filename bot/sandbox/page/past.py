"""Time before the demo begins: what people do is handled by the bot's own handlers, jobs and outbox, at once.

The same code as on any day, with two things left out that take time and change nothing: the network between the
bot and the sandbox, and a commit after every step. What happens in it is in `history`.
"""

import json
from collections.abc import Callable
from datetime import datetime

from bot.app import App
from bot.clock import ManualClock
from bot.delivery import claims
from bot.delivery.model import Ending, Message, Operation, Outcome, Parcel, Result
from bot.delivery.outcomes import OutcomeHandler
from bot.delivery.telegram import NOTHING_TO_DO, markup, qr_picture
from bot.intake.dispatch import Work, dispatch
from bot.intake.facts import facts_of
from bot.morning import Morning
from bot.sandbox.errors import ApiError, Json, SandboxError
from bot.sandbox.methods import METHODS
from bot.sandbox.parameters import Ask, Upload
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import SeenMessage
from bot.screening.guard import screen_safely
from bot.storage.database import Tx

OWNER = "history"
AT_ONCE = 8
SECOND = 1.001  # between two messages in a chat, as Telegram wants it


class Past:
    """One open transaction in which time passes. The bot must not have been started yet."""

    def __init__(self, app: App, sandbox: Sandbox, clock: ManualClock, tx: Tx) -> None:
        self.services = app.services
        self.sandbox = sandbox
        self.clock = clock
        self.tx = tx
        self._application = app.application
        services = app.services
        morning = Morning(
            services.config, services.people, services.alerts, services.checkins, services.library
        )
        self._morning = morning.jobs()
        self._outcomes: dict[str, OutcomeHandler] = {}
        for part in (services.people, services.alerts, services.checkins, services.modules, morning):
            self._outcomes.update(part.outcomes())

    def morning(self, instant: datetime) -> None:
        """Let time pass until then, and let the staff's morning message be sent."""
        self.clock.advance(max((instant - self.clock.now()).total_seconds(), 0))
        for job in self._morning:
            for row in job.due(self.tx, instant):
                job.act(self.tx, row, instant)
        self.deliver()

    def act(self, what: Callable[[], object], *, after: float = 7) -> None:
        """Somebody does something `after` so many seconds, and the bot answers."""
        self.clock.advance(after)
        what()
        for raw in self.sandbox.world.queue.take_all():
            self._handle(json.loads(raw))
        self.deliver()

    def taps(
        self, person: Person, fits: Callable[[str], bool] = lambda _data: True, *, after: float = 7
    ) -> bool:
        """Tap the first button of the newest message with buttons whose data fits; false when there is none."""
        message = newest_with_buttons(person)
        buttons = [button for row in message.buttons for button in row] if message else []
        wanted = next((b.callback_data for b in buttons if b.callback_data and fits(b.callback_data)), None)
        if message is None or wanted is None:
            return False
        self.act(lambda: person.taps_data(message, wanted), after=after)
        return True

    def deliver(self) -> None:
        """Everything that may leave now arrives, a second apart."""
        while True:
            now = self.clock.now()
            claimed = claims.claim(self.tx, owner=OWNER, most=AT_ONCE, now=now)
            for parcel in claimed.parcels:
                result = self._carry(parcel)
                settled = claims.settle(self.tx, parcel, result, owner=OWNER, now=self.clock.now())
                self._ended(settled.endings)
            due = None if claimed.parcels else claims.next_due(self.tx, now)
            if not claimed.parcels and (due is None or (due - now).total_seconds() > SECOND):
                return
            self.clock.advance(SECOND)

    def say(self, chat_id: int, message: Message) -> int:
        """Put a message of the bot into a chat as it was long ago; gives its number there."""
        ask = _ask(Operation.SEND, chat_id, None, message, b"")
        return int(METHODS[ask.method.lower()](self.sandbox.world, ask)["message_id"])

    def _handle(self, raw: Json) -> None:
        facts = facts_of(raw)
        finding = screen_safely(
            self.services.content.screener, facts.text, facts.language, on_failure=_must_not_fail
        )
        dispatch(self._application, raw, Work(self.tx, self.clock.now(), facts, finding))

    def _ended(self, endings: tuple[Ending, ...]) -> None:
        for ending in endings:
            handler = self._outcomes.get(ending.topic)
            if handler is not None:
                handler(self.tx, ending)

    def _carry(self, parcel: Parcel) -> Result:
        ask = _ask(parcel.operation, parcel.chat_id, parcel.message_id, parcel.message, parcel.picture)
        try:
            done = METHODS[ask.method.lower()](self.sandbox.world, ask)
        except ApiError as refusal:
            if any(words in str(refusal).lower() for words in NOTHING_TO_DO):
                # as `delivery.telegram` reads it: it is as it should be
                return Result(Outcome.SENT, message_id=parcel.message_id)
            raise
        if parcel.operation is not Operation.SEND:
            return Result(Outcome.SENT, message_id=parcel.message_id)
        picture = parcel.message.picture.key if parcel.message.picture else ""
        return Result(Outcome.SENT, message_id=int(done["message_id"]), picture=picture)


def newest_with_buttons(person: Person) -> SeenMessage | None:
    """The newest message in somebody's chat that has buttons."""
    return next((message for message in reversed(person.chat.messages) if message.buttons), None)


def _ask(operation: Operation, chat_id: int, message_id: int | None, message: Message, picture: bytes) -> Ask:
    """What `delivery.telegram` would ask Telegram."""
    values: Json = {"chat_id": chat_id, "message_id": message_id}
    if operation is Operation.DELETE:
        return Ask("deleteMessage", values)
    entities = [_entity(span.kind, span.offset, span.length, span.url) for span in message.text.spans]
    shown = markup(message)
    values |= {"reply_markup": shown.to_dict() if shown else None}
    values |= {"protect_content": message.protect, "disable_notification": message.silent}
    shows_picture = bool(message.qr) or message.picture is not None
    if shows_picture:
        values |= {"caption": message.text.text, "caption_entities": entities}
    if shows_picture and operation is Operation.EDIT:
        return Ask("editMessageCaption", values)
    if shows_picture:
        photo = Upload("picture", "image/png", qr_picture(message.qr) if message.qr else picture)
        return Ask("sendPhoto", values | {"photo": "attach://photo"}, {"photo": photo})
    values |= {"text": message.text.text, "entities": entities}
    return Ask("editMessageText" if operation is Operation.EDIT else "sendMessage", values)


def _entity(kind: str, offset: int, length: int, url: str | None) -> Json:
    return {"type": kind, "offset": offset, "length": length} | ({"url": url} if url else {})


def _must_not_fail(reason: str) -> None:
    raise SandboxError(f"The screener must not fail in the demo: {reason}")
