"""The weekly measure: answers added up to the scores of sub-scales, and what changed since the time before.

Rules only. Which questions make a sub-scale, and where staff begin to look, is content.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from bot.checkins.model import Answers, CheckinDefinition, Question, SubScale

MOST_MISSING = Fraction(1, 3)
"""Of the questions of a sub-scale: with more of them left out there is no score."""


@dataclass(frozen=True)
class Score:
    """What a sub-scale came to, of `most`. `value` is None when too much was left out to tell."""

    sub_scale: SubScale
    value: int | None
    most: int

    @property
    def is_past_cut_off(self) -> bool:
        if self.value is None:
            return False
        cut_off = self.sub_scale.cut_off
        return self.value <= cut_off if self.sub_scale.low_is_worse else self.value >= cut_off


@dataclass(frozen=True)
class Change:
    """A question that was answered otherwise than the time before."""

    question: Question
    before: int
    now: int


def score(sub_scale: SubScale, definition: CheckinDefinition, answers: Answers) -> Score:
    """The sum of the points, with the mean of what was answered in place of what was left out."""
    asked = [definition.question(id) for id in sub_scale.items]
    known = [question for question in asked if question is not None]
    most = sum(question.maximum - question.minimum for question in known)
    points = [point for question in known if (point := _points(sub_scale, question, answers)) is not None]
    missing = len(sub_scale.items) - len(points)
    if not points or Fraction(missing, len(sub_scale.items)) > MOST_MISSING:
        return Score(sub_scale, None, most)
    possible = sum(q.maximum - q.minimum for q in known if isinstance(answers.get(q.id), int))
    return Score(sub_scale, _rounded(Fraction(sum(points) * most, possible)), most)


def changes(definition: CheckinDefinition, before: Answers, now: Answers) -> Iterator[Change]:
    """In the order of the questions; only numbers, and only where both times have one."""
    for question in definition.questions:
        old, new = before.get(question.id), now.get(question.id)
        if isinstance(old, int) and isinstance(new, int) and old != new:
            yield Change(question, old, new)


def _points(sub_scale: SubScale, question: Question, answers: Answers) -> int | None:
    given = answers.get(question.id)
    if not isinstance(given, int):
        return None
    if question.id in sub_scale.reversed:
        return question.maximum - given
    return given - question.minimum


def _rounded(value: Fraction) -> int:
    """Half goes up, as people round."""
    return int(value + Fraction(1, 2))
