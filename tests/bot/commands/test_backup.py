"""Backups: sealed, whole, made while the bot runs, checked by opening them, and restored without harm."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.__main__ import main
from bot.backups import Backups, NoAnswer, ask_running
from bot.clock import SystemClock
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.people import Person
from bot.storage import backup, sqlite
from bot.storage.columns import metadata
from bot.storage.opening import open_database
from bot.storage.sealing import KeyRing, new_key
from handlers import conversation
from tests.alert_scenes import URGENT
from tests.builders import a_participant
from tests.handlers.stories import says

KEY = new_key()
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    """A clinic that makes a backup every hour, under a key that the command line knows too."""
    settings = {"HANDRAIL_SECURITY__KEYS": KEY, "HANDRAIL_DATABASE__BACKUP_EVERY_HOURS": "1"}
    made = Clinic(tmp_path, conversation(), content=content, settings=settings)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(
        f'[telegram]\ntoken = "{TOKEN}"\n[staff]\nadministrators = [700000000]\n[security]\nkeys = "{KEY}"\n'
    )
    return file


async def command(clinic: Clinic, *words: str) -> int:
    """A command in another thread, while the clinic's clock goes on."""
    running = asyncio.create_task(asyncio.to_thread(main, list(words)))
    while not running.done():
        await clinic.advance(seconds=1)
    return await running


def backups(folder: Path) -> list[Path]:
    return backup.backups_in(folder / "backups")


async def test_the_running_program_makes_one_every_hour(clinic: Clinic, tmp_path: Path) -> None:
    await clinic.advance(hours=3, step=60)

    taken = [backup.taken_at(file) for file in backups(tmp_path)]

    gaps = [later - earlier for earlier, later in pairwise(taken)]
    assert len(taken) in (3, 4)
    assert all(timedelta(minutes=59) < gap < timedelta(minutes=63) for gap in gaps)


