"""`handrail audit`: the list, and a chain from which nothing can be changed or taken unnoticed."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.people import audit
from bot.sandbox.clinic import TOKEN, Clinic
from bot.storage.sealing import new_key
from handlers import conversation
from tests.alert_scenes import URGENT
from tests.handlers.stories import look_after_one_alert, says

KEY = new_key()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(
        f'[telegram]\ntoken = "{TOKEN}"\n[staff]\nadministrators = [700000000]\n[security]\nkeys = "{KEY}"\n'
    )
    return file


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    """Ana has looked after Sam's alert."""
    made = Clinic(tmp_path, conversation(), content=content, settings={"HANDRAIL_SECURITY__KEYS": KEY})
    await made.start()
    await look_after_one_alert(made)
    yield made
    await made.stop()


async def command(clinic: Clinic, *words: str) -> int:
    running = asyncio.create_task(asyncio.to_thread(main, list(words)))
    while not running.done():
        await clinic.advance(seconds=1)
    return await running


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "handrail.sqlite")) as rows, rows:
        rows.execute(statement)


async def test_the_list_says_who_did_what_also_while_the_bot_runs(
    clinic: Clinic, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await command(clinic, "audit", "--format", "json", "--config", str(config)) == 0

    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    done = [(entry["actor"], entry["action"], entry["subject"]) for entry in entries]
    assert ("ana", "reveal", "alert 1") in done
    assert entries == sorted(entries, key=lambda entry: entry["at"])
    assert URGENT not in json.dumps(entries)


async def test_a_whole_chain_holds(clinic: Clinic, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await command(clinic, "audit", "verify", "--config", str(config)) == 0

    assert "The chain holds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        ("UPDATE audit SET actor = 'ben' WHERE action = 'reveal'", "ben reveal alert 1"),
        ("DELETE FROM audit WHERE action = 'reveal'", "ana resolve alert 1"),
        ("DELETE FROM audit WHERE action = 'resolve'", "the end"),
        ("DELETE FROM audit WHERE id = (SELECT min(id) FROM audit)", ""),
    ],
)
async def test_a_changed_or_missing_entry_is_named(
    clinic: Clinic, config: Path, tmp_path: Path, harm: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await clinic.stop_bot()
    change(tmp_path, harm)

    assert main(["audit", "verify", "--config", str(config)]) == 1

    said = capsys.readouterr().out
    assert "The chain is broken at" in said
    assert named in said


async def test_the_chain_holds_after_old_entries_were_removed(
    clinic: Clinic, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await clinic.advance(hours=1, step=3600)
    before = clinic.clock.now()
    await says(clinic, clinic.administrators[0], "/start", "/test_alert")

    removed = await clinic.run(lambda tx: audit.purge(tx, before))

    assert removed >= 4
    assert await command(clinic, "audit", "verify", "--config", str(config)) == 0
