"""The command line beside a Telegram: each command runs on a thread, the sandbox on the test's loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.clock import SystemClock
from bot.sandbox.sandbox import Sandbox

TOKEN = "123456:" + "s" * 35

Command = Callable[..., Awaitable[int]]


@pytest.fixture
async def telegram() -> AsyncIterator[Sandbox]:
    async with Sandbox(SystemClock(), token=TOKEN) as sandbox:
        yield sandbox


@pytest.fixture
def folder(tmp_path: Path, telegram: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a token's file in the folder above."""
    place = tmp_path / "clinic"
    place.mkdir()
    (tmp_path / "botfather.txt").write_text(f"{TOKEN}\n")
    monkeypatch.chdir(place)
    monkeypatch.delenv("HANDRAIL_CONFIG", raising=False)
    return place


@pytest.fixture
def handrail(folder: Path) -> Command:
    """`handrail …`; gives its exit status."""

    async def run(*arguments: str) -> int:
        return await asyncio.to_thread(main, list(arguments))

    return run
