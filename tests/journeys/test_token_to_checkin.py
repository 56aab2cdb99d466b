"""From BotFather's token to the first check-in by what the README says, with the real programs."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.sandbox import NO_LIMITS, Sandbox
from bot.sandbox.clinic import TOKEN
from bot.sandbox.people import Person
from bot.sandbox.process import ROOT, BotProcess, until
from tests.handlers.stories import CHOICES, TO_CONSENT, link_in

ADMINISTRATOR = re.compile(r"https://t\.me/\S+start=setup\S*")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(SystemClock(), token=TOKEN, limits=NO_LIMITS) as made:
        yield made


async def handrail(place: Path, *words: str) -> tuple[int, str]:
    """One command as an operator types it; gives its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, "--config", str(place / "config.toml"),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def screen(person: Person) -> tuple[str, ...]:
    """The newest message of the bot and the buttons under it."""
    shown = [message for message in person.chat.messages if message.is_from_bot]
    return (shown[-1].text, *shown[-1].labels) if shown else ()


async def hears(person: Person, words: str) -> None:
    """Until the screen says so."""
    await until(lambda: any(words in text for text in screen(person)))


def _differs(person: Person, before: tuple[str, ...]) -> bool:
    return screen(person) != before


async def taps(person: Person, *labels: str) -> None:
    """One tap after another, each once the screen has changed."""
    for label in labels:
        await hears(person, label)
        before = screen(person)
        person.taps(label)
        await until(partial(_differs, person, before))


async def test_a_program_is_set_up_and_somebody_checks_in(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "telegram.token").write_text(TOKEN)
    (tmp_path / "telegram.token").chmod(0o600)
    ana, maya = sandbox.person("Ana"), sandbox.person("Maya")

    status, said = await handrail(
        tmp_path, "setup", "--token-file", str(tmp_path / "telegram.token"), "--base-url", sandbox.base_url,
        "--program-name", "River House", "--administrator", str(ana.id),
    )  # fmt: skip
    link = ADMINISTRATOR.search(said)
    assert status == 0 and link

    bot = BotProcess({"HANDRAIL_CONFIG": str(tmp_path / "config.toml")}, tmp_path / "log")
    await bot.start()
    try:
        ana.opens_link(link[0])
        await hears(ana, "staff side of River House")
        ana.says("/invite")
        await taps(ana, "Participant", "Skip", "Skip", "Skip")
        await hears(ana, "The invitation names nobody")
        maya.opens_link(link_in(ana))
        await taps(maya, *TO_CONSENT, *CHOICES)
        await hears(maya, "You are in, Maya")
        maya.says("/checkin")
        await hears(maya, "Daily check-in")

        status, said = await handrail(tmp_path, "doctor")
        assert (status, "0 problems" in said) == (0, True), said
        status, said = await handrail(tmp_path, "backup")
        assert status == 0, said
        assert (await handrail(tmp_path, "backup", "--verify"))[0] == 0
        assert await bot.terminate() == 0
    finally:
        if bot.is_running:
            await bot.kill()
