"""`handrail keys`: which keys there are and what they seal, a new one for everything, and an old one taken away."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bot.clock import SystemClock
from bot.commands.backup import NoDatabase
from bot.commands.copies import from_copy
from bot.config import Config, read
from bot.errors import HandrailError
from bot.settings import key_id
from bot.storage import backup
from bot.storage.database import Database
from bot.storage.keyring import key_ring
from bot.storage.opening import back_up, open_database
from bot.storage.resealing import keys_in_use, reseal
from bot.storage.sealing import KeyRing, new_key

T = TypeVar("T")


class KeyStillNeeded(HandrailError):
    """This key cannot be taken away:"""


class NoSuchKey(HandrailError):
    """There is no key of this name in the key file:"""


def list_keys(path: Path | None, environ: Mapping[str, str]) -> int:
    """Each key of the ring, the one that seals first, and how many values are under it; also while the bot runs."""
    config = read(path, environ)
    ring, found = key_ring(config), from_copy(config, keys_in_use)
    for name in ring.names:
        seals = ", seals what is new" if name == ring.first else ""
        print(f"{name}: {found[name]} sealed values{seals}")
    for name in found.keys() - set(ring.names):
        print(f"{name}: {found[name]} sealed values, AND THE KEY IS MISSING")
    return 1 if found.keys() - set(ring.names) else 0


def rotate(path: Path | None, environ: Mapping[str, str]) -> int:
    """A new first key, and every value sealed anew under it; an interrupted rotation is taken up again."""
    config = read(path, environ)
    ring = key_ring(config)
    _say_backup(config, ring)
    if _with_database(config, ring, _in_use).keys() <= {ring.first}:
        if not _keys_are_in_file(config):
            print(
                "The keys come from the configuration. Put this one first in security.keys, then run this again:"
            )
            print(new_key())
            return 0
        ring = _add_key(config.security.keys_file, ring, config)
    changed = _with_database(config, ring, lambda database: reseal(database, ring))
    print(f"{changed} values are sealed by {ring.first} now.")
    older = ", ".join(ring.names[1:])
    print(
        f"Make your own copy of the key file again. The older keys ({older}) still open older backups: "
        f"in {config.database.backup_days} days you can take them away with `handrail keys forget NAME`."
    )
    return 0


def forget(path: Path | None, environ: Mapping[str, str], name: str, *, anyway: bool) -> int:
    """Take a key out of the key file. Raises `KeyStillNeeded` while anything, a backup too, is sealed by it."""
    config = read(path, environ)
    ring, file = key_ring(config), config.security.keys_file
    if not _keys_are_in_file(config) or name not in ring.names:
        raise NoSuchKey(name)
    used = _with_database(config, ring, _in_use)[name]
    if used or name == ring.first:
        raise KeyStillNeeded(f"{name} seals {used} values. Run `handrail keys rotate` first.")
    needing = [made for made in backup.backups_in(config.database.backup_folder) if name in _keys_of(made)]
    if needing and not anyway:
        raise KeyStillNeeded(
            f"{len(needing)} backups, the newest {needing[-1].name}, open only with {name}. "
            "Wait until they are removed, or add --anyway."
        )
    kept = [line for line in _lines(file) if key_id(line) != name or line.lstrip().startswith("#")]
    _write(file, kept)
    print(f"{name} is no longer in {file}.")
    return 0


def _in_use(database: Database) -> Counter[str]:
    found: Counter[str] = database.submit(keys_in_use).result()
    return found


def _with_database(config: Config, ring: KeyRing, work: Callable[[Database], T]) -> T:
    """With the database open for that long. Raises `DatabaseInUse` while the bot runs."""
    if not config.database.is_postgresql and not config.database.file.exists():
        raise NoDatabase(config.database.file)
    opened = open_database(config.database.url, ring, SystemClock(), config.database.backup_folder)
    try:
        return work(opened.database)
    finally:
        opened.close()


def _say_backup(config: Config, ring: KeyRing) -> None:
    if config.database.is_postgresql:
        print("PostgreSQL's own backups stay as they are: older ones open only with the older keys.")
        return
    folder, now = config.database.backup_folder, SystemClock().now()

    def work(database: Database) -> Path:
        return Path(database.submit_apart(lambda connection: back_up(connection, folder, ring, now)).result())

    print(f"Backup made first: {_with_database(config, ring, work)}")


def _keys_of(made: Path) -> set[str]:
    try:
        return backup.keys_of(made)
    except (backup.NotABackup, OSError):
        return set()  # it opens with no key at all


# The key file


def _keys_are_in_file(config: Config) -> bool:
    file = config.security.keys_file
    there = [line.strip() for line in _lines(file) if line.strip() and not line.lstrip().startswith("#")]
    return bool(there) and " ".join(there).split() == list(config.security.ring)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _add_key(file: Path, ring: KeyRing, config: Config) -> KeyRing:
    """A fresh key before the others, on the disk before anything is sealed by it."""
    key = new_key()
    _write(file, [key, *_lines(file)])
    print(f"A new key, {key_id(key)}, is the first in {file}.")
    return KeyRing([key, *config.security.ring])


def _write(file: Path, lines: list[str]) -> None:
    """Whole or not at all, and never readable by others."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write("".join(f"{line}\n" for line in lines))
        written.flush()
        os.fsync(written.fileno())
    part.replace(file)
    backup.sync_folder(file.parent)
