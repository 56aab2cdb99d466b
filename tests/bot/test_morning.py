"""The morning message: once a day, codes and counts only, one line when nothing is up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.alerts.model import AlertState, OpenAlert, WatchItem
from bot.alerts.model import MorningFacts as AlertFacts
from bot.checkins.service import MorningFacts, Quiet
from bot.morning import LINES_AT_MOST, Report, message
from bot.phrases import Phrases
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.screening.model import Level
from tests.builders import participant_of
from tests.checkin_steps import asked, says, somebody, taps

MORNING = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)  # 8:30 in New York on the second day


def mornings(group: Group) -> list[str]:
    return [m.text for m in group.chat.messages if m.is_from_bot and m.text.startswith("Good morning.")]


@pytest.fixture
def phrases(clinic: Clinic) -> Phrases:
    return clinic.app.services.content.phrases


def a_report(*, opened: tuple[OpenAlert, ...] = (), quiet: tuple[Quiet, ...] = ()) -> Report:
    alerts = AlertFacts(
        open=opened,
        watch=(WatchItem("red fox 113", "craving", 2), WatchItem("red fox 113", "distress", 1)),
        raised=3,
        wrong_alarms=1,
        median_minutes=4.4,
    )
    checkins = MorningFacts(quiet=quiet, unreachable=("green owl 220",), too_late=2)
    return Report(alerts, checkins, content_problems=1, screener_works=True)


async def test_when_nothing_is_up_it_is_one_line(clinic: Clinic, staff_group: Group):
    await clinic.until(MORNING, step=1800)

    assert mornings(staff_group) == ["Good morning. No open alerts, nobody quiet, everything runs."]


async def test_it_comes_once_a_day_across_restarts(clinic: Clinic, staff_group: Group):
    await clinic.until(MORNING, step=1800)
    await clinic.restart_bot()
    await clinic.tick()
    await clinic.until(MORNING + timedelta(days=1), step=1800)

    assert len(mornings(staff_group)) == 2


async def test_a_late_start_still_sends_it_the_same_day(clinic: Clinic, staff_group: Group):
    await clinic.tick()
    await clinic.stop_bot()
    clinic.clock.advance((MORNING + timedelta(hours=5) - clinic.clock.now()).total_seconds())

    await clinic.start_bot()
    await clinic.tick()

    assert len(mornings(staff_group)) == 1


async def test_a_program_set_up_at_noon_begins_the_next_morning(clinic: Clinic, staff_group: Group):
    await clinic.advance(hours=2, step=1800)

    assert mornings(staff_group) == []


async def test_a_clock_put_back_brings_no_second_one(clinic: Clinic, staff_group: Group):
    await clinic.until(MORNING, step=1800)

    clinic.clock.step(-7200)
    await clinic.advance(hours=3, step=1800)

    assert len(mornings(staff_group)) == 1


async def test_without_a_group_administrators_read_it_in_private(clinic: Clinic):
    admin = clinic.administrators[0]
    await says(clinic, admin, "/help")

    await clinic.until(MORNING, step=1800)

    assert admin.chat.last.text.startswith("Good morning.")


async def test_open_alerts_and_answers_worth_a_look_are_named_by_code_only(
    clinic: Clinic, staff_group: Group
):
    sam = await asked(clinic)
    await taps(clinic, sam, "2", "9", "2", "No", "Yes", "6 or 7")
    await says(clinic, sam, "my dog is called Biscuit")
    code = (await participant_of(clinic, sam)).code

    await clinic.until(MORNING, step=1800)

    text = mornings(staff_group)[-1]
    assert "Open alerts: 1" in text
    assert "nobody has it yet" in text
    assert f"{code}:" in text
    assert "Biscuit" not in text
    assert "Sam" not in text


async def test_two_missed_in_a_row_are_in_the_message_and_nowhere_before(clinic: Clinic, staff_group: Group):
    sam = await somebody(clinic)
    code = (await participant_of(clinic, sam)).code

    await clinic.until(MORNING + timedelta(days=1), step=1800)

    first, second = mornings(staff_group)
    assert code not in first
    assert f"{code}: 2" in second
    assert [code in m.text for m in staff_group.chat.messages].count(True) == 1


async def test_a_broken_content_file_is_counted(clinic: Clinic, staff_group: Group, content: Path):
    (content / "checkins" / "daily.toml").write_text("name = ")
    await clinic.app.refresh_content()

    await clinic.until(MORNING, step=1800)

    assert "Problems in the content: 1" in mornings(staff_group)[-1]


def test_every_part_is_said_shortly(phrases: Phrases):
    opened = (
        OpenAlert(12, Level.URGENT, "unsafe", AlertState.CLAIMED, "ana"),
        OpenAlert(13, Level.ELEVATED, "craving", AlertState.OPEN, ""),
    )

    text = message(phrases, "en", a_report(opened=opened, quiet=(Quiet("blue heron 412", 3),))).text.text

    assert "Open alerts: 2" in text
    assert "Ana has it" in text
    assert "blue heron 412: 3" in text
    assert "red fox 113: " in text
    assert "×2" in text
    assert "green owl 220" in text
    assert "Check-ins not sent: 2" in text
    assert "3 alerts, 1 of them wrong alarms. Usually taken after 4 min." in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_long_list_is_cut_and_says_so(phrases: Phrases, language: str):
    quiet = tuple(Quiet(f"blue heron {number}", 2) for number in range(LINES_AT_MOST + 5))

    text = message(phrases, language, a_report(quiet=quiet)).text

    assert "5" in text.text.partition(f"blue heron {LINES_AT_MOST - 1}")[2]
    assert f"blue heron {LINES_AT_MOST + 1}" not in text.text
    assert text.utf16_length < 4096
