"""What staff see of an alert: the card in the group and in private chats, its buttons, the list of open ones.

Pure. A card holds a number, a level, a category, a code and times: never words, names or phone numbers. Buttons
follow the state; every one has a command twin.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.alerts.model import Alert, AlertState, Heard, Outcome
from bot.alerts.screens import DAYS, names
from bot.delivery.buttons import button, grid
from bot.delivery.model import TEXT_UNITS, Button, Message, Rows
from bot.people.model import Colleague, ParticipantState, PersonalFile, shown
from bot.phrases import Phrases
from bot.richtext import Rich, joined, strip_controls
from bot.scheduling.calendar import clock_text, local_day, local_time
from bot.screening.model import Level

PLAIN_CAUSES = ("asked-for-a-person", "unreadable", "drill")
"""Causes that say more than their category."""

SOURCES = frozenset("message edit caption forward checkin module button unreadable answer note reply".split())
"""Where words came from, as far as there is a name for it."""

LIST_AT_MOST = 20
LONGEST_WORDS = 900  # of one message in a Reveal: several must fit


Build = Callable[[str], Message]
"""A message in that language."""


@dataclass(frozen=True)
class Face:
    """Everything a card shows; handles as they are shown, empty for nobody. `told` are this ladder's."""

    alert: Alert
    code: str
    person: ParticipantState | None
    told: tuple[str, ...]
    holder: str
    given_to: str
    dropped_by: str
    closed_by: str
    zone: str


def card(face: Face, phrases: Phrases, lang: str) -> Message:
    """The card as it is while nobody is choosing anything on it."""
    return Message(text(face, phrases, lang), _buttons(face.alert, phrases, lang))


def choosing_outcome(face: Face, phrases: Phrases, lang: str) -> Message:
    """The card with the ways an alert can end."""
    alert = face.alert
    rows = outcome_buttons(alert, phrases, lang)
    return Message(text(face, phrases, lang), (*rows, _back(alert, phrases, lang)))


def choosing_colleague(face: Face, colleagues: Sequence[Colleague], phrases: Phrases, lang: str) -> Message:
    """The card with the colleagues it can be handed to."""
    alert = face.alert
    rows = colleague_buttons(alert, colleagues)
    return Message(text(face, phrases, lang), (*rows, _back(alert, phrases, lang)))


def outcome_buttons(alert: Alert, phrases: Phrases, lang: str) -> Rows:
    """The ways an alert can end, one a row."""
    ways = [
        button(phrases.plain(f"alerts.outcome.{way}", lang), "alert-resolve", alert.id, way)
        for way in Outcome
        if way is not Outcome.WRONG_ALARM
    ]
    return grid(ways, 1)


def colleague_buttons(alert: Alert, colleagues: Sequence[Colleague]) -> Rows:
    """Whom an alert can be handed to."""
    return grid([button(shown(p.handle), "alert-handover", alert.id, p.id) for p in colleagues], 2)


def superseded(alert: Alert, phrases: Phrases, lang: str) -> Message:
    """An older card, once a newer one stands further down."""
    return Message(phrases.text("alerts.superseded", lang, number=alert.number))


def text(face: Face, phrases: Phrases, lang: str) -> Rich:
    """The card's words."""
    alert = face.alert
    head = phrases.text(
        "alerts.head", lang, number=alert.number, level=level_word(alert.level, phrases, lang)
    )
    if alert.is_drill:
        head = phrases.text("alerts.test", lang) + " " + head
    lines = [
        head,
        phrases.text("alerts.about", lang, category=about(alert, phrases, lang)),
        Rich(_who(face, phrases, lang)),
        Rich(_times(face, phrases, lang)),
    ]
    if left := _left(face, phrases, lang):
        lines.append(left)
    lines += [Rich(""), standing(face, phrases, lang)]
    if alert.is_drill:
        lines.append(phrases.text("alerts.test-line", lang))
    return joined(lines, "\n")


def standing(face: Face, phrases: Phrases, lang: str) -> Rich:
    """ "Taken by Ana 8:41 pm": the state in one line."""
    alert = face.alert
    if alert.state is AlertState.RESOLVED:
        time = _since_opened(alert.closed_at, face, phrases, lang)
        outcome = phrases.plain(f"alerts.outcome.{alert.outcome or Outcome.REACHED}", lang)
        return phrases.text("alerts.state.resolved", lang, outcome=outcome, handle=face.closed_by, time=time)
    if alert.state is AlertState.CLAIMED:
        time = _since_opened(alert.claimed_at, face, phrases, lang)
        return phrases.text("alerts.state.taken", lang, handle=face.holder, time=time)
    return _open(face, phrases, lang)


def about(alert: Alert, phrases: Phrases, lang: str) -> str:
    """What the alert is about, in words."""
    if alert.cause in PLAIN_CAUSES:
        return phrases.plain(f"alerts.cause.{alert.cause}", lang)
    return phrases.plain(f"alerts.category.{alert.category}", lang)


def level_word(level: Level, phrases: Phrases, lang: str) -> str:
    return phrases.plain(f"alerts.level.{level.word}", lang)


def when(at: datetime, zone: str, phrases: Phrases, lang: str) -> str:
    """ "Mon 8:41 pm" on the program's clocks."""
    day = phrases.plain(f"alerts.day.{DAYS[local_day(at, zone).weekday()]}", lang)
    return f"{day} {clock_text(local_time(at, zone), lang)}"


