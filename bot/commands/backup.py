"""`handrail backup`, `backup --verify` and `restore`: by hand what the running program does by itself every hour."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import DatabaseError, connect

from sqlalchemy.exc import DatabaseError as WrappedError

import bot.app  # noqa: F401 - with it every store declares its tables, which are looked for in a backup
from bot.backups import ask_running
from bot.clock import SystemClock
from bot.config import Config, read
from bot.errors import HandrailError
from bot.people import settings
from bot.records import erasure
from bot.storage import backup, sqlite
from bot.storage.database import Tx
from bot.storage.keyring import key_ring
from bot.storage.migrate import newest
from bot.storage.opening import back_up, open_database
from bot.storage.sealing import KeyRing
from bot.storage.secrets import sealer_of
from bot.storage.turns import DatabaseInUse


class NoDatabase(HandrailError):
    """There is no database yet; the first `handrail run` makes it:"""


class NotOurs(HandrailError):
    """A PostgreSQL database is backed up and restored by PostgreSQL's own means: pg_dump and pg_restore, or
    pgBackRest (docs/operating.md). What people write is sealed in their copies as well."""


class NoSuchFile(HandrailError):
    """There is no such file:"""


def back_up_now(path: Path | None, environ: Mapping[str, str]) -> int:
    """Make a backup, by the running program when there is one, and say where it is."""
    config = read(path, environ)
    made = a_backup(config)
    print(f"Backup made: {made}\nCheck it with: handrail backup --verify {made}")
    return 0


def a_backup(config: Config) -> Path:
    """A fresh sealed backup. Raises `NoDatabase`, or what making it raises."""
    file, folder = config.database.file, config.database.backup_folder
    if config.database.is_postgresql:
        raise NotOurs()
    if not file.exists():
        raise NoDatabase(file)
    try:
        held = sqlite.lock(file)
    except DatabaseInUse:
        return ask_running(folder)
    with held:
        backup.remove_leftovers(folder)
        made = _copied(config, key_ring(config))
    backup.remove_old(folder, datetime.now(UTC), days=config.database.backup_days)
    return made


def verify(path: Path | None, environ: Mapping[str, str], file: Path | None) -> int:
    """Open a backup (the newest, unless one is named) into a scratch file, and look at all of it."""
    config = read(path, environ)
    file = file or backup.newest_in(config.database.backup_folder)
    _must_exist(file)
    found = backup.check_file(file, key_ring(config), newest_schema=newest())
    print(
        f"{file}: fine.\nTaken {_shown(found.taken_at)}, schema {found.schema}, "
        f"{found.tables} tables, {found.sealed} sealed values, all of them open."
    )
    return 0


def restore(path: Path | None, environ: Mapping[str, str], file: Path | None) -> int:
    """Put a backup in the database's place; what was there is backed up first. The program must not run."""
    config = read(path, environ)
    if config.database.is_postgresql:
        raise NotOurs()
    file = file or backup.newest_in(config.database.backup_folder)
    _must_exist(file)
    ring, database = key_ring(config), config.database.file
    with sqlite.lock(database):
        backup.remove_leftovers(database.parent)
        with backup.plain_file(database.parent) as plain:
            at = backup.open_file(file, plain, ring)
            backup.check_plain(plain, at, ring, newest_schema=newest())
            if database.exists():
                print(_put_away(config, ring))
            erased = _erased(config, ring)
            _mark_restored(config, plain, ring, at, erased)
            _put_in_place(plain, database)
    print(f"Restored: {database} is as it was {_shown(at)}. What came after that is not in it.")
    print("At the next `handrail run` open alerts are told anew, and staff hear which time is missing.")
    return 0


def _put_away(config: Config, ring: KeyRing) -> str:
    """The database that is there now, as a backup or, when it cannot be read, under another name."""
    file = config.database.file
    try:
        return f"The database as it was until now: {_copied(config, ring)}"
    except (DatabaseError, WrappedError, HandrailError):
        stamp = f"{datetime.now(UTC):{backup.STAMP}}"
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                file.with_name(file.name + suffix).rename(
                    file.with_name(f"{file.name}.damaged-{stamp}{suffix}")
                )
        return f"The database until now cannot be read; it is kept as {file.name}.damaged-{stamp}."


def _copied(config: Config, ring: KeyRing) -> Path:
    engine = sqlite.engine(config.database.url)
    try:
        with engine.connect() as connection:
            sealer_of(connection, ring)  # under another key than the data's, nobody could read the backup
            now = datetime.now(UTC)
            driver = connection.connection.driver_connection
            return back_up(driver, config.database.backup_folder, ring, now)
    finally:
        engine.dispose()


def _erased(config: Config, ring: KeyRing) -> list[int]:
    """Who asked to be erased, as the newest backup that can be read knows it: they are erased from this one too."""
    folder = config.database.backup_folder
    for file in reversed(backup.backups_in(folder)):
        with backup.plain_file(folder) as scratch, suppress(HandrailError, DatabaseError):
            backup.open_file(file, scratch, ring)
            query = "SELECT participant_id FROM erasure"
            with closing(connect(f"{scratch.as_uri()}?mode=ro&immutable=1", uri=True)) as rows:
                return [int(row[0]) for row in rows.execute(query)]
    return []


def _mark_restored(config: Config, plain: Path, ring: KeyRing, at: datetime, erased: Sequence[int]) -> None:
    """The next start reads this, and does what a restored program must do first."""
    opened = open_database(f"sqlite:///{plain}", ring, SystemClock(), config.database.backup_folder)

    def mark(tx: Tx) -> None:
        settings.put(tx, settings.RESTORED, json.dumps({"taken_at": at.isoformat()}))
        for participant_id in erased:
            erasure.ask(tx, participant_id, "restore", datetime.now(UTC))

    try:
        opened.database.submit(mark).result()
    finally:
        opened.close()
        plain.with_name(f"{plain.name}.lock").unlink(missing_ok=True)


def _put_in_place(plain: Path, database: Path) -> None:
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    plain.replace(database)
    backup.sync_folder(database.parent)


def _must_exist(file: Path) -> None:
    if not file.is_file():
        raise NoSuchFile(file)


def _shown(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M %Z}"
