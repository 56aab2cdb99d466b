"""What answers of a weekly check-in lead to, as its file says it: `pulse`, `sub_scales` and `own_week`."""

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from pydantic import Field

from bot.checkins.conditions import ConditionPart, condition_checked
from bot.checkins.model import Kind, OwnWeek, Pulse, Question, SubScale
from bot.checkins.texts import ID, MOST_LABEL, Texts, texts_checked, twins_checked
from bot.errors import Problem
from bot.positions import Place
from bot.reading import Document, Strict, did_you_mean


class PulsePart(Strict):
    enough: int = Field(ge=1)
    module: str
    signs: list[ConditionPart] = Field(min_length=1)

    def pulse(self) -> Pulse:
        return Pulse(tuple(sign.condition() for sign in self.signs), self.enough, self.module)


class OwnWeekPart(Strict):
    above: str
    scales: dict[str, Texts] = Field(min_length=1)

    def own_week(self) -> OwnWeek:
        return OwnWeek(self.above, self.scales)


class SubScalePart(Strict):
    id: str = Field(pattern=ID)
    heading: Texts
    items: list[str] = Field(min_length=1)
    reversed: list[str] = Field(default_factory=list)
    cut_off: int
    worse: Literal["high", "low"]

    def sub_scale(self) -> SubScale:
        return SubScale(
            id=self.id,
            title=self.heading,
            items=tuple(self.items),
            reversed=frozenset(self.reversed),
            cut_off=self.cut_off,
            low_is_worse=self.worse == "low",
        )


def pulse_checked(
    document: Document, pulse: PulsePart, questions: Sequence[Question], modules: Collection[str] | None
) -> Iterator[Problem]:
    if pulse.enough > len(pulse.signs):
        what = f"It takes {pulse.enough} signs, and there are {len(pulse.signs)}: nobody would count."
        yield document.problem(("pulse", "enough"), what, "Make `enough` smaller.")
    if modules is not None and pulse.module not in modules:
        what = f'There is no module "{pulse.module}".'
        yield document.problem(("pulse", "module"), what, did_you_mean(pulse.module, sorted(modules)))
    for number, sign in enumerate(pulse.signs):
        asked = [question for question in questions if question.id == sign.question]
        known = [question.id for question in questions]
        yield from condition_checked(document, ("pulse", "signs", number), sign, asked, known)


def own_week_checked(
    document: Document, week: OwnWeekPart, questions: Sequence[Question], languages: tuple[str, ...]
) -> Iterator[Problem]:
    known = [question.id for question in questions]
    if week.above not in known:
        what = f'There is no question "{week.above}".'
        yield document.problem(("own_week", "above"), what, did_you_mean(week.above, known))
    for id, title in week.scales.items():
        yield from texts_checked(document, ("own_week", "scales", id), title, languages, most=MOST_LABEL)


def sub_scales_checked(
    document: Document,
    sub_scales: Sequence[SubScalePart],
    asked: Sequence[Question],
    languages: tuple[str, ...],
) -> Iterator[Problem]:
    questions = {question.id: question for question in asked}
    yield from twins_checked(document, ("sub_scales",), [one.id for one in sub_scales])
    for number, one in enumerate(sub_scales):
        place: Place = ("sub_scales", number)
        yield from texts_checked(document, (*place, "heading"), one.heading, languages, most=MOST_LABEL)
        for which, id in enumerate(one.items):
            if id not in questions:
                what = f'There is no question "{id}".'
                yield document.problem((*place, "items", which), what, did_you_mean(id, sorted(questions)))
            elif questions[id].kind is not Kind.SCALE:
                what = f'"{id}" is of kind "{questions[id].kind.value}": it cannot be added up.'
                yield document.problem((*place, "items", which), what, "Take it out, or make it a scale.")
        yield from _points_checked(document, place, one, questions)


def _points_checked(
    document: Document, place: Place, one: SubScalePart, questions: dict[str, Question]
) -> Iterator[Problem]:
    for which, id in enumerate(one.reversed):
        if id not in one.items:
            what = f'"{id}" is reversed, and is not among the items.'
            yield document.problem((*place, "reversed", which), what, did_you_mean(id, one.items))
    counted = [questions[id] for id in one.items if id in questions]
    most = sum(question.maximum - question.minimum for question in counted)
    if not 0 <= one.cut_off <= most:
        what = f"The cut-off is {one.cut_off}, and the score runs from 0 to {most}."
        yield document.problem((*place, "cut_off"), what, f"Choose a number from 0 to {most}.")
