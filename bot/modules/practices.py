"""The table of what people mean to try and how it went, and the SQL on it. The rules are in `trying`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from bot.modules.trying import Rating
from bot.storage.columns import Instant, metadata
from bot.storage.database import Tx

MOST_DUE = 100  # rows a tick: the next second brings the next

practice = Table(
    "practice",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("participant_id", BigInteger, nullable=False),
    Column("slug", String(40), nullable=False),
    Column("edition", String(16), nullable=False),
    Column("chosen_at", Instant, nullable=False),
    Column("due_at", Instant),  # when to ask; none once that is done or given up
    Column("asked_at", Instant),
    Column("answered_at", Instant),
    Column("tried", Boolean),
    Column("helped", Integer),  # 0 to 4
)
Index("ix_practice_participant", practice.c.participant_id, practice.c.id)
Index("ix_practice_due_at", practice.c.due_at, sqlite_where=practice.c.due_at.is_not(None))


@dataclass(frozen=True)
class Practice:
    """One thing somebody means to try, from the edition of the module that they read."""

    id: int
    participant_id: int
    slug: str
    edition: str
    chosen_at: datetime
    due_at: datetime | None
    tried: bool | None
    helped: int | None


_DUE = select(practice.c.id).where(practice.c.due_at <= bindparam("now")).limit(MOST_DUE)
"""Built once: it is asked every second."""


def due(tx: Tx, now: datetime) -> Sequence[int]:
    """What somebody is to be asked about now."""
    return [row[0] for row in tx.all(_DUE, {"now": now})]


def by_id(tx: Tx, id: int) -> Practice | None:
    row = tx.first(select(practice).where(practice.c.id == id))
    return _practice(row) if row else None


def plan(tx: Tx, participant_id: int, slug: str, edition: str, due_at: datetime, now: datetime) -> None:
    """They want to try it; what was planned for the same module and not asked about yet is replaced."""
    not_yet_asked = and_(practice.c.asked_at.is_(None), practice.c.answered_at.is_(None))
    tx.execute(delete(practice).where(_is(participant_id, slug), not_yet_asked))
    row = {"id": tx.new_id(), "participant_id": participant_id, "slug": slug, "edition": edition}
    tx.execute(insert(practice).values(**row, chosen_at=now, due_at=due_at))


def was_planned(tx: Tx, participant_id: int, slug: str, since: datetime) -> bool:
    """Whether a time was chosen for this module since then."""
    chosen = and_(_is(participant_id, slug), practice.c.chosen_at >= since)
    return tx.first(select(practice.c.id).where(chosen).limit(1)) is not None


def claim(tx: Tx, row: Practice, now: datetime) -> bool:
    """The person is being asked; false when that was done or changed since `row` was read."""
    same = and_(practice.c.id == row.id, practice.c.due_at == row.due_at)
    return tx.changed(update(practice).where(same).values(due_at=None, asked_at=now)) == 1


def look_again(tx: Tx, id: int, at: datetime | None) -> None:
    """They cannot be asked yet; None: not any more."""
    waits = and_(practice.c.id == id, practice.c.due_at.is_not(None))
    tx.execute(update(practice).where(waits).values(due_at=at))


def keep_tried(tx: Tx, id: int, *, tried: bool, now: datetime) -> bool:
    """False when that was answered before."""
    open_ = and_(practice.c.id == id, practice.c.tried.is_(None))
    return tx.changed(update(practice).where(open_).values(tried=tried, answered_at=now, due_at=None)) == 1


def keep_helped(tx: Tx, id: int, helped: int, now: datetime) -> bool:
    """False when it was rated before, or was not tried."""
    open_ = and_(practice.c.id == id, practice.c.tried.is_(True), practice.c.helped.is_(None))
    return tx.changed(update(practice).where(open_).values(helped=helped, answered_at=now)) == 1


def ratings(tx: Tx, participant_id: int) -> list[Rating]:
    """Everything this person has rated."""
    rated = and_(practice.c.participant_id == participant_id, practice.c.helped.is_not(None))
    rows = tx.all(select(practice).where(rated).order_by(practice.c.id))
    return [Rating(row.slug, row.helped, row.answered_at) for row in rows]


def planned(tx: Tx, participant_id: int) -> list[Practice]:
    """What they are going to be asked about, soonest first."""
    waits = and_(practice.c.participant_id == participant_id, practice.c.due_at.is_not(None))
    return [_practice(row) for row in tx.all(select(practice).where(waits).order_by(practice.c.due_at))]


def _is(participant_id: int, slug: str) -> Any:
    return and_(practice.c.participant_id == participant_id, practice.c.slug == slug)


def _practice(row: Row[Any]) -> Practice:
    return Practice(
        id=row.id,
        participant_id=row.participant_id,
        slug=row.slug,
        edition=row.edition,
        chosen_at=row.chosen_at,
        due_at=row.due_at,
        tried=row.tried,
        helped=row.helped,
    )
