"""From an address and a key ring to an open, migrated, locked database."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.addresses import POSTGRESQL
from bot.clock import Clock
from bot.errors import HandrailError
from bot.storage import sqlite
from bot.storage.backup import plain_file, seal_file
from bot.storage.database import Database
from bot.storage.migrate import current, migrate, newest
from bot.storage.sealing import KeyRing, Sealer
from bot.storage.secrets import sealer_of
from bot.storage.turns import DatabaseAway, first_line

if TYPE_CHECKING:
    from bot.storage.postgresql import Turn


class OtherSchema(HandrailError):
    """The database is at another version's schema. Run `handrail migrate` of the version that shall work with it:"""


class Opened:
    """An open database, and `release`, which lets another process open it once this one has closed it."""

    def __init__(
        self,
        database: Database,
        release: Callable[[], None],
        backup: Path | None = None,
        turn: "Turn | None" = None,
    ) -> None:
        self.database = database
        self.backup = backup
        self._release = release
        self._turn = turn

    def close(self) -> None:
        self.database.close()
        self._release()

    def check_turn(self) -> None:
        """Raises `TurnLost` once another process works for the program."""
        if self._turn is not None:
            self._turn.check()

    def empty_log(self) -> None:
        """What was erased must not stay in SQLite's write-ahead log; PostgreSQL's is the server's own affair."""
        if self._turn is None:
            self.database.submit_apart(sqlite.empty_log)

    def shrink(self) -> None:
        """Give freed pages back to the disk, where that does not happen by itself."""
        if self._turn is None:
            self.database.submit_apart(sqlite.shrink)


def back_up(connection: Any, folder: Path, ring: KeyRing, now: datetime) -> Path:
    """A sealed backup of the open database; `connection` is the driver's, with no transaction open."""
    with plain_file(folder) as plain:
        sqlite.copy(connection, plain)
        return seal_file(plain, folder, ring, now)


def open_database(url: str, ring: KeyRing, clock: Clock, backups: Path | None = None) -> Opened:
    """Lock, migrate and open. Raises `DatabaseInUse`, `DatabaseTooNew`, `KeyMissing`, or the driver's error.

    `backups` is the folder for the backup before a migration; by default `backups` beside the database. PostgreSQL
    is not backed up by us: its migrations are one transaction each.
    """
    if url.startswith(POSTGRESQL):
        return _open_postgresql(url, ring, clock)
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
    return Opened(database, held.close, saved[0])


def open_to_read(url: str, ring: KeyRing, clock: Clock) -> Opened:
    """A PostgreSQL database for looking only, beside whoever works with it. Raises `DatabaseAway`, `OtherSchema`."""
    from bot.storage import postgresql

    def prepare(connection: Connection) -> Sealer:
        at = current(connection)
        if at != newest():
            raise OtherSchema(at)
        return sealer_of(connection, ring)

    database = Database(postgresql.engine(url), clock)
    try:
        database.open(prepare)
    except DBAPIError as error:
        raise DatabaseAway(first_line(error)) from None
    return Opened(database, _nothing)


def _open_postgresql(url: str, ring: KeyRing, clock: Clock) -> Opened:
    from bot.storage import postgresql  # with a driver that SQLite does not need

    turn = postgresql.Turn(url)
    turn.take()

    def prepare(connection: Connection) -> Sealer:
        migrate(connection, lambda _connection: None)
        return sealer_of(connection, ring)

    database = Database(postgresql.engine(url, turn), clock, turn)
    try:
        database.open(prepare)
    except DBAPIError as error:
        turn.give_back()
        raise DatabaseAway(first_line(error)) from None
    except BaseException:
        turn.give_back()
        raise
    return Opened(database, turn.give_back, turn=turn)


def _nothing() -> None:
    """There is nothing to release."""
