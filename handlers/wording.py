"""Days, times and hours in words, and the few lines that several screens share."""

from collections.abc import Iterable
from datetime import datetime

from bot.alerts.rota import StaffedHours
from bot.delivery.buttons import button
from bot.delivery.model import Button
from bot.people.model import Participant
from bot.phrases import Phrases
from bot.scheduling.calendar import clock_text, local_day, local_time
from handlers.chat import Chat

RETURN = "rt"  # the verb of coming back, heard by `leaving`

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = 7


def when(phrases: Phrases, language: str, at: datetime, zone: str, now: datetime) -> str:
    """ "today at 7:00 pm", "on Thursday at …" or "on March 9 at …", on the clocks and calendars of `zone`."""
    day, clock = local_day(at, zone), clock_text(local_time(at, zone), language)
    away = (day - local_day(now, zone)).days
    if away in (0, 1):
        return phrases.plain("when.today" if away == 0 else "when.tomorrow", language, time=clock)
    if 1 < away < WEEK:
        weekday = phrases.plain(f"when.weekday.{DAYS[day.weekday()]}", language)
        return phrases.plain("when.on-weekday", language, day=weekday, time=clock)
    month = phrases.plain(f"when.month.m{day.month}", language)
    return phrases.plain("when.on-date", language, month=month, day=day.day, time=clock)


def when_for(chat: Chat, person: Participant, at: datetime) -> str:
    """The same on the person's own clock, in the language of the chat."""
    return when(chat.services.content.phrases, chat.language, at, person.zone, chat.now)


def next_checkin_words(chat: Chat, person: Participant) -> str:
    """When the next check-in comes: "today at 7:00 pm"."""
    return next_checkin_words_in(chat, person, chat.language)


def next_checkin_words_in(chat: Chat, person: Participant, language: str) -> str:
    """The same for somebody else's chat, in their language."""
    due, phrases = chat.services.checkins.next_at(chat.tx, person, chat.now), chat.services.content.phrases
    if due is None:  # there is no check-in planned, as for content without any
        return phrases.plain("when.as-chosen", language, time=clock_text(person.checkin_time, language))
    return when(phrases, language, due, person.zone, chat.now)


def come_back_row(chat: Chat) -> tuple[Button, ...]:
    """The way back, for whatever says that somebody is away."""
    return (button(chat.label("leaving.come-back"), RETURN),)


def staffed_hours(phrases: Phrases, language: str, hours: Iterable[StaffedHours]) -> str:
    """ "Mon–Fri 8:00 am–8:00 pm"; where no shifts are known, whom to ask."""
    lines = [_line(phrases, language, part) for part in hours]
    return "; ".join(lines) if lines else phrases.plain("when.hours-unknown", language)


def _line(phrases: Phrases, language: str, part: StaffedHours) -> str:
    spans = ", ".join(
        f"{clock_text(since, language)}–{clock_text(until, language)}" for since, until in part.spans
    )
    return f"{_days(phrases, language, part.days)} {spans}"


def _days(phrases: Phrases, language: str, days: tuple[int, ...]) -> str:
    """Days that follow one another are a span; others are listed."""
    names = [phrases.plain(f"when.short.{DAYS[day]}", language) for day in days]
    if len(days) > 2 and days == tuple(range(days[0], days[0] + len(days))):
        return f"{names[0]}–{names[-1]}"
    return ", ".join(names)
