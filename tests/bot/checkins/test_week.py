"""Somebody's own seven days in numbers and bars: gaps are gaps, and nothing lies outside the week."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.model import SKIPPED, Kind, Question
from bot.checkins.week import BARS, line_of

TEXT = {"en": "?", "es": "?"}
MOOD = Question("mood", Kind.SCALE, TEXT, minimum=0, maximum=10)
SUNDAY = date(2026, 3, 8)


def test_each_day_has_its_number_and_its_bar_and_a_gap_is_a_gap():
    days = {
        SUNDAY: {"mood": 10},
        SUNDAY - timedelta(days=1): {"mood": SKIPPED},
        SUNDAY - timedelta(days=6): {"mood": 0},
        SUNDAY - timedelta(days=7): {"mood": 5},  # the week before
    }

    line = line_of(MOOD, "Mood", days, SUNDAY)

    assert line.numbers == "0 – – – – – 10"
    assert line.bars == "▁·····█"


def test_a_week_without_answers_has_nothing_to_show():
    assert line_of(MOOD, "Mood", {}, SUNDAY).is_empty


@given(st.lists(st.none() | st.integers(0, 10), min_size=7, max_size=7))
def test_there_are_seven_bars_and_a_higher_number_never_has_a_lower_one(values):
    days = {
        SUNDAY - timedelta(days=6 - n): {"mood": value} for n, value in enumerate(values) if value is not None
    }

    bars = line_of(MOOD, "Mood", days, SUNDAY).bars

    assert len(bars) == 7
    known = sorted(
        (value, BARS.index(bar)) for value, bar in zip(values, bars, strict=True) if value is not None
    )
    assert [bar for _, bar in known] == sorted(bar for _, bar in known)
