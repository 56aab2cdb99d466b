"""Who saw, claimed, revealed, changed or invited: one row each, chained so that a missing row shows.

A row holds ids and handles, never a participant's words or name.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, String, Table, delete, insert, select

from bot.people import settings
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
    """Add an entry, bound to the one before it; the end of the chain is kept sealed, so that none can be cut off."""
    last = tx.scalar(select(audit.c.chain).order_by(audit.c.id.desc()).limit(1)) or _start(tx)
    row = {
        "id": tx.new_id(),
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
    }
    link = _link(tx, last, entry)
    tx.execute(insert(audit).values(**row, chain=link))
    settings.put(tx, settings.AUDIT_END, link)


def entries(tx: Tx) -> list[Entry]:
    rows = tx.all(select(audit).order_by(audit.c.id))
    return [Entry(row.at, row.actor, row.action, row.subject) for row in rows]


def first_break(tx: Tx) -> str | None:
    """What and where: the first entry that does not follow from the one before it; None when the chain holds."""
    last, end = _start(tx), settings.get(tx, settings.AUDIT_END)
    for row in tx.all(select(audit).order_by(audit.c.id)):
        entry = Entry(row.at, row.actor, row.action, row.subject)
        if row.chain != _link(tx, last, entry):
            what = f"{entry.at.isoformat(timespec='seconds')} {entry.actor} {entry.action} {entry.subject}".strip()
            return f"{what}: this entry was changed, or one before it is missing."
        last = row.chain
    return None if end in ("", last) else "the end: entries after the last one are missing."


def purge(tx: Tx, before: datetime) -> int:
    """Remove the oldest entries; the chain then starts from the last one removed."""
    old = audit.c.at < before
    last = tx.first(select(audit.c.id, audit.c.chain).where(old).order_by(audit.c.id.desc()).limit(1))
    if last is None:
        return 0
    settings.put(tx, settings.AUDIT_START, last.chain)
    return tx.changed(delete(audit).where(audit.c.id <= last.id))


def _start(tx: Tx) -> str:
    """What the first entry follows from: nothing, or the last one that was removed for its age."""
    return settings.get(tx, settings.AUDIT_START)


def _link(tx: Tx, last: str, entry: Entry) -> str:
    parts = (last, entry.at.isoformat(), entry.actor, entry.action, entry.subject)
    return tx.sealer.index("audit", "\x1f".join(parts))
