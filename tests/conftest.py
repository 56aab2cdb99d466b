"""Fixtures: a whole clinic on a clock that stands still, and the people in it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bot import logs
from bot.clock import ManualClock
from bot.phrases import Phrases
from bot.sandbox.clinic import START, TOKEN, Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.storage.sealing import KeyRing, new_key
from handlers import conversation
from tests.databases import ON_POSTGRESQL, database_url
from tests.discretion import Tee, assert_discreet

ROOT = Path(__file__).parent.parent

# A busy machine makes no example wrong: the benchmarks measure time.
settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about the other kind of database is left out; the Makefile says so."""
    other = "sqlite" if ON_POSTGRESQL else "postgresql"
    left_out = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def log() -> Tee:
    """What is logged, written as `handrail run` writes it: without a word of anybody's."""
    written = Tee()
    logs.set_up("debug", "text", written)
    return written


@pytest.fixture(autouse=True)
def _nothing_private_leaks(monkeypatch: pytest.MonkeyPatch, log: Tee) -> Iterator[None]:
    """Every clinic of every test, however it was made, is looked at when the test is over."""
    made: list[Clinic] = []
    set_up = Clinic.__init__

    def remembered(clinic: Clinic, folder: Path, *things: Any, **options: Any) -> None:
        settings = {"HANDRAIL_DATABASE__URL": database_url(folder), "HANDRAIL_DATABASE__FOLDER": str(folder)}
        options["settings"] = settings | (options.get("settings") or {})
        set_up(clinic, folder, *things, **options)
        made.append(clinic)

    monkeypatch.setattr(Clinic, "__init__", remembered)
    yield
    assert TOKEN not in log.getvalue()
    for clinic in made:
        assert_discreet(clinic.sandbox, log.getvalue())


@pytest.fixture(autouse=True)
def _every_phrase_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing sentence is an error in tests; in a clinic something readable is said and the key is logged."""
    monkeypatch.setattr(Phrases, "strict", True)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped content, free to be edited by the test.

    Without the shorter check-in of the first two weeks, so that each day asks the same: `test_gentle` has that one.
    """
    copy = Path(shutil.copytree(ROOT / "content", tmp_path / "content"))
    (copy / "checkins" / "daily-gentle.toml").unlink()
    return copy


@pytest.fixture
def clock() -> ManualClock:
    """For what needs no whole clinic."""
    return ManualClock(START)


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing([new_key()])


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    """The sandbox and the bot, freshly started, with one administrator and nobody else."""
    made = Clinic(tmp_path, conversation(), content=content)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def administrator(clinic: Clinic) -> Person:
    return clinic.administrators[0]


@pytest.fixture
async def staff_group(clinic: Clinic, administrator: Person) -> Group:
    """The staff group, made known by the administrator's command in it."""
    group = clinic.sandbox.group("River House staff", administrators=[administrator])
    group.add_bot(administrator)
    administrator.says("/start")
    administrator.says(f"/staff_group@{clinic.sandbox.username}", in_=group)
    await clinic.settle()
    return group
