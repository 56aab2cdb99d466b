"""The daily check-in that Handrail ships: short on a good day, and never without its questions on safety."""

from pathlib import Path

import pytest

from bot.checkins.content import read_checkin, read_rules
from bot.checkins.model import SKIPPED, concerns, visible
from bot.screening.model import Level

CONTENT = Path(__file__).parents[3] / "content"
DAILY, _ = read_checkin(CONTENT / "checkins" / "daily.toml")
WEEKLY, _ = read_checkin(CONTENT / "checkins" / "weekly.toml")
assert DAILY is not None and WEEKLY is not None
RULES, _ = read_rules(CONTENT / "screening" / "rules.toml", [DAILY, WEEKLY])
GOOD_DAY = {"mood": 6, "craving": 1, "stress": 5, "used": "no", "sleep": "6-or-7", "note": SKIPPED}


def asked(answers):
    return [question.id for question in visible(DAILY, answers)]


def test_a_good_day_takes_six_questions_at_most():
    assert asked({}) == ["mood", "craving", "stress", "used", "sleep", "note"]
    assert asked(GOOD_DAY) == ["mood", "craving", "stress", "used", "sleep", "note"]


@pytest.mark.parametrize(
    "sign",
    [
        {"mood": 4},
        {"mood": SKIPPED},
        {"craving": 8},
        {"craving": SKIPPED},
        {"stress": 8},
        {"used": "yes"},
        {"used": SKIPPED},
    ],
)
def test_any_sign_of_a_hard_day_asks_whether_somebody_is_safe(sign):
    answers = GOOD_DAY | sign

    met = concerns(RULES, answers | {"safe": "no"})

    assert asked(answers)[4] == "safe"
    assert len(asked(answers)) == 7
    assert met[0].level is Level.URGENT


def test_use_can_be_told_on_every_day():
    met = concerns(RULES, GOOD_DAY | {"used": "yes"})

    assert [rule.id for rule in met] == ["used-since-last-check-in"]
    assert "used" in asked(GOOD_DAY)


def test_who_does_not_say_whether_they_are_safe_is_looked_at():
    met = concerns(RULES, GOOD_DAY | {"mood": 4, "safe": SKIPPED})

    assert [(rule.id, rule.level) for rule in met] == [("did-not-say-if-safe", Level.WATCH)]
