"""`handrail setup`: from a token to a configuration that runs, and never half of one."""

import asyncio
import os
import pty
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App
from bot.clock import SystemClock
from bot.config import Config, read
from bot.sandbox.process import ROOT, until
from bot.sandbox.sandbox import Sandbox
from handlers import conversation
from tests.bot.commands.conftest import TOKEN, Command

LINK = re.compile(r"https://t\.me/\S+")


@pytest.fixture
def answers(telegram: Sandbox) -> list[str]:
    """Options that leave nothing to ask."""
    return ["setup", "--token-file", "../botfather.txt", "--base-url", telegram.base_url,
            "--administrator", "700000001"]  # fmt: skip


def written(folder: Path) -> Config:
    return read(folder / "config.toml", {})


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_setup_writes_a_configuration_and_private_keys(
    handrail: Command, folder: Path, answers: list[str]
) -> None:
    answers += ["--program-name", 'River "House" — IOP', "--timezone", "America/Chicago"]

    assert await handrail(*answers) == 0

    config = written(folder)
    assert (config.program.name, config.program.timezone) == ('River "House" — IOP', "America/Chicago")
    assert config.staff.administrators == (700000001,)
    assert config.staff.shifts == () and config.staff.closed_days == ()
    assert config.telegram.token.get_secret_value() == TOKEN
    assert (folder / "handrail.keys").stat().st_mode & 0o777 == 0o600
    assert names(folder) == ["config.toml", "handrail.keys"]
    text = (folder / "config.toml").read_text()
    assert "# Everything" not in text and "# urgent_minutes = 10" in text and TOKEN not in text


