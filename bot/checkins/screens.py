"""The screens of a check-in: one message that goes from question to question. Pure; the chat and jobs show them.

The questions themselves are content; the words around them are in content/phrases/checkin.toml.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil

from bot.checkins.ledger import Checkin, Later
from bot.checkins.model import (
    Answer,
    Answers,
    CheckinDefinition,
    Kind,
    Question,
    Skipped,
    previous_question,
    progress,
)
from bot.checkins.week import Week
from bot.delivery.buttons import button, grid
from bot.delivery.model import Button, Message, Rows
from bot.phrases import Phrases
from bot.richtext import Rich, joined, plain
from bot.scheduling.calendar import clock_text, local_day, local_time

ANSWER, TICK, TICKED, BACK, SKIP = "ci-answer", "ci-tick", "ci-done", "ci-back", "ci-skip"
NOT_NOW, LATER, GO_ON = "ci-not-now", "ci-later", "ci-go"
VERBS = (ANSWER, TICK, TICKED, BACK, SKIP, NOT_NOW, LATER, GO_ON)

IN_ONE_ROW = 6  # buttons with a number on a phone
SHORT = 14  # characters of a label that fits twice in a row
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Asked:
    """What is on the screen: the check-in's row, its definition, the answers so far, the question shown."""

    row: Checkin
    definition: CheckinDefinition
    answers: Answers
    question: Question
    week: Week | None = None


@dataclass(frozen=True)
class Reader:
    """Whoever reads a screen: the phrases, their language and their zone."""

    phrases: Phrases
    language: str
    zone: str

    def text(self, key: str, **values: str | int | Rich) -> Rich:
        return self.phrases.text(f"checkin.{key}", self.language, **values)

    def label(self, key: str, **values: str | int) -> str:
        return self.phrases.plain(f"checkin.{key}", self.language, **values)

    def clock(self, at: datetime) -> str:
        return clock_text(local_time(at, self.zone), self.language)

    def when(self, at: datetime, now: datetime) -> str:
        """ "today at 8:00 pm", "tomorrow at 9:00 am", "on Friday at 9:00 am"."""
        day, clock = local_day(at, self.zone), self.clock(at)
        ahead = (day - local_day(now, self.zone)).days
        if ahead <= 1:
            near = "when.tomorrow" if ahead == 1 else "when.today"
            return self.phrases.plain(near, self.language, time=clock)
        return self.phrases.plain("when.on-weekday", self.language, day=self.weekday(day), time=clock)

    def weekday(self, day: date) -> str:
        """ "Monday"."""
        return self.phrases.plain(f"when.weekday.{_DAYS[day.weekday()]}", self.language)


def question(reader: Reader, asked: Asked, above: Rich | None = None) -> Message:
    """The question with its buttons; `above` is a line that explains why it is shown now."""
    place, of = progress(asked.definition, asked.answers, asked.question.id)
    title = asked.definition.titled(reader.language)
    header = reader.text("header", title=title, place=place, of=of)
    words = plain(asked.question.asked(reader.language))
    under = _explained(reader, asked)
    parts = [above] if above else []
    parts += _own_week(reader, asked.week)
    parts += [header, words + "\n" + under if under else words]
    return Message(joined(parts), (*_answers(reader, asked), *_ways(reader, asked)))


def _own_week(reader: Reader, week: Week | None) -> list[Rich]:
    """The person's seven days; nothing when there is nothing to show."""
    lines = [line for line in week.lines if not line.is_empty] if week else []
    if week is None or not lines:
        return []
    first, last = (reader.weekday(day) for day in (week.first, week.last))
    head = reader.text("week.head", first=first, last=last, days=week.days_answered)
    shown = [
        reader.text("week.line", title=line.title, numbers=line.numbers, bars=line.bars) for line in lines
    ]
    return [joined([head, *shown], "\n")]


def hint(reader: Reader, asked: Question) -> Rich:
    """What to do instead of what was typed."""
    if asked.kind is Kind.SCALE:
        return reader.text("hint.scale", lowest=asked.minimum, highest=asked.maximum)
    return reader.text(f"hint.{asked.kind.value}")


def when_instead(reader: Reader, row: Checkin, choices: dict[Later, datetime], now: datetime) -> Message:
    """After "Not now": what can be chosen, or until when it stays."""
    back = button(reader.label("button.back"), GO_ON, row.id)
    if not choices:
        until = reader.when(row.expires_at, now)
        start = button(reader.label("button.start"), GO_ON, row.id)
        return Message(reader.text("no-later", when=until), ((start,),))
    labels = {
        choice: reader.label(f"button.{choice.value}", time=reader.clock(at))
        if choice is Later.TONIGHT
        else reader.label(f"button.{choice.value}")
        for choice, at in choices.items()
    }
    offered = tuple(button(label, LATER, row.id, choice.value) for choice, label in labels.items())
    return Message(reader.text("not-now"), (offered, (back,)))


def put_off(reader: Reader, row: Checkin, now: datetime) -> Message:
    """It comes back by itself at the time that was chosen."""
    start = button(reader.label("button.start"), GO_ON, row.id)
    return Message(reader.text("later", when=reader.when(row.later_at or now, now)), ((start,),))


def aside(reader: Reader, row: Checkin) -> Message:
    """Something weighs more than the next question now."""
    if not row.is_live:
        return Message(reader.text("aside-done"))
    return Message(reader.text("aside"), ((button(reader.label("button.go-on"), GO_ON, row.id),),))


