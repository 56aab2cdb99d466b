"""Two processes' worth of databases at one PostgreSQL server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from bot.clock import ManualClock
from bot.storage.opening import Opened, open_database
from bot.storage.sealing import KeyRing
from tests.databases import database_url


@pytest.fixture
def url(tmp_path: Path) -> str:
    return database_url(tmp_path)


@pytest.fixture
def begin(url: str, ring: KeyRing, clock: ManualClock) -> Iterator[Callable[[], Opened]]:
    """Begin to work as another process would."""
    opened: list[Opened] = []

    def one_more() -> Opened:
        opened.append(open_database(url, ring, clock))
        return opened[-1]

    yield one_more
    for each in opened:
        each.close()


@pytest.fixture
def time_passes(url: str) -> Callable[[], None]:
    """Twelve seconds without a renewal, as the server sees it."""

    def passes() -> None:
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE turn SET until = clock_timestamp() - interval '1 second'")

    return passes
