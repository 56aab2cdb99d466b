"""One screener as shipped, read once."""

from pathlib import Path

import pytest

from bot.screening.content import read
from bot.screening.screener import Screener


@pytest.fixture(scope="session")
def screener() -> Screener:
    found, problems = read(Path(__file__).parents[2] / "content")
    assert found is not None, "\n".join(map(str, problems))
    assert found.is_whole
    return found
