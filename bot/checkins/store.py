"""When the next check-in of each kind is due and each day's row: the tables and the SQL on them.

What the rows mean is `ledger`, answers and definitions are in `records`. A person has at most one check-in of a
name on one local day: the database says so.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from bot.checkins.ledger import FARTHEST, LIVE, Checkin, Delivery, State
from bot.checkins.records import answer
from bot.checkins.rhythm import DAILY
from bot.errors import HandrailError
from bot.storage.columns import Instant, metadata
from bot.storage.database import Tx


class ChangedMeanwhile(HandrailError):
    """Another worker has changed this check-in since it was read; the step is tried again:"""


MOST_DUE = 200  # rows a tick: the next second brings the next

schedule = Table(
    "checkin_schedule",
    metadata,
    Column("participant_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), primary_key=True),  # the check-in's name
    Column("wanted", Boolean),  # what the person chose; null where they never said
    Column("day", String(10)),  # the local day of the next check-in, and its instant; look_at is when to look
    Column("due_at", Instant),
    Column("look_at", Instant, index=True),
    Column("last_day", String(10)),
    Column("last_at", Instant),
    Column("last_zone", String(40), nullable=False),
    Column("missed", Integer, nullable=False),  # in a row
)
Index("ix_checkin_schedule_missed", schedule.c.missed)

checkin = Table(
    "checkin",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("participant_id", BigInteger, nullable=False),
    Column("name", String(32), nullable=False),
    Column("day", String(10), nullable=False),
    Column("revision", String(16), nullable=False),
    Column("state", String(20), nullable=False),
    Column("delivery", String(10), nullable=False),
    Column("position", String(32), nullable=False),
    Column("picked", Text, nullable=False),
    Column("set_aside", Boolean, nullable=False),
    Column("raised", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("held_until", Instant),
    Column("sent_at", Instant),
    Column("begun_at", Instant),
    Column("remind_at", Instant),
    Column("reminded_at", Instant),
    Column("later_at", Instant),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("wake_at", Instant),
    Column("version", Integer, nullable=False),
    UniqueConstraint("participant_id", "name", "day"),
)
_wakes = checkin.c.wake_at.is_not(None)
Index("ix_checkin_wake_at", checkin.c.wake_at, sqlite_where=_wakes)
_live = checkin.c.state.in_([state.value for state in LIVE])
Index("ix_checkin_live", checkin.c.participant_id, sqlite_where=_live)
Index("ix_checkin_ended_at", checkin.c.ended_at, checkin.c.state)


@dataclass(frozen=True)
class Plan:
    """When a participant's next check-in of a kind is due (None: not planned), and which was the last.

    `wanted` is what they chose; None when they never said.
    """

    participant_id: int
    kind: str
    zone: str
    wanted: bool | None = None
    day: date | None = None
    due_at: datetime | None = None
    look_at: datetime | None = None
    last_day: date | None = None
    last_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.day is not None and self.due_at is not None and self.due_at <= now


# The plan


_is_due = or_(schedule.c.look_at <= bindparam("now"), schedule.c.look_at > bindparam("farthest"))
_DUE_PLANS = select(schedule.c.participant_id).distinct().where(_is_due).limit(MOST_DUE)
"""Built once, like `_AWAKE`: they are asked every second."""
_AWAKE = select(checkin.c.id).where(checkin.c.wake_at <= bindparam("now")).limit(MOST_DUE)
_THE_PLAN = and_(schedule.c.participant_id == bindparam("whose"), schedule.c.kind == bindparam("of_kind"))
_PLAN_OF = select(schedule).where(_THE_PLAN)
_PLANS_OF = select(schedule).where(schedule.c.participant_id == bindparam("whose"))
_DUE_OF = _PLANS_OF.where(_is_due)
_CHANGE_PLAN = update(schedule).where(
    _THE_PLAN, schedule.c.due_at.is_not_distinct_from(bindparam("was_due", type_=Instant()))
)
_MISSED_ONE_MORE = update(schedule).where(_THE_PLAN).values(missed=schedule.c.missed + 1)


def due_people(tx: Tx, now: datetime) -> Sequence[int]:
    """The participants for whom something is due, or was planned by a clock that was wrong."""
    return [row[0] for row in tx.all(_DUE_PLANS, {"now": now, "farthest": now + FARTHEST})]


def due_plans(tx: Tx, participant_id: int, now: datetime) -> list[Plan]:
    """What is due for that participant, the daily check-in first."""
    return _in_order(tx.all(_DUE_OF, {"now": now, "farthest": now + FARTHEST, "whose": participant_id}))


def plans_of(tx: Tx, participant_id: int) -> list[Plan]:
    """All of that participant's, the daily one first."""
    return _in_order(tx.all(_PLANS_OF, {"whose": participant_id}))


