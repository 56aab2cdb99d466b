"""What the person sees when something is wrong: the crisis card, the line on who has been told, the warm words.

Pure. Numbers come first and from the country's file; when a screen is shown is decided in `raising`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alerts.model import AlertState, Outcome
from bot.crisis import CrisisCard
from bot.delivery.buttons import button
from bot.delivery.model import Button, Message
from bot.phrases import Phrases
from bot.richtext import Rich, joined
from bot.scheduling.calendar import clock_text, local_day, local_time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """How an alert stands, in the words of somebody who waits for help. Handles are as they are shown."""

    state: AlertState
    outcome: Outcome | None
    telling: tuple[str, ...]
    is_hopeless: bool
    told_to: str
    told_at: datetime | None
    holder: str
    is_staffed: bool
    staffed_from: datetime | None
    zone: str
    now: datetime


def crisis(
    country: CrisisCard,
    phrases: Phrases,
    lang: str,
    card: str,
    *,
    status: Rich | None = None,
    ask: bool = False,
) -> Message:
    """The country's card; `status` when staff have been told, a button to tell them when `ask`."""
    parts = [country.card(lang), *([status] if status else [])]
    rows = [[named(phrases, lang, "breathe", card)]]
    if ask:
        parts.append(phrases.text("help.ask", lang))
        rows.append([named(phrases, lang, "tell-staff", card)])
    return Message(joined(parts), tuple(tuple(row) for row in rows))


def breathing(country: CrisisCard, phrases: Phrases, lang: str, card: str) -> Message:
    """One slow breath, and back."""
    return Message(country.breathing(lang), ((named(phrases, lang, "help-back", card),),))


def warm(country: CrisisCard, phrases: Phrases, lang: str, when: Rich) -> Message:
    """Elevated: a warm line, what to do tonight, when staff see it, and a way to a person now."""
    text = joined([phrases.text("help.warm", lang), country.tonight(lang), when])
    return Message(text, ((named(phrases, lang, "tell-staff", ""),),))


def status(standing: Standing, phrases: Phrases, lang: str) -> Rich:
    """The honest line under the numbers."""
    if standing.state is AlertState.CLAIMED:
        return phrases.text("help.status.taken", lang, handle=standing.holder)
    if standing.state is AlertState.RESOLVED:
        tried = standing.outcome is Outcome.COULD_NOT_REACH
        key = "help.status.tried" if tried else "help.status.closed"
        return phrases.text(key, lang, handle=standing.holder)
    if standing.is_hopeless:
        return phrases.text("help.status.unreached", lang)
    said = _told(standing, phrases, lang) if standing.told_at else _telling(standing, phrases, lang)
    return said if standing.is_staffed else said + "\n" + _hours(standing, phrases, lang)


def when_seen(staffed_from: datetime | None, now: datetime, zone: str, phrases: Phrases, lang: str) -> Rich:
    """When staff will see something that is not urgent, as it truly is."""
    if staffed_from is None:
        return phrases.text("help.seen.unknown", lang)
    if staffed_from <= now:
        return phrases.text("help.seen.today", lang)
    return phrases.text("help.seen.later", lang, when=moment(staffed_from, now, zone, phrases, lang))


def moment(at: datetime, now: datetime, zone: str, phrases: Phrases, lang: str) -> str:
    """ "today at 8:00 am", "tomorrow at 8:00 am", "on Monday at 8:00 am"."""
    day, today = local_day(at, zone), local_day(now, zone)
    time = clock_text(local_time(at, zone), lang)
    if day == today:
        return phrases.plain("help.moment.today", lang, time=time)
    if day == today + DAY:
        return phrases.plain("help.moment.tomorrow", lang, time=time)
    weekday = phrases.plain(f"help.day.{DAYS[day.weekday()]}", lang)
    key = "help.moment.weekday" if day < today + 7 * DAY else "help.moment.far"
    return phrases.plain(key, lang, time=time, day=weekday, number=day.day, month=day.month)


def names(handles: tuple[str, ...], phrases: Phrases, lang: str) -> str:
    """ "Ana", "Ana and Ben", or "Ana, Ben and others"."""
    if len(handles) <= 1:
        return "".join(handles)
    if len(handles) == 2:
        return phrases.plain("help.two", lang, one=handles[0], two=handles[1])
    return phrases.plain("help.many", lang, one=handles[0], two=handles[1])


def named(phrases: Phrases, lang: str, verb: str, card: str) -> Button:
    """One of the person's buttons; it says on which card it stands."""
    words = card.split(":") if card else []
    return button(phrases.plain(f"help.button.{verb}", lang), verb, *words)


def _telling(standing: Standing, phrases: Phrases, lang: str) -> Rich:
    if not standing.telling:
        return phrases.text("help.status.telling-staff", lang)
    who = names(standing.telling, phrases, lang)
    return phrases.text("help.status.telling", lang, who=who)


def _told(standing: Standing, phrases: Phrases, lang: str) -> Rich:
    time = clock_text(local_time(standing.told_at or standing.now, standing.zone), lang)
    if not standing.told_to:
        return phrases.text("help.status.told-staff", lang, time=time) + _also(standing, phrases, lang)
    said = phrases.text("help.status.told", lang, who=standing.told_to, time=time)
    return said + _also(standing, phrases, lang)


def _also(standing: Standing, phrases: Phrases, lang: str) -> Rich:
    """Whom the ladder asks next, until their notice has arrived."""
    if not standing.telling or standing.told_to in standing.telling:
        return Rich("")
    who = names(standing.telling, phrases, lang)
    return Rich(" ") + phrases.text("help.status.also", lang, who=who)


def _hours(standing: Standing, phrases: Phrases, lang: str) -> Rich:
    if standing.staffed_from is None:
        return phrases.text("help.status.no-hours", lang)
    when = moment(standing.staffed_from, standing.now, standing.zone, phrases, lang)
    return phrases.text("help.status.hours", lang, when=when)
