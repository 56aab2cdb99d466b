"""Sealed backup files: made from a plain copy of the database, opened again, checked, and removed when old.

A file is one header line, then frames of at most a mebibyte, each sealed under the key ring and bound to the header,
to its place and to being the last one or not: what was altered, cut short or put together anew does not open.
A plain copy stands on the disk only while a backup is made or opened, readable by its owner only, and is locked
meanwhile, so that one left behind by a crash is known and removed at the next start.
"""

import fcntl
import os
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from bot.errors import HandrailError
from bot.storage.columns import metadata, row_column, sealed_columns
from bot.storage.sealing import KeyRing, SealBroken, place_of

MAGIC = b"handrail backup 1"
FRAME = 1024 * 1024
MOST_FRAME = FRAME + 1024  # an envelope adds its key's name, a nonce and a tag
EVERY_ONE = timedelta(days=2)  # younger backups are all kept; of older ones the last of each day
NAME = re.compile(r"handrail-(\d{8}T\d{6}Z)\.backup")
STAMP = "%Y%m%dT%H%M%SZ"
PLAIN = ".plain-"


class NotABackup(HandrailError):
    """This is not a whole backup of Handrail; it was cut short, altered, or is something else:"""


class NoBackup(HandrailError):
    """There is no backup in this folder:"""


class BackupFaulty(HandrailError):
    """The backup opens, but what is in it is not sound:"""


@dataclass(frozen=True)
class Checked:
    """What a look into a backup found: when it was taken, its schema, and how many sealed values open."""

    taken_at: datetime
    schema: str
    tables: int
    sealed: int


# Names and ages


def backups_in(folder: Path) -> list[Path]:
    """The backups there, oldest first."""
    return sorted(file for file in folder.glob("handrail-*.backup") if NAME.fullmatch(file.name))


def newest_in(folder: Path) -> Path:
    """Raises `NoBackup`."""
    found = backups_in(folder)
    if not found:
        raise NoBackup(folder)
    return found[-1]


def taken_at(file: Path) -> datetime:
    """When a backup with a usual name was made."""
    match = NAME.fullmatch(file.name)
    if match is None:
        raise NotABackup(file)
    return datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)


def remove_old(folder: Path, now: datetime, *, days: int) -> list[Path]:
    """Take away what is past its age, and all but the last of a day among those older than two days."""
    kept_day, removed = None, []
    for file in reversed(backups_in(folder)):
        at = taken_at(file)
        if at > now - EVERY_ONE:
            continue
        if at < now - timedelta(days=days) or at.date() == kept_day:
            file.unlink(missing_ok=True)
            removed.append(file)
        else:
            kept_day = at.date()
    return removed


# Plain copies


