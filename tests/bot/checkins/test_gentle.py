"""The shorter daily check-in of somebody's first two weeks: the same kind, with fewer questions."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checkins.content import read_checkin, read_rules
from bot.checkins.ledger import State
from bot.checkins.model import visible
from bot.sandbox.clinic import Clinic
from bot.sandbox.process import ROOT
from bot.screening.model import Level
from tests.bot.checkins.test_kinds import rows
from tests.checkin_steps import answers, asked, says, taps

SHIPPED = ROOT / "content" / "checkins"
DAILY_AT = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)


@pytest.fixture
async def content(content: Path) -> Path:
    shutil.copy(SHIPPED / "daily-gentle.toml", content / "checkins")
    return content


async def test_the_first_days_ask_less_and_keep_the_name_of_the_daily_one(clinic: Clinic):
    sam = await asked(clinic)
    first = sam.chat.last.text

    await taps(clinic, sam, "7", "2", "No", "Yes")
    await says(clinic, sam, "it was a lot today")

    assert first.startswith("Daily check-in · 1/5")
    assert sam.chat.last.text.startswith("Thank you. That is all for today.")
    assert (await answers(clinic, sam))["safe"] == "yes"
    assert [state for _, state in await rows(clinic, sam, "daily")] == [State.DONE]


async def test_after_two_weeks_the_daily_one_comes(clinic: Clinic):
    sam = await asked(clinic)

    await clinic.until(DAILY_AT + timedelta(days=13, hours=-1), step=7200)  # the clocks have gone forward
    last_gentle = sam.chat.last.text
    await clinic.until(DAILY_AT + timedelta(days=14, hours=-1), step=7200)

    assert last_gentle.startswith("Daily check-in · 1/5")
    assert sam.chat.last.text.startswith("Daily check-in · 1/6")


async def test_not_safe_calls_staff_as_ever(clinic: Clinic):
    sam = await asked(clinic)

    await taps(clinic, sam, "7", "2", "No", "No")

    alerts = await clinic.run(lambda tx: clinic.app.services.alerts.desk.open_alerts(tx))
    assert [alert.level for alert in alerts] == [Level.URGENT]


def test_it_asks_on_safety_every_day_whatever_was_answered():
    gentle, problems = read_checkin(SHIPPED / "daily-gentle.toml")

    assert problems == []
    assert [question.id for question in visible(gentle, {})] == ["mood", "craving", "used", "safe", "note"]
    daily, _ = read_checkin(SHIPPED / "daily.toml")
    weekly, _ = read_checkin(SHIPPED / "weekly.toml")
    _, problems = read_rules(ROOT / "content" / "screening" / "rules.toml", [gentle, daily, weekly])
    assert problems == []


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ("first_days = 14", "", "for how long", "first_days = 14"),
        ('variant_of = "daily"', "", "stands in for another", 'variant_of = "daily"'),
        (
            'variant_of = "daily"',
            'variant_of = "dayly"',
            'no other check-in "dayly"',
            "Did you mean `daily`?",
        ),
        ("first_days = 14", 'first_days = 14\nat = "9:00"', "does nothing", "Take this line out"),
    ],
)
def test_a_fault_in_it_is_named_with_its_mend(content, old, new, what, mend):
    file = content / "checkins" / "daily-gentle.toml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")

    checkin, problems = read_checkin(file)

    assert checkin is None
    assert any(what in problem.what and mend in problem.mend and problem.line > 0 for problem in problems)
