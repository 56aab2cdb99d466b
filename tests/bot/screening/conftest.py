"""One screener over the shipped phrase lists, read once."""

from pathlib import Path

import pytest

from bot.screening.content import read
from bot.screening.screener import Screener

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="session")
def screener() -> Screener:
    found, problems = read(CONTENT)
    assert found is not None, "\n".join(map(str, problems))
    return found


@pytest.fixture
def content() -> Path:
    return CONTENT
