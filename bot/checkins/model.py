"""Check-ins: questions, which of them are shown, and which answers are a concern.

Rules only. What staff write is read in `content`, what people type in `typed`, rows are in `store`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, Literal

from bot.checkins.rhythm import AS_CHOSEN, Rhythm
from bot.reading import fingerprint, in_language
from bot.screening.model import Category, Level

Texts = Mapping[str, str]
"""The same text by language: {"en": ..., "es": ...}."""


class Kind(StrEnum):
    SCALE = "scale"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes-no"
    TEXT = "text"


class Skipped(Enum):
    """The answer of a person who chose not to answer."""

    SKIPPED = "skipped"


SKIPPED: Literal[Skipped.SKIPPED] = Skipped.SKIPPED
Answer = int | str | tuple[str, ...] | Skipped
"""scale: int · choice: an option's id · choices: sorted ids · yes-no: "yes", "no" · text: str · or SKIPPED."""
Answers = Mapping[str, Answer]


def answer_to_json(answer: Answer) -> int | str | list[str] | None:
    """The answer as plain JSON; null is skipped."""
    if isinstance(answer, Skipped):
        return None
    return list(answer) if isinstance(answer, tuple) else answer


def answer_from_json(value: Any) -> Answer:
    """The answer that `answer_to_json` wrote."""
    if value is None:
        return SKIPPED
    return tuple(str(part) for part in value) if isinstance(value, list) else value


@dataclass(frozen=True)
class Condition:
    """Holds when every part of it that is given holds.

    A question not yet asked holds nothing, nor does one that was skipped, save where `skipped` asks for just that.
    """

    question: str
    at_least: int | None = None
    at_most: int | None = None
    equals: str | int | None = None
    differs: str | int | None = None
    includes: str | None = None
    skipped: bool | None = None

    def holds(self, answers: Answers) -> bool:
        if self.question not in answers:
            return False
        answer = answers[self.question]
        if isinstance(answer, Skipped):
            return self.skipped is True
        return self.skipped is not True and self._range(answer) and self._same(answer)

    def _range(self, answer: int | str | tuple[str, ...]) -> bool:
        if self.at_least is None and self.at_most is None:
            return True
        if not isinstance(answer, int):
            return False
        return (self.at_least is None or answer >= self.at_least) and (
            self.at_most is None or answer <= self.at_most
        )

    def _same(self, answer: int | str | tuple[str, ...]) -> bool:
        if self.equals is not None and answer != self.equals:
            return False
        if self.differs is not None and answer == self.differs:
            return False
        return self.includes is None or (isinstance(answer, tuple) and self.includes in answer)

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}

    @staticmethod
    def from_json(parts: Mapping[str, Any]) -> "Condition":
        return Condition(**parts)


@dataclass(frozen=True)
class Option:
    """One answer to choose; `text` is its button."""

    id: str
    text: Texts

    def label(self, lang: str) -> str:
        label: str = in_language(self.text, lang)
        return label


@dataclass(frozen=True)
class Question:
    """One question. `minimum`, `maximum`, `low` and `high` are a scale's; `options` a choice's.

    With `show_if` it is shown when one of these conditions holds; without, always.
    """

    id: str
    kind: Kind
    text: Texts
    minimum: int = 0
    maximum: int = 0
    low: Texts | None = None
    high: Texts | None = None
    options: tuple[Option, ...] = ()
    show_if: tuple[Condition, ...] = ()
    skippable: bool = True

    def is_shown(self, answers: Answers) -> bool:
        """Whether the answers to the questions above call for it."""
        return not self.show_if or any(condition.holds(answers) for condition in self.show_if)

    def asked(self, lang: str) -> str:
        """The question's words."""
        words: str = in_language(self.text, lang)
        return words

    def ends(self, lang: str) -> tuple[str, str]:
        """What a scale's lowest and highest number mean; empty when nothing is said."""
        low, high = (in_language(texts, lang) if texts else "" for texts in (self.low, self.high))
        return low, high

    @property
    def values(self) -> range:
        """The numbers of a scale."""
        return range(self.minimum, self.maximum + 1)

    def accepts(self, answer: Answer) -> bool:
        """Whether that can be an answer to this question: buttons may be stale, so every value is checked."""
        if isinstance(answer, Skipped):
            return self.skippable
        ids = {option.id for option in self.options}
        match self.kind:
            case Kind.SCALE:
                return type(answer) is int and answer in self.values
            case Kind.CHOICE:
                return isinstance(answer, str) and answer in ids
            case Kind.CHOICES:
                return (
                    isinstance(answer, tuple) and set(answer) <= ids and answer == tuple(sorted(set(answer)))
                )
            case Kind.YES_NO:
                return answer in ("yes", "no")
            case Kind.TEXT:
                return isinstance(answer, str) and bool(answer)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "text": dict(self.text),
            "min": self.minimum,
            "max": self.maximum,
            "low": dict(self.low) if self.low else None,
            "high": dict(self.high) if self.high else None,
            "options": [{"id": option.id, "text": dict(option.text)} for option in self.options],
            "show_if": [condition.to_json() for condition in self.show_if],
            "skippable": self.skippable,
        }

    @staticmethod
    def from_json(parts: Mapping[str, Any]) -> "Question":
        return Question(
            id=parts["id"],
            kind=Kind(parts["kind"]),
            text=parts["text"],
            minimum=parts["min"],
            maximum=parts["max"],
            low=parts["low"],
            high=parts["high"],
            options=tuple(Option(option["id"], option["text"]) for option in parts["options"]),
            show_if=_conditions(parts["show_if"]),
            skippable=parts["skippable"],
        )


