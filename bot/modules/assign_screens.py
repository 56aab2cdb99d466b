"""What staff see of assigning, and the one message that the person gets. Pure.

A group sees modules and counts; codes are shown in private only. What the taps do is in `handlers/assign.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.delivery.buttons import button, grid
from bot.delivery.model import TEXT_UNITS, Button, Message, Rows
from bot.modules.assignments import Assignment, Standing
from bot.modules.pacing import Offer
from bot.modules.screens import Entry, offer_row
from bot.phrases import Phrases
from bot.richtext import Rich, joined

VERB = "as"
OVERVIEW, CHOOSE, TRACK, WHOM, DAY, GIVE, AGAIN, SHOW, TAKE_BACK = "o", "c", "t", "w", "d", "g", "a", "s", "b"
"""The first word of a button. One letter: a module's name, a person's number and a day must fit into 64 bytes."""

EVERYBODY = 0  # instead of a person's number
NO_DAY = 0  # instead of the day's ordinal
PEOPLE_ON_A_PAGE = 8
MOST_LISTED = 10  # modules in the overview
DAYS_AHEAD = 7
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Somebody:
    """A person to choose: their number, and the code that stands for them."""

    id: int
    code: str


@dataclass(frozen=True)
class Line:
    """How far a module is, in numbers of people."""

    slug: str
    title: str
    talk_on: date | None
    people: int
    opened: int
    finished: int


# To the person


def told(phrases: Phrases, lang: str, offer: Offer, *, talk_on: date | None, today: date) -> Message:
    """The one message: what it is, for when, and the way to it."""
    if talk_on is None or talk_on < today:
        text = phrases.text("assigned.told", lang, title=offer.title)
    else:
        day = day_words(phrases, lang, talk_on, today)
        text = phrases.text("assigned.told-for-group", lang, title=offer.title, day=day)
    return Message(text, (offer_row(phrases, lang, offer),))


def day_words(phrases: Phrases, lang: str, day: date, today: date) -> str:
    """ "today", "tomorrow", "on Thursday"; a day of another week by its date."""
    away = (day - today).days
    if away in (0, 1):
        return phrases.plain("assigned.day.today" if away == 0 else "assigned.day.tomorrow", lang)
    if 1 < away < DAYS_AHEAD:
        weekday = phrases.plain(f"when.weekday.{WEEKDAYS[day.weekday()]}", lang)
        return phrases.plain("assigned.day.weekday", lang, day=weekday)
    month = phrases.plain(f"when.month.m{day.month}", lang)
    return phrases.plain("assigned.day.date", lang, month=month, day=day.day)


# To staff


def overview(phrases: Phrases, lang: str, lines: Sequence[Line], today: date, *, in_group: bool) -> Message:
    """What is assigned and how far it is; choosing is done in private."""
    shown = [_line(phrases, lang, line, today) for line in lines[:MOST_LISTED]]
    text = joined([phrases.text("assign.title", lang), *(shown or [phrases.text("assign.nothing", lang)])])
    if in_group:
        return Message(joined([text, phrases.text("assign.in-private", lang)]).cut(TEXT_UNITS))
    rows = [(button(line.title, VERB, SHOW, line.slug),) for line in lines[:MOST_LISTED]]
    choose = button(phrases.plain("assign.choose", lang), VERB, CHOOSE)
    return Message(text.cut(TEXT_UNITS), ((choose,), *rows))


def _line(phrases: Phrases, lang: str, line: Line, today: date) -> Rich:
    counts = phrases.text(
        "assign.counts", lang, people=line.people, opened=line.opened, finished=line.finished
    )
    if line.talk_on is None or line.talk_on < today:
        return phrases.text("assign.line", lang, title=line.title, counts=counts)
    day = day_words(phrases, lang, line.talk_on, today)
    return phrases.text("assign.line-for", lang, title=line.title, day=day, counts=counts)


def standings(phrases: Phrases, lang: str, line: Line, people: Sequence[Standing], today: date) -> Message:
    """Who has it and how far they are, by code."""
    each = [
        phrases.text(f"assign.standing.{_how_far(one.assignment)}", lang, code=one.code) for one in people
    ]
    rows: list[tuple[Button, ...]] = []
    if line.opened < line.people:
        rows.append((button(phrases.plain("assign.take-back", lang), VERB, TAKE_BACK, line.slug),))
    rows.append((button(phrases.plain("assign.back", lang), VERB, OVERVIEW),))
    text = joined([_line(phrases, lang, line, today), joined(each, "\n")])
    return Message(text.cut(TEXT_UNITS), tuple(rows))


def _how_far(row: Assignment) -> str:
    if row.finished_at is not None:
        return "finished"
    if row.opened_at is not None:
        return "opened"
    return "told" if row.told_at is not None else "waiting"


def tracks(phrases: Phrases, lang: str, names: Sequence[str]) -> Message:
    """Which part of the course?"""
    rows = [(button(phrases.plain(f"learn.track.{name}", lang), VERB, TRACK, name),) for name in names]
    back = button(phrases.plain("assign.back", lang), VERB, OVERVIEW)
    return Message(phrases.text("assign.which-track", lang), (*rows, (back,)))


def modules(phrases: Phrases, lang: str, track: str, entries: Sequence[Entry]) -> Message:
    """Which module?"""
    rows = [(button(entry.title, VERB, WHOM, entry.slug, 0),) for entry in entries]
    back = button(phrases.plain("assign.back", lang), VERB, CHOOSE)
    return Message(phrases.text(f"learn.track.{track}", lang), (*rows, (back,)))


def whom(phrases: Phrases, lang: str, module: Entry, people: Sequence[Somebody], page: int) -> Message:
    """Everybody, or one of the people, some on a page."""
    text = phrases.text("assign.whom", lang, title=module.title)
    back = button(phrases.plain("assign.back", lang), VERB, TRACK, module.track)
    if not people:
        return Message(joined([text, phrases.text("assign.nobody", lang)]), ((back,),))
    last = (len(people) - 1) // PEOPLE_ON_A_PAGE
    page = max(0, min(page, last))
    here = people[page * PEOPLE_ON_A_PAGE : (page + 1) * PEOPLE_ON_A_PAGE]
    everybody = phrases.plain("assign.everybody", lang, people=len(people))
    turning: list[Button] = []
    if page > 0:
        turning.append(button(phrases.plain("assign.earlier", lang), VERB, WHOM, module.slug, page - 1))
    if page < last:
        turning.append(button(phrases.plain("assign.later", lang), VERB, WHOM, module.slug, page + 1))
    rows: Rows = (
        (button(everybody, VERB, DAY, module.slug, EVERYBODY),),
        *grid([button(one.code, VERB, DAY, module.slug, one.id) for one in here], 2),
        *((tuple(turning),) if turning else ()),
        (back,),
    )
    return Message(text, rows)


def days(phrases: Phrases, lang: str, module: Entry, who: str, id: int, today: date) -> Message:
    """The last question; the next tap gives it, so what is given to whom is said once more."""
    text = phrases.text("assign.which-day", lang, title=module.title, who=who)
    choices = []
    for ahead in range(DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        label = day_words(phrases, lang, day, today)
        choices.append(button(_capital(label), VERB, GIVE, module.slug, id, day.toordinal()))
    no_day = button(phrases.plain("assign.no-day", lang), VERB, GIVE, module.slug, id, NO_DAY)
    back = button(phrases.plain("assign.back", lang), VERB, WHOM, module.slug, 0)
    return Message(text, ((no_day,), *grid(choices, 2), (back,)))


def given(
    phrases: Phrases, lang: str, module: Entry, counts: tuple[int, int, int], id: int, day: int
) -> Message:
    """What became of it; `counts` are the people who will hear of it, who had it already, who had read it."""
    told, had, read = counts
    parts = [phrases.text("assign.given", lang, title=module.title, people=told)]
    rows: list[tuple[Button, ...]] = []
    if had:
        parts.append(phrases.text("assign.had", lang, people=had))
    if read:
        parts.append(phrases.text("assign.had-read", lang, people=read))
        rows.append((button(phrases.plain("assign.again", lang), VERB, AGAIN, module.slug, id, day),))
    rows.append((button(phrases.plain("assign.overview", lang), VERB, OVERVIEW),))
    return Message(joined(parts, "\n"), tuple(rows))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
