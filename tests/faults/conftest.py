"""The real bot as a process of its own, against a sandbox on the computer's own clock."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.sandbox import NO_LIMITS, Sandbox
from bot.sandbox.clinic import TOKEN
from bot.sandbox.process import ROOT, BotProcess
from bot.storage.sealing import new_key
from tests.discretion import assert_discreet


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(SystemClock(), token=TOKEN, limits=NO_LIMITS) as made:
        yield made


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "handrail.sqlite"


@dataclass(frozen=True)
class Log:
    """What the process has logged."""

    file: Path

    @property
    def text(self) -> str:
        return self.file.read_text()


@pytest.fixture
def logged(tmp_path: Path) -> Log:
    return Log(tmp_path / "log")


@pytest.fixture
async def process(sandbox: Sandbox, database: Path, logged: Log) -> AsyncIterator[BotProcess]:
    """Not started yet; afterwards ended, and its log looked at for what it must not hold."""
    settings = {
        "HANDRAIL_TELEGRAM__TOKEN": TOKEN,
        "HANDRAIL_TELEGRAM__BASE_URL": sandbox.base_url,
        "HANDRAIL_DATABASE__URL": f"sqlite:///{database}",
        "HANDRAIL_CONTENT__PATH": str(ROOT / "content"),
        "HANDRAIL_SECURITY__KEYS": new_key(),
        "HANDRAIL_STAFF__ADMINISTRATORS": "700000000",
    }
    made = BotProcess(settings, logged.file)
    yield made
    if made.is_running:
        await made.kill()
    assert_discreet(sandbox, logged.text)