async def test_a_backup_is_made_on_request_while_the_bot_runs(
    clinic: Clinic, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await a_participant(clinic, "Sam")
    before = backups(tmp_path)

    assert await command(clinic, "backup", "--config", str(config)) == 0

    made = [file for file in backups(tmp_path) if file not in before]
    said = capsys.readouterr().out
    assert any(str(file) in said for file in made)
    assert main(["backup", "--verify", "--config", str(config)]) == 0
    assert "all of them open" in capsys.readouterr().out


async def test_no_plain_copy_stays_and_the_file_is_private(clinic: Clinic, tmp_path: Path) -> None:
    await a_participant(clinic, "Samcanary")
    await clinic.app.backups.make()

    left = sorted(file.name for file in (tmp_path / "backups").iterdir())

    assert [name for name in left if not backup.NAME.fullmatch(name)] == []
    for file in backups(tmp_path):
        assert file.stat().st_mode & 0o077 == 0
        assert b"SQLite format" not in file.read_bytes()


async def test_a_plain_copy_that_a_crash_left_is_gone_after_the_next_start(
    clinic: Clinic, tmp_path: Path
) -> None:
    await clinic.stop_bot()
    folder = tmp_path / "backups"
    folder.mkdir(exist_ok=True)
    (folder / ".plain-0123").write_bytes(b"SQLite format 3")
    (folder / "handrail-20260302T150000Z.backup.part").write_bytes(b"half")

    await clinic.start_bot()
    await clinic.advance(seconds=2)

    assert not (folder / ".plain-0123").exists()
    assert not list(folder.glob("*.part"))


def test_without_a_running_program_the_command_makes_it_itself(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate", "--config", str(config)])

    assert main(["backup", "--config", str(config)]) == 0

    assert len(backups(tmp_path)) == 1
    assert str(backups(tmp_path)[0]) in capsys.readouterr().out


def test_without_a_database_there_is_nothing_to_back_up(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "--config", str(config)]) == 1
    assert "no database yet" in capsys.readouterr().err


@pytest.fixture
def a_backup(config: Path, tmp_path: Path) -> Path:
    main(["migrate", "--config", str(config)])
    main(["backup", "--config", str(config)])
    return backups(tmp_path)[-1]


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty", "other"])
def test_a_damaged_backup_is_told_from_a_sound_one(
    config: Path, a_backup: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = a_backup.read_bytes()
    middle = len(whole) // 2
    a_backup.write_bytes(
        {
            "cut": whole[:-1000],
            "flipped": whole[:middle] + bytes((whole[middle] ^ 1,)) + whole[middle + 1 :],
            "empty": b"",
            "other": b"a shopping list\n",
        }[harm]
    )

    assert main(["backup", "--verify", str(a_backup), "--config", str(config)]) == 1

    said = capsys.readouterr().err
    assert "not a whole backup" in said
    assert "Traceback" not in said


def test_a_backup_cut_between_two_frames_is_told_too(tmp_path: Path) -> None:
    ring = KeyRing([KEY])
    plain = tmp_path / "plain"
    plain.write_bytes(b"x" * (backup.FRAME * 2 + 5))
    sealed = backup.seal_file(plain, tmp_path, ring, NOW)
    head, rest = sealed.read_bytes().split(b"\n", 1)
    first = 4 + int.from_bytes(rest[:4], "big")
    sealed.write_bytes(head + b"\n" + rest[:first])
    into = tmp_path / "into"
    into.touch()

    with pytest.raises(backup.NotABackup):
        backup.open_file(sealed, into, ring)


@pytest.mark.parametrize("size", [0, 1, backup.FRAME, backup.FRAME + 1])
def test_what_was_sealed_opens_as_it_was(tmp_path: Path, size: int) -> None:
    ring = KeyRing([KEY])
    plain, into = tmp_path / "plain", tmp_path / "into"
    plain.write_bytes(bytes(n % 251 for n in range(size)))
    into.touch()

    sealed = backup.seal_file(plain, tmp_path, ring, NOW)

    assert backup.open_file(sealed, into, ring) == NOW
    assert into.read_bytes() == plain.read_bytes()


def test_a_backup_under_an_unknown_key_names_it(
    config: Path, a_backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = KEY.partition(":")[0]
    config.write_text(config.read_text().replace(KEY, new_key()))

    assert main(["backup", "--verify", str(a_backup), "--config", str(config)]) == 1

    assert name in capsys.readouterr().err


def test_a_sealed_value_in_the_wrong_row_is_found(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate", "--config", str(config)])
    rows = sqlite3.connect(tmp_path / "handrail.sqlite")
    with rows:
        rows.execute("INSERT INTO program_setting SELECT 'content', value_sealed FROM program_secret")
    rows.close()
    made = seal_by_hand(tmp_path)

    assert main(["backup", "--verify", str(made), "--config", str(config)]) == 1

    assert "program_setting.value_sealed does not open" in capsys.readouterr().err


def seal_by_hand(folder: Path) -> Path:
    rows = sqlite3.connect(folder / "handrail.sqlite")
    with backup.plain_file(folder) as plain:
        sqlite.copy(rows, plain)
        made = backup.seal_file(plain, folder, KeyRing([KEY]), NOW)
    rows.close()
    return made


def test_old_backups_are_thinned_and_then_removed(tmp_path: Path) -> None:
    for hours in range(0, 24 * 40, 6):
        (tmp_path / f"handrail-{NOW - timedelta(hours=hours):{backup.STAMP}}.backup").touch()

    backup.remove_old(tmp_path, NOW, days=30)

    taken = [backup.taken_at(file) for file in backup.backups_in(tmp_path)]
    young = [at for at in taken if at > NOW - timedelta(days=2)]
    old = [at for at in taken if at <= NOW - timedelta(days=2)]
    assert len(young) == 8
    assert min(old) >= NOW - timedelta(days=30)
    assert len({at.date() for at in old}) == len(old) >= 28


# Restoring


async def a_person_in_need(clinic: Clinic) -> Person:
    sam = await a_participant(clinic, "Sam")
    await says(clinic, clinic.administrators[0], "/start")
    await says(clinic, sam, "/start", URGENT)
    return sam


async def test_a_restored_program_tells_staff_the_gap_and_every_open_alert(
    clinic: Clinic, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chief = clinic.administrators[0]
    await a_person_in_need(clinic)
    await clinic.app.backups.make()
    await clinic.advance(minutes=5)
    await says(clinic, chief, "/claim 1", "/resolve 1 reached")
    await clinic.stop_bot()
    seen = len(chief.chat.messages)

    assert main(["restore", "--config", str(config)]) == 0
    await clinic.start_bot()
    await clinic.tick()

    assert "as it was until now" in capsys.readouterr().out
    said = [message.text for message in chief.chat.messages[seen:] if message.is_from_bot]
    assert any("restored from a backup" in text and "2026-03-02 10:" in text for text in said)
    assert any("Alert 1" in text for text in said)
    await clinic.restart_bot()
    again = [message.text for message in chief.chat.messages[seen:] if message.is_from_bot]
    assert sum("restored from a backup" in text for text in again) == 1


async def test_a_prompt_that_was_due_before_the_restore_is_not_sent_late(
    clinic: Clinic, config: Path
) -> None:
    sam = await a_participant(clinic, "Sam")
    await says(clinic, sam, "/start")
    clinic.sandbox.faults.down()
    await clinic.advance(hours=9, step=300)  # 7 pm: the check-in is due and cannot leave
    await clinic.app.backups.make()
    await clinic.stop_bot()
    clinic.sandbox.faults.clear()
    seen = len(sam.chat.messages)

    assert main(["restore", "--config", str(config)]) == 0
    await clinic.start_bot()
    await clinic.tick()

    assert len(sam.chat.messages) == seen


async def test_somebody_erased_since_is_erased_from_a_restored_backup_too(
    clinic: Clinic, config: Path, tmp_path: Path
) -> None:
    sam = await a_participant(clinic, "Sam")
    await says(clinic, sam, "/start")
    before = await clinic.app.backups.make()
    await says(clinic, sam, "/delete")
    sam.taps("Remove everything")
    await clinic.advance(seconds=5)
    await clinic.stop_bot()

    assert main(["restore", str(before), "--config", str(config)]) == 0
    await clinic.start_bot()
    await clinic.tick()

    people = metadata.tables["participant"]
    assert await clinic.run(lambda tx: tx.all(select(people))) == []


def test_a_restore_beside_a_running_program_is_refused(
    config: Path, a_backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite.lock(tmp_path / "handrail.sqlite"):
        assert main(["restore", str(a_backup), "--config", str(config)]) == 1

    assert "Stop it first" in capsys.readouterr().err


def test_a_database_that_cannot_be_read_is_kept_and_replaced(
    config: Path, a_backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "handrail.sqlite").write_bytes(b"torn " * 1000)

    assert main(["restore", str(a_backup), "--config", str(config)]) == 0

    assert list(tmp_path.glob("handrail.sqlite.damaged-*"))
    assert "cannot be read" in capsys.readouterr().out
    assert main(["migrate", "--config", str(config)]) == 0


def test_a_faulty_backup_leaves_the_database_as_it_is(config: Path, a_backup: Path, tmp_path: Path) -> None:
    before = (tmp_path / "handrail.sqlite").read_bytes()
    a_backup.write_bytes(a_backup.read_bytes()[:-10])

    assert main(["restore", str(a_backup), "--config", str(config)]) == 1

    assert (tmp_path / "handrail.sqlite").read_bytes() == before
    assert not list(tmp_path.glob(".plain-*"))


def test_an_answer_that_never_comes_says_what_may_be_wrong(tmp_path: Path) -> None:
    with pytest.raises(NoAnswer, match="did not answer"):
        ask_running(tmp_path / "backups", seconds=0)

    assert list((tmp_path / "backups").iterdir()) == []


async def test_one_request_makes_one_backup(tmp_path: Path) -> None:
    clock, folder = SystemClock(), tmp_path / "backups"
    opened = open_database(f"sqlite:///{tmp_path / 'handrail.sqlite'}", KeyRing([KEY]), clock)
    kept = Backups(
        opened.database, KeyRing([KEY]), folder, clock, days=30, every_hours=1, on_failure=lambda _: None
    )
    await kept.make()
    touch(folder / ".request-0123")

    await kept.look()

    opened.close()
    assert len(backups(tmp_path)) == 2


def touch(file: Path) -> None:
    file.touch()
