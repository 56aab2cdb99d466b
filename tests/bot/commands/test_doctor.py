"""`handrail doctor`: what is wrong, and what mends it."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import vitals
from bot.app import App
from bot.clock import SystemClock
from bot.config import read
from bot.sandbox.process import ROOT
from bot.sandbox.sandbox import Sandbox
from bot.screening.network import BrokenNetwork
from bot.storage.sqlite import has_wal_reset_bug
from handlers import conversation
from tests.bot.commands.conftest import TOKEN, Command


@pytest.fixture
async def program(handrail: Command, folder: Path, telegram: Sandbox) -> Path:
    """A program that is set up and has a database and a backup, but does not run."""
    shutil.copytree(ROOT / "content", folder / "content")
    options = [
        "--token-file",
        "../botfather.txt",
        "--base-url",
        telegram.base_url,
        "--administrator",
        "700000001",
    ]
    assert await handrail("setup", *options) == 0
    (folder.parent / "botfather.txt").chmod(0o600)
    assert await handrail("migrate") == 0
    assert await handrail("backup") == 0
    return folder / "config.toml"


@pytest.fixture
async def running(program: Path) -> AsyncIterator[App]:
    """The same program, at work."""
    app = App(read(program, {}), SystemClock(), conversation())
    await app.start()
    yield app
    await app.stop()


class Doctor:
    """What was found, by subject."""

    def __init__(self, handrail: Command, capsys: pytest.CaptureFixture[str]) -> None:
        self._handrail = handrail
        self._capsys = capsys
        self.exit_status = -1
        self.said = ""

    async def looks(self) -> dict[str, list[dict[str, Any]]]:
        self._capsys.readouterr()
        self.exit_status = await self._handrail("doctor", "--format", "json")
        out = self._capsys.readouterr()
        self.said = out.out + out.err
        found: dict[str, list[dict[str, Any]]] = {}
        for finding in json.loads(out.out):
            found.setdefault(finding["about"], []).append(finding)
        assert TOKEN not in self.said and TOKEN.partition(":")[2] not in self.said
        for findings in found.values():
            for finding in findings:
                assert finding["mend"] or finding["state"] in ("ok", "note"), finding
        return found


@pytest.fixture
def doctor(handrail: Command, capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(handrail, capsys)


def states(findings: list[dict[str, Any]]) -> list[str]:
    return [finding["state"] for finding in findings]


def edit(config: Path, old: str, new: str) -> None:
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new, 1))


def append(config: Path, text: str) -> None:
    config.write_text(config.read_text() + text)


async def test_a_program_that_is_set_up_has_no_problems(program: Path, doctor: Doctor) -> None:
    found = await doctor.looks()

    assert doctor.exit_status == 0
    assert states(found["database"]) == states(found["token"]) == states(found["backups"]) == ["ok"]
    assert states(found["clock"]) == states(found["privacy mode"]) == states(found["content"]) == ["ok"]
    assert states(found["screener"]) == ["ok"]
    assert states(found["staff group"]) == states(found["rota"]) == ["warning"]


async def test_text_for_people_names_each_mend(
    program: Path, handrail: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert await handrail("doctor") == 0

    said = capsys.readouterr().out
    assert "✓ token: Telegram knows @handrail_demo_bot." in said
    assert "! rota:" in said and "    → Write [[staff.shifts]]" in said
    assert "0 problems, 2 warnings." in said


async def test_a_token_that_was_revoked(program: Path, doctor: Doctor) -> None:
    (program.parent.parent / "botfather.txt").write_text("654321:" + "x" * 35)

    found = await doctor.looks()

    assert doctor.exit_status == 1
    assert states(found["token"]) == ["problem"] and "@BotFather" in found["token"][0]["what"]


async def test_telegram_that_is_away(program: Path, doctor: Doctor, telegram: Sandbox) -> None:
    telegram.faults.down()

    found = await doctor.looks()

    assert doctor.exit_status == 1
    assert "none is lost" in found["Telegram"][0]["mend"]
    assert states(found["clock"]) == ["note"]


async def test_privacy_mode_that_is_off(program: Path, doctor: Doctor, telegram: Sandbox) -> None:
    telegram.privacy_mode = False

    found = await doctor.looks()

    assert states(found["privacy mode"]) == ["warning"] and "/setprivacy" in found["privacy mode"][0]["mend"]


async def test_a_bot_that_was_taken_out_of_the_staff_group(
    program: Path, doctor: Doctor, telegram: Sandbox, handrail: Command
) -> None:
    dana = telegram.person("Dana")
    group = telegram.group("Staff", administrators=[dana]).add_bot(dana)
    assert await handrail("setup", "--group", str(group.id)) == 0
    before = await doctor.looks()
    group.remove_bot(dana)

    found = await doctor.looks()

    assert states(before["staff group"]) == ["ok"]
    assert doctor.exit_status == 1
    assert states(found["staff group"]) == ["problem"] and "/staff_group" in found["staff group"][0]["mend"]


async def test_a_rota_with_a_handle_that_nobody_has(program: Path, doctor: Doctor) -> None:
    append(program, '\n[[staff.shifts]]\nhandle = "nobody"\ndays = ["mon"]\nfrom = "8:00"\nto = "9:00"\n')

    found = await doctor.looks()

    assert doctor.exit_status == 1
    assert "'nobody'" in found["rota"][0]["what"]


async def test_a_webhook_that_is_left_over(program: Path, doctor: Doctor, telegram: Sandbox) -> None:
    from bot.commands.asking import Asking

    asking = Asking(telegram.base_url, TOKEN)
    await asyncio.to_thread(asking.ask, "setWebhook", url="http://127.0.0.1:9/other")

    found = await doctor.looks()

    assert states(found["updates"]) == ["warning"]
    assert "127.0.0.1:9" not in doctor.said


async def test_a_webhook_mode_without_its_webhook(program: Path, doctor: Doctor) -> None:
    edit(program, '# mode = "polling"', 'mode = "webhook"\nwebhook_url = "https://bot.example.org"')
    edit(program, '# listen = "127.0.0.1:8080"', 'listen = "127.0.0.1:8080"')

    found = await doctor.looks()

    assert states(found["updates"]) == ["problem"]


async def test_a_missing_and_an_old_backup(program: Path, doctor: Doctor) -> None:
    made = next((program.parent / "backups").glob("*.backup"))
    old = made.with_name("handrail-20250101T000000Z.backup")
    made.rename(old)
    first = await doctor.looks()
    old.unlink()

    second = await doctor.looks()

    assert states(first["backups"]) == states(second["backups"]) == ["problem"]
    assert second["backups"][0]["mend"] == "handrail backup"


async def test_keys_that_others_can_read(program: Path, doctor: Doctor) -> None:
    (program.parent / "handrail.keys").chmod(0o644)

    found = await doctor.looks()

    assert "problem" in states(found["keys"])
    assert found["keys"][-1]["mend"].startswith("chmod 600 ")


async def test_a_configuration_with_the_token_in_it_that_others_can_read(
    program: Path, doctor: Doctor
) -> None:
    before = await doctor.looks()
    edit(program, f'token_file = "{program.parent.parent / "botfather.txt"}"', f'token = "{TOKEN}"')

    found = await doctor.looks()

    assert "problem" not in states(before["keys"])
    assert "config.toml" in found["keys"][-1]["mend"]


async def test_another_programs_keys(program: Path, doctor: Doctor) -> None:
    (program.parent / "handrail.keys").write_text("other:" + "ab" * 32)

    found = await doctor.looks()

    assert "problem" in states(found["keys"])


async def test_a_damaged_database(program: Path, doctor: Doctor) -> None:
    file = program.parent / "handrail.sqlite"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\0" * 4096 * 3 + whole[4096 * 4 :])

    found = await doctor.looks()

    assert doctor.exit_status == 1
    assert found["database"][0]["mend"] == "handrail restore"


async def test_a_database_of_another_version(program: Path, doctor: Doctor) -> None:
    with sqlite3.connect(program.parent / "handrail.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()

    found = await doctor.looks()

    assert states(found["database"]) == ["warning"] and found["database"][0]["mend"] == "handrail migrate"


async def test_content_with_a_fault(program: Path, doctor: Doctor) -> None:
    (program.parent / "content" / "crisis" / "us.toml").unlink()

    found = await doctor.looks()

    assert states(found["content"]) == ["problem"] and "crisis/us.toml" in found["content"][0]["what"]


async def test_a_screener_that_is_not_whole(
    program: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise BrokenNetwork("network.npz cannot be used (ImportError)")

    monkeypatch.setattr("bot.screening.network.load", broken)

    found = await doctor.looks()

    assert (
        states(found["screener"]) == ["problem"]
        and "phrase lists still screen" in found["screener"][0]["what"]
    )


async def test_a_broken_configuration(program: Path, doctor: Doctor) -> None:
    edit(program, "[telegram]", "[telegram]\nzone = 5")

    found = await doctor.looks()

    assert doctor.exit_status == 1
    assert any("config.toml:" in finding["what"] for finding in found["configuration"])


async def test_beside_a_running_program_the_database_is_not_opened(
    running: App, doctor: Doctor, program: Path
) -> None:
    await running.services.database.run(lambda _tx: None)
    while running.receiver.last_good is None or running.ticker.last_tick is None:
        await running.services.database.run(lambda _tx: None)
    await running.status.write()

    found = await doctor.looks()

    assert doctor.exit_status == 0
    assert states(found["database"]) == ["note"] and "backup --verify" in found["database"][0]["mend"]
    assert states(found["program"]) == ["ok"]
    assert states(found["staff group"]) == ["warning"]  # known from the status file
    status = program.parent / "handrail.sqlite.status"
    assert b"admin1" not in status.read_bytes() and status.stat().st_mode & 0o777 == 0o600


async def test_what_does_not_hold_in_the_running_program_is_named_with_its_mend(
    running: App, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    while running.receiver.last_good is None or running.ticker.last_tick is None:
        await running.services.database.run(lambda _tx: None)
    monkeypatch.setattr(vitals, "LEAST_FREE", 1.0)
    await running.status.write()

    found = await doctor.looks()

    assert doctor.exit_status == 1
    assert "of the disk is free. (disk)" in found["program"][0]["what"]
    assert "Make room" in found["program"][0]["mend"]


async def test_a_running_program_that_hangs_is_found(running: App, doctor: Doctor, program: Path) -> None:
    await running.status.write()
    (program.parent / "handrail.sqlite.status").unlink()

    found = await doctor.looks()

    assert doctor.exit_status == 1
    assert states(found["program"]) == ["problem"] and "restart" in found["program"][0]["mend"]


@pytest.mark.parametrize(
    ("version", "has"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
        ((3, 6, 23), False),
    ],
)
def test_which_sqlite_has_the_bug(version: tuple[int, ...], has: bool) -> None:
    assert has_wal_reset_bug(version) is has
