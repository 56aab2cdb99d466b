"""The course as clinical staff pace it: how much is offered in a week, and what first to whom.

Read from `content/course.toml` and checked; a program may do without it. The rules that use it are in `pacing`.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field

from bot.errors import Problem
from bot.people.model import Pace, Participant
from bot.reading import (
    Document,
    Source,
    Strict,
    did_you_mean,
    in_language,
    read_toml,
    untranslated,
    validated,
)

MOST_TITLE = 40  # characters: it becomes a button
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class Start:
    """Where somebody comes from when they join: what is offered `first`, and for how many days at most lightly."""

    id: str
    title: dict[str, str]
    first: tuple[str, ...] = ()
    lighter_for_days: int = 0

    def titled(self, lang: str) -> str:
        title: str = in_language(self.title, lang)
        return title


@dataclass(frozen=True)
class Course:
    """`most_in_a_week` is the program's cap on offers; a person's own pace may be lower."""

    most_in_a_week: int = DAYS_OF_A_WEEK
    starts: tuple[Start, ...] = ()

    def start(self, id: str) -> Start | None:
        return next((start for start in self.starts if start.id == id), None)

    def first_for(self, person: Participant) -> tuple[str, ...]:
        """What they are offered before anything else."""
        start = self.start(person.start)
        return start.first if start else ()

    def pace_of(self, person: Participant, now: datetime) -> Pace:
        """Their own pace; the lighter one at the beginning, where their start says so."""
        start = self.start(person.start)
        days = start.lighter_for_days if start else 0
        return Pace.LIGHTER if now < person.joined_at + timedelta(days=days) else person.pace


class _Start(Strict):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    title: dict[str, str]
    first: list[str] = Field(default_factory=list)
    lighter_for_days: int = Field(0, ge=0, le=90)


class _Course(Strict):
    most_in_a_week: int = Field(DAYS_OF_A_WEEK, ge=1, le=DAYS_OF_A_WEEK)
    starts: list[_Start] = Field(default_factory=list, max_length=8)


SHAPE = _Course  # its JSON Schema is in content/schemas


def read_course(
    source: Source, modules: Collection[str], languages: Iterable[str]
) -> tuple[Course, list[Problem]]:
    """The course of that file (when there is a problem, one without any wish), and every problem with it."""
    document = read_toml(source)
    if isinstance(document, Problem):
        return Course(), [document]
    file = validated(document, _Course)
    if isinstance(file, list):
        return Course(), sorted(file)
    problems = sorted(set(_checked(document, file, modules, tuple(languages))))
    if any(not problem.warning for problem in problems):
        return Course(), problems
    starts = (Start(one.id, one.title, tuple(one.first), one.lighter_for_days) for one in file.starts)
    return Course(file.most_in_a_week, tuple(starts)), problems


def _checked(
    document: Document, file: _Course, modules: Collection[str], languages: tuple[str, ...]
) -> Iterator[Problem]:
    known = sorted(modules)
    for number, start in enumerate(file.starts):
        place = ("starts", number)
        if start.id in [other.id for other in file.starts[:number]]:
            yield document.problem((*place, "id"), f'"{start.id}" stands here twice.', "Keep one.")
        yield from untranslated(document, (*place, "title"), start.title, languages, under="title.")
        for lang, title in start.title.items():
            if len(title) > MOST_TITLE:
                what = f"This title has {len(title)} characters."
                mend = f"Stay under {MOST_TITLE}: it becomes a button."
                yield document.problem((*place, "title", lang), what, mend)
        for which, slug in enumerate(start.first):
            here = (*place, "first", which)
            if slug not in modules:
                yield document.problem(here, f'There is no module "{slug}".', did_you_mean(slug, known))
            elif slug in start.first[:which]:
                yield document.problem(here, f'"{slug}" stands here twice.', "Keep one.")
