"""A program that starts while its server restarts, as when the whole machine comes back."""

import asyncio
from typing import Any

import psycopg
import pytest

from bot.clock import ManualClock
from bot.config import Config, read
from bot.patience import PATIENCE_SECONDS
from bot.sandbox.clinic import Clinic
from bot.standby import turn
from bot.storage.sealing import new_key
from bot.storage.turns import DatabaseAway
from tests.postgresql.test_turns import cut

pytestmark = pytest.mark.postgresql


@pytest.fixture
def config(url: str) -> Config:
    """Of a program whose database is not there yet: to it that is a server that does not answer."""
    environ = {
        "HANDRAIL_TELEGRAM__TOKEN": "123456:AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIII",
        "HANDRAIL_STAFF__ADMINISTRATORS": "1",
        "HANDRAIL_DATABASE__URL": url + "_later",
        "HANDRAIL_SECURITY__KEYS": new_key(),
    }
    return read(None, environ)


async def let_pass(task: asyncio.Task[Any], clock: ManualClock, seconds: float) -> None:
    """Seconds of which each is waited for, as far as the task comes."""
    until = clock.monotonic() + seconds
    while not task.done() and clock.monotonic() < until:
        await asyncio.wait({task}, timeout=0.02)
        clock.advance(1)


async def test_a_server_that_comes_a_little_later_is_waited_for(
    config: Config, url: str, clock: ManualClock
) -> None:
    # given a program that starts while its server does not answer
    starting = asyncio.create_task(turn(config, clock, asyncio.Event()))
    await let_pass(starting, clock, 5)
    assert not starting.done()

    # when the server is there
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{url.rpartition("/")[2]}_later"')
    await let_pass(starting, clock, 20)

    # then the program has its turn
    opened = await starting
    assert opened is not None
    opened.close()


async def test_a_server_that_never_comes_is_named_at_last(config: Config, clock: ManualClock) -> None:
    starting = asyncio.create_task(turn(config, clock, asyncio.Event()))

    await let_pass(starting, clock, PATIENCE_SECONDS * 2)

    with pytest.raises(DatabaseAway, match="does not exist"):
        await starting


async def test_a_server_that_restarts_between_opening_and_beginning_ends_nothing(
    clinic: Clinic, url: str
) -> None:
    # given a program whose database is open
    await clinic.stop_bot()
    clinic.build()

    # when the server restarts before it begins to work
    cut(url)
    starting = asyncio.create_task(clinic.start_bot())
    await let_pass(starting, clinic.clock, 5)

    # then it works
    await starting
    assert clinic.is_running
