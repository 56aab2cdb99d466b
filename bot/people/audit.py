"""Who saw, claimed, revealed, changed or invited: one row each, chained so that a missing row shows.

A row holds ids and handles, never a participant's words or name.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, String, Table, insert, select

from bot.storage.columns import Instant, metadata
from bot.storage.database import Tx

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("chain", String(32), nullable=False),
)


@dataclass(frozen=True)
class Entry:
    """`actor` is a colleague's handle or "handrail"; `subject` an alert number, a code or a setting."""

    at: datetime
    actor: str
    action: str
    subject: str


def note(tx: Tx, entry: Entry) -> None:
    """Add an entry, bound to the one before it."""
    last = tx.scalar(select(audit.c.chain).order_by(audit.c.id.desc()).limit(1)) or ""
    row = {
        "id": tx.new_id(),
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
    }
    tx.execute(insert(audit).values(**row, chain=_link(tx, last, entry)))


def entries(tx: Tx) -> list[Entry]:
    rows = tx.all(select(audit).order_by(audit.c.id))
    return [Entry(row.at, row.actor, row.action, row.subject) for row in rows]


def first_break(tx: Tx) -> Entry | None:
    """The first entry that does not follow from the one before it; None when the chain holds."""
    last = ""
    for row in tx.all(select(audit).order_by(audit.c.id)):
        entry = Entry(row.at, row.actor, row.action, row.subject)
        if row.chain != _link(tx, last, entry):
            return entry
        last = row.chain
    return None


def _link(tx: Tx, last: str, entry: Entry) -> str:
    parts = (last, entry.at.isoformat(), entry.actor, entry.action, entry.subject)
    return tx.sealer.index("audit", "\x1f".join(parts))
