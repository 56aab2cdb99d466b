"""SQLite as the embedded default: one file, one process, one connection.

The rules and their reasons are measured in docs/reliability.md: WAL with FULL, immediate transactions,
no driver-made transactions, and a file lock, since two connections can meet SQLite's WAL-reset bug.
"""

import fcntl
import os
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

from bot.storage.turns import DatabaseInUse

FIXED_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""The versions, the newest first, in which SQLite's WAL-reset bug is mended; the later two in their own series."""
INCREMENTAL = 2  # the value of auto_vacuum
PRAGMAS = (
    "auto_vacuum=INCREMENTAL",  # before the first table, or it has no effect
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
    "busy_timeout=10000",
)


def file_of(url: str) -> Path:
    """The database file that a `sqlite:///` address names."""
    return Path(make_url(url).database or "handrail.sqlite")


def lock(file: Path) -> IO[str]:
    """Hold the database for this process until the returned file is closed. Raises `DatabaseInUse`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    held = file.with_name(file.name + ".lock").open("a", encoding="ascii")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise DatabaseInUse() from error
    return held


def engine(url: str) -> Engine:
    """An engine with exactly one connection; the thread that first connects must be the only one to use it."""
    made = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(made, "connect", _prepare)
    # Not by SQLAlchemy's event of that name: with any listener every statement asks whether there are more.
    made.dialect.do_begin = _begin_immediate  # type: ignore[assignment, method-assign]
    return made


def copy(connection: Any, into: Path) -> None:
    """A consistent copy of the open database (`connection` is the driver's) into an empty file of ours."""
    connection.execute("VACUUM INTO ?", (str(into),))


def empty_log(connection: Any) -> None:
    """Merge the write-ahead log and cut it to nothing: what was erased must not stay in it."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def shrink(connection: Any) -> None:
    """Give freed pages back to the disk; a database made before that was possible is rebuilt, once."""
    if connection.execute("PRAGMA auto_vacuum").fetchone()[0] == INCREMENTAL:
        connection.executescript("PRAGMA incremental_vacuum")  # `execute` stops after the first page
        return
    connection.execute(f"PRAGMA auto_vacuum={INCREMENTAL}")
    connection.execute("VACUUM")


def make_private(file: Path) -> None:
    """The database file exists and only its owner can read it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(handle)


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """SQLite 3.7.0 to 3.51.2, but for 3.44.6 and 3.50.7 and what follows them in their series."""
    first, *series = FIXED_SQLITE
    mended = any(version[:2] == fixed[:2] and version >= fixed for fixed in series)
    return (3, 7, 0) <= version < first and not mended


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGINs once committed a rolled-back unit
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    # A deferred transaction that turns into a write fails at once when somebody else writes.
    connection.execute("BEGIN IMMEDIATE")
