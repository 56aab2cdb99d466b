"""Check-ins and the rules on answers as clinical staff write them: read, checked, made into the model.

Every fault becomes a `Problem` with its line; a broken file is never an exception.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.checkins.conditions import ConditionPart, OneOrMore, condition_checked
from bot.checkins.model import CheckinDefinition, Kind, Option, Pulse, Question, Rule, SubScale
from bot.checkins.rhythm_content import rhythm_checked, rhythm_of
from bot.errors import Problem
from bot.positions import Place
from bot.reading import Document, Source, Strict, did_you_mean, read_toml, shown, untranslated, validated
from bot.screening.model import Category, Level

LANGUAGES = ("en", "es")
MOST_BUTTONS = 12
MOST_LABEL = 40  # characters: a longer button is cut on a phone
MOST_TEXT = 500  # characters of a question: more is not read on a phone
_ID = r"^[a-z0-9][a-z0-9_-]{0,31}$"
_TAG = re.compile(r"</?[a-zA-Z]+[^<>]*>")
_KINDS = Literal["scale", "choice", "choices", "yes-no", "text"]
_WEEKDAYS = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_CATEGORIES = Literal[
    "suicide", "self_harm", "harm_others", "overdose", "withdrawal", "unsafe", "lapse", "craving",
    "medication", "hopeless", "disengaged", "other_person", "distress",
]  # fmt: skip
_Texts = dict[str, str]


class _Option(Strict):
    id: str = Field(pattern=_ID)
    text: _Texts


class _Question(Strict):
    id: str = Field(pattern=_ID)
    kind: _KINDS
    text: _Texts
    min: int | None = None
    max: int | None = None
    low: _Texts | None = None
    high: _Texts | None = None
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


class _Pulse(Strict):
    at_least: int = Field(ge=1)
    module: str
    signs: list[ConditionPart] = Field(min_length=1)

    def pulse(self) -> Pulse:
        return Pulse(tuple(sign.condition() for sign in self.signs), self.at_least, self.module)


class _SubScale(Strict):
    id: str = Field(pattern=_ID)
    title: _Texts
    items: list[str] = Field(min_length=1)
    reversed: list[str] = Field(default_factory=list)
    cut_off: int
    worse: Literal["high", "low"]

    def sub_scale(self) -> SubScale:
        return SubScale(
            id=self.id,
            title=self.title,
            items=tuple(self.items),
            reversed=frozenset(self.reversed),
            cut_off=self.cut_off,
            low_is_worse=self.worse == "low",
        )


class _Checkin(Strict):
    name: str = Field(pattern=_ID)
    title: _Texts
    done: _Texts
    at: str | None = None
    weekday: _WEEKDAYS | None = None
    starts: Literal["on", "off"] | None = None
    wait_hours: int | None = Field(None, ge=0, le=24)
    remind_after_minutes: int = Field(ge=0, le=24 * 60)
    expire_after_hours: int = Field(ge=1, le=24)
    pulse: _Pulse | None = None
    sub_scales: list[_SubScale] = Field(default_factory=list)
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
            pulse=self.pulse.pulse() if self.pulse else None,
            sub_scales=tuple(one.sub_scale() for one in self.sub_scales),
        )


class _Rule(ConditionPart):
    id: str = Field(pattern=_ID)
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
    if file.pulse is not None:
        problems += sorted(_pulse_checked(document, file.pulse, file.questions, modules))
    problems += sorted(_sub_scales_checked(document, file, tuple(languages)))
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
    yield from _twins(document, ("rules",), [rule.id for rule in file.rules])
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
        yield from rhythm_checked(document, file.name, at=file.at, starts=file.starts)
    if file.remind_after_minutes >= file.expire_after_hours * 60:
        yield document.problem(
            ("remind_after_minutes",),
            "The reminder would come when the check-in has expired.",
            "Remind earlier, or let it expire later.",
        )
    yield from _texts(document, ("title",), file.title, languages)
    yield from _texts(document, ("done",), file.done, languages)
    yield from _twins(document, ("questions",), [question.id for question in file.questions])
    for number, question in enumerate(file.questions):
        yield from _question_checked(document, ("questions", number), question, languages)
        for which, wanted in enumerate(question.show_if):
            place = _place_of_condition(document, number, which)
            yield from _reachable(document, place, wanted, number, file.questions)


def _pulse_checked(
    document: Document, pulse: _Pulse, questions: list[_Question], modules: Collection[str] | None
) -> Iterator[Problem]:
    if pulse.at_least > len(pulse.signs):
        what = f"It takes {pulse.at_least} signs, and there are {len(pulse.signs)}: nobody would count."
        yield document.problem(("pulse", "at_least"), what, "Make `at_least` smaller.")
    if modules is not None and pulse.module not in modules:
        what = f'There is no module "{pulse.module}".'
        yield document.problem(("pulse", "module"), what, did_you_mean(pulse.module, sorted(modules)))
    all_of_them = [question.question() for question in questions]
    for number, sign in enumerate(pulse.signs):
        asked = [question for question in all_of_them if question.id == sign.question]
        known = [question.id for question in all_of_them]
        yield from condition_checked(document, ("pulse", "signs", number), sign, asked, known)


def _sub_scales_checked(document: Document, file: _Checkin, languages: tuple[str, ...]) -> Iterator[Problem]:
    questions = {question.id: question.question() for question in file.questions}
    yield from _twins(document, ("sub_scales",), [one.id for one in file.sub_scales])
    for number, one in enumerate(file.sub_scales):
        place: Place = ("sub_scales", number)
        yield from _texts(document, (*place, "title"), one.title, languages, most=MOST_LABEL)
        for which, id in enumerate(one.items):
            if id not in questions:
                what = f'There is no question "{id}".'
                yield document.problem((*place, "items", which), what, did_you_mean(id, sorted(questions)))
            elif questions[id].kind is not Kind.SCALE:
                what = f'"{id}" is of kind "{questions[id].kind.value}": it cannot be added up.'
                yield document.problem((*place, "items", which), what, "Take it out, or make it a scale.")
        yield from _points_checked(document, place, one, questions)


def _points_checked(
    document: Document, place: Place, one: _SubScale, questions: dict[str, Question]
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


def _texts(
    document: Document, place: Place, texts: _Texts, languages: tuple[str, ...], *, most: int = MOST_TEXT
) -> Iterator[Problem]:
    yield from untranslated(document, place, texts, languages, under=f"{place[-1]}.")
    for lang, text in texts.items():
        if _TAG.search(text):
            yield document.problem((*place, lang), "Tags such as <b> do not work here.", "Take them out.")
        if len(text) > most:
            yield document.problem(
                (*place, lang),
                f"This has {len(text)} characters.",
                f"Stay under {most}: it is read on a phone.",
            )


def _twins(document: Document, place: Place, ids: list[str]) -> Iterator[Problem]:
    for number, id in enumerate(ids):
        if id in ids[:number]:
            first = document.line(*place, ids.index(id), "id")
            what = f'The id "{id}" is used twice (first on line {first}).'
            yield document.problem((*place, number, "id"), what, "Give this one another id.")


def _question_checked(
    document: Document, place: Place, question: _Question, languages: tuple[str, ...]
) -> Iterator[Problem]:
    yield from _texts(document, (*place, "text"), question.text, languages)
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
        texts: _Texts | None = getattr(question, key)
        if texts is not None:
            yield from _texts(document, (*place, key), texts, languages, most=MOST_LABEL)
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
    yield from _twins(document, (*place, "options"), [option.id for option in options])
    for number, option in enumerate(options):
        yield from _texts(
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
