"""Which module fits which answers, as clinical staff write it in `content/suggestions.toml`: read, checked, applied.

Whether the person has read it, and whether anything may be offered today at all, is for `bot.modules` to say.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from bot.checkins.answers import possible
from bot.checkins.conditions import OneOrMore, condition_checked
from bot.checkins.model import Answers, Condition, Question
from bot.errors import Problem
from bot.reading import Document, Source, Strict, did_you_mean, read_toml, validated


@dataclass(frozen=True)
class Suggestion:
    """A module that fits when one of these conditions holds."""

    when: tuple[Condition, ...]
    module: str


class _Suggestion(Strict):
    when: OneOrMore = Field(min_length=1)
    module: str


class _Suggestions(Strict):
    suggest: list[_Suggestion] = Field(default_factory=list)


SHAPE = _Suggestions  # its JSON Schema is in content/schemas


def fitting(suggestions: Iterable[Suggestion], answers: Answers) -> tuple[str, ...]:
    """The modules that fit these answers, in the order of the file, each once."""
    found = (one.module for one in suggestions if any(each.holds(answers) for each in one.when))
    return tuple(dict.fromkeys(found))


def read_suggestions(
    source: Source, questions: Sequence[Question], modules: Collection[str]
) -> tuple[tuple[Suggestion, ...], list[Problem]]:
    """What that file says (nothing when there is a problem); `questions` are those of every check-in."""
    document = read_toml(source)
    if isinstance(document, Problem):
        return (), [document]
    file = validated(document, _Suggestions)
    if isinstance(file, list):
        return (), sorted(file)
    problems = sorted(set(_checked(document, file, questions, modules)))
    if any(not problem.warning for problem in problems):
        return (), problems
    found = (Suggestion(tuple(each.condition() for each in one.when), one.module) for one in file.suggest)
    return tuple(found), problems


def _checked(
    document: Document, file: _Suggestions, questions: Sequence[Question], modules: Collection[str]
) -> Iterator[Problem]:
    for number, suggestion in enumerate(file.suggest):
        place = ("suggest", number)
        if suggestion.module not in modules:
            what = f'There is no module "{suggestion.module}".'
            mend = did_you_mean(suggestion.module, sorted(modules))
            yield document.problem((*place, "module"), what, mend)
        is_alone = isinstance(document.parts["suggest"][number]["when"], dict)
        for which, part in enumerate(suggestion.when):
            here = (*place, "when") if is_alone else (*place, "when", which)
            asked = [question for question in questions if question.id == part.question]
            found = list(condition_checked(document, here, part, asked, [each.id for each in questions]))
            yield from found
            if asked and not found and not _can_hold(part.condition(), asked):
                what = f'No answer to "{part.question}" is all of this, so it never holds.'
                yield document.problem(here, what, "Take one part of the condition out.")


def _can_hold(condition: Condition, asked: Iterable[Question]) -> bool:
    return any(condition.holds({question.id: answer}) for question in asked for answer in possible(question))
