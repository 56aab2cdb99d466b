"""The demo, started on a Tuesday in March, and its page asked over HTTP as a browser asks it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import aiohttp
import pytest

from bot.sandbox.page.demo import Demo
from bot.sandbox.page.serve import CONTENT, Server
from bot.sandbox.people import Person
from handlers import conversation

TUESDAY = date(2026, 3, 10)
Answer = tuple[int, dict[str, Any]]
Do = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    made = Demo(conversation(), CONTENT, today=TUESDAY)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server(Demo(conversation(), CONTENT, today=TUESDAY), 0)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def do(server: Server, http: aiohttp.ClientSession) -> Do:
    """Do something on the page; gives the whole answer and expects it to be good."""

    async def doer(deed: str, **fields: Any) -> dict[str, Any]:
        async with http.post(f"{server.address}api/{deed}", json=fields) as answer:
            body: dict[str, Any] = await answer.json()
            assert answer.status == 200, body
            return body

    return doer


def named(demo: Demo, name: str) -> Person:
    """Somebody of the cast."""
    return next(one for one in [*demo.participants, *demo.colleagues] if one.first_name == name)