def _since_opened(at: datetime | None, face: Face, phrases: Phrases, lang: str) -> str:
    """The time alone on the day the alert was opened."""
    at = at or face.alert.opened_at
    if local_day(at, face.zone) == local_day(face.alert.opened_at, face.zone):
        return clock_text(local_time(at, face.zone), lang)
    return when(at, face.zone, phrases, lang)


def listing(faces: Sequence[Face], phrases: Phrases, lang: str) -> Message:
    """`/alerts`: the open ones, gravest first, each with a button that shows its card."""
    if not faces:
        return Message(phrases.text("alerts.list.none", lang))
    ordered = sorted(faces, key=lambda face: (-face.alert.level, face.alert.number))
    first = ordered[:LIST_AT_MOST]
    lines = [_line(face, phrases, lang) for face in first]
    if len(ordered) > len(first):
        lines.append(phrases.text("alerts.list.more", lang, count=len(ordered) - len(first)))
    text = joined([phrases.text("alerts.list.title", lang, count=len(ordered)), joined(lines, "\n")])
    buttons = [
        button(
            phrases.plain("alerts.button.show", lang, number=face.alert.number), "alert-show", face.alert.id
        )
        for face in first
    ]
    return Message(text, grid(buttons, 3))


def revealed(face: Face, heard: Sequence[Heard], phrases: Phrases, lang: str) -> Rich:
    """What the person wrote and what staff noted; for one private chat, for ten minutes."""
    title = phrases.text("alerts.reveal.title", lang, number=face.alert.number, who=_who(face, phrases, lang))
    parts = [_heard(line, face.zone, phrases, lang) for line in heard if line.words]
    kept: list[Rich] = []
    room = TEXT_UNITS - 400
    for part in reversed(parts):  # the newest matter most
        room -= part.utf16_length + 2
        if room < 0:
            break
        kept.insert(0, part)
    if len(kept) < len(parts):
        kept.insert(0, phrases.text("alerts.reveal.older", lang, count=len(parts) - len(kept)))
    if not parts:
        kept = [phrases.text("alerts.reveal.nothing", lang)]
    return joined([title, *kept, phrases.text("alerts.vanishes", lang)])


def personal(code: str, file: PersonalFile, phrases: Phrases, lang: str) -> Rich:
    """Who stands behind a code; for one private chat, for ten minutes."""
    nothing = phrases.plain("alerts.who.nothing", lang)
    values = {
        name: strip_controls(getattr(file, name)) or nothing for name in ("name", "chart", "phone", "contact")
    }
    lines = phrases.text("alerts.who.file", lang, code=code, **values)
    return joined([lines, phrases.text("alerts.vanishes", lang)])


def _open(face: Face, phrases: Phrases, lang: str) -> Rich:
    if face.given_to:
        return phrases.text("alerts.state.handed", lang, handle=face.given_to)
    who = names(face.told, phrases, lang)
    if face.dropped_by:
        return phrases.text("alerts.state.dropped", lang, handle=face.dropped_by)
    if not who:
        return phrases.text("alerts.state.open", lang)
    return phrases.text("alerts.state.telling", lang, who=who)


def _who(face: Face, phrases: Phrases, lang: str) -> str:
    if face.alert.is_drill:
        return phrases.plain("alerts.nobody", lang)
    return face.code or phrases.plain("alerts.visitor", lang)


def _times(face: Face, phrases: Phrases, lang: str) -> str:
    opened = when(face.alert.opened_at, face.zone, phrases, lang)
    if face.alert.messages < 2:
        return opened
    return phrases.plain("alerts.messages", lang, time=opened, count=face.alert.messages)


def _left(face: Face, phrases: Phrases, lang: str) -> Rich | None:
    if face.person in (None, ParticipantState.ACTIVE) or not face.alert.is_open:
        return None
    return phrases.text(f"alerts.left.{face.person}", lang)


def _line(face: Face, phrases: Phrases, lang: str) -> Rich:
    alert = face.alert
    return phrases.text(
        "alerts.list.line",
        lang,
        number=alert.number,
        test=phrases.plain("alerts.test", lang) + " " if alert.is_drill else "",
        level=level_word(alert.level, phrases, lang),
        category=about(alert, phrases, lang),
        who=_who(face, phrases, lang),
        state=standing(face, phrases, lang),
    )


def _heard(line: Heard, zone: str, phrases: Phrases, lang: str) -> Rich:
    known = line.source if line.source in SOURCES else "message"
    key = f"alerts.source.{known}"
    source = phrases.plain(key, lang, handle=line.by)
    words = Rich(strip_controls(line.words)).cut(LONGEST_WORDS)
    time = when(line.at, zone, phrases, lang)
    return phrases.text("alerts.reveal.line", lang, time=time, source=source, words=words)


def _buttons(alert: Alert, phrases: Phrases, lang: str) -> Rows:
    def one(action: str) -> Button:
        return button(phrases.plain(f"alerts.button.{action}", lang), f"alert-{action}", alert.id)

    if alert.state is AlertState.RESOLVED:
        return ()
    if alert.is_drill:
        return ((one("claim"),),) if alert.state is AlertState.OPEN else ((one("resolve"), one("handover")),)
    about_person = (one("reveal"), one("who"), one("reply"))
    if alert.state is AlertState.OPEN:
        return ((one("claim"),), about_person, (one("wrong"),))
    return ((one("resolve"), one("handover")), about_person, (one("note"), one("wrong")))


def _back(alert: Alert, phrases: Phrases, lang: str) -> tuple[Button, ...]:
    return (button(phrases.plain("alerts.button.back", lang), "alert-back", alert.id),)
