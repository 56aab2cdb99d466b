"""The running program's status file: what `doctor` may know while the database belongs to the program.

SQLite may not be opened twice, so the program writes once a minute, sealed, what is to be known about it.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.config import Config
from bot.delivery import outbox
from bot.errors import HandrailError
from bot.people import settings, store
from bot.storage.database import Database, Tx
from bot.storage.sealing import KeyRing
from bot.vitals import Observer

log = structlog.get_logger(__name__)

FIRST_SECONDS, EVERY_SECONDS = 5.0, 60.0  # first once a tick and a word from Telegram have likely come
PLACE = b"status|1"


@dataclass(frozen=True)
class Standing:
    """What only the database knows: the staff group's Telegram id, and the handles of active colleagues."""

    group: int | None
    handles: tuple[str, ...]

    @classmethod
    def of(cls, tx: Tx, configured_group: int | None) -> "Standing":
        key = settings.get(tx, settings.STAFF_GROUP)
        group = outbox.chat_id_of(tx, key) if key else configured_group
        return cls(group, tuple(person.handle for person in store.colleagues(tx)))


@dataclass(frozen=True)
class Status:
    """One writing. `failing` is what does not hold, by the names of `bot.invariants`, with a sentence."""

    at: datetime
    pid: int
    failing: Mapping[str, str]
    standing: Standing


class StatusKeeper:
    """Writes while the program runs; a file that is old belongs to a program that hangs."""

    def __init__(
        self, database: Database, ring: KeyRing, clock: Clock, observer: Observer, config: Config
    ) -> None:
        self._database = database
        self._ring = ring
        self._clock = clock
        self._observer = observer
        self._group = config.staff.chat_id
        self._file = file_for(config.database.file)

    async def run(self, stopped: asyncio.Event) -> None:
        pause = FIRST_SECONDS
        while not await self._clock.wait(pause, stopped):
            pause = EVERY_SECONDS
            try:
                await self.write()
            except (OSError, SQLAlchemyError) as error:
                log.error("the status file could not be written", error=type(error).__name__)

    async def write(self) -> None:
        """One writing, now. Raises `OSError`, or the database's error."""
        vitals = await self._observer.look()
        standing = await self._database.run(lambda tx: Standing.of(tx, self._group))
        now = Status(self._clock.now(), os.getpid(), vitals.failing, standing)
        await asyncio.to_thread(write, self._file, self._ring, now)

    def remove(self) -> None:
        """The program has ended: the database speaks for itself again."""
        self._file.unlink(missing_ok=True)


def file_for(database: Path) -> Path:
    return database.with_name(f"{database.name}.status")


def write(file: Path, ring: KeyRing, status: Status) -> None:
    """Replace the file as a whole. Raises `OSError`."""
    body = json.dumps({**asdict(status), "at": status.at.isoformat()}).encode()
    part = file.with_name(f".{file.name}.part")
    with suppress(FileNotFoundError):
        part.unlink()
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
        made.write(ring.seal(body, PLACE))
    part.replace(file)


def read(file: Path, ring: KeyRing) -> Status | None:
    """The last writing; None when there is none that these keys open."""
    try:
        found = json.loads(ring.unseal(file.read_bytes(), PLACE))
        standing = Standing(found["standing"]["group"], tuple(found["standing"]["handles"]))
        return Status(datetime.fromisoformat(found["at"]), found["pid"], found["failing"], standing)
    except (OSError, ValueError, KeyError, HandrailError):  # KeyError: another version's
        return None