async def test_the_token_from_the_environment_is_kept_in_a_private_file(
    handrail: Command,
    folder: Path,
    answers: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HANDRAIL_TELEGRAM__TOKEN", TOKEN)

    assert await handrail("setup", *answers[3:]) == 0

    assert (folder / "telegram.token").stat().st_mode & 0o777 == 0o600
    assert TOKEN not in (folder / "config.toml").read_text()
    said = capsys.readouterr()
    assert TOKEN not in said.out + said.err
    assert written(folder).telegram.token.get_secret_value() == TOKEN


async def test_the_printed_link_makes_its_opener_the_administrator_whom_the_bot_then_welcomes(
    handrail: Command, folder: Path, telegram: Sandbox, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    dana = telegram.person("Dana")
    setting_up = asyncio.ensure_future(handrail(*answers[:-2], "--wait", "20"))
    said: list[str] = []

    def is_said() -> bool:
        said.append(capsys.readouterr().out)
        return LINK.search("".join(said)) is not None

    await until(is_said)
    link = LINK.findall("".join(said))[0]
    telegram.person("Curious").says("/start")

    dana.opens_link(link)

    assert await setting_up == 0
    assert written(folder).staff.administrators == (dana.id,)
    assert telegram.waiting_updates == 2  # nothing was confirmed: the program will answer
    app = App(written(folder), SystemClock(), conversation())
    await app.start()
    await until(lambda: dana.chat.messages[-1].is_from_bot)
    await app.stop()
    assert "/invite" in dana.chat.last.text


async def test_the_link_for_a_known_administrator_works_and_opens_nothing_for_others(
    handrail: Command, folder: Path, telegram: Sandbox, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    dana, stranger = telegram.person("Dana", id=700000001), telegram.person("Stranger", id=700000002)
    await handrail(*answers)
    link = LINK.search(capsys.readouterr().out)
    assert link

    app = App(written(folder), SystemClock(), conversation())
    await app.start()
    dana.opens_link(link[0])
    stranger.opens_link(link[0])
    await until(lambda: all(person.chat.messages[-1].is_from_bot for person in (dana, stranger)))
    await app.stop()

    assert "/invite" in dana.chat.last.text
    assert "/invite" not in stranger.chat.last.text


async def test_a_second_setup_changes_nothing_and_shows_what_is_there(
    handrail: Command, folder: Path, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    await handrail(*answers)
    before = contents(folder)
    capsys.readouterr()

    assert await handrail("setup") == 0

    assert contents(folder) == before
    said = capsys.readouterr().out
    assert "Nothing was changed" in said and "@handrail_demo_bot" in said and "America/New_York" in said
    assert TOKEN not in said


async def test_a_second_setup_shows_what_is_there_though_telegram_is_away(
    handrail: Command,
    folder: Path,
    telegram: Sandbox,
    answers: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    await handrail(*answers)
    before = contents(folder)
    telegram.faults.down()

    assert await handrail("setup") == 1
    assert await handrail("setup", "--group", "-100999") == 1

    said = capsys.readouterr()
    assert "set up here already" in said.out and "Telegram does not answer" in said.out
    assert "Nothing was changed" in said.err
    assert contents(folder) == before


async def test_a_second_setup_changes_only_what_is_asked(
    handrail: Command, folder: Path, answers: list[str]
) -> None:
    await handrail(*answers)
    file = folder / "config.toml"
    file.write_text(
        file.read_text() + '\n[[staff.shifts]]\nhandle = "ana"\ndays = ["mon"]\nfrom = "8:00"\nto = "16:00"\n'
    )
    before = file.read_text()

    assert (
        await handrail("setup", "--program-name", "New name", "--administrator", "1", "--administrator", "2")
        == 0
    )

    changed = set(file.read_text().splitlines()) - set(before.splitlines())
    assert changed == {'name = "New name"', "administrators = [1, 2]"}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (["--timezone", "Mars/Olympus"], "is not a time zone"),
        (["--country", "zz"], "no crisis numbers for 'zz'"),
        (["--program-name", "x" * 81], "80"),
        (["--language", "klingon"], "two small letters"),
        (["--language", "fr"], "in en and es"),
        (["--group", "-100999"], "chat not found"),
        (["--base-url", "telegram.example"], "is not a web address"),
        (["--base-url", "http://127.0.0.1:9/bot"], "Telegram does not answer"),
        (["--token-file", "nowhere.txt"], "cannot be read"),
    ],
)
async def test_an_answer_that_does_not_work_is_said_kindly_and_nothing_is_written(
    handrail: Command,
    folder: Path,
    answers: list[str],
    wrong: list[str],
    why: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await handrail(*answers, *wrong) == 1

    said = capsys.readouterr().err
    assert why in said and "Traceback" not in said
    assert names(folder) == []


async def test_a_token_that_telegram_does_not_know_is_said_without_repeating_it(
    handrail: Command, folder: Path, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "654321:" + "w" * 35
    (folder.parent / "botfather.txt").write_text(wrong)

    assert await handrail(*answers) == 1

    said = capsys.readouterr()
    assert "@BotFather" in said.err and wrong not in said.err + said.out
    assert names(folder) == []


async def test_a_token_on_the_command_line_is_not_repeated(
    handrail: Command, folder: Path, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await handrail("setup", "--token-file", TOKEN) == 1

    said = capsys.readouterr()
    assert "wants the name of a file" in said.err and TOKEN not in said.err + said.out


async def test_nobody_opening_the_link_writes_nothing(
    handrail: Command, folder: Path, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await handrail(*answers[:-2], "--wait", "0") == 1

    assert "--administrator" in capsys.readouterr().err
    assert names(folder) == []


async def test_the_staff_group_is_tried(
    handrail: Command, folder: Path, telegram: Sandbox, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    dana = telegram.person("Dana")
    group = telegram.group("Staff", administrators=[dana]).add_bot(dana)

    assert await handrail(*answers, "--group", str(group.id)) == 0

    assert written(folder).staff.chat_id == group.id


async def test_a_folder_that_cannot_be_written_to_is_said_first(
    handrail: Command, folder: Path, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").write_text("")

    assert await handrail(*answers, "--config", "file/config.toml") == 1

    assert "Nothing can be written" in capsys.readouterr().err


async def test_an_existing_key_file_is_kept_and_a_lost_one_is_not_replaced(
    handrail: Command, folder: Path, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    keys = folder / "handrail.keys"
    (folder / "handrail.sqlite").write_bytes(b"")
    assert await handrail(*answers) == 1
    assert "Put the key file back" in capsys.readouterr().err
    keys.write_text("mine:" + "ab" * 32)

    assert await handrail(*answers) == 0

    assert keys.read_text() == "mine:" + "ab" * 32


async def test_a_broken_configuration_is_not_touched(
    handrail: Command, folder: Path, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.toml").write_text("[telegram\n")

    assert await handrail(*answers) == 1

    assert "config.toml:1" in capsys.readouterr().err
    assert (folder / "config.toml").read_text() == "[telegram\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def _can_be_interrupted() -> None:
    """As at a terminal, also when these tests run in a shell's background, where Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class AtTerminal:
    """`handrail setup` in a pseudo-terminal: what a person sees and types."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self._folder = folder
        self._base_url = base_url
        self.seen = ""

    async def __aenter__(self) -> "AtTerminal":
        self._master, slave = pty.openpty()
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "HANDRAIL_TELEGRAM__BASE_URL": self._base_url}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "setup",
            cwd=self._folder, env=environ, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=_can_be_interrupted,
        )  # fmt: skip
        os.close(slave)
        asyncio.get_running_loop().add_reader(self._master, self._read)
        return self

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)

    def _read(self) -> None:
        try:
            self.seen += os.read(self._master, 65536).decode()
        except OSError:
            asyncio.get_running_loop().remove_reader(self._master)

    async def sees(self, words: str) -> None:
        await until(lambda: words in self.seen)

    async def answers(self, question: str, answer: str) -> None:
        await self.sees(question)
        self.seen = self.seen.partition(question)[2]
        os.write(self._master, f"{answer}\n".encode())

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    async def ends(self) -> int:
        return await self._process.wait()


@pytest.fixture
async def terminal(folder: Path, telegram: Sandbox) -> AsyncIterator[AtTerminal]:
    async with AtTerminal(folder, telegram.base_url) as opened:
        yield opened


async def test_at_a_terminal_each_question_has_a_default_and_the_token_is_not_shown(
    terminal: AtTerminal, folder: Path
) -> None:
    await terminal.answers("The token (it is not shown):", "not a token")
    await terminal.answers("Once more, please.", TOKEN)
    await terminal.answers("What do participants call", "River House")
    await terminal.answers("Country of the crisis numbers", "")
    await terminal.answers("Time zone", "Chicago")
    await terminal.answers("Once more, please.", "America/Chicago")
    await terminal.answers("Language", "es")
    await terminal.answers("staff group", "")
    await terminal.answers("Telegram id", "700000001")
    await terminal.sees("t.me/handrail_demo_bot")

    assert await terminal.ends() == 0
    config = written(folder)
    assert (config.program.name, config.program.timezone) == ("River House", "America/Chicago")
    assert config.program.language == "es"
    assert TOKEN not in terminal.seen


async def test_ctrl_c_half_way_writes_nothing(terminal: AtTerminal, folder: Path) -> None:
    await terminal.answers("The token (it is not shown):", TOKEN)
    await terminal.sees("What do participants call")

    terminal.interrupt()

    assert await terminal.ends() == 1
    await terminal.sees("Nothing was written")
    assert "Traceback" not in terminal.seen
    assert names(folder) == []
