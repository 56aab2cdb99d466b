"""Trying a skill out: when somebody may be asked how it went, and what has helped them most. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import groupby

from bot.people.model import Participant
from bot.scheduling.calendar import in_quiet_hours, instant, local_day, quiet_ends

DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
TONIGHT = time(20, 0)
SOONEST_TONIGHT = timedelta(minutes=90)  # nearer than that, "in an hour" says the same
TOMORROW = time(18, 0)  # late enough that there was a day to try it in
TOO_LATE = timedelta(hours=60)  # after the choice; tomorrow evening is less, and later would be chasing
AFTER_ALERT = timedelta(hours=1)
MOST_HELPED = 4  # the scale runs from 0, not at all


class When(StrEnum):
    """When the person wants to try it, and is asked."""

    HOUR = "hour"
    TONIGHT = "tonight"
    TOMORROW = "tomorrow"


@dataclass(frozen=True)
class Rating:
    """One time that somebody tried a skill, and how much it helped, from 0 to 4."""

    slug: str
    helped: int
    at: datetime


@dataclass(frozen=True)
class Skill:
    """What somebody tried: how often, and how much it helped on average."""

    slug: str
    times: int
    helped: float
    last_at: datetime


def times(now: datetime, person: Participant) -> dict[When, datetime]:
    """When they can be asked; never in quiet hours, so that late at night only tomorrow is left."""
    today = local_day(now, person.zone)
    tonight = instant(today, TONIGHT, person.zone)
    tomorrow = instant(today + DAY, TOMORROW, person.zone) or now + DAY
    found = {When.HOUR: now + AN_HOUR}
    if tonight is not None and tonight >= now + SOONEST_TONIGHT:
        found[When.TONIGHT] = tonight
    awake = {when: at for when, at in found.items() if not _is_quiet(at, person)}
    return {**awake, When.TOMORROW: _awake(tomorrow, person)}


def ask_at(chosen_at: datetime, now: datetime, person: Participant, *, has_alert: bool) -> datetime | None:
    """`now`, or when to look again, or None when nobody is to be asked any more: they are away, or it is too late.

    An open alert comes first, and so do quiet hours that were changed meanwhile.
    """
    if not person.is_active(now) or now - chosen_at > TOO_LATE:
        return None
    return now + AFTER_ALERT if has_alert else _awake(now, person)


def ranked(ratings: Iterable[Rating]) -> list[Skill]:
    """What helped most first; of equals what was tried more often, then what was tried last."""
    by_slug = groupby(sorted(ratings, key=lambda rating: rating.slug), key=lambda rating: rating.slug)
    skills = [_skill(slug, list(each)) for slug, each in by_slug]
    return sorted(skills, key=lambda skill: (skill.helped, skill.times, skill.last_at), reverse=True)


def _skill(slug: str, ratings: list[Rating]) -> Skill:
    mean = sum(rating.helped for rating in ratings) / len(ratings)
    return Skill(slug, len(ratings), mean, max(rating.at for rating in ratings))


def _is_quiet(at: datetime, person: Participant) -> bool:
    return in_quiet_hours(at, person.zone, person.quiet_from, person.quiet_to)


def _awake(at: datetime, person: Participant) -> datetime:
    return quiet_ends(at, person.zone, person.quiet_from, person.quiet_to)