def plan_of(tx: Tx, participant_id: int, kind: str) -> Plan | None:
    row = tx.first(_PLAN_OF, {"whose": participant_id, "of_kind": kind})
    return _plan(row) if row else None


def add_plan(tx: Tx, plan: Plan) -> None:
    key = {"participant_id": plan.participant_id, "kind": plan.kind, "missed": 0}
    tx.execute(insert(schedule).values(**key, **_plan_values(plan)))


def change_plan(tx: Tx, before: Plan, after: Plan) -> bool:
    """False when somebody else has changed it since `before` was read."""
    same = {"whose": before.participant_id, "of_kind": before.kind, "was_due": before.due_at}
    return tx.changed(_CHANGE_PLAN, {**same, **_plan_values(after)}) == 1


def look_later(tx: Tx, participant_id: int, now: datetime, at: datetime) -> None:
    """Look then at what is to be looked at now; what is due stays due."""
    where = and_(schedule.c.participant_id == participant_id, _is_due)
    values = {"now": now, "farthest": now + FARTHEST}
    tx.execute(update(schedule).where(where).values(look_at=at), values)


def look_at_everybody(tx: Tx, now: datetime) -> None:
    """Look at each plan of a daily check-in soon: what belongs beside it may have changed."""
    later = and_(schedule.c.kind == DAILY, schedule.c.due_at.is_not(None), schedule.c.look_at > now)
    tx.execute(update(schedule).where(later).values(look_at=now))


def missed_one_more(tx: Tx, participant_id: int, kind: str) -> None:
    tx.execute(_MISSED_ONE_MORE, {"whose": participant_id, "of_kind": kind})


def heard_of(tx: Tx, participant_id: int) -> None:
    """Nothing is missed in a row any more, of whatever kind."""
    where = and_(schedule.c.participant_id == participant_id, schedule.c.missed > 0)
    tx.execute(update(schedule).where(where).values(missed=0))


# The ledger


_ADD = insert(checkin)
_SAVE = update(checkin).where(checkin.c.id == bindparam("wanted"), checkin.c.version == bindparam("read"))
_BY_ID = select(checkin).where(checkin.c.id == bindparam("wanted"))
_ON_DAY = select(checkin).where(
    checkin.c.participant_id == bindparam("wanted"),
    checkin.c.name == bindparam("named"),
    checkin.c.day == bindparam("on"),
)


def awake(tx: Tx, now: datetime) -> Sequence[int]:
    """The check-ins that want something done."""
    return [row[0] for row in tx.all(_AWAKE, {"now": now})]


def wake_later(tx: Tx, checkin_id: int, at: datetime) -> None:
    tx.execute(update(checkin).where(checkin.c.id == checkin_id).values(wake_at=at))


def add(tx: Tx, row: Checkin) -> None:
    key = {"id": row.id, "participant_id": row.participant_id, "name": row.name, "day": row.day.isoformat()}
    tx.execute(_ADD, {**key, "version": row.version, **_values(row)})


def save(tx: Tx, row: Checkin) -> None:
    """Keep the row. Raises `ChangedMeanwhile`, which undoes the whole transaction."""
    same = {"wanted": row.id, "read": row.version}
    if tx.changed(_SAVE, {**same, "version": row.version + 1, **_values(row)}) != 1:
        raise ChangedMeanwhile(row.id)


def by_id(tx: Tx, checkin_id: int) -> Checkin | None:
    row = tx.first(_BY_ID, {"wanted": checkin_id})
    return _checkin(row) if row else None


def on_day(tx: Tx, participant_id: int, name: str, day: date) -> Checkin | None:
    row = tx.first(_ON_DAY, {"wanted": participant_id, "named": name, "on": day.isoformat()})
    return _checkin(row) if row else None


_LIVE_OF = (
    select(checkin)
    .where(checkin.c.participant_id == bindparam("wanted"), _live)
    .order_by(checkin.c.due_at.desc())
)


def last_word(tx: Tx, participant_id: int, since: datetime) -> datetime | None:
    """When that person was last asked, reminded, or done with a check-in, among those due since then."""
    columns = (checkin.c.sent_at, checkin.c.reminded_at, checkin.c.begun_at, checkin.c.ended_at)
    lately = and_(checkin.c.participant_id == participant_id, checkin.c.due_at >= since)
    went_out = and_(lately, checkin.c.delivery.in_([Delivery.SENT.value, Delivery.UNKNOWN.value]))
    rows = tx.all(select(*columns).where(went_out))
    return max((at for row in rows for at in row if at is not None), default=None)


