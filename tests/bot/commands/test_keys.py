"""`handrail keys`: everything under a new key after a backup, and the old one taken away once nothing needs it."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.people.model import PersonalFile
from bot.sandbox.clinic import TOKEN, Clinic
from bot.settings import key_id
from bot.storage import backup, resealing
from bot.storage.columns import sealed_columns
from bot.storage.sealing import KeyRing, make_key_file
from handlers import conversation
from tests.alert_scenes import URGENT
from tests.builders import a_participant
from tests.handlers.stories import says

FILE = PersonalFile("", "MRN 4471", "+1 555 0100", "Lee, sister")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "handrail.keys"
    make_key_file(file)
    return file


@pytest.fixture
def config(tmp_path: Path, key_file: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(f'[telegram]\ntoken = "{TOKEN}"\n[staff]\nadministrators = [700000000]\n')
    return file


@pytest.fixture
async def clinic(tmp_path: Path, content: Path, key_file: Path) -> AsyncIterator[Clinic]:
    """A clinic whose key is in the key file, with somebody in it who wrote something."""
    made = Clinic(
        tmp_path, conversation(), content=content, settings={"HANDRAIL_SECURITY__KEYS": keys(key_file)}
    )
    await made.start()
    sam = await a_participant(made, "Sam", file=FILE)
    await says(made, sam, "/start", URGENT, "/settings")
    await made.stop_bot()
    yield made
    await made.stop()


def keys(file: Path) -> str:
    return " ".join(file.read_text().split())


def keep_only(file: Path, key: str) -> None:
    assert file.stat().st_mode & 0o077 == 0
    file.write_text(key + "\n")


def names(folder: Path) -> set[str]:
    """The keys that seal anything in the database file."""
    found = set()
    with closing(sqlite3.connect(folder / "handrail.sqlite")) as rows:
        for table, column in sealed_columns():
            query = f'SELECT "{column.name}" FROM "{table.name}" WHERE "{column.name}" IS NOT NULL'  # noqa: S608
            found |= {KeyRing.name_in(row[0]) for row in rows.execute(query)}
    return found


async def test_after_a_rotation_the_new_key_alone_opens_everything(
    clinic: Clinic, config: Path, key_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = keys(key_file)

    assert main(["keys", "rotate", "--config", str(config)]) == 0

    new, kept = keys(key_file).split()
    said = capsys.readouterr().out
    assert kept == old
    assert names(tmp_path) == {new.partition(":")[0]}
    assert "Backup made first" in said
    keep_only(key_file, new)
    main(["backup", "--config", str(config)])
    assert main(["backup", "--verify", "--config", str(config)]) == 0
    clinic._settings["HANDRAIL_SECURITY__KEYS"] = new
    await clinic.start_bot()
    await says(clinic, clinic.administrators[0], "/start", "/reveal 1")
    assert URGENT in clinic.administrators[0].chat.last.text


def test_an_interrupted_rotation_is_taken_up_again_with_the_same_key(
    clinic: Clinic, config: Path, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, done = resealing._batch, iter((True, True, False))

    def interrupted(*place: Any) -> Any:
        if not next(done):
            raise KeyboardInterrupt
        return batch(*place)

    with monkeypatch.context() as patched:
        patched.setattr(resealing, "_batch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            main(["keys", "rotate", "--config", str(config)])
    begun = key_file.read_text().split()
    assert len(names(tmp_path)) == 2

    assert main(["keys", "rotate", "--config", str(config)]) == 0

    assert names(tmp_path) == {begun[0].partition(":")[0]}
    assert key_file.read_text().split() == begun
    assert main(["keys", "list", "--config", str(config)]) == 0


def test_many_rows_are_done_in_batches_and_none_is_forgotten(
    clinic: Clinic, config: Path, tmp_path: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 1)

    assert main(["keys", "rotate", "--config", str(config)]) == 0

    assert names(tmp_path) == {key_file.read_text().partition(":")[0]}


def test_an_old_key_goes_only_when_nothing_needs_it(
    clinic: Clinic, config: Path, key_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = keys(key_file).partition(":")[0]
    assert main(["keys", "forget", old, "--config", str(config)]) == 1
    assert "keys rotate" in capsys.readouterr().err

    main(["keys", "rotate", "--config", str(config)])
    assert main(["keys", "forget", old, "--config", str(config)]) == 1
    assert "backups" in capsys.readouterr().err

    for made in backup.backups_in(tmp_path / "backups"):
        made.unlink()
    assert main(["keys", "forget", old, "--config", str(config)]) == 0
    assert len(key_file.read_text().split()) == 1
    assert main(["migrate", "--config", str(config)]) == 0


def test_with_keys_in_the_configuration_the_new_one_is_shown_and_then_used(
    clinic: Clinic, config: Path, key_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = keys(key_file)
    key_file.unlink()
    text = config.read_text()
    config.write_text(f'{text}[security]\nkeys = ["{old}"]\n')
    assert main(["keys", "rotate", "--config", str(config)]) == 0
    new = capsys.readouterr().out.split()[-1]

    config.write_text(f'{text}[security]\nkeys = ["{new}", "{old}"]\n')
    assert main(["keys", "rotate", "--config", str(config)]) == 0

    assert names(tmp_path) == {new.partition(":")[0]}


async def test_the_keys_of_a_running_bot_are_left_alone(
    clinic: Clinic, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await clinic.start_bot()

    assert main(["keys", "rotate", "--config", str(config)]) == 1

    assert "Stop it first" in capsys.readouterr().err


async def test_the_keys_are_listed_while_the_bot_runs(
    clinic: Clinic, config: Path, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await clinic.start_bot()

    running = asyncio.create_task(asyncio.to_thread(main, ["keys", "list", "--config", str(config)]))
    while not running.done():
        await clinic.advance(seconds=1)

    assert await running == 0
    name = key_id(keys(key_file))
    assert re.fullmatch(rf"{name}: [1-9]\d* sealed values, seals what is new\n", capsys.readouterr().out)
