"""Reading what is in the database while the running program holds it: out of a fresh backup."""

from collections.abc import Callable
from typing import TypeVar

from bot.clock import SystemClock
from bot.commands.backup import a_backup
from bot.config import Config
from bot.storage import backup
from bot.storage.database import Tx
from bot.storage.keyring import key_ring
from bot.storage.opening import Opened, open_database, open_to_read

T = TypeVar("T")


def from_copy(config: Config, unit: Callable[[Tx], T]) -> T:
    """What a unit of work reads in a copy of this moment. Raises `NoDatabase`, or what making a backup raises."""
    if config.database.is_postgresql:
        return read_in(open_to_read(config.database.url, key_ring(config), SystemClock()), unit)
    ring, made = key_ring(config), a_backup(config)
    with backup.plain_file(made.parent) as scratch:
        backup.open_file(made, scratch, ring)
        opened = open_database(f"sqlite:///{scratch}", ring, SystemClock(), made.parent)
        try:
            return read_in(opened, unit)
        finally:
            scratch.with_name(f"{scratch.name}.lock").unlink(missing_ok=True)


def read_in(opened: Opened, unit: Callable[[Tx], T]) -> T:
    """What a unit of work reads in a database that is closed afterwards."""
    try:
        result: T = opened.database.submit(unit).result()
        return result
    finally:
        opened.close()
