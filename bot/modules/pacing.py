"""Pacing: whether something to read may be offered today, and what comes next. Pure rules.

The pace is the person's own choice. What was offered and read is in `store`, how it looks is in `screens`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.modules.model import TRACKS
from bot.people.model import Pace

WEEK = timedelta(days=7)
MOST_IN_A_WEEK = {Pace.LIGHTER: 2, Pace.USUAL: 4, Pace.MORE: 7}


@dataclass(frozen=True)
class Offer:
    """One module to read next, in the reader's language. `at` is the card to go on with, from 1; 0 when new.

    `is_assigned` says that staff picked it for them, `fits` that their answers of today called for it.
    """

    slug: str
    title: str
    minutes: int
    at: int = 0
    of: int = 0
    is_assigned: bool = False
    fits: bool = False


@dataclass(frozen=True)
class Begun:
    """A module that the person has begun for the first time and not read to its end."""

    slug: str
    last_at: datetime


@dataclass(frozen=True)
class Place:
    """Where a module stands: its track, and its order there."""

    slug: str
    track: str
    order: int


def may_offer(
    pace: Pace, today: date, offered: Collection[date], *, cap: int = 7, eased: bool = False
) -> bool:
    """Never two on one local day, and in any seven days no more than the pace and the program's cap allow.

    Half of that when `eased`, and one at least.
    """
    recent = {day for day in offered if today - WEEK < day <= today}
    most = min(MOST_IN_A_WEEK[pace], cap)
    return today not in recent and len(recent) < (max(1, most // 2) if eased else most)


def may_tell_assigned(today: date, talk_on: date | None, *, offered_today: bool) -> bool:
    """What staff assigned passes the week's cap, and waits for a day without an offer unless it is needed today."""
    return not offered_today or talk_on == today


def best_fitting(fitting: Sequence[str], read: Collection[str], yesterday: Collection[str]) -> str | None:
    """Of the modules that fit the answers, the first unread one, else the first; never what was offered yesterday."""
    left = [slug for slug in fitting if slug not in yesterday]
    return next((slug for slug in left if slug not in read), next(iter(left), None))


def in_order(places: Iterable[Place]) -> list[Place]:
    """Track by track, each in its own order."""
    return sorted(places, key=lambda place: (_rank(place.track), place.order, place.slug))


def next_slug(
    places: Iterable[Place], begun: Sequence[Begun], done: Collection[str], *, first: Sequence[str] = ()
) -> str | None:
    """What to read next: what was begun last, else what is `first` for this person, else the next of the track that
    is least read; None at the end.

    Taking the least read track in turn makes stress and relapse prevention alternate, whatever the person
    has chosen by themselves in between.
    """
    shelf = in_order(places)
    known = {place.slug for place in shelf}
    unfinished = [one for one in begun if one.slug in known and one.slug not in done]
    if unfinished:
        return max(unfinished, key=lambda one: (one.last_at, one.slug)).slug
    wanted = next((slug for slug in first if slug in known and slug not in done), None)
    if wanted is not None:
        return wanted
    read = _read_of_each(shelf, done)
    unread = [place for place in shelf if place.slug not in done]
    if not unread:
        return None
    return min(unread, key=lambda place: read[place.track]).slug  # the first of equals: the track's order


def _read_of_each(shelf: Sequence[Place], done: Collection[str]) -> Mapping[str, int]:
    read = dict.fromkeys((place.track for place in shelf), 0)
    for place in shelf:
        read[place.track] += place.slug in done
    return read


def _rank(track: str) -> int:
    return TRACKS.index(track) if track in TRACKS else len(TRACKS)
