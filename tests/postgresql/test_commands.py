"""The command line on PostgreSQL: what it can do beside the working program, and what it leaves to PostgreSQL."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.sandbox.clinic import Clinic
from handlers import conversation
from tests.databases import database_url
from tests.handlers.stories import look_after_one_alert

pytestmark = pytest.mark.postgresql
Command = Callable[..., Awaitable[int]]


@pytest.fixture
async def clinic(tmp_path: Path, content: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    """Ana has looked after Sam's alert; the command line has the program's settings."""
    made = Clinic(tmp_path, conversation(), content=content)
    await made.start()
    for name, value in made._settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HANDRAIL_TELEGRAM__BASE_URL", made.sandbox.base_url)
    monkeypatch.chdir(tmp_path)
    await look_after_one_alert(made)
    yield made
    await made.stop()


@pytest.fixture
def handrail() -> Command:
    async def run(*words: str) -> int:
        return await asyncio.to_thread(main, list(words))

    return run


async def test_the_audit_is_read_beside_the_program(
    clinic: Clinic, handrail: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await handrail("audit", "verify") == 0
    assert "The chain holds" in capsys.readouterr().out
    assert await handrail("audit") == 0
    assert "reveal" in capsys.readouterr().out


async def test_keys_are_listed_beside_the_program_and_changed_without_it(
    clinic: Clinic, handrail: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await handrail("keys", "list") == 0
    assert "sealed values" in capsys.readouterr().out
    assert await handrail("keys", "rotate") == 1
    assert "Another Handrail process" in capsys.readouterr().err

    await clinic.stop_bot()

    assert await handrail("keys", "rotate") == 0
    await clinic.start_bot()


@pytest.mark.parametrize("words", [["backup"], ["restore"]])
async def test_backups_are_left_to_postgresql(
    clinic: Clinic, handrail: Command, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await handrail(*words) == 1

    assert "pg_dump" in capsys.readouterr().err


async def findings(handrail: Command, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    await handrail("doctor", "--format", "json")
    found = json.loads(capsys.readouterr().out)
    return {each["about"]: each for each in found}


async def test_the_doctor_reads_the_database_beside_the_program(
    clinic: Clinic, handrail: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = await findings(handrail, capsys)
    await clinic.stop_bot()
    alone = await findings(handrail, capsys)
    await clinic.start_bot()

    assert beside["database"]["state"] == "ok"
    assert "on another machine" in beside["program"]["what"]
    assert "does not run" in alone["program"]["what"]
    assert "pg_dump" in alone["backups"]["mend"]


async def test_the_doctor_says_when_the_server_is_away(
    clinic: Clinic, handrail: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDRAIL_DATABASE__URL", "postgresql://sam:a-password@127.0.0.1:1/handrail")

    assert await handrail("doctor") == 1

    said = capsys.readouterr().out
    assert "refused" in said
    assert "a-password" not in said


async def test_an_empty_database_is_no_problem(
    clinic: Clinic, handrail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("HANDRAIL_DATABASE__URL", database_url(tmp_path / "empty"))

    found = await findings(handrail, capsys)

    assert found["database"]["state"] == "note"
