"""From an address and a key ring to an open, migrated, locked database."""

from pathlib import Path
from typing import IO

from sqlalchemy import Connection

from bot.clock import Clock
from bot.storage import sqlite
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.sealing import KeyRing, Sealer
from bot.storage.secrets import sealer_of


class Opened:
    """An open database and what must be released with it."""

    def __init__(self, database: Database, held: IO[str], backup: Path | None) -> None:
        self.database = database
        self.backup = backup
        self._held = held

    def close(self) -> None:
        self.database.close()
        self._held.close()


def open_database(url: str, ring: KeyRing, clock: Clock) -> Opened:
    """Lock, migrate and open. Raises `DatabaseInUse`, `DatabaseTooNew`, `KeyMissing`, or the driver's error."""
    file = sqlite.file_of(url)
    held = sqlite.lock(file)
    saved: list[Path | None] = [None]

    def prepare(connection: Connection) -> Sealer:
        saved[0] = migrate(connection, file)
        return sealer_of(connection, ring)

    try:
        sqlite.make_private(file)
        database = Database(sqlite.engine(url), clock)
        database.open(prepare)
    except BaseException:
        held.close()
        raise
    return Opened(database, held, saved[0])