@contextmanager
def plain_file(folder: Path) -> Iterator[Path]:
    """An empty file that only its owner can read, gone afterwards, with what SQLite may have put beside it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{PLAIN}{secrets.token_hex(8)}"
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield path
    finally:
        for file in (path, *folder.glob(f"{path.name}-*")):
            file.unlink(missing_ok=True)
        os.close(held)


def remove_leftovers(folder: Path) -> None:
    """Plain copies and unfinished backups of a process that is no more."""
    for file in (*folder.glob(f"{PLAIN}*"), *folder.glob("handrail-*.part")):
        with suppress(FileNotFoundError), file.open("rb") as found:
            try:
                fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue  # somebody is at work with it
            file.unlink(missing_ok=True)


# Sealing and opening


def seal_file(plain: Path, folder: Path, ring: KeyRing, now: datetime) -> Path:
    """Write the plain copy, sealed, into the folder under the name of this second; whole or not at all."""
    into = _free_name(folder, now)
    header = b"%s %s %s\n" % (MAGIC, now.isoformat().encode(), secrets.token_hex(16).encode())
    part = into.with_name(f"{into.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as written, plain.open("rb") as read:
            fcntl.flock(written, fcntl.LOCK_EX)
            written.write(header)
            for number, (chunk, is_last) in enumerate(_chunks(read)):
                envelope = ring.seal(chunk, _place(header, number, is_last=is_last))
                written.write(len(envelope).to_bytes(4, "big") + envelope)
            written.flush()
            os.fsync(written.fileno())
            part.rename(into)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)
    return into


def open_file(file: Path, into: Path, ring: KeyRing) -> datetime:
    """Write what is in the backup to an existing file; gives when it was taken.

    Raises `NotABackup`, `KeyMissing`, or `OSError` when the file cannot be read.
    """
    with file.open("rb") as read, into.open("r+b") as written:
        header = read.readline(200)
        words = header.split()
        if not header.startswith(MAGIC + b" ") or len(words) != 5:
            raise NotABackup(file)
        try:
            at = datetime.fromisoformat(words[3].decode())
            for number, (envelope, is_last) in enumerate(_frames(read)):
                written.write(ring.unseal(envelope, _place(header, number, is_last=is_last)))
        except (SealBroken, ValueError) as error:
            raise NotABackup(file) from error
        written.flush()
        os.fsync(written.fileno())
    return at


def keys_of(file: Path) -> set[str]:
    """The names of the keys that this backup needs to be opened. Raises `NotABackup`."""
    with file.open("rb") as read:
        read.readline(200)
        try:
            envelope, _ = next(_frames(read))
            return {KeyRing.name_in(envelope)}
        except (StopIteration, ValueError, SealBroken) as error:
            raise NotABackup(file) from error


def check_file(file: Path, ring: KeyRing, *, newest_schema: str) -> Checked:
    """Open the backup into a scratch file and look at all of it.

    Raises `NotABackup`, `BackupFaulty`, `KeyMissing`.
    """
    with plain_file(file.parent) as scratch:
        at = open_file(file, scratch, ring)
        return check_plain(scratch, at, ring, newest_schema=newest_schema)


def check_plain(plain: Path, at: datetime, ring: KeyRing, *, newest_schema: str) -> Checked:
    """Is this copy sound, of a schema we know, and does every sealed value in it open?"""
    try:
        with closing(sqlite3.connect(f"{plain.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as rows:
            found = rows.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise BackupFaulty(f"integrity_check says {found!r}.")
            schema = str(rows.execute("SELECT version_num FROM alembic_version").fetchone()[0])
            there = {row[0] for row in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            _check_schema(rows, schema, newest_schema, there)
            return Checked(at, schema, len(there), _open_all(rows, there, ring))
    except (sqlite3.Error, TypeError) as error:
        raise BackupFaulty(f"{type(error).__name__}: it is no database of Handrail.") from error


def _check_schema(rows: sqlite3.Connection, schema: str, newest: str, there: set[str]) -> None:
    if schema > newest:
        raise BackupFaulty(f"its schema {schema} is of a newer Handrail; this one knows {newest}.")
    if schema < newest:
        return  # restoring it brings it to this version's schema
    for table in metadata.sorted_tables:
        columns = {row[1] for row in rows.execute(f'PRAGMA table_info("{table.name}")')}
        missing = {column.name for column in table.columns} - columns
        if missing:
            raise BackupFaulty(f"the table {table.name} lacks {', '.join(sorted(missing))}.")


def _open_all(rows: sqlite3.Connection, there: set[str], ring: KeyRing) -> int:
    """How many sealed values open. Raises `BackupFaulty` naming the first place that does not."""
    count = 0
    for table, column in sealed_columns():
        if table.name not in there:
            continue
        key, name = row_column(table).name, column.name  # our own names, never anybody's words
        query = f'SELECT "{key}", "{name}" FROM "{table.name}" WHERE "{name}" IS NOT NULL'  # noqa: S608
        for row, envelope in rows.execute(query):
            try:
                ring.unseal(envelope, place_of(table.name, column.name.removesuffix("_sealed"), row))
            except SealBroken as error:
                raise BackupFaulty(f"a value of {table.name}.{column.name} does not open.") from error
            count += 1
    return count


def sync_folder(folder: Path) -> None:
    """A renamed file keeps its new name through a power cut only when its folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(folder: Path, now: datetime) -> Path:
    """Two backups in one second are rare, and neither may replace the other."""
    while (name := folder / f"handrail-{now.astimezone(UTC):{STAMP}}.backup").exists():
        now += timedelta(seconds=1)
    return name


def _place(header: bytes, number: int, *, is_last: bool) -> bytes:
    return header + f"{number}|{'last' if is_last else 'more'}".encode()


def _chunks(read: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    chunk = read.read(FRAME)
    while True:
        following = read.read(FRAME)
        yield chunk, not following
        if not following:
            return
        chunk = following


def _frames(read: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each envelope, and whether the file ends after it. Raises `ValueError` for a frame that is cut or too long."""
    head = read.read(4)
    while True:
        length = int.from_bytes(head, "big")
        envelope = read.read(length) if len(head) == 4 and length <= MOST_FRAME else b""
        if not envelope or len(envelope) != length:
            raise ValueError("a frame is cut short")
        head = read.read(4)
        yield envelope, not head
        if not head:
            return
