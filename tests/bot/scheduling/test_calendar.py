"""Wall clocks: one check-in for each local day, in every zone, whatever the clocks do."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.scheduling import calendar
from torture.every_day import wrong_in

ZONES = sorted(zone for zone in zoneinfo.available_timezones() if calendar.known_zone(zone))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2008, 1, 1), datetime(2037, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def changes(zone: str, first: int, last: int) -> list[datetime]:
    """The days, to 12 hours, around which the clocks of `zone` change in those years."""
    tz, found, moment = ZoneInfo(zone), [], utc(first, 1, 1)
    while moment.year <= last:
        if moment.astimezone(tz).utcoffset() != (moment + DAY / 2).astimezone(tz).utcoffset():
            found.append(moment)
        moment += DAY / 2
    return found


def test_a_time_is_the_instant_when_the_clocks_show_it() -> None:
    assert calendar.instant(date(2026, 7, 1), time(8, 30), "America/New_York") == utc(2026, 7, 1, 12, 30)
    assert calendar.instant(date(2026, 12, 1), time(8, 30), "America/New_York") == utc(2026, 12, 1, 13, 30)


def test_a_skipped_time_is_moved_forward() -> None:
    assert calendar.instant(date(2026, 3, 8), time(2, 30), "America/New_York") == utc(2026, 3, 8, 7, 30)


def test_a_time_that_comes_twice_is_its_first() -> None:
    assert calendar.instant(date(2026, 11, 1), time(1, 30), "America/New_York") == utc(2026, 11, 1, 5, 30)


@pytest.mark.parametrize("at", [time(23, 0), time(23, 30), time(23, 59)])
def test_a_time_skipped_into_the_next_day_is_the_last_minute_of_its_own(at: time) -> None:
    # Greenland's clocks go from 23:00 to 0:00 of the next day.
    assert calendar.instant(date(2026, 3, 28), at, "America/Nuuk") == utc(2026, 3, 29, 0, 59)


def test_a_day_that_was_left_out_of_the_calendar_has_no_instant() -> None:
    assert calendar.instant(date(2011, 12, 30), time(8, 30), "Pacific/Apia") is None
    assert calendar.instant(date(2011, 12, 30), time(0, 0), "Pacific/Apia") is None
    assert calendar.instant(date(2011, 12, 31), time(0, 0), "Pacific/Apia") == utc(2011, 12, 30, 10, 0)


@given(zones, moments, times)
def test_an_instant_lies_on_its_own_day(zone: str, moment: datetime, at: time) -> None:
    day = calendar.local_day(moment, zone)

    found = calendar.instant(day, at, zone)

    assert found is not None
    assert calendar.local_day(found, zone) == day


@pytest.mark.parametrize("years", [(2008, 2012), (2026, 2030)])
def test_every_zone_has_one_checkin_a_day_around_every_change_of_its_clocks(years: tuple[int, int]) -> None:
    asked = [time(0, 0), time(1, 30), time(2, 30), time(9, 0), time(23, 30)]
    same_clocks: dict[tuple[object, ...], str] = {}
    for zone in ZONES:
        tz = ZoneInfo(zone)
        noons = [utc(years[0], 1, 1, 12) + DAY * 6 * step for step in range(305)]
        same_clocks.setdefault(tuple(noon.astimezone(tz).utcoffset() for noon in noons), zone)

    for zone in same_clocks.values():
        for change in changes(zone, *years):
            for at in asked:
                one_checkin_a_day(zone, at, change - 3 * DAY, days=6)


def one_checkin_a_day(zone: str, at: time, after: datetime, *, days: int) -> None:
    day, due = calendar.next_checkin(after, at, zone, last_day=None, last_at=None)
    for _ in range(days):
        following, then = calendar.next_checkin(due, at, zone, last_day=day, last_at=None)
        left_out = [day + DAY * n for n in range(1, (following - day).days)]
        assert all(calendar.instant(missing, at, zone) is None for missing in left_out), (zone, at, day)
        assert 20 * HOUR <= then - due <= 28 * HOUR, (zone, at, day)
        assert calendar.local_day(then, zone) == following
        day, due = following, then


@settings(max_examples=200)
@given(zones, times, moments)
def test_a_year_of_checkins_has_each_local_day_once(zone: str, at: time, start: datetime) -> None:
    day, due = calendar.next_checkin(start, at, zone, last_day=None, last_at=None)
    seen = [day]
    for _ in range(40):
        day, due = calendar.next_checkin(due, at, zone, last_day=day, last_at=None)
        seen.append(day)

    missing = {seen[0] + DAY * n for n in range((seen[-1] - seen[0]).days + 1)} - set(seen)
    assert len(seen) == len(set(seen))
    assert all(calendar.instant(left_out, at, zone) is None for left_out in missing)


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca"]
)
def test_a_year_of_every_half_hour_has_its_days_at_their_hour(zone: str) -> None:
    """All zones and five years: `python -m torture.every_day`."""
    assert wrong_in(zone, 1) == []


def test_the_day_that_samoa_left_out_is_passed_over() -> None:
    first = calendar.next_checkin(utc(2011, 12, 29, 0), time(9), "Pacific/Apia", last_day=None, last_at=None)

    second = calendar.next_checkin(first[1], time(9), "Pacific/Apia", last_day=first[0], last_at=first[1])

    assert first == (date(2011, 12, 29), utc(2011, 12, 29, 19, 0))
    assert second == (date(2011, 12, 31), utc(2011, 12, 30, 19, 0))


def test_the_first_checkin_may_still_be_today() -> None:
    now = utc(2026, 7, 1, 11, 0)

    found = calendar.next_checkin(now, time(8, 30), "America/New_York", last_day=None, last_at=None)

    assert found == (date(2026, 7, 1), utc(2026, 7, 1, 12, 30))


def test_a_later_time_set_after_todays_checkin_begins_tomorrow() -> None:
    now = utc(2026, 7, 1, 14, 0)

    day, _ = calendar.next_checkin(
        now, time(20, 0), "America/New_York", last_day=date(2026, 7, 1), last_at=None
    )

    assert day == date(2026, 7, 2)


def test_a_clock_put_back_does_not_bring_a_day_again() -> None:
    day, _ = calendar.next_checkin(
        utc(2026, 6, 29), time(9), "America/Denver", last_day=date(2026, 7, 1), last_at=None
    )

    assert day == date(2026, 7, 2)


@settings(max_examples=400)
@given(zones, zones, times, times, moments)
def test_a_move_gives_no_day_twice_and_leaves_twelve_hours(
    old: str, new: str, at: time, later: time, start: datetime
) -> None:
    day, due = calendar.next_checkin(start, at, old, last_day=None, last_at=None)

    after, then = calendar.next_checkin(due, later, new, last_day=day, last_at=due)

    assert after > day
    assert then - due >= calendar.APART
    assert then - due <= 4 * DAY


def test_flying_west_over_the_dateline_and_back_gives_each_day_once() -> None:
    seen, day, due = [], date(2026, 6, 30), utc(2026, 6, 30, 0)
    for zone in [
        "Pacific/Auckland",
        "Pacific/Honolulu",
        "Pacific/Auckland",
        "Pacific/Kiritimati",
        "Pacific/Niue",
    ]:
        day, due = calendar.next_checkin(due, time(9), zone, last_day=day, last_at=due)
        seen.append(day)

    assert seen == sorted(set(seen))


def test_a_last_checkin_far_in_the_future_still_gives_a_next_one() -> None:
    wrong = utc(2030, 1, 1)

    day, due = calendar.next_checkin(utc(2026, 1, 1), time(9), "UTC", last_day=None, last_at=wrong)

    assert (day, due) == (date(2030, 1, 2), utc(2030, 1, 2, 9))


def test_quiet_hours_may_cross_midnight() -> None:
    quiet = ("America/New_York", time(22), time(7))

    assert calendar.in_quiet_hours(utc(2026, 7, 1, 3), *quiet)
    assert calendar.quiet_ends(utc(2026, 7, 1, 3), *quiet) == utc(2026, 7, 1, 11)
    assert not calendar.in_quiet_hours(utc(2026, 7, 1, 11), *quiet)
    assert calendar.quiet_ends(utc(2026, 7, 1, 15), *quiet) == utc(2026, 7, 1, 15)


def test_quiet_hours_within_a_day() -> None:
    quiet = ("America/New_York", time(12), time(14))

    assert not calendar.in_quiet_hours(utc(2026, 7, 1, 15, 59), *quiet)
    assert calendar.in_quiet_hours(utc(2026, 7, 1, 16), *quiet)
    assert not calendar.in_quiet_hours(utc(2026, 7, 1, 18), *quiet)


def test_equal_times_mean_no_quiet_hours() -> None:
    assert not calendar.in_quiet_hours(utc(2026, 7, 1), "UTC", time(0), time(0))


def test_quiet_hours_on_the_night_of_a_change_are_as_long_as_the_night() -> None:
    begins = calendar.instant(date(2026, 10, 31), time(22), "America/New_York")

    assert begins is not None
    ends = calendar.quiet_ends(begins, "America/New_York", time(22), time(7))
    assert ends - begins == 10 * HOUR


@given(zones, moments, times, times)
def test_the_end_of_quiet_hours_is_not_quiet(
    zone: str, moment: datetime, quiet_from: time, quiet_to: time
) -> None:
    ends = calendar.quiet_ends(moment, zone, quiet_from, quiet_to)

    assert ends >= moment
    assert not calendar.in_quiet_hours(ends, zone, quiet_from, quiet_to)
    assert (ends == moment) is not calendar.in_quiet_hours(moment, zone, quiet_from, quiet_to)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../etc/passwd", "America", "localtime", "a" * 999, "a\0b"]
)
def test_what_is_no_zone_is_not_known(name: str) -> None:
    assert not calendar.known_zone(name)


def test_the_buttons_name_known_zones_and_the_united_states_come_first() -> None:
    regions = calendar.regions()

    assert [choice.zone for choice in regions[0].zones][:2] == ["America/New_York", "America/Chicago"]
    assert all(calendar.known_zone(choice.zone) for region in regions for choice in region.zones)
    assert all(len(region.zones) <= 12 for region in regions)


def test_a_button_has_one_key_and_a_key_one_zone() -> None:
    choices = [choice for region in calendar.regions() for choice in region.zones]

    assert len({choice.key for choice in choices}) == len(set(choices))


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("são paulo", "America/Sao_Paulo"),
        ("Sao Paulo", "America/Sao_Paulo"),
        ("nueva york", "America/New_York"),
        ("  DENVER ", "America/Denver"),
        ("LA", "America/Los_Angeles"),
        ("Portland", "America/Los_Angeles"),
        ("Portland, Maine", "America/New_York"),
        ("portland me", "America/New_York"),
        ("St. Louis", "America/Chicago"),
        ("Washington, D.C.", "America/New_York"),
        ("El Paso", "America/Denver"),
        ("texas", "America/Chicago"),
        ("Paris, Texas", "America/Chicago"),
        ("Paris", "Europe/Paris"),
        ("chcago", "America/Chicago"),
        ("Ciudad de México", "America/Mexico_City"),
        ("America/Boise", "America/Boise"),
        ("phoen", "America/Phoenix"),
        ("EST", "America/New_York"),
        ("cst", "America/Chicago"),
        ("MT", "America/Denver"),
        ("PDT", "America/Los_Angeles"),
        ("I'm in Denver", "America/Denver"),
        ("i live in Ohio", "America/New_York"),
        ("vivo en Tijuana", "America/Tijuana"),
    ],
)
def test_a_typed_place_finds_its_zone_first(typed: str, zone: str) -> None:
    assert calendar.find_city(typed)[0] == zone


def test_every_state_and_every_button_is_found_by_its_name() -> None:
    states = """
        Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho
        Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota
        Montana Mississippi Missouri Nebraska Nevada Ohio Oklahoma Oregon Pennsylvania Tennessee Texas Utah Vermont
        Virginia Washington Wisconsin Wyoming"""

    assert all(calendar.find_city(state) for state in states.split())
    for region in calendar.regions():
        for choice in region.zones:
            assert choice.zone in calendar.find_city(calendar.place(choice.zone)), choice


@given(st.text(max_size=200))
def test_any_text_gives_at_most_six_known_zones(text: str) -> None:
    found = calendar.find_city(text)

    assert len(found) == len(set(found)) <= 6
    assert all(calendar.known_zone(zone) for zone in found)


@pytest.mark.parametrize("typed", ["", "  ", "🙂", "zzzzqq", "I want to die tonight"])
def test_what_is_no_place_finds_nothing(typed: str) -> None:
    assert calendar.find_city(typed) == []


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        (time(20, 41), "8:41 pm", "20:41"),
        (time(0, 5), "12:05 am", "0:05"),
        (time(12, 0), "12:00 pm", "12:00"),
        (time(8, 30), "8:30 am", "8:30"),
    ],
)
def test_a_time_is_written_as_people_read_it(at: time, english: str, spanish: str) -> None:
    assert calendar.clock_text(at, "en") == english
    assert calendar.clock_text(at, "es") == spanish


def test_what_the_clocks_show() -> None:
    assert calendar.local_time(utc(2026, 7, 1, 12, 30), "America/New_York") == time(8, 30)
    assert calendar.local_day(utc(2026, 7, 1, 2), "America/New_York") == date(2026, 6, 30)
