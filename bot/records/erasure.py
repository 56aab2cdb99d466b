"""Erasing a person: every row of theirs, at once, and what may wait for it.

An open alert holds an erasure back, because staff could not reach the person any more: it is done in the moment the
alert is closed. What stays is a line that says that this number was erased, so that a backup that is put back is
erased again.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, String, Table, and_, delete, insert, or_, select, update

from bot.alerts.store import alert
from bot.delivery.outbox import outbox
from bot.intake import inbox
from bot.intake.facts import facts_of
from bot.people.drafts import ERASED
from bot.people.model import Participant
from bot.people.store import participant
from bot.records.ownership import OWNED
from bot.storage.columns import Instant, metadata
from bot.storage.database import Tx

BY_RETENTION = "retention"
"""Who asked when nobody did: the person left longer ago than people are kept."""

erasure = Table(
    "erasure",
    metadata,
    Column("participant_id", BigInteger, primary_key=True, autoincrement=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String(40), nullable=False),  # a handle, or "participant", "restore" or "retention"
    Column("done_at", Instant),
)


def ask(tx: Tx, participant_id: int, by: str, now: datetime) -> None:
    """Somebody wants it; asking twice is asking once."""
    forget_request(tx, participant_id)
    tx.execute(insert(erasure).values(participant_id=participant_id, asked_at=now, asked_by=by))


def asked_by(tx: Tx, participant_id: int) -> str:
    """Who wants it; empty when nobody does."""
    waits = and_(erasure.c.participant_id == participant_id, erasure.c.done_at.is_(None))
    return tx.scalar(select(erasure.c.asked_by).where(waits)) or ""


def forget_request(tx: Tx, participant_id: int) -> None:
    tx.execute(delete(erasure).where(erasure.c.participant_id == participant_id))


def _due() -> Any:
    key = select(participant.c.key).where(participant.c.id == erasure.c.participant_id).scalar_subquery()
    is_theirs = or_(alert.c.participant_id == erasure.c.participant_id, alert.c.key == key)
    is_open = select(alert.c.id).where(alert.c.closed_at.is_(None), is_theirs)
    return select(erasure.c.participant_id).where(erasure.c.done_at.is_(None), ~is_open.exists())


_DUE = _due()
"""Built once: it is asked every second."""


def due(tx: Tx) -> Sequence[int]:
    """The people to erase whom no open alert holds back."""
    return [row[0] for row in tx.all(_DUE)]


def done(tx: Tx, participant_id: int, now: datetime) -> None:
    tx.execute(update(erasure).where(erasure.c.participant_id == participant_id).values(done_at=now))


def purge(tx: Tx, before: datetime) -> int:
    """Forget who was erased, once no backup can hold them any more."""
    return tx.changed(delete(erasure).where(erasure.c.done_at < before))


def erase(tx: Tx, person: Participant) -> None:
    """Remove every row of theirs; alerts stay as numbers and times, about nobody."""
    _forget_asides(tx, person)
    for name, owned in OWNED.items():
        table = metadata.tables[name]
        where = owned.rows(person)
        tx.execute(
            update(table).where(where).values(**owned.blank) if owned.blank else delete(table).where(where)
        )
    # News for staff about this person were sent once by a key that holds their number.
    named = outbox.c.dedupe.like(f"%:{person.id}:%")
    tx.execute(update(outbox).where(named).values(dedupe=None))
    tx.touched.add(ERASED)


def alert_numbers(tx: Tx, person: Participant) -> list[int]:
    """What staff call the alerts about this person."""
    return [row.number for row in tx.all(select(alert.c.number).where(OWNED["alert"].rows(person)))]


def _forget_asides(tx: Tx, person: Participant) -> None:
    """An update that nobody could process is kept whole; take away those from this person's chat."""
    rows = inbox.inbox
    for row in tx.all(select(rows).where(rows.c.state == inbox.ASIDE, rows.c.body_sealed.is_not(None))):
        raw = json.loads(tx.unseal("inbox", "body", row.update_id, row.body_sealed))
        if tx.sealer.index("chat", facts_of(raw).chat_id) == person.key:
            where = and_(rows.c.bot_id == row.bot_id, rows.c.update_id == row.update_id)
            tx.execute(update(rows).where(where).values(body_sealed=None))
