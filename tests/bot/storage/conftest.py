"""An open database in a temporary file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.storage.database import Database
from bot.storage.opening import open_database
from bot.storage.sealing import KeyRing
from tests.databases import database_url


@pytest.fixture
def database(tmp_path: Path, clock: ManualClock, ring: KeyRing) -> Iterator[Database]:
    opened = open_database(database_url(tmp_path), ring, clock)
    yield opened.database
    opened.close()
