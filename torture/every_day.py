"""One check-in for each local day: every zone of the tz database, every half hour, for years.

`python -m torture.every_day [--years 5] [--share 1.0]`: `share` takes that part of the zones, spread over all.
The days are counted by the standard library's `zoneinfo` alone; the program is only asked what comes next.
"""

import argparse
import os
import sys
import time as clock
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from bot.scheduling.calendar import next_checkin

FIRST = date(2026, 1, 1)
HALF_HOURS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 30))
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def wrong_in(zone: str, years: int) -> list[str]:
    """What is wrong in a zone: a day without a check-in, with two, or one at another hour than it should be."""
    found = []
    days = [FIRST + number * DAY for number in range(365 * years + years // 4)]
    for at in HALF_HOURS:
        wanted = {day: instant for day in days if (instant := due_on(day, at, zone)) is not None}
        after, last_day = (
            datetime.combine(FIRST, time(), ZoneInfo(zone)).astimezone(UTC) - MINUTE,
            FIRST - DAY,
        )
        given: dict[date, datetime] = {}
        while last_day < days[-1]:
            last_day, after = next_checkin(after, at, zone, last_day=last_day, last_at=None)
            if last_day in given:
                found.append(f"{zone} {at}: {last_day} has two")
            given[last_day] = after
        found += [
            f"{zone} {at}: {day} is at {given.get(day)}, not at {instant}"
            for day, instant in wanted.items()
            if given.get(day) != instant
        ]
        found += [f"{zone} {at}: {day} does not exist" for day in given if day in days and day not in wanted]
    return found


def due_on(day: date, at: time, zone: str) -> datetime | None:
    """When that day's check-in is: the first time its clocks show `at`; a skipped time as if they had not changed.

    A time skipped into the next day is the last minute of its own; None for a day that was left out of the calendar.
    """
    here = ZoneInfo(zone)
    instant = datetime.combine(day, at, here).astimezone(UTC)
    if instant.astimezone(here).date() == day:
        return instant
    midnight = datetime.combine(day, time(), UTC)
    minutes = (midnight + number * MINUTE for number in range(-15 * 60, 39 * 60))
    of_day = [minute for minute in minutes if minute.astimezone(here).date() == day]
    return of_day[-1] if of_day else None


def _zones(share: float) -> Iterator[str]:
    names, kept = sorted(available_timezones() - {"localtime"}), 0.0
    for name in names:
        kept += share
        if kept >= 1:
            kept -= 1
            yield name


def main() -> int:
    parser = argparse.ArgumentParser(prog="every_day", description=__doc__)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--share", type=float, default=1.0)
    options = parser.parse_args()
    zones, began = list(_zones(options.share)), clock.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        found = [
            words for each in workers.map(wrong_in, zones, [options.years] * len(zones)) for words in each
        ]
    for words in found[:50]:
        print(f"WRONG: {words}")
    count = len(zones) * len(HALF_HOURS) * (365 * options.years + options.years // 4)
    print(
        f"every day: {len(zones)} zones, {len(HALF_HOURS)} times, {options.years} years: {count:,} local days, "
        f"{len(found)} wrong, {clock.monotonic() - began:.0f} s"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
