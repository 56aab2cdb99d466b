"""The rules of one person's check-in on one day: what it wants done, and when."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.ledger import (
    Checkin,
    Deed,
    Delivery,
    Hours,
    Later,
    State,
    later_choices,
    opening,
    put_off,
)

NOW = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
LATE = timedelta(hours=4)
NIGHT = Hours("America/New_York", time(22), time(8))
NEVER_QUIET = Hours("America/New_York", time(0), time(0))
ROW = Checkin(1, 2, "daily", date(2026, 3, 2), "r", NOW, NOW + timedelta(hours=10))

instants = st.integers(0, 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
people = st.builds(
    Hours, st.sampled_from(["America/New_York", "Asia/Kathmandu", "Pacific/Apia"]), times, times
)


def test_an_open_check_in_wakes_for_its_reminder_and_then_to_expire():
    row = replace(ROW, delivery=Delivery.SENT, remind_at=NOW + timedelta(hours=3))

    assert row.deed(NOW) is None
    assert row.deed(NOW + timedelta(hours=3)) is Deed.REMIND
    assert replace(row, reminded_at=NOW).deed(NOW + timedelta(hours=9)) is None
    assert row.deed(NOW + timedelta(hours=10)) is Deed.EXPIRE


def test_what_was_set_aside_is_not_reminded_of():
    row = replace(ROW, set_aside=True, remind_at=NOW)

    assert row.deed(NOW + timedelta(hours=1)) is None


def test_what_was_put_off_comes_again_and_stays_open_a_while():
    row = put_off(ROW, NOW + timedelta(hours=9))

    assert row.deed(NOW + timedelta(hours=9)) is Deed.ASK_AGAIN
    assert row.expires_at == NOW + timedelta(hours=11)


def test_a_finished_check_in_wants_nothing():
    for state in set(State) - {State.HELD, State.OPEN, State.LATER}:
        assert replace(ROW, state=state).wake_at is None


def test_tonight_is_offered_only_while_it_is_ahead():
    noon = datetime(2026, 3, 2, 17, tzinfo=UTC)

    assert set(later_choices(noon, NIGHT)) == {Later.HOUR, Later.TONIGHT}
    assert set(later_choices(noon + timedelta(hours=7), NIGHT)) == {Later.HOUR}
    assert later_choices(noon + timedelta(hours=9, minutes=30), NIGHT) == {}


def test_a_late_check_in_goes_out_within_its_window_only():
    assert opening(NOW, NOW + timedelta(hours=3), NEVER_QUIET, LATE) == NOW + timedelta(hours=3)
    assert opening(NOW, NOW + timedelta(hours=5), NEVER_QUIET, LATE) is None


@given(instants, instants, people)
def test_nothing_goes_out_in_quiet_hours(due: datetime, now: datetime, hours: Hours):
    goes_out = opening(due, max(due, now), hours, LATE)

    assert goes_out is None or not hours.quiet(goes_out)
    assert goes_out is None or goes_out >= now


@given(instants, people)
def test_on_time_a_check_in_always_goes_out(due: datetime, hours: Hours):
    assert opening(due, due, hours, LATE) is not None


@given(instants, people)
def test_nothing_offered_for_later_is_past_or_quiet(now: datetime, hours: Hours):
    for at in later_choices(now, hours).values():
        assert at > now
        assert not hours.quiet(at)
