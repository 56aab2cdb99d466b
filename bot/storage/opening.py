"""From an address and a key ring to an open, migrated, locked database."""

from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from bot.clock import Clock
from bot.storage import sqlite
from bot.storage.backup import plain_file, seal_file
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


def back_up(connection: Any, folder: Path, ring: KeyRing, now: datetime) -> Path:
    """A sealed backup of the open database; `connection` is the driver's, with no transaction open."""
    with plain_file(folder) as plain:
        sqlite.copy(connection, plain)
        return seal_file(plain, folder, ring, now)


def open_database(url: str, ring: KeyRing, clock: Clock, backups: Path | None = None) -> Opened:
    """Lock, migrate and open. Raises `DatabaseInUse`, `DatabaseTooNew`, `KeyMissing`, or the driver's error.

    `backups` is the folder for the backup before a migration; by default `backups` beside the database.
    """
    file = sqlite.file_of(url)
    folder = backups or file.parent / "backups"
    held = sqlite.lock(file)
    saved: list[Path | None] = [None]

    def before(connection: Connection) -> Path:
        sealer_of(connection, ring)  # a wrong key is found out before anything is changed
        return back_up(connection.connection.driver_connection, folder, ring, clock.now())

    def prepare(connection: Connection) -> Sealer:
        saved[0] = migrate(connection, before)
        return sealer_of(connection, ring)

    try:
        sqlite.make_private(file)
        database = Database(sqlite.engine(url), clock)
        database.open(prepare)
    except BaseException:
        held.close()
        raise
    return Opened(database, held, saved[0])
