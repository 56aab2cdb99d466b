"""The command line: what scripts and a shell lean on."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.sandbox.process import ROOT
from bot.storage.sealing import new_key

TOKEN = "123456:" + "a" * 35


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(
        f'[telegram]\ntoken = "{TOKEN}"\n[staff]\nadministrators = [700000000]\n[security]\nkeys = "{new_key()}"\n'
    )
    return file


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(command in said for command in ("run", "check", "screen", "migrate", "demo"))


@pytest.mark.parametrize("wrong", [[], ["fly"], ["check", "--format", "pdf"]])
def test_wrong_usage_exits_with_2(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)

    assert ended.value.code == 2


def test_check_without_a_configuration_reads_the_content_folder(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    assert "no problems" in capsys.readouterr().out


def test_check_names_the_line_and_exits_with_1(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = content / "checkins" / "daily.toml"
    file.write_text(file.read_text().replace('kind = "yes-no"', 'kind = "yes-on"', 1))
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "yes-on" in text)

    assert main(["check", "--content", str(content)]) == 1

    said = capsys.readouterr().out
    assert f"daily.toml:{line}:" in said
    assert "yes-no" in said


def test_screen_answers_line_by_line(
    content: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b'{"text": "I want to die"}\nnonsense\n{"text": "a quiet day", "lang": "en"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))

    assert main(["screen", "--content", str(content)]) == 0

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer.get("level") for answer in answers] == ["urgent", None, "none"]
    assert "error" in answers[1]


def test_run_without_a_configuration_is_one_clear_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 1

    said = capsys.readouterr().err
    assert "telegram.token" in said
    assert "staff.administrators" in said
    assert "problems to mend first" in said
    assert "Traceback" not in said


def test_run_with_broken_content_and_no_good_copy_says_what_to_mend(
    configured: Path, content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (content / "crisis" / "us.toml").unlink()

    assert main(["run", "--config", str(configured)]) == 1

    said = capsys.readouterr().err
    assert "crisis/us.toml" in said
    assert "Traceback" not in said


def test_migrate_makes_the_database_and_says_so(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--config", str(configured)]) == 0

    assert (configured.parent / "handrail.sqlite").exists()
    assert "schema" in capsys.readouterr().out


def test_a_database_without_its_key_is_refused_in_a_sentence(
    configured: Path, content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate", "--config", str(configured)])
    without = configured.read_text().partition("[security]")[0]
    configured.write_text(without)

    assert main(["run", "--config", str(configured)]) == 1

    assert "no key to open it" in capsys.readouterr().err


def test_a_wrong_key_is_refused_and_named(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate", "--config", str(configured)])
    kept = configured.read_text()
    name = kept.partition('keys = "')[2].partition(":")[0]
    configured.write_text(kept.partition("[security]")[0] + f'[security]\nkeys = "{new_key()}"\n')

    assert main(["migrate", "--config", str(configured)]) == 1

    assert name in capsys.readouterr().err


def test_a_reader_who_leaves_ends_screen_without_a_word(content: Path) -> None:
    lines = b'{"text": "hi"}\n' * 3000
    reading, writing = os.pipe()
    os.close(reading)

    command = [sys.executable, "-m", "bot", "screen", "--content", str(content)]
    ended = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, input=lines, stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (1, b"")
