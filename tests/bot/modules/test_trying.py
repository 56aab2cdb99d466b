"""When somebody is asked how it went, and what has helped them most."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.modules.trying import MOST_HELPED, TOO_LATE, Rating, When, ask_at, ranked, times
from bot.people.model import Pace, Participant, ParticipantState
from bot.scheduling.calendar import in_quiet_hours

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)  # in New York
ZONES = ("America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Europe/Madrid")


def somebody(
    zone: str = "America/New_York", quiet: tuple[time, time] = (time(22), time(8)), paused: bool = False
) -> Participant:
    return Participant(
        id=1,
        key="k",
        code="blue heron 412",
        language="en",
        zone=zone,
        checkin_time=time(18),
        quiet_from=quiet[0],
        quiet_to=quiet[1],
        pace=Pace.USUAL,
        taps_only=False,
        state=ParticipantState.PAUSED if paused else ParticipantState.ACTIVE,
        paused_until=None,
        consent_version="1",
        joined_at=NOON,
    )


def test_at_noon_all_three_can_be_picked() -> None:
    found = times(NOON, somebody())

    assert found[When.HOUR] == NOON + timedelta(hours=1)
    assert found[When.TONIGHT] == datetime(2026, 3, 3, 1, tzinfo=UTC)
    assert found[When.TOMORROW] == datetime(2026, 3, 3, 23, tzinfo=UTC)


def test_late_in_the_evening_only_tomorrow_is_left() -> None:
    assert set(times(NOON + timedelta(hours=9, minutes=30), somebody())) == {When.TOMORROW}


def test_shortly_before_the_evening_tonight_would_say_the_same_as_in_an_hour() -> None:
    assert set(times(NOON + timedelta(hours=7), somebody())) == {When.HOUR, When.TOMORROW}


QUIET = st.times().map(lambda at: at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0))
"""Quiet hours begin and end at a quarter of an hour at the finest; nobody has 24 of them but a moment."""


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.sampled_from(ZONES),
    st.tuples(QUIET, QUIET),
)
def test_nobody_is_ever_asked_in_quiet_hours_or_in_the_past(
    now: datetime, zone: str, quiet: tuple[time, time]
) -> None:
    person = somebody(zone, quiet)

    found = times(now, person)

    assert When.TOMORROW in found
    for at in found.values():
        assert now < at < now + TOO_LATE
        assert not in_quiet_hours(at, zone, *quiet)


@pytest.mark.parametrize(
    ("late", "paused", "has_alert", "expected"),
    [
        (timedelta(0), False, False, timedelta(0)),
        (timedelta(0), False, True, timedelta(hours=1)),
        (timedelta(0), True, False, None),
        (TOO_LATE + timedelta(minutes=1), False, False, None),
        (timedelta(hours=12), False, False, timedelta(hours=8)),  # in the quiet hours: at their end
    ],
)
def test_who_is_away_is_not_asked_and_an_alert_comes_first(
    late: timedelta, paused: bool, has_alert: bool, expected: timedelta | None
) -> None:
    now = NOON + late

    at = ask_at(NOON, now, somebody(paused=paused), has_alert=has_alert)

    assert at == (None if expected is None else now + expected)


def test_what_helped_most_comes_first_then_what_was_tried_more_often_then_the_latest() -> None:
    def rating(slug: str, helped: int, hour: int) -> Rating:
        return Rating(slug, helped, NOON + timedelta(hours=hour))

    found = ranked(
        [
            rating("once-a-lot", 4, 1),
            rating("mixed", 4, 2),
            rating("mixed", 1, 3),
            rating("twice-a-lot", 4, 4),
            rating("twice-a-lot", 4, 5),
            rating("later-a-lot", 4, 6),
        ]
    )

    assert [skill.slug for skill in found] == ["twice-a-lot", "later-a-lot", "once-a-lot", "mixed"]
    assert (found[-1].times, found[-1].helped) == (2, 2.5)


@given(st.lists(st.builds(Rating, st.sampled_from("abc"), st.integers(0, MOST_HELPED), st.just(NOON))))
def test_every_rating_counts_once_and_the_ranking_falls(ratings: list[Rating]) -> None:
    found = ranked(ratings)

    assert sum(skill.times for skill in found) == len(ratings)
    assert [skill.helped for skill in found] == sorted((skill.helped for skill in found), reverse=True)
