"""What the database holds when all is over: read once, as plain rows, by the program's own way in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, create_engine, func, make_url, select, text

from bot.addresses import SQLITE
from bot.alerts.store import alert, concern, notice
from bot.checkins.store import checkin
from bot.clock import SystemClock
from bot.config import read
from bot.delivery.model import Operation
from bot.delivery.outbox import chat, outbox
from bot.intake.inbox import READY, inbox
from bot.people.audit import Entry, entries, first_break
from bot.people.store import participant
from bot.storage.database import Tx
from bot.storage.keyring import key_ring
from bot.storage.opening import open_database

Rows = Sequence[Row[Any]]


@dataclass(frozen=True)
class Kept:
    """Rows by table. `chats` are Telegram's ids by chat key, `people` by participant id."""

    at: datetime
    inbox: Rows
    outbox: Rows
    alerts: Rows
    notices: Rows
    concerns: Rows
    checkins: Rows
    audit: Sequence[Entry]
    chats: Mapping[str, int]
    people: Mapping[int, int]
    integrity: str
    broken_audit: str | None

    def chat_of(self, key: str) -> int:
        """Telegram's id of a chat; 0 for one that is not known."""
        return self.chats.get(key, 0)


def look(settings: Mapping[str, str]) -> Kept:
    """Open the database of a program that has ended, and read it."""
    config = read(None, settings)
    opened = open_database(config.database.url, key_ring(config), SystemClock())
    try:
        kept: Kept = opened.database.submit(_read).result()
        return kept
    finally:
        opened.close()


def still_to_leave(url: str) -> int:
    """How many updates and messages wait in the database of a running program; deletions at a set hour apart."""
    is_file = url.startswith(SQLITE)
    reading = f"sqlite:///file:{url.removeprefix(SQLITE)}?mode=ro&uri=true" if is_file else url
    engine = create_engine(make_url(reading).set(drivername="sqlite" if is_file else "postgresql+psycopg"))
    waits = and_(outbox.c.ended_at.is_(None), outbox.c.operation != Operation.DELETE)
    try:
        with engine.connect() as connection:
            unread = select(func.count()).where(inbox.c.state == READY)
            counts = (select(func.count()).where(waits), unread)
            return sum(int(connection.execute(count).scalar() or 0) for count in counts)
    finally:
        engine.dispose()


def _read(tx: Tx) -> Kept:
    chats = {
        row.key: int(tx.unseal("chat", "chat_id", row.key, row.chat_id_sealed))
        for row in tx.all(select(chat))
    }
    people = tx.all(select(participant.c.id, participant.c.key))
    return Kept(
        at=SystemClock().now(),
        inbox=tx.all(select(inbox).order_by(inbox.c.update_id)),
        outbox=tx.all(select(outbox).order_by(outbox.c.id)),
        alerts=tx.all(select(alert).order_by(alert.c.number)),
        notices=tx.all(select(notice).order_by(notice.c.id)),
        concerns=tx.all(select(concern).order_by(concern.c.id)),
        checkins=tx.all(select(checkin).order_by(checkin.c.due_at)),
        audit=entries(tx),
        chats=chats,
        people={row.id: chats[row.key] for row in people},
        integrity=_integrity(tx),
        broken_audit=first_break(tx),
    )


def _integrity(tx: Tx) -> str:
    """SQLite looks through its whole file; PostgreSQL has nothing of the kind that everybody may ask for."""
    return str(tx.scalar(text("PRAGMA integrity_check"))) if tx.connection.dialect.name == "sqlite" else "ok"
