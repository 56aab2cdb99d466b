"""A started sandbox on a clock that tests move, and a plain caller of its methods."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.clock import ManualClock
from bot.sandbox import Sandbox
from bot.sandbox.updates import SHORTEST_WAIT

Call = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock) as sandbox:
        yield sandbox


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def hasty(sandbox: Sandbox, http: aiohttp.ClientSession) -> Call:
    """Call a method with JSON parameters; gives the whole answer."""

    async def caller(method: str, **parameters: Any) -> dict[str, Any]:
        async with http.post(f"{sandbox.base_url}{sandbox.token}/{method}", json=parameters) as answer:
            return await answer.json()

    return caller


@pytest.fixture
def call(hasty: Call, clock: ManualClock) -> Call:
    """The same; before getUpdates pass the seconds after which asking again is no haste."""

    async def caller(method: str, **parameters: Any) -> dict[str, Any]:
        if method == "getUpdates":
            clock.advance(SHORTEST_WAIT)
        return await hasty(method, **parameters)

    return caller


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Let the loop run until something holds; a safety net of five real seconds, never a pause."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - what is awaited is on the server's side of a socket
                await asyncio.sleep(0)

    return wait
