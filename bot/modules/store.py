"""Tables of who has read what: readings, the editions they are held to, reflections, and offers made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
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
    select,
    update,
)

from bot.modules.assignments import assignment
from bot.modules.model import Module
from bot.modules.practices import practice
from bot.reading import fingerprint
from bot.storage.columns import Instant, SealedText, metadata
from bot.storage.database import Tx

Edition = Mapping[str, Module]
"""One module in all its languages, as they were at one moment."""

edition = Table(
    "module_edition",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("slug", String(40), nullable=False),
    Column("body", Text, nullable=False),  # staff's published text, nobody's words
    Column("first_used_at", Instant, nullable=False),
)

reading = Table(
    "reading",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("participant_id", BigInteger, nullable=False),
    Column("slug", String(40), nullable=False),
    Column("edition", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("answered", Integer),
    Column("state", String(8), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("asked_at", Instant),
    Column("last_at", Instant, nullable=False),
    UniqueConstraint("participant_id", "slug"),
)

reflection = Table(
    "reflection",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("participant_id", BigInteger, nullable=False),
    Column("slug", String(40), nullable=False),
    Column("edition", String(16), nullable=False),
    Column("words_sealed", SealedText, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_reflection_participant", reflection.c.participant_id, reflection.c.id)

offer = Table(
    "module_offer",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("participant_id", BigInteger, nullable=False),
    Column("local_day", String(10), nullable=False),
    Column("slug", String(40), nullable=False),
    Column("offered_at", Instant, nullable=False),
    Column("answer", String(8)),
    Column("answered_at", Instant),
    UniqueConstraint("participant_id", "local_day"),
)

READING, DONE = "reading", "done"
READ, NOT_TODAY = "read", "later"


@dataclass(frozen=True)
class Reading:
    """One person's way through one module.

    `position` counts cards from 0; the number of cards stands for the reflection question. `answered` is the
    option chosen in the check question. `finished_at` is the first time it was read to the end and stays when
    it is read again. `asked_at` is set while the reflection question is the thing on the screen.
    """

    id: int
    participant_id: int
    slug: str
    edition: str
    position: int
    answered: int | None
    state: str
    finished_at: datetime | None
    asked_at: datetime | None
    last_at: datetime


@dataclass(frozen=True)
class Offered:
    """A line of the ledger of offers; `answer` is None while nobody has tapped."""

    id: int
    slug: str
    day: date
    answer: str | None


# Editions


def keep_edition(tx: Tx, slug: str, modules: Edition, now: datetime) -> str:
    """The id of this edition, which is kept for as long as a reading may point to it."""
    body = {lang: module.to_json() for lang, module in sorted(modules.items())}
    key = fingerprint(body)
    if tx.first(select(edition.c.id).where(edition.c.id == key)) is None:
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        tx.execute(insert(edition).values(id=key, slug=slug, body=text, first_used_at=now))
    return key


def edition_of(tx: Tx, key: str) -> Edition:
    """The module as it was then; empty when there is none such."""
    body = tx.scalar(select(edition.c.body).where(edition.c.id == key))
    parts: Mapping[str, Any] = json.loads(body) if body else {}
    return {lang: Module.from_json(part) for lang, part in parts.items()}


# Readings


def readings_of(tx: Tx, participant_id: int) -> list[Reading]:
    rows = tx.all(select(reading).where(reading.c.participant_id == participant_id).order_by(reading.c.id))
    return [_reading(row) for row in rows]


def reading_of(tx: Tx, participant_id: int, slug: str) -> Reading | None:
    row = tx.first(select(reading).where(_is(participant_id, slug)))
    return _reading(row) if row else None


def begin(tx: Tx, participant_id: int, slug: str, edition_id: str, now: datetime) -> Reading:
    """At the first card, of this edition; a module that was read before begins again."""
    values = {"edition": edition_id, "position": 0, "answered": None, "state": READING, "asked_at": None}
    again = update(reading).where(_is(participant_id, slug)).values(**values, last_at=now)
    if tx.changed(again) != 1:
        row = {"id": tx.new_id(), "participant_id": participant_id, "slug": slug, **values}
        tx.execute(insert(reading).values(**row, started_at=now, last_at=now))
    begun = reading_of(tx, participant_id, slug)
    if begun is None:
        raise RuntimeError("the reading that was just begun is not there")
    return begun


def save(tx: Tx, changed: Reading) -> Reading:
    values = {
        "position": changed.position,
        "answered": changed.answered,
        "state": changed.state,
        "finished_at": changed.finished_at,
        "asked_at": changed.asked_at,
        "last_at": changed.last_at,
    }
    tx.execute(update(reading).where(reading.c.id == changed.id).values(**values))
    return changed


def stop_asking(tx: Tx, participant_id: int) -> None:
    """No reflection question is on the screen any more."""
    asked = and_(reading.c.participant_id == participant_id, reading.c.asked_at.is_not(None))
    tx.execute(update(reading).where(asked).values(asked_at=None))


_ASKING = (
    select(reading)
    .where(reading.c.participant_id == bindparam("wanted"), reading.c.asked_at > bindparam("since"))
    .order_by(reading.c.asked_at.desc())
    .limit(1)
)


def asking(tx: Tx, participant_id: int, since: datetime) -> Reading | None:
    """The reading whose reflection question is on the screen, asked after that instant."""
    row = tx.first(_ASKING, {"wanted": participant_id, "since": since})
    return _reading(row) if row else None


# Reflections


def add_reflection(tx: Tx, of: Reading, words: str, now: datetime) -> None:
    row = tx.new_id()
    values = {"participant_id": of.participant_id, "slug": of.slug, "edition": of.edition, "at": now}
    sealed = tx.seal("reflection", "words", row, words)
    tx.execute(insert(reflection).values(id=row, words_sealed=sealed, **values))


def reflections_of(tx: Tx, participant_id: int) -> list[tuple[str, str]]:
    """Slug and words, oldest first."""
    rows = tx.all(
        select(reflection).where(reflection.c.participant_id == participant_id).order_by(reflection.c.id)
    )
    return [(row.slug, tx.unseal("reflection", "words", row.id, row.words_sealed)) for row in rows]


# Offers


def offers_since(tx: Tx, participant_id: int, first: date) -> list[Offered]:
    where = and_(offer.c.participant_id == participant_id, offer.c.local_day >= first.isoformat())
    rows = tx.all(select(offer).where(where).order_by(offer.c.local_day))
    return [Offered(row.id, row.slug, date.fromisoformat(row.local_day), row.answer) for row in rows]


def add_offer(tx: Tx, participant_id: int, slug: str, day: date, now: datetime) -> None:
    row = {"id": tx.new_id(), "participant_id": participant_id, "slug": slug, "offered_at": now}
    tx.execute(insert(offer).values(**row, local_day=day.isoformat()))


def answer_offer(tx: Tx, participant_id: int, slug: str, answer: str, now: datetime) -> bool:
    """The person tapped; false when no offer of this module was waiting for it."""
    mine = and_(offer.c.participant_id == participant_id, offer.c.slug == slug, offer.c.answer.is_(None))
    return tx.changed(update(offer).where(mine).values(answer=answer, answered_at=now)) > 0


def purge(tx: Tx, before: datetime) -> int:
    """Remove readings not touched since before that instant, and what else is older than it."""
    old = (
        reading.c.last_at,
        reflection.c.at,
        offer.c.offered_at,
        assignment.c.assigned_at,
        practice.c.chosen_at,
    )
    return sum(tx.changed(delete(since.table).where(since < before)) for since in old)


def _is(participant_id: int, slug: str) -> Any:
    return and_(reading.c.participant_id == participant_id, reading.c.slug == slug)


def _reading(row: Row[Any]) -> Reading:
    return Reading(
        id=row.id,
        participant_id=row.participant_id,
        slug=row.slug,
        edition=row.edition,
        position=row.position,
        answered=row.answered,
        state=row.state,
        finished_at=row.finished_at,
        asked_at=row.asked_at,
        last_at=row.last_at,
    )
