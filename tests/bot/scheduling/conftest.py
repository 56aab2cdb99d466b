"""A database for what is tried without a whole clinic."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.storage.database import Database
from bot.storage.opening import open_database
from bot.storage.sealing import KeyRing, new_key


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'handrail.sqlite'}", KeyRing([new_key()]), SystemClock())
    yield opened.database
    opened.close()
