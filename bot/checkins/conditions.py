"""A condition on an answer, as staff write it in `show_if`, in a rule or in a pulse: read and checked."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from bot.checkins.model import Condition, Kind, Question
from bot.errors import Problem
from bot.positions import Place
from bot.reading import Document, Strict, did_you_mean, shown


def _answer(value: object) -> object:
    """TOML's true and false are taken as the yes and no that were meant."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int):
        return value
    raise PydanticCustomError("handrail", "is neither text nor a whole number")


_Value = Annotated[str | int, BeforeValidator(_answer, json_schema_input_type=str | int | bool)]


class ConditionPart(Strict):
    question: str
    at_least: int | None = None
    at_most: int | None = None
    equals: _Value | None = Field(None, alias="is")
    differs: _Value | None = Field(None, alias="is_not")
    includes: str | None = None
    skipped: Literal[True] | None = None

    def condition(self) -> Condition:
        return Condition(
            self.question,
            self.at_least,
            self.at_most,
            self.equals,
            self.differs,
            self.includes,
            self.skipped,
        )


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, dict) else value


OneOrMore = Annotated[
    list[ConditionPart],
    BeforeValidator(_one_or_more, json_schema_input_type=ConditionPart | list[ConditionPart]),
]
"""`show_if` and `when` may be one condition or a list of them."""


def condition_checked(
    document: Document, place: Place, condition: ConditionPart, asked: list[Question], known: list[str]
) -> Iterator[Problem]:
    """`asked` are the questions of that id: one, or one per check-in."""
    if not asked:
        what = f'There is no question "{condition.question}".'
        yield document.problem((*place, "question"), what, did_you_mean(condition.question, known))
        return
    if condition.condition() == Condition(condition.question):
        what = "This says no answer to look for."
        yield document.problem(place, what, "Add at_least, at_most, is, is_not, includes or skipped.")
    if condition.skipped and not any(question.skippable for question in asked):
        what = f'"{condition.question}" cannot be skipped, so this is never so.'
        yield document.problem((*place, "skipped"), what, "Take it out, or take skippable = false out there.")
    for question in asked:
        yield from _parts_checked(document, place, condition, question)


def _parts_checked(
    document: Document, place: Place, condition: ConditionPart, question: Question
) -> Iterator[Problem]:
    for key, name in (("at_least", "at_least"), ("at_most", "at_most")):
        bound: int | None = getattr(condition, name)
        if bound is not None:
            yield from _bound_checked(document, (*place, key), bound, question)
    low, high = condition.at_least, condition.at_most
    if low is not None and high is not None and low > high:
        what = f"No number is at least {low} and at most {high}."
        yield document.problem((*place, "at_most"), what, "Swap the two.")
    for key, value in (("is", condition.equals), ("is_not", condition.differs)):
        if value is not None:
            yield from _value_checked(document, (*place, key), value, question)
    if condition.includes is not None:
        yield from _member_checked(document, (*place, "includes"), condition.includes, question)


def _bound_checked(document: Document, place: Place, bound: int, question: Question) -> Iterator[Problem]:
    key = place[-1]
    if question.kind is not Kind.SCALE:
        what = f'`{key}` needs a scale, and "{question.id}" is of kind "{question.kind.value}".'
        yield document.problem(place, what, "Use is, is_not or includes.")
    elif bound not in question.values:
        what = f'{bound} is not on the scale of "{question.id}".'
        yield document.problem(place, what, f"It runs from {question.minimum} to {question.maximum}.")


def _value_checked(
    document: Document, place: Place, value: str | int, question: Question
) -> Iterator[Problem]:
    key = place[-1]
    if question.kind in (Kind.CHOICES, Kind.TEXT):
        mend = "Use includes." if question.kind is Kind.CHOICES else "Phrases in screening/ are for texts."
        what = f'`{key}` does not work on "{question.id}", which is of kind "{question.kind.value}".'
        yield document.problem(place, what, mend)
    elif not question.accepts(value):
        what = f'{shown(value)} is not an answer to "{question.id}".'
        yield document.problem(place, what, did_you_mean(str(value), _possible(question)))


def _member_checked(document: Document, place: Place, value: str, question: Question) -> Iterator[Problem]:
    if question.kind is not Kind.CHOICES:
        what = (
            f'`includes` needs a question of kind "choices", and "{question.id}" is "{question.kind.value}".'
        )
        yield document.problem(place, what, "Use is.")
    elif value not in _possible(question):
        what = f'{shown(value)} is not an option of "{question.id}".'
        yield document.problem(place, what, did_you_mean(value, _possible(question)))


def _possible(question: Question) -> list[str]:
    if question.kind is Kind.YES_NO:
        return ["yes", "no"]
    if question.kind is Kind.SCALE:
        return [str(number) for number in question.values]
    return [option.id for option in question.options]