def _conditions(stored: Any) -> tuple[Condition, ...]:
    """A check-in kept by an earlier version has one condition or null where there is a list now."""
    each = [stored] if isinstance(stored, Mapping) else stored or []
    return tuple(Condition.from_json(condition) for condition in each)


@dataclass(frozen=True)
class Pulse:
    """Signs of being worn out, how many of them are enough, and the module that is offered then."""

    signs: tuple[Condition, ...]
    at_least: int
    module: str

    def is_worn_out(self, answers: Answers) -> bool | None:
        """None when none of its questions was answered."""
        answered = {id for id, given in answers.items() if not isinstance(given, Skipped)}
        if not any(sign.question in answered for sign in self.signs):
            return None
        return sum(sign.holds(answers) for sign in self.signs) >= self.at_least


@dataclass(frozen=True)
class SubScale:
    """Questions of kind scale that are added up, each from 0; those in `reversed` the other way round.

    `cut_off` is the number from which staff look: that or more, or that or less with `low_is_worse`.
    """

    id: str
    title: Texts
    items: tuple[str, ...]
    reversed: frozenset[str]
    cut_off: int
    low_is_worse: bool = False

    def titled(self, lang: str) -> str:
        title: str = in_language(self.title, lang)
        return title


@dataclass(frozen=True)
class OwnWeek:
    """What a person sees of their own seven days: above which question, and which scales of the daily check-in."""

    above: str
    scales: Mapping[str, Texts]


@dataclass(frozen=True)
class Variant:
    """Other questions in place of those of the check-in `of`, in somebody's first local days."""

    of: str
    first_days: int

    def holds(self, kind: str, days_here: int) -> bool:
        return self.of == kind and days_here < self.first_days


@dataclass(frozen=True)
class CheckinDefinition:
    """One kind of check-in as staff wrote it; `revision` changes with every word, and answers keep theirs.

    `remind_after_minutes` 0 is no reminder. Rhythm, pulse and sub-scales are no part of the revision: the same
    questions at another hour, or added up otherwise, were answered alike.
    """

    name: str
    title: Texts
    done: Texts
    remind_after_minutes: int
    expire_after_hours: int
    questions: tuple[Question, ...]
    rhythm: Rhythm = AS_CHOSEN
    pulse: Pulse | None = None
    sub_scales: tuple[SubScale, ...] = ()
    variant: Variant | None = None
    own_week: OwnWeek | None = None

    def question(self, id: str) -> Question | None:
        return next((question for question in self.questions if question.id == id), None)

    def titled(self, lang: str) -> str:
        title: str = in_language(self.title, lang)
        return title

    def thanks(self, lang: str) -> str:
        """What is said when all is answered."""
        done: str = in_language(self.done, lang)
        return done

    @cached_property
    def revision(self) -> str:
        """16 hexadecimal digits of the SHA-256 of its canonical JSON."""
        return fingerprint(self.to_json())

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": dict(self.title),
            "done": dict(self.done),
            "remind_after_minutes": self.remind_after_minutes,
            "expire_after_hours": self.expire_after_hours,
            "questions": [question.to_json() for question in self.questions],
        }

    @staticmethod
    def from_json(parts: Mapping[str, Any]) -> "CheckinDefinition":
        questions = tuple(Question.from_json(question) for question in parts["questions"])
        return CheckinDefinition(
            name=parts["name"],
            title=parts["title"],
            done=parts["done"],
            remind_after_minutes=parts["remind_after_minutes"],
            expire_after_hours=parts["expire_after_hours"],
            questions=questions,
        )


@dataclass(frozen=True)
class Rule:
    """Which answers staff must hear of, how soon, and what they are about."""

    id: str
    condition: Condition
    level: Level
    category: Category


def visible(definition: CheckinDefinition, answers: Answers) -> list[Question]:
    """The questions to be shown after those answers, in order.

    An answer to a question that is itself no longer shown (somebody went back) brings up nothing.
    """
    shown: list[Question] = []
    counted: dict[str, Answer] = {}
    for question in definition.questions:
        if question.is_shown(counted):
            shown.append(question)
            if question.id in answers:
                counted[question.id] = answers[question.id]
    return shown


def next_question(definition: CheckinDefinition, answers: Answers, after: str | None) -> Question | None:
    """The next question to show after that one (none: the first), or None at the end.

    `KeyError` when this definition has no question `after`.
    """
    start = -1 if after is None else _place(definition, after)
    shown = visible(definition, answers)
    return next((question for question in shown if _place(definition, question.id) > start), None)


def previous_question(definition: CheckinDefinition, answers: Answers, before: str) -> Question | None:
    """The question that Back leads to, or None at the first. `KeyError` as in `next_question`."""
    end = _place(definition, before)
    shown = reversed(visible(definition, answers))
    return next((question for question in shown if _place(definition, question.id) < end), None)


def progress(definition: CheckinDefinition, answers: Answers, question: str) -> tuple[int, int]:
    """(which, of how many) for "2/5"; the second number may change when an answer brings up a question."""
    place = _place(definition, question)
    shown = visible(definition, answers)
    return sum(_place(definition, other.id) <= place for other in shown), len(shown)


def _place(definition: CheckinDefinition, id: str) -> int:
    for place, question in enumerate(definition.questions):
        if question.id == id:
            return place
    raise KeyError(id)


def concerns(rules: Iterable[Rule], answers: Answers) -> list[Rule]:
    """The rules that these answers of one check-in meet, gravest first."""
    met = [rule for rule in rules if rule.condition.holds(answers)]
    return sorted(met, key=lambda rule: -rule.level)


def read_typed(question: Question, text: str, lang: str) -> Answer | None:
    """The answer that a typed text is to that question, or None; how texts are understood is in `typed`."""
    from bot.checkins import typed  # it builds on this file

    return typed.read_typed(question, text, lang)
