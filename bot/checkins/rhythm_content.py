"""When a check-in comes, as its file says it: the lines `at`, `weekday`, `starts` and `wait_hours`."""

import re
from collections.abc import Iterator
from datetime import time

from bot.checkins.rhythm import AS_CHOSEN, DAILY, WEEKDAYS, Rhythm
from bot.errors import Problem
from bot.reading import Document, shown

WAIT_HOURS = 2  # for a file that does not say
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_OF_ITS_OWN = ("at", "weekday", "starts", "wait_hours")


def rhythm_of(at: str | None, weekday: str | None, starts: str | None, wait_hours: int | None) -> Rhythm:
    """The rhythm that a checked file says; the daily one says nothing, and has the hour the person chose."""
    if at is None:
        return AS_CHOSEN
    return Rhythm(
        at=time.fromisoformat(at),
        weekday=WEEKDAYS.index(weekday) if weekday else None,
        starts_on=starts != "off",
        wait_hours=WAIT_HOURS if wait_hours is None else wait_hours,
    )


def rhythm_checked(document: Document, name: str, *, at: str | None, starts: str | None) -> Iterator[Problem]:
    """Faults of these lines: the daily check-in has none of them, any other says when it comes and for whom."""
    if name == DAILY:
        for key in _OF_ITS_OWN:
            if key in document.parts:
                what = f"The daily check-in comes to everybody, at the hour each person chose: `{key}` does nothing."
                yield document.problem((key,), what, "Take this line out.")
        return
    if at is None:
        what = f'Nothing says when "{name}" comes.'
        yield document.problem(
            ("name",), what, 'Add a line such as at = "20:30". It is read on each person\'s own clock.'
        )
    elif not _CLOCK.fullmatch(at):
        yield document.problem(("at",), f"{shown(at)} is not a time of day.", 'Write it like "20:30".')
    if starts is None:
        what = f'Nothing says whether people get "{name}" who have not chosen.'
        yield document.problem(
            ("name",), what, 'Add starts = "off" (whoever turns it on in /settings) or starts = "on".'
        )
