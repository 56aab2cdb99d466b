"""The pace a person chose holds, and the tracks take turns."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.modules.pacing import MOST_IN_A_WEEK, Begun, Place, best_fitting, in_order, may_offer, next_slug
from bot.people.model import Pace

MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHELF = [
    Place("craving", "relapse-prevention", 2),
    Place("breath", "stress", 2),
    Place("triggers", "relapse-prevention", 1),
    Place("stress", "stress", 1),
]


def days_offered(pace: Pace, days: int) -> list[date]:
    """Somebody who checks in every day and is offered whatever may be offered."""
    offered: list[date] = []
    for number in range(days):
        today = MONDAY + timedelta(days=number)
        if may_offer(pace, today, offered):
            offered.append(today)
    return offered


@pytest.mark.parametrize(("pace", "most"), [(Pace.LIGHTER, 2), (Pace.USUAL, 4), (Pace.MORE, 7)])
def test_each_pace_has_its_days_a_week(pace: Pace, most: int) -> None:
    assert len(days_offered(pace, 7)) == most
    assert len(days_offered(pace, 28)) == 4 * most


def test_nobody_is_offered_two_on_one_day() -> None:
    assert not may_offer(Pace.MORE, MONDAY, [MONDAY])


def test_a_week_of_silence_gives_the_days_back() -> None:
    offered = [MONDAY, MONDAY + timedelta(days=1)]

    assert not may_offer(Pace.LIGHTER, MONDAY + timedelta(days=6), offered)
    assert may_offer(Pace.LIGHTER, MONDAY + timedelta(days=7), offered)


@given(st.sampled_from(Pace), st.sets(st.integers(0, 40)))
def test_no_seven_days_ever_hold_more_than_the_pace(pace: Pace, active: set[int]) -> None:
    offered: list[date] = []
    for number in sorted(active):
        today = MONDAY + timedelta(days=number)
        if may_offer(pace, today, offered):
            offered.append(today)

    for start in range(41):
        week = {MONDAY + timedelta(days=start + number) for number in range(7)}
        assert len(week.intersection(offered)) <= MOST_IN_A_WEEK[pace]


def test_tracks_stand_in_their_order_and_modules_in_theirs() -> None:
    assert [place.slug for place in in_order(SHELF)] == ["stress", "breath", "triggers", "craving"]


def test_stress_and_relapse_prevention_take_turns() -> None:
    done: list[str] = []
    while (slug := next_slug(SHELF, [], done)) is not None:
        done.append(slug)

    assert done == ["stress", "triggers", "breath", "craving"]


def test_what_somebody_read_by_themselves_counts_for_the_turns() -> None:
    assert next_slug(SHELF, [], ["stress", "breath"]) == "triggers"


def test_what_was_begun_last_comes_before_anything_new() -> None:
    begun = [Begun("breath", NOON), Begun("craving", NOON + timedelta(hours=1))]

    assert next_slug(SHELF, begun, ["stress"]) == "craving"


def test_what_is_begun_but_no_longer_there_is_not_offered() -> None:
    assert next_slug(SHELF, [Begun("gone", NOON)], []) == "stress"


def test_at_the_end_there_is_nothing_to_offer() -> None:
    assert next_slug(SHELF, [], [place.slug for place in SHELF]) is None


@pytest.mark.parametrize(
    ("fitting", "read", "yesterday", "expected"),
    [
        (["breath", "stress"], [], [], "breath"),
        (["breath", "stress"], ["breath"], [], "stress"),  # what is new comes first
        (["breath"], ["breath"], [], "breath"),  # and what was read can help again
        (["breath", "stress"], [], ["breath"], "stress"),
        (["breath"], [], ["breath"], None),
        ([], [], [], None),
    ],
)
def test_of_what_fits_the_first_unread_one_is_offered_and_never_twice_running(
    fitting: list[str], read: list[str], yesterday: list[str], expected: str | None
) -> None:
    assert best_fitting(fitting, read, yesterday) == expected
