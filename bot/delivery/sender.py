"""The one sender of a token: takes rows whose time has come, carries them, writes the outcome.

The overall rate (30 a second, without an opening burst) is kept here; the pace of a chat or group is kept in the
database by `claims`, so that it outlives a restart.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.delivery import claims
from bot.delivery.claims import Claimed, Settled
from bot.delivery.model import Ending, Outcome, Parcel, Result
from bot.delivery.outcomes import OutcomeHandler
from bot.delivery.telegram import ProgramBot, deliver
from bot.storage.database import Database, Tx

log = structlog.get_logger(__name__)

SPACING = 1 / 29.5  # seconds between two sends: never 30 within one second, whatever the network does to them
IN_FLIGHT = 8  # few, so that a crisis message never waits behind claimed prompts
LONGEST_SLEEP = 1.0
SWEEP_SECONDS = 1.0

T = TypeVar("T")


class Sender:
    """Runs until stopped; several chats are served side by side, one message a chat at a time."""

    def __init__(self, database: Database, bot: ProgramBot, clock: Clock) -> None:
        self._database = database
        self._bot = bot
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._handlers: dict[str, OutcomeHandler] = {}
        self._chat_moved: Callable[[Tx, str, str], None] = lambda _tx, _old, _new: None
        self._chat_unreachable: Callable[[Tx, str], None] = lambda _tx, _key: None
        self._wake = asyncio.Event()
        self._flying: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._next_slot = 0.0
        self._sleeping_until: float | None = None
        self._swept = -SWEEP_SECONDS
        self._last_now: datetime | None = None
        self.outcomes: Counter[str] = Counter()

    def on_ending(self, topic: str, handler: OutcomeHandler) -> None:
        """`handler(tx, ending)` runs in the transaction that ends a row of that topic."""
        self._handlers[topic] = handler

    def on_chat_moved(self, call: Callable[[Tx, str, str], None]) -> None:
        """`call(tx, old_key, new_key)` when a send finds that a group became a supergroup."""
        self._chat_moved = call

    def on_chat_unreachable(self, call: Callable[[Tx, str], None]) -> None:
        """`call(tx, key)` when a send finds, for the first time, that a chat cannot be written to."""
        self._chat_unreachable = call

    def wake(self) -> None:
        """Something may be waiting. Call from the loop's thread."""
        self._wake.set()

    async def run(self) -> None:
        """Send until `stop`. A database that is away is waited for; nothing is lost meanwhile."""
        await self._patiently(lambda tx: self._handle(tx, claims.recover_all(tx, self._clock.now())))
        while not self._stopping:
            self._wake.clear()
            claimed = await self._claim()
            for parcel in claimed.parcels:
                await self._start(parcel)
            if claimed.parcels:
                continue
            await self._sleep(claimed)
        await self._land()

    def after_restore(self, tx: Tx, now: datetime) -> None:
        """The database is an older one: prompts that were due may have been sent since, and are not sent again."""
        self._handle(tx, claims.doubt_prompts(tx, now))

    async def stop(self) -> None:
        """Finish what is in flight; what is not claimed yet stays in the outbox."""
        self._stopping = True
        self._wake.set()

    def idle(self) -> bool:
        """Nothing is in flight and nothing new has been put since the last look."""
        return not self._flying and not self._wake.is_set() and self._sleeping_until is not None

    async def _claim(self) -> Claimed:
        room = IN_FLIGHT - len(self._flying)
        if room <= 0:
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
            room = IN_FLIGHT - len(self._flying)

        return await self._patiently(lambda tx: self._claimed(tx, room))

    def _claimed(self, tx: Tx, room: int) -> Claimed:
        """Rows to carry. What can no longer leave is swept each second, and before there is nothing to do."""
        now, steady = self._clock.now(), self._clock.monotonic()
        if self._last_now is not None and now < self._last_now:
            claims.clock_was_put_back(tx, now)
        self._last_now = now
        is_time_to_sweep = steady >= self._swept + SWEEP_SECONDS
        if is_time_to_sweep:
            self._sweep(tx, now, steady)
        claimed = claims.claim(tx, owner=self._owner, most=room, now=now)
        if claimed.parcels or is_time_to_sweep:
            return claimed
        self._sweep(tx, now, steady)
        return claims.claim(tx, owner=self._owner, most=room, now=now)

    def _sweep(self, tx: Tx, now: datetime, steady: float) -> None:
        self._handle(tx, claims.sweep(tx, now))
        self._swept = steady

    async def _start(self, parcel: Parcel) -> None:
        now = self._clock.monotonic()
        if now < self._next_slot:
            await self._clock.wait(self._next_slot - now)
        self._next_slot = max(now, self._next_slot) + SPACING
        task = asyncio.create_task(self._carry(parcel))
        self._flying.add(task)
        task.add_done_callback(self._landed)

    async def _carry(self, parcel: Parcel) -> None:
        if not self._database.is_fresh:  # this process slept: perhaps the message is another's by now
            await self._patiently(lambda _tx: None)
        result = await deliver(self._bot, parcel)
        self.outcomes[result.outcome.value] += 1
        if result.reason:
            what = "not as it was meant" if result.outcome is Outcome.SENT else "not delivered"
            log.warning(what, outcome=result.outcome.value, reason=result.reason, row=parcel.id)

        try:
            await self._patiently(lambda tx: self._follow_up(tx, self._settle(tx, parcel, result)))
        except Exception as error:
            # What follows from a delivery must not undo that it happened, or it would be sent again and again.
            log.exception("an outcome could not be acted on", row=parcel.id, exc_info=error)
            await self._patiently(lambda tx: self._settle(tx, parcel, result))

    def _settle(self, tx: Tx, parcel: Parcel, result: Result) -> Settled:
        return claims.settle(tx, parcel, result, owner=self._owner, now=self._clock.now())

    def _follow_up(self, tx: Tx, settled: Settled) -> None:
        self._handle(tx, settled.endings)
        if settled.moved is not None:
            self._chat_moved(tx, *settled.moved)
        if settled.unreachable is not None:
            self._chat_unreachable(tx, settled.unreachable)

    def _handle(self, tx: Tx, endings: Sequence[Ending]) -> None:
        for ending in endings:
            handler = self._handlers.get(ending.topic)
            if handler is not None:
                handler(tx, ending)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("a send ended badly", error=type(task.exception()).__name__)

    async def _sleep(self, claimed: Claimed) -> None:
        seconds = LONGEST_SLEEP
        if claimed.next_due is not None:
            until = (claimed.next_due - self._clock.now()).total_seconds()
            seconds = min(max(until, 0.001), LONGEST_SLEEP)
        self._sleeping_until = self._clock.monotonic() + seconds
        await self._clock.wait(seconds, self._wake)
        self._sleeping_until = None

    async def _land(self) -> None:
        while self._flying:
            await asyncio.wait(self._flying)

    async def _patiently(self, unit: Callable[[Tx], T]) -> T:
        attempt = 0
        while True:
            try:
                return await self._database.run(unit)
            except SQLAlchemyError as error:
                attempt += 1
                log.error("the database does not answer", error=type(error).__name__, attempt=attempt)
                await self._clock.wait(min(0.2 * attempt, 5))
