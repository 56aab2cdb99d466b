"""What tells whether the program does its work, and why not: for `/readyz`, `/metrics`, the status file and `doctor`.

Counts, ages and states only; nothing about anybody.
"""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, and_, bindparam, case, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from bot.alerts.model import AlertState, NoticeState
from bot.alerts.store import alert, concern, notice
from bot.checkins.rhythm import DAILY
from bot.checkins.store import checkin, schedule
from bot.clock import Clock
from bot.delivery.model import Operation
from bot.delivery.outbox import IS_FLYING, IS_OPEN, chat, outbox
from bot.intake.inbox import ASIDE, READY, inbox
from bot.invariants import INVARIANTS
from bot.people import settings
from bot.people.model import ParticipantState
from bot.people.store import participant
from bot.screening.model import Level
from bot.storage.columns import Instant
from bot.storage.database import Database, Tx

STALE_SECONDS = 90.0
LEAST_FREE = 0.03  # of the disk
OVERDUE = timedelta(minutes=2)
NOT_ASKED = timedelta(minutes=15)  # a minute in which 10,000 check-ins are due is worked off sooner
PUSHED_BACK = timedelta(minutes=5)  # by the ticker, again and again, when a row cannot be acted on
LATELY = timedelta(days=1)
DATABASE_SECONDS = 5.0
KEPT_SECONDS = 1.0  # a look writes to the disk; whoever asks more often gets the same answer
PULSE = "pulse"  # the program's setting that is written to see whether writing works

UPDATES, TICK, DATABASE = "updates", "tick", "database"

Lasts = Callable[[], Mapping[str, float | None]]
"""When each thing that must keep happening last did, on the steady clock; None when it has not happened yet."""


Machine = Callable[[datetime], Mapping[str, str]]
"""What is wrong with the machine at that instant: a name, and a sentence for the operator."""


@dataclass(frozen=True)
class Stored:
    """What the database says. Seconds are of now; levels and states are words."""

    outbox_waiting: int = 0
    outbox_oldest_due: float = 0.0
    outbox_stuck: int = 0
    inbox_waiting: int = 0
    inbox_oldest: float = 0.0
    inbox_aside: int = 0
    alerts_open: Mapping[str, int] = field(default_factory=dict)
    alerts_overdue: int = 0
    alerts_untold: int = 0
    concerns_unheard: int = 0
    checkins_late: int = 0
    people_unplanned: int = 0
    participants: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Vitals:
    """One look. `stored` is None when the database does not take a write in time."""

    seconds_since: Mapping[str, float | None]
    stored: Stored | None
    machine: Mapping[str, str] = field(default_factory=dict)

    @property
    def failing(self) -> dict[str, str]:
        """What does not hold, by the name of what should; with a sentence for the operator."""
        found = {name: _stale(name, age) for name, age in self.seconds_since.items()}
        if self.stored is None:
            found[DATABASE] = "The database takes no writes: is the disk full, slow or read-only?"
        else:
            found |= _wrong(self.stored)
        return {name: sentence for name, sentence in {**found, **self.machine}.items() if sentence}

    @property
    def why_not_ready(self) -> list[str]:
        """Sentences for the operator, each with what to do; empty while all is well."""
        return [f"{sentence} {INVARIANTS[name]}" for name, sentence in self.failing.items()]


