"""Check-ins and the rules on answers as clinical staff write them: read, checked, made into the model.

Every fault becomes a `Problem` with its line; a broken file is never an exception.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.checkins.conditions import ConditionPart, OneOrMore, condition_checked
from bot.checkins.model import (
    CheckinDefinition,
    Kind,
    Option,
    Question,
    Rule,
    Variant,
)
from bot.checkins.rhythm_content import rhythm_checked, rhythm_of, variant_checked
from bot.checkins.texts import ID, MOST_LABEL, Texts, texts_checked, twins_checked
from bot.checkins.weekly_content import (
    OwnWeekPart,
    PulsePart,
    SubScalePart,
    own_week_checked,
    pulse_checked,
    sub_scales_checked,
)
from bot.errors import Problem
from bot.positions import Place
from bot.reading import Document, Source, Strict, read_toml, shown, validated
from bot.screening.model import Category, Level

LANGUAGES = ("en", "es")
MOST_BUTTONS = 12
_KINDS = Literal["scale", "choice", "choices", "yes-no", "text"]
_WEEKDAYS = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_CATEGORIES = Literal[
    "suicide", "self_harm", "harm_others", "overdose", "withdrawal", "unsafe", "lapse", "craving",
    "medication", "hopeless", "disengaged", "other_person", "distress",
]  # fmt: skip


class _Option(Strict):
    id: str = Field(pattern=ID)
    text: Texts


class _Question(Strict):
    id: str = Field(pattern=ID)
    kind: _KINDS
    text: Texts
    min: int | None = None
    max: int | None = None
    low: Texts | None = None
    high: Texts | None = None
    options: list[_Option] = Field(default_factory=list)
    show_if: OneOrMore = Field(default_factory=list)
    skippable: bool = True

    def question(self) -> Question:
        return Question(
            id=self.id,
            kind=Kind(self.kind),
            text=self.text,
            minimum=self.min or 0,
            maximum=self.max or 0,
            low=self.low,
            high=self.high,
            options=tuple(Option(option.id, option.text) for option in self.options),
            show_if=tuple(condition.condition() for condition in self.show_if),
            skippable=self.skippable,
        )


class _Checkin(Strict):
    name: str = Field(pattern=ID)
    title: Texts
    done: Texts
    at: str | None = None
    weekday: _WEEKDAYS | None = None
    starts: Literal["on", "off"] | None = None
    wait_hours: int | None = Field(None, ge=0, le=24)
    remind_after_minutes: int = Field(ge=0, le=24 * 60)
    expire_after_hours: int = Field(ge=1, le=24)
    variant_of: str | None = None
    first_days: int | None = Field(None, ge=1, le=366)
    own_week: OwnWeekPart | None = None
    pulse: PulsePart | None = None
    sub_scales: list[SubScalePart] = Field(default_factory=list)
    questions: list[_Question] = Field(min_length=1, max_length=30)

    def definition(self) -> CheckinDefinition:
        return CheckinDefinition(
            name=self.name,
            title=self.title,
            done=self.done,
            remind_after_minutes=self.remind_after_minutes,
            expire_after_hours=self.expire_after_hours,
            questions=tuple(question.question() for question in self.questions),
            rhythm=rhythm_of(self.at, self.weekday, self.starts, self.wait_hours),
            own_week=self.own_week.own_week() if self.own_week else None,
            pulse=self.pulse.pulse() if self.pulse else None,
            sub_scales=tuple(one.sub_scale() for one in self.sub_scales),
            variant=Variant(self.variant_of, self.first_days)
            if self.variant_of and self.first_days
            else None,
        )


class _Rule(ConditionPart):
    id: str = Field(pattern=ID)
    level: Literal["watch", "elevated", "urgent"]
    category: _CATEGORIES


class _Rules(Strict):
    rules: list[_Rule] = Field(default_factory=list)


CHECKIN_SHAPE, RULES_SHAPE = _Checkin, _Rules  # their JSON Schemas are in content/schemas


def read_checkin(
    path: Path,
    *,
    languages: Iterable[str] = LANGUAGES,
    shown: str = "",
    root: Path | None = None,
    modules: Collection[str] | None = None,
) -> tuple[CheckinDefinition | None, list[Problem]]:
    """The check-in of that file, or none and every problem with it.

    `modules` are the names of those it may offer; without them that is not looked at.
    """
    document = read_toml(Source.of(path, shown, root))
    if isinstance(document, Problem):
        return None, [document]
    file = validated(document, _Checkin)
    if isinstance(file, list):
        return None, sorted(file)
    problems = sorted(set(_checked(document, file, tuple(languages))))
    asked = tuple(question.question() for question in file.questions)
    if file.pulse is not None:
        problems += sorted(pulse_checked(document, file.pulse, asked, modules))
    problems += sorted(sub_scales_checked(document, file.sub_scales, asked, tuple(languages)))
    if file.own_week is not None:
        problems += sorted(own_week_checked(document, file.own_week, asked, tuple(languages)))
    if any(not problem.warning for problem in problems):
        return None, problems
    return file.definition(), problems


def read_rules(
    path: Path,
    checkins: Mapping[str, CheckinDefinition] | Iterable[CheckinDefinition],
    *,
    shown: str = "",
    root: Path | None = None,
) -> tuple[tuple[Rule, ...], list[Problem]]:
    """The rules of that file (none when there is a problem), checked against the questions of all check-ins."""
    document = read_toml(Source.of(path, shown, root))
    if isinstance(document, Problem):
        return (), [document]
    file = validated(document, _Rules)
    if isinstance(file, list):
        return (), sorted(file)
    known = checkins.values() if isinstance(checkins, Mapping) else checkins
    questions = [question for checkin in known for question in checkin.questions]
    problems = sorted(set(_rules_checked(document, file, questions)))
    if any(not problem.warning for problem in problems):
        return (), problems
    return tuple(_rule(rule) for rule in file.rules), problems


def _rule(rule: _Rule) -> Rule:
    return Rule(rule.id, rule.condition(), Level.of(rule.level), Category(rule.category))


def _rules_checked(document: Document, file: _Rules, questions: list[Question]) -> Iterator[Problem]:
    yield from twins_checked(document, ("rules",), [rule.id for rule in file.rules])
    for number, rule in enumerate(file.rules):
        asked = [question for question in questions if question.id == rule.question]
        yield from condition_checked(
            document, ("rules", number), rule, asked, [question.id for question in questions]
        )


def _checked(document: Document, file: _Checkin, languages: tuple[str, ...]) -> Iterator[Problem]:
    if file.name != document.source.path.stem:
        what = f'The name is "{file.name}", and the file is named {document.source.path.name}.'
        yield document.problem(("name",), what, "Make the two the same.")
    else:
        yield from rhythm_checked(
            document, file.name, at=file.at, starts=file.starts, variant_of=file.variant_of
        )
    yield from variant_checked(document, file.name, file.variant_of, file.first_days)
    if file.remind_after_minutes >= file.expire_after_hours * 60:
        yield document.problem(
            ("remind_after_minutes",),
            "The reminder would come when the check-in has expired.",
            "Remind earlier, or let it expire later.",
        )
    yield from texts_checked(document, ("title",), file.title, languages)
    yield from texts_checked(document, ("done",), file.done, languages)
    yield from twins_checked(document, ("questions",), [question.id for question in file.questions])
    for number, question in enumerate(file.questions):
        yield from _question_checked(document, ("questions", number), question, languages)
        for which, wanted in enumerate(question.show_if):
            place = _place_of_condition(document, number, which)
            yield from _reachable(document, place, wanted, number, file.questions)


def _question_checked(
    document: Document, place: Place, question: _Question, languages: tuple[str, ...]
) -> Iterator[Problem]:
    yield from texts_checked(document, (*place, "text"), question.text, languages)
    yield from _foreign_keys(document, place, question)
    if question.kind == "scale":
        yield from _scale_checked(document, place, question, languages)
    if question.kind in ("choice", "choices"):
        yield from _options_checked(document, place, question.options, languages)


def _foreign_keys(document: Document, place: Place, question: _Question) -> Iterator[Problem]:
    """Keys that belong to another kind of question."""
    of_scale = [key for key in ("min", "max", "low", "high") if getattr(question, key) is not None]
    if of_scale and question.kind != "scale":
        what = f'`{of_scale[0]}` is for scales, and this question is of kind "{question.kind}".'
        yield document.problem((*place, of_scale[0]), what, 'Take it out, or write kind = "scale".')
    if question.options and question.kind not in ("choice", "choices"):
        what = f'`options` are for choices, and this question is of kind "{question.kind}".'
        yield document.problem((*place, "options"), what, 'Take them out, or write kind = "choice".')


def _scale_checked(
    document: Document, place: Place, question: _Question, languages: tuple[str, ...]
) -> Iterator[Problem]:
    for key in ("low", "high"):
        texts: Texts | None = getattr(question, key)
        if texts is not None:
            yield from texts_checked(document, (*place, key), texts, languages, most=MOST_LABEL)
    for key in ("min", "max"):
        if getattr(question, key) is None:
            yield document.problem(place, f"A scale needs `{key}`.", f"Add a line such as {key} = 10.")
    if question.min is None or question.max is None:
        return
    if question.min >= question.max:
        what = f"The scale runs from {question.min} to {question.max}."
        yield document.problem((*place, "max"), what, "Make max higher than min.")
    elif question.max - question.min >= MOST_BUTTONS:
        what = f"The scale needs {question.max - question.min + 1} buttons."
        yield document.problem((*place, "max"), what, f"At most {MOST_BUTTONS} fit, such as 0 to 10.")


def _options_checked(
    document: Document, place: Place, options: list[_Option], languages: tuple[str, ...]
) -> Iterator[Problem]:
    if not 2 <= len(options) <= MOST_BUTTONS:
        what = f"This question has {len(options)} options."
        yield document.problem(place, what, f"Give it 2 to {MOST_BUTTONS} [[questions.options]].")
    yield from twins_checked(document, (*place, "options"), [option.id for option in options])
    for number, option in enumerate(options):
        yield from texts_checked(
            document, (*place, "options", number, "text"), option.text, languages, most=MOST_LABEL
        )
    for lang in languages:
        yield from _same_labels(document, (*place, "options"), [option.text.get(lang) for option in options])


def _same_labels(document: Document, place: Place, labels: list[str | None]) -> Iterator[Problem]:
    for number, label in enumerate(labels):
        if label is not None and label in labels[:number]:
            yield document.problem(
                (*place, number, "text"), f"Two options read {shown(label)}.", "Make them differ."
            )


def _place_of_condition(document: Document, number: int, which: int) -> Place:
    """Where a condition stands: alone after `show_if =`, or in a list."""
    place: Place = ("questions", number, "show_if")
    is_alone = isinstance(document.parts["questions"][number]["show_if"], dict)
    return place if is_alone else (*place, which)


def _reachable(
    document: Document, place: Place, wanted: ConditionPart, number: int, questions: list[_Question]
) -> Iterator[Problem]:
    """A `show_if` may look only at questions above it, and at answers that they can have."""
    earlier = [question.question() for question in questions[:number]]
    if any(question.id == wanted.question for question in questions[number:]) and not any(
        question.id == wanted.question for question in earlier
    ):
        what = f'"{wanted.question}" is not asked before this question, so this is never shown.'
        yield document.problem((*place, "question"), what, "Move this question below it.")
        return
    asked = [question for question in earlier if question.id == wanted.question]
    yield from condition_checked(document, place, wanted, asked, [question.id for question in earlier])
