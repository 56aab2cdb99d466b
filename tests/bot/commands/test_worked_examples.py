"""What docs/editing-content.md shows step by step, done step by step on a copy of the shipped content."""

import re
import shlex
import shutil
from pathlib import Path

from bot.__main__ import main

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "editing-content.md"
TASKS = PAGE.read_text("utf-8").split("## Five tasks, step by step", 1)[1].split("\n## ", 1)[0]
STEP = re.compile(
    r"In `(?P<file>content/[^`]+)` these lines\n```\w+\n(?P<old>.*?)```\nbecome\n```\w+\n(?P<new>.*?)```"
    r"|At the end of `(?P<longer>content/[^`]+)` add\n```\w+\n(?P<more>.*?)```"
    r"|```console\n\$ handrail (?P<command>[^\n]+)\n```",
    re.DOTALL,
)


def do(step: re.Match[str]) -> None:
    if step["command"]:
        assert main(shlex.split(step["command"])) == 0
    elif step["longer"]:
        with Path(step["longer"]).open("a", encoding="utf-8") as file:
            file.write("\n" + step["more"])
    else:
        text = Path(step["file"]).read_text("utf-8")
        assert text.count(step["old"]) == 1
        Path(step["file"]).write_text(text.replace(step["old"], step["new"]), "utf-8")


def test_each_worked_example_does_what_the_page_says(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "content", tmp_path / "content")
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    told: list[str] = []

    for step in STEP.finditer(TASKS):
        capsys.readouterr()
        do(step)
        told.append(capsys.readouterr().out)
        assert main(["check"]) == 0
        said.append(capsys.readouterr().out)

    question, started, written, translated, stamped, phrase, explained, signed = said
    assert "warning" not in question
    assert "riding-the-bus-home" in started
    assert "card 2 of `en` changed since" in written
    assert "changed since" in translated
    assert "warning" not in stamped
    assert "warning" not in phrase
    assert "clinic.the-yard" in told[6]
    assert "warning" not in explained
    assert "riding-the-bus-home" not in signed