def disk_is_full(folder: Path) -> str:
    """A sentence when less than 3 % is free on the disk of the database; else empty."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        return f"The disk of the database cannot be looked at ({type(error).__name__})."
    free = usage.free / usage.total
    return f"Only {free:.1%} of the disk is free." if free < LEAST_FREE else ""


class Observer:
    """Looks when asked, at most once a second."""

    def __init__(
        self, database: Database, clock: Clock, lasts: Lasts, machine: Machine = lambda _now: {}
    ) -> None:
        self._database = database
        self._clock = clock
        self._lasts = lasts
        self._machine = machine
        self._seen: tuple[float, Vitals] | None = None

    async def look(self) -> Vitals:
        steady = self._clock.monotonic()
        if self._seen is None or steady >= self._seen[0] + KEPT_SECONDS:
            machine = await asyncio.to_thread(self._machine, self._clock.now())
            self._seen = steady, Vitals(self._ages(steady), await self._stored(), machine)
        return self._seen[1]

    def _ages(self, steady: float) -> dict[str, float | None]:
        return {name: None if last is None else steady - last for name, last in self._lasts().items()}

    async def _stored(self) -> Stored | None:
        now = self._clock.now()
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                return await self._database.run(lambda tx: _stored(tx, now))
        except (SQLAlchemyError, TimeoutError):
            return None


def _stored(tx: Tx, now: datetime) -> Stored:
    settings.put(tx, PULSE, now.isoformat())
    found = tx.first(_WAITING, {"now": now})
    late = {"late": now - OVERDUE}
    oldest = tx.scalar(_OLDEST_UPDATE)
    levels = _counts(tx, _BY_LEVEL)
    states = _counts(tx, _BY_INBOX_STATE)
    return Stored(
        outbox_waiting=found.rows if found else 0,
        outbox_oldest_due=(now - found.oldest).total_seconds() if found and found.oldest else 0.0,
        outbox_stuck=tx.scalar(_STUCK, late),
        inbox_oldest=(now - oldest).total_seconds() if oldest else 0.0,
        inbox_waiting=states.get(READY, 0),
        inbox_aside=states.get(ASIDE, 0),
        alerts_open={Level(int(level)).word: count for level, count in levels.items()},
        alerts_overdue=tx.scalar(_OVERDUE, late),
        alerts_untold=tx.scalar(_UNTOLD, late),
        concerns_unheard=_concerns_unheard(tx, now),
        checkins_late=_checkins_late(tx, now),
        people_unplanned=tx.scalar(_UNPLANNED),
        participants=_counts(tx, _BY_STATE),
    )


def _waiting() -> Any:
    # A message that was tried is due again in the future; it has waited since it was written.
    is_tried = and_(outbox.c.attempt > 0, outbox.c.operation != Operation.DELETE)
    since = case((is_tried, outbox.c.created_at), else_=outbox.c.due_at)
    due = and_(IS_OPEN, or_(outbox.c.due_at <= _instant("now"), is_tried), chat.c.unreachable_at.is_(None))
    waiting = select(func.count().label("rows"), func.min(since).label("oldest")).where(due)
    return waiting.join(chat, chat.c.key == outbox.c.chat_key)


def _is_untold() -> ColumnElement[bool]:
    """Nobody was ever told; or nobody has it, and nobody has heard or is about to, or nothing makes it climb."""
    its = notice.c.alert_id == alert.c.id
    leaves = select(outbox.c.id).where(outbox.c.card == notice.c.card, IS_OPEN).exists()
    heard = select(notice.c.id).where(its, or_(notice.c.state == NoticeState.SENT, leaves)).exists()
    lies = and_(alert.c.state == AlertState.OPEN, or_(~heard, alert.c.next_at.is_(None)))
    return or_(~select(notice.c.id).where(its).exists(), lies)


def _instant(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=Instant())


def _how_many(table: Table, *where: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*where)


def _by(column: ColumnElement[Any], where: ColumnElement[bool]) -> Any:
    return select(column.label("value"), func.count().label("rows")).where(where).group_by(column)


_IS_TO_DO = alert.c.closed_at.is_(None)
_WAITING = _waiting()
_STUCK = _how_many(outbox, IS_FLYING, outbox.c.lease_until <= _instant("late"))
_OLDEST_UPDATE = select(func.min(inbox.c.received_at)).where(inbox.c.state == READY)
_OVERDUE = _how_many(alert, _IS_TO_DO, alert.c.next_at <= _instant("late"))
_UNTOLD = _how_many(alert, _IS_TO_DO, alert.c.opened_at <= _instant("late"), _is_untold())
_UNHEARD = _how_many(
    concern,
    concern.c.alert_id.is_(None),
    concern.c.at > _instant("since"),
    concern.c.level >= int(Level.ELEVATED),
)
_LATE_PLANS = _how_many(
    schedule, schedule.c.look_at <= _instant("soon"), schedule.c.due_at <= _instant("late")
)
_LATE_DAYS = _how_many(
    checkin,
    checkin.c.wake_at <= _instant("soon"),
    or_(checkin.c.wake_at <= _instant("late"), checkin.c.expires_at <= _instant("late")),
)
_BY_LEVEL = _by(alert.c.level, _IS_TO_DO)
_BY_INBOX_STATE = _by(inbox.c.state, inbox.c.state.in_((READY, ASIDE)))
_BY_STATE = _by(participant.c.state, participant.c.state.is_not(None))


def _concerns_unheard(tx: Tx, now: datetime) -> int:
    """Worrying words that no alert speaks of. What only the morning message tells is no such thing."""
    return int(tx.scalar(_UNHEARD, {"since": now - LATELY}))


def _checkins_late(tx: Tx, now: datetime) -> int:
    """Plans and check-ins that nobody looks at, or that are looked at and pushed back over and over."""
    at = {"late": now - NOT_ASKED, "soon": now + PUSHED_BACK}
    return int(tx.scalar(_LATE_PLANS, at) + tx.scalar(_LATE_DAYS, at))


_UNPLANNED = (
    select(func.count())
    .select_from(schedule.join(participant, participant.c.id == schedule.c.participant_id))
    .where(
        schedule.c.kind == DAILY,
        schedule.c.look_at.is_(None),
        participant.c.state != ParticipantState.STOPPED.value,
    )
)
"""People in the program who would never be asked again."""


def _wrong(stored: Stored) -> dict[str, str]:
    late = OVERDUE.total_seconds()
    found = {}
    if stored.outbox_oldest_due > late:
        found["outbox"] = f"A message has been due for {round(stored.outbox_oldest_due)} s and has not left."
    if stored.outbox_stuck:
        found["leases"] = (
            f"Messages that are on their way for minutes, and nobody has them: {stored.outbox_stuck}."
        )
    if stored.inbox_oldest > late:
        found["inbox"] = f"An update has waited for {round(stored.inbox_oldest)} s and is not processed."
    if stored.alerts_overdue:
        found["alerts"] = f"Open alerts that should have gone a step further by now: {stored.alerts_overdue}."
    if stored.alerts_untold:
        found["untold"] = (
            f"Open alerts of which nobody was told, or of which nobody will be: {stored.alerts_untold}."
        )
    if stored.concerns_unheard:
        found["unheard"] = f"Worrying replies without an alert: {stored.concerns_unheard}."
    if stored.checkins_late or stored.people_unplanned:
        found["schedule"] = (
            f"Check-ins that should have been seen to by now: {stored.checkins_late}; "
            f"people for whom none is planned: {stored.people_unplanned}."
        )
    return found


def _counts(tx: Tx, query: Any) -> dict[str, int]:
    return {str(row.value): int(row.rows) for row in tx.all(query)}


def _stale(name: str, age: float | None) -> str:
    words = {"tick": "The clock's last tick", "updates": "The last word from Telegram"}[name]
    if age is None:
        return f"{words} has not come yet."
    return f"{words} was {round(age)} s ago." if age >= STALE_SECONDS else ""
