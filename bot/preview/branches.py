"""Which answers lead to which question, and which are a concern: asked of the model itself, then put into words.

Every possible answer is tried against the very conditions that the bot follows, so no wording here can promise
a branch that is not taken. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.checkins.answers import possible, spoken
from bot.checkins.model import (
    Answer,
    Answers,
    CheckinDefinition,
    Condition,
    Kind,
    Question,
    Rule,
    Skipped,
)
from bot.checkins.suggestions import Suggestion


@dataclass(frozen=True)
class Branch:
    """That `source`, answered in one of these ways, brings up `target`. `answers` are never empty."""

    source: Question
    target: Question
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Raised:
    """That these answers to a question are a concern by that rule."""

    rule: Rule
    answers: tuple[Answer, ...]


def branches(definition: CheckinDefinition) -> list[Branch]:
    """Every branch, by the question it leads to, then by the question it comes from."""
    return [branch for target in definition.questions for branch in _into(definition, target)]


def _into(definition: CheckinDefinition, target: Question) -> Iterator[Branch]:
    for source in definition.questions:
        answers = _that_hold(target.show_if, source)
        if answers:
            yield Branch(source, target, answers)


def raised(question: Question, rules: Iterable[Rule]) -> list[Raised]:
    """The rules that some answer to this question meets, gravest first."""
    found = [Raised(rule, _that_hold([rule.condition], question)) for rule in rules]
    return sorted((one for one in found if one.answers), key=lambda one: -one.rule.level)


def suggested(question: Question, suggestions: Iterable[Suggestion]) -> list[tuple[str, tuple[Answer, ...]]]:
    """The modules that some answers to this question may bring an offer of, and which answers these are."""
    found = [(one.module, _that_hold(one.when, question)) for one in suggestions]
    return [(module, answers) for module, answers in found if answers]


def _that_hold(conditions: Iterable[Condition], question: Question) -> tuple[Answer, ...]:
    mine = [condition for condition in conditions if condition.question == question.id]
    return tuple(
        answer for answer in possible(question) if any(one.holds({question.id: answer}) for one in mine)
    )


def way_to(definition: CheckinDefinition, question: Question) -> Answers | None:
    """The fewest answers after which the question is shown; None when none can bring it up."""
    ways: dict[str, Answers | None] = {}
    for one in definition.questions:
        ways[one.id] = {} if not one.show_if else _shortest(_into(definition, one), ways)
        if one.id == question.id:
            break
    return ways.get(question.id)


def _shortest(leading: Iterable[Branch], ways: dict[str, Answers | None]) -> Answers | None:
    found = [
        {**way, branch.source.id: branch.answers[0]}
        for branch in leading
        if (way := ways.get(branch.source.id)) is not None
    ]
    return min(found, key=len, default=None)


@dataclass(frozen=True)
class Words:
    """How answers are spoken of in one language."""

    any_answer: str = "any answer"
    skipped: str = "skipped"
    last: str = "or"
    yes: str = "yes"
    no: str = "no"


ENGLISH = Words()


def in_words(question: Question, answers: Sequence[Answer], lang: str, words: Words = ENGLISH) -> str:
    """ "0–4 or skipped", "“Under 4 hours”", "yes". `lang` is that of the buttons."""
    given = [answer for answer in answers if not isinstance(answer, Skipped)]
    if len(given) == len(spoken(question)) > 1 or (question.kind is Kind.TEXT and given):
        said = [words.any_answer]
    elif question.kind is Kind.SCALE:
        said = list(_ranges([answer for answer in given if isinstance(answer, int)]))
    else:
        said = [_label(question, answer, lang, words) for answer in given]
    if len(given) < len(answers):
        said.append(words.skipped)
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {words.last} {said[-1]}"


def _label(question: Question, answer: Answer, lang: str, words: Words) -> str:
    if question.kind is Kind.YES_NO:
        return words.yes if answer == "yes" else words.no
    id = answer[0] if isinstance(answer, tuple) else answer
    return next((f"“{option.label(lang)}”" for option in question.options if option.id == id), str(id))


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Neighbours together: 0–4, 8."""
    start = 0
    for at, number in enumerate(numbers):
        if at + 1 == len(numbers) or numbers[at + 1] != number + 1:
            first = numbers[start]
            yield str(number) if first == number else f"{first}–{number}"
            start = at + 1
