"""Telegram's silence: how long it was, across restarts, and when a process that hears nothing had better end."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.errors import HandrailError
from bot.people import settings
from bot.storage.database import Database, Tx

log = structlog.get_logger(__name__)

LOOK_SECONDS = 30.0
KEPT_EVERY = timedelta(minutes=5)  # how exactly a restart knows when Telegram was last heard
WORTH_TELLING = timedelta(hours=1)
DEAF_SECONDS = 90.0
DEAF_LOOK_SECONDS = 15.0


class NothingHeard(HandrailError):
    """Telegram was not heard for 90 seconds. The program ends, so that it is started anew; nothing is lost."""


class Receiver(Protocol):
    """What brings updates in: when Telegram last answered, when that was last stored, the attempts in vain since."""

    last_heard: float | None
    last_good: float | None
    misses: int


class Outage:
    """Looks at the receiver while the program runs."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        receiver: Receiver,
        tell: Callable[[Tx, datetime, datetime], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._receiver = receiver
        self._tell = tell
        self._silent_since: float | None = None
        self._kept_at: datetime | None = None  # None until Telegram is first heard by this process

    async def run(self, stopped: asyncio.Event) -> None:
        """Measure each silence, and tell staff of a long one once it is over."""
        while not await self._clock.wait(LOOK_SECONDS, stopped):
            try:
                await self.look()
            except SQLAlchemyError as error:
                log.error("how long Telegram was away could not be kept", error=type(error).__name__)

    async def look(self) -> None:
        """One look. Raises the database's error; the next look does it then."""
        last = self._receiver.last_good
        if last is None:
            return
        if self._receiver.misses:
            self._silent_since = last if self._silent_since is None else self._silent_since
            return
        heard = self._clock.now() - timedelta(seconds=self._clock.monotonic() - last)
        is_news = self._kept_at is None or self._silent_since is not None
        if is_news or (self._kept_at is not None and heard - self._kept_at >= KEPT_EVERY):
            silence = None if self._silent_since is None else timedelta(seconds=last - self._silent_since)
            await self._database.run(lambda tx: self._keep(tx, heard, silence))
            self._kept_at, self._silent_since = heard, None

    async def watch(self, stopped: asyncio.Event) -> None:
        """Raises `NothingHeard` after 90 seconds without a word: a hung socket or resolver ends with its process.

        A database that takes nothing is no reason: it is waited for. Seen twice, so that a process that was itself
        suspended gets a chance to ask.
        """
        begun, silent = self._clock.monotonic(), 0
        while not await self._clock.wait(DEAF_LOOK_SECONDS, stopped):
            last = begun if self._receiver.last_heard is None else self._receiver.last_heard
            silent = silent + 1 if self._clock.monotonic() - last >= DEAF_SECONDS else 0
            if silent == 2:
                raise NothingHeard()

    def _keep(self, tx: Tx, heard: datetime, silence: timedelta | None) -> None:
        """`silence` is None for a process that has just begun: the one before it has left when it last heard."""
        kept = settings.get(tx, settings.HEARD)
        if silence is not None:
            since = heard - silence
        else:
            since = datetime.fromisoformat(kept) if kept and self._kept_at is None else heard
        if heard - since >= WORTH_TELLING:
            self._tell(tx, since, heard)
        settings.put(tx, settings.HEARD, heard.isoformat())
