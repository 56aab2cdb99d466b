"""`handrail screen --review`: wrong alarms and missed concerns, for whoever edits the phrase lists."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.people.model import Role
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.people import Person
from bot.storage.sealing import new_key
from handlers import conversation
from tests.alert_scenes import URGENT
from tests.builders import a_colleague, a_participant, participant_of
from tests.handlers.stories import says, taps

KEY = new_key()
UNFORESEEN = "the purple kite is down for good"
HARMLESS_HERE = "everybody at work is on team Relapse this season"


@pytest.fixture
def own_content(content: Path) -> Path:
    """Content with a phrase family that says too much."""
    family = (
        '[[family]]\nid = "ours.team"\ncategory = "lapse"\nlevel = "elevated"\nphrases = ["team relapse"]\n'
    )
    (content / "screening" / "ours.toml").write_text(family)
    return content


@pytest.fixture
def config(tmp_path: Path, own_content: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(
        f'[telegram]\ntoken = "{TOKEN}"\n[staff]\nadministrators = [700000000]\n[security]\nkeys = "{KEY}"\n'
        f'[content]\npath = "{own_content}"\n'
    )
    return file


@pytest.fixture
async def clinic(tmp_path: Path, own_content: Path) -> AsyncIterator[Clinic]:
    made = Clinic(tmp_path, conversation(), content=own_content, settings={"HANDRAIL_SECURITY__KEYS": KEY})
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    person = await a_participant(clinic, "Sam")
    await says(clinic, person, "/start")
    return person


@pytest.fixture
async def ana(clinic: Clinic) -> Person:
    person = await a_colleague(clinic, "ana", Role.FACILITATOR)
    await says(clinic, person, "/start")
    return person


async def reviewed(clinic: Clinic, config: Path, capsys: pytest.CaptureFixture[str]) -> str:
    running = asyncio.create_task(asyncio.to_thread(main, ["screen", "--review", "--config", str(config)]))
    while not running.done():
        await clinic.advance(seconds=1)
    assert await running == 0
    return capsys.readouterr().out


async def test_before_anything_was_collected_it_says_how_that_is_done(
    clinic: Clinic, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "No cases yet" in await reviewed(clinic, config, capsys)


async def test_a_wrong_alarm_waits_with_its_rule_until_the_phrase_is_mended(
    clinic: Clinic,
    config: Path,
    own_content: Path,
    sam: Person,
    ana: Person,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await says(clinic, sam, HARMLESS_HERE)
    await says(clinic, ana, "/wrong 1")
    assert "whoever edits the phrase lists" in ana.chat.last.text

    shown = await reviewed(clinic, config, capsys)
    assert "1. wrong alarm" in shown
    assert HARMLESS_HERE in shown
    assert "then: elevated by ours.team" in shown
    assert "1 case waits" in shown

    (own_content / "screening" / "ours.toml").unlink()
    mended = await reviewed(clinic, config, capsys)
    assert HARMLESS_HERE not in mended
    assert "0 cases wait; 1 more is judged rightly" in mended


async def test_missed_words_wait_until_a_phrase_finds_them(
    clinic: Clinic,
    config: Path,
    own_content: Path,
    sam: Person,
    ana: Person,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = (await participant_of(clinic, sam)).code
    await says(clinic, ana, f"/missed {code} {UNFORESEEN}")

    shown = await reviewed(clinic, config, capsys)
    assert "1. missed" in shown
    assert UNFORESEEN in shown
    assert "then: no alert" in shown
    assert code not in shown

    ours = own_content / "screening" / "ours.toml"
    ours.write_text(ours.read_text().replace('"team relapse"', '"purple kite is down"'))
    assert "0 cases wait; 1 more" in await reviewed(clinic, config, capsys)


async def test_alerts_that_were_right_and_answers_by_button_are_no_cases(
    clinic: Clinic, config: Path, sam: Person, ana: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    await says(clinic, sam, URGENT)
    await says(clinic, ana, "/resolve 1 reached")
    await says(clinic, sam, "/help_now")
    await taps(clinic, sam, ("Tell staff",))
    await says(clinic, ana, "/wrong 2")

    assert "No cases yet" in await reviewed(clinic, config, capsys)


async def test_broken_content_is_said_and_nothing_is_listed(
    clinic: Clinic, config: Path, own_content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_content / "screening" / "ours.toml").write_text("[[family]\n")

    assert main(["screen", "--review", "--config", str(config)]) == 1
    assert "ours.toml" in capsys.readouterr().err
