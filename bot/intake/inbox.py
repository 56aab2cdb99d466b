"""The inbox: every update as it came, sealed, until its effects are committed.

A row's body is blanked when it is done; the row itself stays a week as the proof that this update was processed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from bot.intake.facts import Facts, facts_of
from bot.storage.columns import Instant, SealedText, metadata
from bot.storage.database import Tx

inbox = Table(
    "inbox",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("body_sealed", SealedText),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
Index(
    "ix_inbox_ready",
    inbox.c.received_at,
    sqlite_where=inbox.c.state == "ready",
)

READY, DONE, ASIDE = "ready", "done", "aside"

_KNOWN = select(inbox.c.update_id).where(
    inbox.c.bot_id == bindparam("bot"), inbox.c.update_id.in_(bindparam("numbers", expanding=True))
)
_KEEP = insert(inbox)
_END = update(inbox).where(
    inbox.c.bot_id == bindparam("bot"), inbox.c.update_id == bindparam("number"), inbox.c.state == READY
)


@dataclass(frozen=True)
class Received:
    """One update that waits to be processed."""

    raw: Any
    facts: Facts
    attempts: int = 0


def store(tx: Tx, bot_id: int, updates: Sequence[Any], now: datetime) -> list[Received]:
    """Keep what is new; gives the new ones in order. An update without a number cannot be confirmed or kept."""
    came: dict[int, Received] = {}
    for raw in updates:
        facts = facts_of(raw)
        if facts.update_id:
            came.setdefault(facts.update_id, Received(raw, facts))
    known = {row.update_id for row in tx.all(_KNOWN, {"bot": bot_id, "numbers": list(came)})}
    fresh = [received for number, received in came.items() if number not in known]
    if fresh:
        tx.execute(_KEEP, [_row(tx, bot_id, received, now) for received in fresh])
    return fresh


def waiting(tx: Tx, bot_id: int) -> list[Received]:
    """What an earlier process left unprocessed, oldest first."""
    where = and_(inbox.c.bot_id == bot_id, inbox.c.state == READY)
    rows = tx.all(select(inbox).where(where).order_by(inbox.c.update_id))
    opened = [(json.loads(tx.unseal("inbox", "body", row.update_id, row.body_sealed)), row) for row in rows]
    return [Received(raw, facts_of(raw), row.attempts) for raw, row in opened]


def finish(tx: Tx, bot_id: int, update_id: int, now: datetime) -> bool:
    """Mark it done and blank its body; false when somebody else has done it already."""
    return _end(tx, bot_id, update_id, {"state": DONE, "ended_at": now, "body_sealed": None})


def put_aside(tx: Tx, bot_id: int, update_id: int, now: datetime) -> bool:
    """Keep it sealed for a person to look at; later updates go on."""
    return _end(tx, bot_id, update_id, {"state": ASIDE, "ended_at": now})


def count_attempt(tx: Tx, bot_id: int, update_id: int) -> None:
    where = and_(inbox.c.bot_id == bot_id, inbox.c.update_id == update_id)
    tx.execute(update(inbox).where(where).values(attempts=inbox.c.attempts + 1))


def purge(tx: Tx, before: datetime) -> int:
    """Remove rows that ended before that instant, those put aside too."""
    return tx.changed(delete(inbox).where(inbox.c.ended_at < before))


def _row(tx: Tx, bot_id: int, received: Received, now: datetime) -> dict[str, Any]:
    update_id = received.facts.update_id
    return {
        "bot_id": bot_id,
        "update_id": update_id,
        "body_sealed": tx.seal("inbox", "body", update_id, json.dumps(received.raw)),
        "state": READY,
        "attempts": 0,
        "received_at": now,
    }


def _end(tx: Tx, bot_id: int, update_id: int, values: dict[str, Any]) -> bool:
    return tx.changed(_END, {"bot": bot_id, "number": update_id, **values}) == 1
