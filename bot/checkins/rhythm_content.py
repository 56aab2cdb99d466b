"""When a check-in comes, as its file says it: `at`, `weekday`, `starts`, `wait_hours`, `variant_of`, `first_days`."""

import re
from collections.abc import Iterator
from datetime import time

from bot.checkins.rhythm import AS_CHOSEN, DAILY, WEEKDAYS, Rhythm
from bot.errors import Problem
from bot.reading import Document, did_you_mean, shown

WAIT_HOURS = 2  # for a file that does not say
_OF_THE_OTHER = ("pulse", "sub_scales")
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


def rhythm_checked(
    document: Document, name: str, *, at: str | None, starts: str | None, variant_of: str | None
) -> Iterator[Problem]:
    """Faults of these lines: the daily one and variants have none, any other says when it comes and for whom."""
    if name == DAILY or variant_of is not None:
        why = "The daily check-in comes to everybody, at the hour each person chose"
        if variant_of is not None:
            why = f'This comes when "{variant_of}" would'
        for key in _OF_ITS_OWN:
            if key in document.parts:
                yield document.problem((key,), f"{why}: `{key}` does nothing.", "Take this line out.")
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


def variant_checked(
    document: Document, name: str, variant_of: str | None, first_days: int | None
) -> Iterator[Problem]:
    """Faults of a check-in that stands in for another in somebody's first days."""
    if variant_of is None:
        if first_days is not None:
            what = "`first_days` is for a check-in that stands in for another."
            yield document.problem(("first_days",), what, 'Take it out, or add variant_of = "daily".')
        return
    if first_days is None:
        what = "Nothing says for how long this stands in for the other."
        yield document.problem(("variant_of",), what, "Add first_days = 14.")
    for key in _OF_THE_OTHER:
        if key in document.parts:
            what = f"`{key}` belongs in the check-in that this stands in for."
            yield document.problem((key,), what, "Take it out.")
    folder = document.source.path.parent
    known = sorted(path.stem for path in folder.glob("*.toml") if path.stem != name)
    if variant_of not in known:
        what = f'There is no other check-in "{variant_of}".'
        yield document.problem(("variant_of",), what, did_you_mean(variant_of, known))
