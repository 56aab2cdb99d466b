"""Backups of the running program: one every hour, and one whenever another process asks for it.

SQLite may not be opened twice, so `handrail backup` beside a running program does not touch the database: it leaves
a request in the folder of backups, and the running program, which looks there once a second, makes one and answers.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Error as SqliteError

import structlog

from bot.clock import Clock
from bot.errors import HandrailError
from bot.storage import sqlite
from bot.storage.backup import backups_in, plain_file, remove_leftovers, remove_old, seal_file, taken_at
from bot.storage.database import Database
from bot.storage.sealing import KeyRing

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
HOUR = timedelta(hours=1)
AFTER_FAILURE = timedelta(minutes=5)
ANSWER_SECONDS = 120.0
REQUEST, ANSWER = ".request-", ".answer-"


class BackupNotMade(HandrailError):
    """The running program could not make a backup; its log says more:"""


class NoAnswer(HandrailError):
    """The running program did not answer the request for a backup. Is it an older version, or another folder?"""


class Backups:
    """Runs until stopped. `on_failure` is told the kind of error, never a word of anybody's."""

    def __init__(
        self,
        database: Database,
        ring: KeyRing,
        folder: Path,
        clock: Clock,
        *,
        days: int,
        every_hours: int,
        on_failure: Callable[[str], None],
    ) -> None:
        self._database = database
        self._ring = ring
        self._folder = folder
        self._clock = clock
        self._days = days
        self._every = timedelta(hours=every_hours)
        self._on_failure = on_failure
        self._next: datetime | None = None
        self._newest: datetime | None = None
        self.is_at_work = False

    async def run(self, stopped: asyncio.Event) -> None:
        """Look once a second what is due or asked for."""
        await asyncio.to_thread(self._begin)
        while not await self._clock.wait(LOOK_SECONDS, stopped):
            self.is_at_work = True
            try:
                await self.look()
            finally:
                self.is_at_work = False

    async def look(self) -> None:
        """Answer requests, and make the backup that is due."""
        for request in _requests(self._folder):
            await self._answer(request)
        now = self._clock.now()
        # A time that lies too far ahead was set before the clock was put back.
        if self._every and (self._next is None or self._next <= now or self._next > now + self._every):
            self._next = now + self._every
            try:
                await self.make()
            except (OSError, SqliteError) as error:
                self._failed(error, now)

    def overdue(self, now: datetime) -> str:
        """A sentence when none was made for three hours, or for three times as long as wished; else empty."""
        if not self._every:
            return ""
        self._newest = self._newest or now  # a new program has its first one to make yet
        age = now - self._newest
        return (
            f"The newest backup is {age // HOUR} hours old." if age > max(3 * self._every, 3 * HOUR) else ""
        )

    async def make(self) -> Path:
        """A new sealed backup; older ones past their age are removed. Raises `OSError` or SQLite's error."""
        now = self._clock.now()

        def seal(plain: Path) -> Path:
            made = seal_file(plain, self._folder, self._ring, now)
            remove_old(self._folder, now, days=self._days)
            return made

        with plain_file(self._folder) as plain:
            await self._database.apart(lambda connection: sqlite.copy(connection, plain))
            made = await asyncio.to_thread(seal, plain)
        self._next, self._newest = now + self._every, now
        log.info("backup made", file=made.name, bytes=made.stat().st_size)
        return made

    def _begin(self) -> None:
        remove_leftovers(self._folder)
        made = backups_in(self._folder)
        if made:
            self._newest = taken_at(made[-1])
            self._next = self._newest + self._every

    async def _answer(self, request: Path) -> None:
        try:
            said = {"file": (await self.make()).name}
        except (OSError, SqliteError) as error:
            self._failed(error, self._clock.now())
            said = {"error": type(error).__name__}
        _reply(request, said)

    def _failed(self, error: Exception, now: datetime) -> None:
        self._next = now + min(AFTER_FAILURE, self._every or AFTER_FAILURE)
        log.error("a backup could not be made", error=type(error).__name__)
        self._on_failure(type(error).__name__)


def _requests(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob(f"{REQUEST}*") if not file.suffix)


def _reply(request: Path, said: dict[str, str]) -> None:
    with suppress(OSError):  # whoever asked may have gone, or the disk be full: they hear nothing then
        waiting = request.with_name(f"{request.name}.part")
        waiting.write_text(json.dumps(said), encoding="ascii")
        waiting.rename(request.with_name(request.name.replace(REQUEST, ANSWER, 1)))
    request.unlink(missing_ok=True)


def ask_running(folder: Path, *, seconds: float = ANSWER_SECONDS) -> Path:
    """Let the running program make a backup; gives its file. Raises `BackupNotMade` or `NoAnswer`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    nonce = secrets.token_hex(8)
    request, answer = folder / f"{REQUEST}{nonce}", folder / f"{ANSWER}{nonce}"
    request.touch(mode=0o600)
    until = time.monotonic() + seconds
    try:
        while not answer.exists():
            if time.monotonic() > until:
                raise NoAnswer(folder)
            time.sleep(0.05)
        said = json.loads(answer.read_text(encoding="ascii"))
    finally:
        request.unlink(missing_ok=True)
        answer.unlink(missing_ok=True)
    if "error" in said:
        raise BackupNotMade(said["error"])
    return folder / str(said["file"])
