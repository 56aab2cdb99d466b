"""Wall clocks: local days and times to UTC instants and back, for every zone and both changes of the clock.

Pure: `now` is always given, and nothing here reads a clock. Which zones a person is offered is in `places`.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.scheduling.places import Region, ZoneChoice, find_city, place, regions

__all__ = [
    "APART",
    "Region",
    "ZoneChoice",
    "clock_text",
    "find_city",
    "in_quiet_hours",
    "instant",
    "known_zone",
    "local_day",
    "local_time",
    "next_checkin",
    "place",
    "quiet_ends",
    "regions",
]

APART = timedelta(hours=12)
"""After a move to another zone the next check-in comes at least this much later than the last."""

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
WEEKS_APART = timedelta(days=4)
"""From a weekly check-in to the next one at least."""
SEARCH_DAYS = 24
"""Far more than the two local days that a dateline or the twelve hours can cost, or than two weekdays."""


def instant(day: date, at: time, zone: str) -> datetime | None:
    """The UTC instant when the clocks of `zone` show `at` on `day`; None when they never showed that day.

    A time that is skipped is moved forward by as much as the clocks were, but never out of its day: it then
    becomes the day's last minute. A time that comes twice is its first.
    """
    tz = ZoneInfo(zone)
    found = datetime.combine(day, at.replace(fold=0), tz).astimezone(UTC)
    if found.astimezone(tz).date() == day:
        return found
    return _last_minute(day, found, tz)


def _last_minute(day: date, after: datetime, tz: ZoneInfo) -> datetime | None:
    """The last minute of `day` before `after`, which lies on a later day; None when the day was left out."""
    wall = after.astimezone(tz).replace(second=0, microsecond=0)
    minute = wall.astimezone(UTC)
    while minute.astimezone(tz).date() > day:
        minute -= MINUTE
    return minute if minute.astimezone(tz).date() == day else None


def next_checkin(
    after: datetime,
    at: time,
    zone: str,
    *,
    last_day: date | None,
    last_at: datetime | None,
    weekday: int | None = None,
) -> tuple[date, datetime]:
    """The next local day that has had no check-in yet, and the UTC instant of its check-in, after `after`.

    With a `weekday` (0 is Monday) only such days count, and none in the three days after `last_day`: whoever moves
    a weekly check-in to another day asks nobody twice within the week.

    `last_day` is the local day of the last check-in. `last_at`, its instant, is given when the person has
    changed zone since: then the next one is at least twelve hours later.
    """
    earliest = after if last_at is None else max(after, last_at + APART - timedelta(microseconds=1))
    day = local_day(after, zone) - DAY
    if last_day is not None:
        day = max(day, last_day + (DAY if weekday is None else WEEKS_APART))
    for _ in range(SEARCH_DAYS):
        due = instant(day, at, zone) if weekday in (None, day.weekday()) else None
        if due is not None and due > earliest:
            return day, due
        day += DAY
    # Only a `last_at` far in the future, from a clock that was wrong, leads here: begin again from it.
    return next_checkin(earliest, at, zone, last_day=day - DAY, last_at=None, weekday=weekday)


def local_day(now: datetime, zone: str) -> date:
    """The date on the calendars of `zone`."""
    return now.astimezone(ZoneInfo(zone)).date()


def local_time(now: datetime, zone: str) -> time:
    """What the clocks of `zone` show, for `clock_text`."""
    return now.astimezone(ZoneInfo(zone)).time()


def in_quiet_hours(now: datetime, zone: str, quiet_from: time, quiet_to: time) -> bool:
    """Whether `now` lies in the quiet hours; they may cross midnight, and equal times mean there are none."""
    return _quiet_until(now, zone, quiet_from, quiet_to) is not None


def quiet_ends(now: datetime, zone: str, quiet_from: time, quiet_to: time) -> datetime:
    """The first instant from `now` on that is not quiet: `now` itself outside quiet hours."""
    while (until := _quiet_until(now, zone, quiet_from, quiet_to)) is not None:
        now = until
    return now


def _quiet_until(now: datetime, zone: str, quiet_from: time, quiet_to: time) -> datetime | None:
    if quiet_from == quiet_to:
        return None
    today = local_day(now, zone)
    for day in (today - DAY, today):
        starts = instant(day, quiet_from, zone)
        ends = _end_of_quiet(day if quiet_from < quiet_to else day + DAY, quiet_to, zone)
        if starts is not None and starts <= now < ends:
            return ends
    return None


def _end_of_quiet(day: date, at: time, zone: str) -> datetime:
    """The instant, on the following day where `day` was left out of the calendar."""
    while (ends := instant(day, at, zone)) is None:
        day += DAY
    return ends


@lru_cache(maxsize=1024)
def known_zone(name: str) -> bool:
    """Whether this is a time zone of the IANA database, by its exact name."""
    # `localtime` and `posixrules` are this computer's own; `posix/` and `right/` are copies of the database.
    if name in {"localtime", "posixrules", "Factory"} or name.startswith(("posix/", "right/")):
        return False
    try:
        ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        return False
    return True


def clock_text(at: time, lang: str) -> str:
    """A time as people of that language in a clinic read it: "8:41 pm" in English, else "20:41"."""
    if lang != "en":
        return f"{at.hour}:{at.minute:02}"
    half = "am" if at.hour < 12 else "pm"
    return f"{at.hour % 12 or 12}:{at.minute:02} {half}"
