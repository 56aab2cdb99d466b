"""What is shown about trying a skill: the question how it went, the rating, and what has helped. Pure."""

from collections.abc import Sequence
from typing import Protocol

from bot.delivery.buttons import button
from bot.delivery.model import TEXT_UNITS, Message
from bot.modules.model import Module
from bot.modules.screens import LIST, OPEN
from bot.modules.trying import MOST_HELPED
from bot.phrases import Phrases
from bot.richtext import Rich, joined

TRIED, HELPED = "prt", "prh"
YES, NOT_YET = "yes", "not-yet"
MOST_LISTED = 8


class Ranked(Protocol):
    """A skill as it is listed: `helped` is an average from 0 to 4."""

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def times(self) -> int: ...
    @property
    def helped(self) -> float: ...


def question(phrases: Phrases, lang: str, id: int, module: Module) -> Message:
    """Once, at the chosen time: what it was, and whether they got to it."""
    text = joined(
        [
            phrases.text("practice.ask", lang, title=module.title),
            module.to_try.shown,
            phrases.text("practice.did-you", lang),
        ]
    )
    yes = button(phrases.plain("practice.yes", lang), TRIED, id, YES)
    not_yet = button(phrases.plain("practice.not-yet", lang), TRIED, id, NOT_YET)
    return Message(text.cut(TEXT_UNITS), ((yes, not_yet),))


def rating(phrases: Phrases, lang: str, id: int, title: str) -> Message:
    """How much did it help, from 0 to 4?"""
    numbers = tuple(button(str(number), HELPED, id, number) for number in range(MOST_HELPED + 1))
    return Message(phrases.text("practice.how-much", lang, title=title), (numbers,))


def rated(phrases: Phrases, lang: str, title: str, helped: int) -> Message:
    """Thanks, whatever it was; what helped little is worth knowing, too."""
    key = "practice.thanks" if helped > 1 else "practice.thanks-little"
    return Message(phrases.text(key, lang, title=title, helped=helped))


def not_tried(phrases: Phrases, lang: str, title: str) -> Message:
    return Message(phrases.text("practice.no-matter", lang, title=title))


def skills(phrases: Phrases, lang: str, ranked: Sequence[Ranked], planned: Sequence[str]) -> Message:
    """What has helped this person, best first; each opens with one tap."""
    shown = ranked[:MOST_LISTED]
    parts = [phrases.text("skills.title", lang) if shown else phrases.text("skills.nothing", lang)]
    if shown:
        parts.append(joined([_line(phrases, lang, skill) for skill in shown], "\n\n"))
    if planned:
        parts.append(phrases.text("skills.planned", lang, titles=", ".join(planned)))
    rows = [(button(skill.title, OPEN, skill.slug),) for skill in shown]
    everything = button(phrases.plain("skills.all", lang), LIST)
    return Message(joined(parts).cut(TEXT_UNITS), (*rows, (everything,)))


def _line(phrases: Phrases, lang: str, skill: Ranked) -> Rich:
    full = round(skill.helped)
    dots = "●" * full + "○" * (MOST_HELPED - full)
    return phrases.text("skills.line", lang, title=skill.title, dots=dots, times=skill.times)
