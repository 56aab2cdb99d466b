"""Time as everything else sees it: the instant now, a steady count of seconds, and waiting.

`SystemClock` is the real one. `ManualClock` is moved by tests and the demo and never by itself.
Wall-clock times and zones are the business of `scheduling.calendar`.
"""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol


class Clock(Protocol):
    """What every part of the program asks for the time."""

    def now(self) -> datetime:
        """The instant now, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, from an arbitrary start."""

    async def wait(self, seconds: float, event: asyncio.Event | None = None) -> bool:
        """Wait that long, or until `event` is set; true when the event is set."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def wait(self, seconds: float, event: asyncio.Event | None = None) -> bool:
        if event is None:
            await asyncio.sleep(seconds)
            return False
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await event.wait()
        except TimeoutError:
            pass
        return event.is_set()


class ManualClock:
    """A clock that stands still until it is moved. Reading is safe from any thread, moving from the loop's."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._steady = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self.readings = 0  # nobody who is at work goes on for long without asking for the time

    def now(self) -> datetime:
        self.readings += 1
        return self._now

    def monotonic(self) -> float:
        self.readings += 1
        return self._steady

    async def wait(self, seconds: float, event: asyncio.Event | None = None) -> bool:
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._steady + max(seconds, 0), next(self._order), over))
        if seconds <= 0:
            self.advance(0)
        if event is None:
            await over
            return False
        happened = asyncio.ensure_future(event.wait())
        waiting: set[asyncio.Future[Any]] = {over, happened}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            happened.cancel()
            over.cancel()
        return event.is_set()

    def advance(self, seconds: float) -> None:
        """Let that much time pass: sleepers whose time has come are woken."""
        self._now += timedelta(seconds=seconds)
        self._steady += seconds
        while self._sleepers and self._sleepers[0][0] <= self._steady:
            over = heapq.heappop(self._sleepers)[2]
            if not over.done():
                over.set_result(None)

    def step(self, seconds: float) -> None:
        """Put the wall clock forward or back, as an operator or a time server does; nobody is woken by it."""
        self._now += timedelta(seconds=seconds)
