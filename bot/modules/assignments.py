"""The table of what staff gave people to read, and the SQL on it. What may be done with it is in `assigning`.

A person has a module at most once: assigned again, the same row is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from bot.people.store import participant
from bot.storage.columns import Instant, metadata
from bot.storage.database import Tx

MOST_DUE = 100  # rows a tick: the next second brings the next

assignment = Table(
    "assignment",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("participant_id", BigInteger, nullable=False),
    Column("slug", String(40), nullable=False),
    Column("talk_on", String(10)),  # the day on which the group talks about it
    Column("assigned_by", String(40), nullable=False),
    Column("assigned_at", Instant, nullable=False),
    Column("due_at", Instant),  # when to look whether the person can be told; none once they are
    Column("told_at", Instant),
    Column("opened_at", Instant),
    Column("finished_at", Instant),
    UniqueConstraint("participant_id", "slug"),
)
Index("ix_assignment_due_at", assignment.c.due_at, sqlite_where=assignment.c.due_at.is_not(None))


@dataclass(frozen=True)
class Assignment:
    """One module for one person; `assigned_by` is a colleague's handle."""

    id: int
    participant_id: int
    slug: str
    talk_on: date | None
    assigned_by: str
    assigned_at: datetime
    due_at: datetime | None = None
    told_at: datetime | None = None
    opened_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """How far the person with that code is."""

    code: str
    assignment: Assignment


_DUE = select(assignment.c.id).where(assignment.c.due_at <= bindparam("now")).limit(MOST_DUE)
"""Built once: it is asked every second."""


def due(tx: Tx, now: datetime) -> Sequence[int]:
    """The assignments of which somebody may have to be told now."""
    return [row[0] for row in tx.all(_DUE, {"now": now})]


def by_id(tx: Tx, id: int) -> Assignment | None:
    row = tx.first(select(assignment).where(assignment.c.id == id))
    return _assignment(row) if row else None


def of(tx: Tx, participant_id: int, slug: str) -> Assignment | None:
    row = tx.first(select(assignment).where(_is(participant_id, slug)))
    return _assignment(row) if row else None


def unfinished(tx: Tx, participant_id: int) -> list[Assignment]:
    """What waits for this person: what the group talks about soonest first, then what was assigned first."""
    where = and_(assignment.c.participant_id == participant_id, assignment.c.finished_at.is_(None))
    rows = [_assignment(row) for row in tx.all(select(assignment).where(where))]
    return sorted(rows, key=lambda row: (row.talk_on or date.max, row.assigned_at, row.id))


def standings(tx: Tx, slug: str | None = None) -> list[Standing]:
    """Everybody's assignments, or those of one module; newest first, then by code."""
    both = assignment.join(participant, participant.c.id == assignment.c.participant_id)
    wanted = select(assignment, participant.c.code).select_from(both)
    of_it = wanted if slug is None else wanted.where(assignment.c.slug == slug)
    rows = tx.all(of_it.order_by(assignment.c.assigned_at.desc(), participant.c.code))
    return [Standing(row.code, _assignment(row)) for row in rows]


def put(tx: Tx, new: Assignment) -> None:
    """Keep it; what the person had of the same module before is replaced."""
    tx.execute(delete(assignment).where(_is(new.participant_id, new.slug)))
    values = vars(new) | {"talk_on": new.talk_on.isoformat() if new.talk_on else None}
    tx.execute(insert(assignment).values(**values))


def change_day(tx: Tx, id: int, talk_on: date | None) -> None:
    day = talk_on.isoformat() if talk_on else None
    tx.execute(update(assignment).where(assignment.c.id == id).values(talk_on=day))


def claim(tx: Tx, row: Assignment, now: datetime) -> bool:
    """The person is being told; false when that was done or changed since `row` was read."""
    same = and_(assignment.c.id == row.id, assignment.c.due_at == row.due_at)
    return tx.changed(update(assignment).where(same).values(due_at=None, told_at=now)) == 1


def look_again(tx: Tx, id: int, at: datetime) -> None:
    """They could not be told yet."""
    waits = and_(assignment.c.id == id, assignment.c.due_at.is_not(None))
    tx.execute(update(assignment).where(waits).values(due_at=at))


def nothing_to_tell(tx: Tx, id: int) -> None:
    tx.execute(update(assignment).where(assignment.c.id == id).values(due_at=None))


def not_told(tx: Tx, id: int, look_at: datetime) -> None:
    """The message did not reach them: they are told later, unless they found it by themselves."""
    missed = and_(assignment.c.id == id, assignment.c.opened_at.is_(None), assignment.c.told_at.is_not(None))
    tx.execute(update(assignment).where(missed).values(due_at=look_at, told_at=None))


def tell_when_back(tx: Tx, participant_id: int, today: date, look_at: datetime) -> None:
    """The person goes away: what they have not opened is said when they are back, if its day is not over by now."""
    still = or_(assignment.c.talk_on.is_(None), assignment.c.talk_on >= today.isoformat())
    unopened = and_(assignment.c.participant_id == participant_id, assignment.c.opened_at.is_(None), still)
    tx.execute(update(assignment).where(unopened).values(due_at=look_at, told_at=None))


def shown(tx: Tx, participant_id: int, slug: str, now: datetime) -> None:
    """They saw it at the end of a check-in: no message of its own is needed."""
    waits = and_(_is(participant_id, slug), assignment.c.due_at.is_not(None))
    tx.execute(update(assignment).where(waits).values(due_at=None, told_at=now))


def opened(tx: Tx, participant_id: int, slug: str, now: datetime) -> bool:
    """They opened it; false when it was not assigned or had been opened before."""
    mine = and_(_is(participant_id, slug), assignment.c.opened_at.is_(None))
    return tx.changed(update(assignment).where(mine).values(opened_at=now, due_at=None)) == 1


def finished(tx: Tx, participant_id: int, slug: str, now: datetime) -> None:
    opened(tx, participant_id, slug, now)  # they may have been in the middle of it when it was assigned
    mine = and_(_is(participant_id, slug), assignment.c.finished_at.is_(None))
    tx.execute(update(assignment).where(mine).values(finished_at=now, due_at=None))


def take_back(tx: Tx, slug: str) -> list[Assignment]:
    """Remove what nobody has opened yet; gives what was removed."""
    unopened = and_(assignment.c.slug == slug, assignment.c.opened_at.is_(None))
    rows = [_assignment(row) for row in tx.all(select(assignment).where(unopened))]
    tx.execute(delete(assignment).where(unopened))
    return rows


def _is(participant_id: int, slug: str) -> Any:
    return and_(assignment.c.participant_id == participant_id, assignment.c.slug == slug)


def _assignment(row: Row[Any]) -> Assignment:
    return Assignment(
        id=row.id,
        participant_id=row.participant_id,
        slug=row.slug,
        talk_on=date.fromisoformat(row.talk_on) if row.talk_on else None,
        assigned_by=row.assigned_by,
        assigned_at=row.assigned_at,
        due_at=row.due_at,
        told_at=row.told_at,
        opened_at=row.opened_at,
        finished_at=row.finished_at,
    )