def done(
    reader: Reader,
    definition: CheckinDefinition,
    below: Message | None = None,
    note: str = "",
    week: Week | None = None,
) -> Message:
    """The thanks, a word on what the answers lead to, and what may be offered under it."""
    parts = [plain(definition.thanks(reader.language)), *_own_week(reader, week)]
    thanks = joined([*parts, reader.text(note)] if note else parts)
    if below is None:
        return Message(thanks)
    return replace(below, text=joined([thanks, below.text]))


def closed(reader: Reader, row: Checkin, next_at: datetime | None, now: datetime) -> Message:
    """It is over without an end: never a reproach, and what was answered is kept."""
    words = reader.text("closed" if row.begun_at is None else "closed-half")
    return Message(words + "\n" + _next(reader, next_at, now) if next_at else words)


def done_today(reader: Reader, next_at: datetime | None, now: datetime) -> Message:
    """/checkin when there is nothing to do."""
    words = reader.text("done-today")
    return Message(words + "\n" + _next(reader, next_at, now) if next_at else words)


def _next(reader: Reader, at: datetime, now: datetime) -> Rich:
    return reader.text("next", when=reader.when(at, now))


def _explained(reader: Reader, asked: Asked) -> Rich | None:
    one = asked.question
    match one.kind:
        case Kind.SCALE:
            low, high = one.ends(reader.language)
            if not low or not high:
                return None
            return reader.text("ends", lowest=one.minimum, low=low, highest=one.maximum, high=high)
        case Kind.CHOICES:
            return None if _says_tap(one, reader) else reader.text("choices")
        case Kind.TEXT:
            return reader.text("text-again" if _before(asked) else "text")
        case _:
            return None


def _says_tap(one: Question, reader: Reader) -> bool:
    """Staff often write "Tap all that fit" into the question: it need not be said twice."""
    words = one.asked(reader.language).casefold()
    return "tap" in words or "toca" in words


def _before(asked: Asked) -> Answer | None:
    """What was answered here before, when the person has come back to it."""
    given = asked.answers.get(asked.question.id)
    return None if isinstance(given, Skipped) else given


def _answers(reader: Reader, asked: Asked) -> Rows:
    match asked.question.kind:
        case Kind.SCALE:
            return _scale(asked)
        case Kind.CHOICE:
            return _choice(reader, asked)
        case Kind.CHOICES:
            return _choices(reader, asked)
        case Kind.YES_NO:
            return _yes_no(reader, asked)
        case Kind.TEXT:
            return ()


def _scale(asked: Asked) -> Rows:
    """Two rows of like length at most: 0-5 and 6-10."""
    values = list(asked.question.values)
    buttons = [
        _answer(asked, place, _marked(str(value), on=_before(asked) == value))
        for place, value in enumerate(values)
    ]
    columns = len(values) if len(values) <= IN_ONE_ROW else ceil(len(values) / 2)
    return grid(buttons, columns)


def _choice(reader: Reader, asked: Asked) -> Rows:
    labels = [option.label(reader.language) for option in asked.question.options]
    buttons = [
        _answer(asked, place, _marked(label, on=_before(asked) == option.id))
        for place, (option, label) in enumerate(zip(asked.question.options, labels, strict=True))
    ]
    return grid(buttons, _columns(labels))


def _choices(reader: Reader, asked: Asked) -> Rows:
    labels = [option.label(reader.language) for option in asked.question.options]
    ticks = [
        button(_marked(label, on=option.id in asked.row.picked), TICK, asked.row.id, asked.question.id, place)
        for place, (option, label) in enumerate(zip(asked.question.options, labels, strict=True))
    ]
    finished = button(reader.label("button.done"), TICKED, asked.row.id, asked.question.id)
    return (*grid(ticks, _columns(labels)), (finished,))


def _yes_no(reader: Reader, asked: Asked) -> Rows:
    words = (("yes", reader.label("button.yes")), ("no", reader.label("button.no")))
    return (
        tuple(
            _answer(asked, place, _marked(label, on=_before(asked) == value))
            for place, (value, label) in enumerate(words)
        ),
    )


def _answer(asked: Asked, place: int, label: str) -> Button:
    return button(label, ANSWER, asked.row.id, asked.question.id, place)


def _columns(labels: list[str]) -> int:
    return 2 if max(map(len, labels)) <= SHORT else 1


def _marked(label: str, *, on: bool) -> str:
    return f"✓ {label}" if on else label


def _ways(reader: Reader, asked: Asked) -> Rows:
    """Back, Skip or Next, and on the first screen Not now."""
    row, here = asked.row, asked.question
    ways = []
    first = previous_question(asked.definition, asked.answers, here.id) is None
    if not first:
        ways.append(button(reader.label("button.back"), BACK, row.id, here.id))
    if here.id in asked.answers:
        ways.append(button(reader.label("button.next"), SKIP, row.id, here.id))
    elif here.skippable:
        ways.append(button(reader.label("button.skip"), SKIP, row.id, here.id))
    if first and row.begun_at is None:
        ways.append(button(reader.label("button.not-now"), NOT_NOW, row.id))
    return (tuple(ways),) if ways else ()


def value_at(asked: Question, place: int) -> Answer | None:
    """The answer that the button at that place stands for; None when there is no such button."""
    choices: dict[Kind, list[Answer]] = {
        Kind.SCALE: list(asked.values),
        Kind.CHOICE: [option.id for option in asked.options],
        Kind.CHOICES: [option.id for option in asked.options],
        Kind.YES_NO: ["yes", "no"],
        Kind.TEXT: [],
    }
    known = choices[asked.kind]
    return known[place] if 0 <= place < len(known) else None
