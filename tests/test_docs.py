"""The docs are tested: whatever can be typed, set, measured or written is documented, and what is documented exists.

Metrics are in `tests/bot/test_health.py`, the example configuration in `tests/bot/test_config.py`.
"""

import argparse
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

import bot
from bot.__main__ import _parser
from bot.config import Config
from bot.sandbox.clinic import Clinic
from bot.sandbox.process import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "content" / "README.md"]
OPERATING = ROOT / "docs" / "operating.md"
FIELDS = ROOT / "docs" / "editing-content.md"
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
CONTENT = ("bot.consent", "bot.crisis", "bot.forbidden", "bot.checkins.conditions", "bot.checkins.content",
           "bot.checkins.suggestions", "bot.checkins.weekly_content", "bot.modules.content", "bot.modules.course",
           "bot.screening.content")  # fmt: skip


def code_in(page: Path) -> list[str]:
    """What stands as code on a page; indented blocks of content/README.md are examples of content."""
    return [found.strip("`\n") for found in CODE.findall(page.read_text())]


ALL_CODE = [(page.name, code) for page in PAGES for code in code_in(page)]
DEPLOYED = [(file.name, file.read_text()) for file in sorted((ROOT / "deploy").iterdir())]


def commands() -> dict[str, argparse.ArgumentParser]:
    choices: dict[str, argparse.ArgumentParser] = {}
    for action in _parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            choices.update(action.choices)
    return choices


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Those of a command and of the commands below it, such as `new module`."""
    found = {name for action in parser._actions for name in action.option_strings if name.startswith("--")}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= set().union(*map(options, action.choices.values()))
    return found


def uses() -> Iterator[tuple[str, str, set[str]]]:
    """Each `handrail COMMAND --option …` in the docs: where, the command, its options."""
    for where, text in [*ALL_CODE, *DEPLOYED]:
        for name, rest in re.findall(r"\bhandrail ([a-z]+)\b([^\n#&|,;]*)", text):
            if name != "handrail":  # `podman exec handrail handrail doctor`
                yield where, name, set(re.findall(r"--[a-z-]+", rest))


TESTS = re.findall(r"(tests/[\w/]+\.py)::(\w+)", (ROOT / "docs" / "reliability.md").read_text())


@pytest.mark.parametrize(("path", "name"), TESTS, ids=[name for _, name in TESTS])
def test_a_guarantee_names_tests_that_exist(path: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_every_command_and_option_is_documented() -> None:
    documented: dict[str, set[str]] = {}
    for _where, name, named in uses():
        documented.setdefault(name, set()).update(named)
    everywhere = " ".join(code for _page, code in ALL_CODE)

    assert commands().keys() <= documented.keys()
    for name, parser in commands().items():
        missing = options(parser) - documented[name] - {"--help", "--config"}
        assert not {option for option in missing if option not in everywhere}, name


def test_every_documented_command_and_option_exists() -> None:
    known = commands()
    for where, name, named in uses():
        assert name in known, f"{where} speaks of handrail {name}"
        assert named <= options(known[name]), f"{where}: handrail {name} {named - options(known[name])}"


def test_every_documented_setting_exists() -> None:
    sections = {name: field.annotation for name, field in Config.model_fields.items()}
    files = re.compile(r"\.(py|md|toml|service|sqlite|keys|token|lock|status)$")
    for page, code in ALL_CODE:
        for section, key in re.findall(r"(?<![\w./-])([a-z]+)\.([a-z_]+)\b", code):
            model = sections.get(section)
            if model is None or files.search(f"{section}.{key}"):
                continue
            assert isinstance(model, type) and issubclass(model, BaseModel)
            assert key in model.model_fields, f"{page} speaks of {section}.{key}"


def test_every_setting_has_a_comment_in_the_example() -> None:
    lines = (ROOT / "config.example.toml").read_text().splitlines()
    known = {
        key for field in Config.model_fields.values() for key in getattr(field.annotation, "model_fields", {})
    }
    for number, line in enumerate(lines):
        setting = re.match(r"(?:# )?(\w+) = ", line)
        if setting and setting[1] in known:
            above = lines[number - 1]
            assert above.startswith("#"), f"config.example.toml:{number + 1} {setting[1]} is not explained"


def models() -> Iterator[type[BaseModel]]:
    """The shape of every content file, from the modules that read them."""
    for name in CONTENT:
        module = importlib.import_module(name)
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, BaseModel) and thing.__module__ == name:
                yield thing


def test_no_reader_of_content_is_forgotten() -> None:
    reading = set()
    for info in pkgutil.walk_packages(bot.__path__, "bot."):
        if "migrations" not in info.name and "__main__" not in info.name:
            module = importlib.import_module(info.name)
            shapes = (thing for thing in vars(module).values() if isinstance(thing, type))
            if any(shape.__module__ == info.name and issubclass(shape, BaseModel) for shape in shapes):
                reading.add(info.name)

    assert reading - {"bot.settings", "bot.reading"} == set(CONTENT)


def test_every_content_field_is_documented_and_every_documented_one_exists() -> None:
    fields = {field.alias or name for model in models() for name, field in model.model_fields.items()}
    documented = set(re.findall(r"^\| `(\w+)` \|", FIELDS.read_text(), re.MULTILINE))
    named = set(re.findall(r"`(\w+)`", FIELDS.read_text()))

    assert documented - fields == set()
    assert fields - documented - {"rules"} == set()
    assert "rules" in named


async def test_every_command_in_telegram_is_documented_and_every_documented_one_exists(
    clinic: Clinic,
) -> None:
    from telegram.ext import CommandHandler

    handlers = [handler for group in clinic.app.application.handlers.values() for handler in group]
    known = {name for handler in handlers if isinstance(handler, CommandHandler) for name in handler.commands}
    operating = {word for code in code_in(OPERATING) for word in re.findall(r"^/([a-z_]+)", code)}
    everywhere = {
        (page, word)
        for page, code in ALL_CODE
        for word in re.findall(r"^/([a-z_]+)(?:@\w+)?(?: \w+)?$", code)
    }

    assert "start" in known
    assert known <= operating
    http, paths = {"healthz", "readyz", "metrics"}, {"telegram", "newbot", "setprivacy", "mybots"}
    assert {(page, word) for page, word in everywhere if word not in known | http | paths} == set()


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page, code in ALL_CODE:
        for target in re.findall(r"\bmake ([a-z][\w-]*)", code):
            assert target in targets, f"{page} speaks of make {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?://)([^)#]*)(?:#[^)]*)?\)", text):
        assert not target or (page.parent / target).exists(), f"{page.name}: {target}"
    for name in re.findall(r"`(tests/[\w/]+(?:\.py|/))`", text):
        assert (ROOT / name).exists(), f"{page.name}: {name}"
