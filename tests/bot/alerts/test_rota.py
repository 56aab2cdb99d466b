"""The rota: who is on duty, who is next, and what counts as staffed time."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot import config
from bot.alerts.rota import Rota, Shift, StaffedHours

ZONE = "America/New_York"
WEEKDAYS = frozenset(range(5))
HOUR = timedelta(hours=1)


def shift(
    handle: str, start: int, end: int, *, days: frozenset[int] = WEEKDAYS, backup: bool = False
) -> Shift:
    return Shift(handle, days, time(start), time(end), backup)


def rota(*shifts: Shift, closed: frozenset[date] = frozenset()) -> Rota:
    return Rota(shifts, closed, ZONE)


def summer(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time of July 2026 in New York; 1 July is a Wednesday."""
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC) + 4 * HOUR


CLINIC = rota(shift("ana", 8, 16), shift("ben", 12, 20), shift("cleo", 8, 20, backup=True))


def test_those_on_shift_are_on_duty_and_a_backup_is_not() -> None:
    assert CLINIC.on_duty(summer(1, 9)) == ["ana"]
    assert CLINIC.on_duty(summer(1, 13)) == ["ana", "ben"]
    assert CLINIC.backups(summer(1, 9)) == ["cleo"]


def test_a_shift_begins_with_its_first_minute_and_ends_before_its_last() -> None:
    assert not CLINIC.is_staffed(summer(1, 7, 59))
    assert CLINIC.is_staffed(summer(1, 8))
    assert not CLINIC.is_staffed(summer(1, 20))


def test_a_night_shift_runs_into_the_next_day() -> None:
    nights = rota(shift("dee", 22, 6, days=frozenset({4})))

    assert nights.on_duty(summer(3, 23)) == ["dee"]
    assert nights.on_duty(summer(4, 5)) == ["dee"]
    assert nights.on_duty(summer(4, 23)) == []
    assert nights.on_duty(summer(3, 5)) == []


def test_equal_start_and_end_is_a_whole_day() -> None:
    assert rota(shift("dee", 8, 8, days=frozenset({2}))).on_duty(summer(2, 7, 59)) == ["dee"]


def test_a_closed_day_drops_the_shifts_that_begin_on_it() -> None:
    closed = rota(shift("ana", 8, 16), shift("dee", 22, 6), closed=frozenset({date(2026, 7, 2)}))

    assert closed.on_duty(summer(2, 9)) == []
    assert closed.on_duty(summer(2, 5)) == ["dee"]
    assert closed.on_duty(summer(3, 5)) == []


def test_the_next_on_are_all_who_begin_first() -> None:
    friday_evening = summer(3, 21)

    assert CLINIC.next_on(friday_evening) == (summer(6, 8), ["ana"])
    assert CLINIC.next_on(friday_evening, {"ana"}) == (summer(6, 12), ["ben"])
    assert CLINIC.next_on(friday_evening, {"ana", "ben"}) is None


def test_staff_read_now_or_when_the_next_shift_begins() -> None:
    assert CLINIC.staffed_from(summer(1, 9)) == summer(1, 9)
    assert CLINIC.staffed_from(summer(4, 9)) == summer(6, 8)
    assert rota().staffed_from(summer(1, 9)) is None


def test_only_staffed_minutes_count_towards_a_deadline() -> None:
    assert CLINIC.staffed_deadline(summer(1, 9), 240) == summer(1, 13)
    assert CLINIC.staffed_deadline(summer(3, 19), 240) == summer(6, 11)
    assert CLINIC.staffed_deadline(summer(4, 9), 240) == summer(6, 12)


def test_shifts_at_the_same_time_are_not_counted_twice() -> None:
    assert CLINIC.staffed_deadline(summer(1, 12), 8 * 60) == summer(1, 20)


def test_without_shifts_the_minutes_are_plain() -> None:
    assert rota().staffed_deadline(summer(4, 9), 240) == summer(4, 13)


def test_a_rota_with_nothing_to_come_gives_a_deadline_all_the_same() -> None:
    closed = frozenset(date(2026, 7, 1) + timedelta(days=n) for n in range(200))

    assert rota(shift("ana", 8, 16), closed=closed).staffed_deadline(summer(2, 9), 60) == summer(2, 10)


def test_a_night_shift_over_a_change_of_the_clocks_is_as_long_as_the_night() -> None:
    nights = rota(shift("dee", 22, 6, days=frozenset({5})))
    begins = datetime(2026, 11, 1, 2, tzinfo=UTC)  # Saturday 22:00 in summer time

    assert nights.on_duty(begins + 8.5 * HOUR) == ["dee"]
    assert nights.staffed_deadline(begins, 9 * 60) == begins + 9 * HOUR


def test_staffed_hours_are_grouped_by_weekdays() -> None:
    week = rota(shift("ana", 8, 16), shift("ben", 12, 20), shift("dee", 22, 6, days=frozenset({4, 5})))

    assert week.staffed_hours() == (
        StaffedHours((0, 1, 2, 3), ((time(8), time(20)),)),
        StaffedHours((4,), ((time(8), time(20)), (time(22), time(6)))),
        StaffedHours((5,), ((time(22), time(6)),)),
    )
    assert rota().staffed_hours() == ()


def test_the_rota_of_a_configuration() -> None:
    shifts = '[{"handle": "@Ana", "days": "mon,tue", "from": "08:00", "to": "24:00", "backup": true}]'
    read = config.read(
        None,
        {
            "HANDRAIL_TELEGRAM__TOKEN": "123456:" + "a" * 35,
            "HANDRAIL_STAFF__ADMINISTRATORS": "1",
            "HANDRAIL_STAFF__SHIFTS": shifts,
            "HANDRAIL_STAFF__CLOSED_DAYS": "2026-12-25",
        },
    )

    assert Rota.of(read.staff, read.program.timezone) == Rota(
        (Shift("ana", frozenset({0, 1}), time(8), time(0), backup=True),),
        frozenset({date(2026, 12, 25)}),
        ZONE,
    )


shifts = st.builds(
    Shift,
    st.sampled_from(["ana", "ben", "cleo"]),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.booleans(),
)
rotas = st.builds(Rota, st.lists(shifts, max_size=4).map(tuple), st.just(frozenset()), st.just(ZONE))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(rotas, moments, st.integers(1, 600))
def test_a_staffed_deadline_is_never_sooner_than_plain_minutes(
    any_rota: Rota, now: datetime, minutes: int
) -> None:
    deadline = any_rota.staffed_deadline(now, minutes)

    assert deadline >= now + timedelta(minutes=minutes)
    if deadline != now + timedelta(minutes=minutes):  # else plain minutes: too little staffed time is to come
        assert any_rota.is_staffed(deadline - timedelta(microseconds=1))


@given(rotas, moments)
def test_who_comes_next_is_on_duty_when_the_shift_begins(any_rota: Rota, now: datetime) -> None:
    coming = any_rota.next_on(now)

    if coming:
        assert coming[0] > now
        assert set(coming[1]) <= set(any_rota.on_duty(coming[0]))