def last_begun(tx: Tx, participant_id: int, name: str, most: int) -> list[Checkin]:
    """The person's newest check-ins of that name that were begun, newest first."""
    mine = and_(checkin.c.participant_id == participant_id, checkin.c.name == name)
    begun = select(checkin).where(mine, checkin.c.begun_at.is_not(None))
    return [_checkin(row) for row in tx.all(begun.order_by(checkin.c.day.desc()).limit(most))]


def begun_between(tx: Tx, participant_id: int, name: str, first: date, last: date) -> list[Checkin]:
    """The person's check-ins of that name that were begun, of those local days."""
    mine = and_(checkin.c.participant_id == participant_id, checkin.c.name == name)
    days = and_(checkin.c.day >= first.isoformat(), checkin.c.day <= last.isoformat())
    return [
        _checkin(row) for row in tx.all(select(checkin).where(mine, days, checkin.c.begun_at.is_not(None)))
    ]


def begun_since(tx: Tx, name: str, since: datetime) -> list[Checkin]:
    """Everybody's check-ins of that name that were begun and have ended since then."""
    ended = and_(checkin.c.name == name, checkin.c.ended_at >= since, checkin.c.begun_at.is_not(None))
    return [_checkin(row) for row in tx.all(select(checkin).where(ended))]


def live(tx: Tx, participant_id: int) -> list[Checkin]:
    """The person's check-ins that are not over, newest first."""
    return [_checkin(row) for row in tx.all(_LIVE_OF, {"wanted": participant_id})]


def purge(tx: Tx, before: datetime) -> int:
    """Remove the check-ins that ended before that instant, with their answers; gives how many check-ins."""
    old = and_(checkin.c.ended_at < before, ~_live)
    tx.execute(delete(answer).where(answer.c.checkin_id.in_(select(checkin.c.id).where(old))))
    return tx.changed(delete(checkin).where(old))


def _in_order(rows: Sequence[Row[Any]]) -> list[Plan]:
    """The daily check-in goes first: all others step aside for it."""
    return sorted((_plan(row) for row in rows), key=lambda plan: (plan.kind != DAILY, plan.kind))


def _plan(row: Row[Any]) -> Plan:
    return Plan(
        participant_id=row.participant_id,
        kind=row.kind,
        zone=row.last_zone,
        wanted=row.wanted,
        day=_day(row.day),
        due_at=row.due_at,
        look_at=row.look_at,
        last_day=_day(row.last_day),
        last_at=row.last_at,
    )


def _plan_values(plan: Plan) -> dict[str, Any]:
    return {
        "wanted": plan.wanted,
        "day": plan.day.isoformat() if plan.day else None,
        "due_at": plan.due_at,
        "look_at": plan.look_at,
        "last_day": plan.last_day.isoformat() if plan.last_day else None,
        "last_at": plan.last_at,
        "last_zone": plan.zone,
    }


def _values(row: Checkin) -> dict[str, Any]:
    return {
        "revision": row.revision,
        "state": row.state.value,
        "delivery": row.delivery.value,
        "position": row.position,
        "picked": json.dumps(row.picked),
        "set_aside": row.set_aside,
        "raised": json.dumps(sorted(row.raised)),
        "due_at": row.due_at,
        "held_until": row.held_until,
        "sent_at": row.sent_at,
        "begun_at": row.begun_at,
        "remind_at": row.remind_at,
        "reminded_at": row.reminded_at,
        "later_at": row.later_at,
        "expires_at": row.expires_at,
        "ended_at": row.ended_at,
        "wake_at": row.wake_at,
    }


def _checkin(row: Row[Any]) -> Checkin:
    return Checkin(
        id=row.id,
        participant_id=row.participant_id,
        name=row.name,
        day=date.fromisoformat(row.day),
        revision=row.revision,
        due_at=row.due_at,
        expires_at=row.expires_at,
        state=State(row.state),
        delivery=Delivery(row.delivery),
        position=row.position,
        picked=tuple(json.loads(row.picked)),
        set_aside=row.set_aside,
        raised=frozenset(json.loads(row.raised)),
        held_until=row.held_until,
        sent_at=row.sent_at,
        begun_at=row.begun_at,
        remind_at=row.remind_at,
        reminded_at=row.reminded_at,
        later_at=row.later_at,
        ended_at=row.ended_at,
        version=row.version,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
