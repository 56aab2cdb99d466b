"""What `/learn` shows: the list, a card, the reflection question, the end, and the offer. Pure.

Texts and buttons only. Where a reader stands is decided in `service`, what the taps do in `handlers/learn.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from bot.delivery.buttons import button, grid
from bot.delivery.model import TEXT_UNITS, Button, Message
from bot.modules.model import Card, Check, Module
from bot.modules.pacing import Offer
from bot.modules.trying import When
from bot.phrases import Phrases
from bot.richtext import Rich, joined, rich

LIST, OPEN, TURN, ANSWER, SKIP, READ, NOT_TODAY = "rdl", "rdo", "rdt", "rda", "rds", "rdy", "rdn"
TRY = "rdp"
"""What the buttons say; they name a module and a place, never a person: everybody turns their own pages."""

NOT_NOW = "not-now"  # instead of a time to try it
VERBS = (LIST, OPEN, TURN, ANSWER, SKIP, READ, NOT_TODAY, TRY)
BUTTON_CHARACTERS = 30  # more is cut in the middle on a small phone
LETTERS = "ABCD"


class Progress(Enum):
    NEW = "new"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True)
class Entry:
    """One line of the list. `at` is the card the reader is on, from 1, of `of`; staff may have assigned it."""

    slug: str
    track: str
    title: str
    minutes: int
    progress: Progress = Progress.NEW
    at: int = 0
    of: int = 0
    is_assigned: bool = False


@dataclass(frozen=True)
class Page:
    """Where a reader stands in a module: a card, or the question after the last one, or the end.

    `answered` is the option they chose in the check question. `is_stale` says that the tapped button
    was an old one, and this is where they really are. `is_kept` is false for staff, who only look. At the end,
    `times` are when they can try it and be asked how it went; empty once they have chosen.
    """

    module: Module
    at: int
    answered: int | None = None
    is_done: bool = False
    next: Offer | None = None
    times: tuple[When, ...] = ()
    taps_only: bool = False
    is_stale: bool = False
    is_kept: bool = True

    @property
    def card(self) -> Card | None:
        return self.module.cards[self.at] if self.at < len(self.module.cards) else None


# The list


def shelf(phrases: Phrases, lang: str, entries: Sequence[Entry], *, go_on: str = "") -> Message:
    """Everything there is to read. `go_on` is the slug that was begun last."""
    if not entries:
        return Message(phrases.text("learn.nothing", lang))
    parts = [phrases.text("learn.list", lang), *_assigned(phrases, lang, entries)]
    entries = sorted(entries, key=lambda entry: not entry.is_assigned)
    for track, members in groupby(
        (entry for entry in entries if not entry.is_assigned), key=lambda entry: entry.track
    ):
        lines = [_line(phrases, lang, entry) for entry in members]
        parts.append(joined([_track(phrases, lang, track), *lines], "\n"))
    rows = [(button(_list_label(entry), OPEN, entry.slug),) for entry in entries]
    begun = next((entry for entry in entries if entry.slug == go_on), None)
    if begun is not None:
        label = phrases.plain("learn.go-on", lang, at=begun.at, of=begun.of)
        rows = [(button(label, OPEN, begun.slug),), *(row for row in rows if row[0].data != _open(begun))]
        parts.append(phrases.text("learn.you-are-in", lang, title=begun.title))
    return Message(joined(parts).cut(TEXT_UNITS), tuple(rows))


def _assigned(phrases: Phrases, lang: str, entries: Sequence[Entry]) -> list[Rich]:
    """What staff picked stands above the tracks."""
    lines = [_line(phrases, lang, entry) for entry in entries if entry.is_assigned]
    return [joined([phrases.text("learn.assigned", lang), *lines], "\n")] if lines else []


def _track(phrases: Phrases, lang: str, track: str) -> Rich:
    return phrases.text(f"learn.track.{track}", lang)


def _line(phrases: Phrases, lang: str, entry: Entry) -> Rich:
    key = f"learn.line.{entry.progress.value}"
    at, of = entry.at, entry.of
    return phrases.text(key, lang, title=entry.title, minutes=entry.minutes, at=at, of=of)


def _list_label(entry: Entry) -> str:
    return f"✓ {entry.title}" if entry.progress is Progress.DONE else entry.title


def _open(entry: Entry) -> str:
    return button("-", OPEN, entry.slug).data


# A module


def page(phrases: Phrases, lang: str, shown: Page) -> Message:
    """The screen for where the reader stands."""
    if shown.is_done:
        return done(phrases, lang, shown)
    card = shown.card
    if card is None:
        return _question(phrases, lang, shown)
    rows = _card_rows(phrases, lang, card, shown)
    return Message(words_of(phrases, lang, shown), rows, picture=card.picture)


def words_of(phrases: Phrases, lang: str, shown: Page) -> Rich:
    """The text of the card a reader is on, below its picture if it has one."""
    parts = [_header(shown)]
    if shown.card is not None:
        parts.append(_card_text(phrases, lang, shown.card, shown))
    return joined(parts).cut(TEXT_UNITS)


def _header(shown: Page) -> Rich:
    return rich(
        "<i>{title} · {at}/{of}</i>",
        title=shown.module.title,
        at=shown.at + 1,
        of=len(shown.module.cards),
    )


def _card_text(phrases: Phrases, lang: str, card: Card, shown: Page) -> Rich:
    if card.check is None:
        return card.shown
    if shown.answered is None:
        return joined([card.shown, *_lettered(card.check)])
    return joined([card.shown, _feedback(phrases, lang, card.check, shown.answered)])


def _feedback(phrases: Phrases, lang: str, check: Check, answered: int) -> Rich:
    """Kind either way: what they chose, what fits best, and the same words for everybody."""
    chosen, right = check.options[answered], check.options[check.right]
    if answered == check.right:
        return joined([phrases.text("learn.right", lang, chosen=chosen), check.reply])
    return joined([phrases.text("learn.other", lang, chosen=chosen, right=right), check.reply])


def _is_lettered(check: Check) -> bool:
    return any(len(option) > BUTTON_CHARACTERS for option in check.options)


def _lettered(check: Check) -> list[Rich]:
    """Answers too long for a button stand in the text, and the buttons are letters."""
    if not _is_lettered(check):
        return []
    lines = [
        rich("<b>{letter}</b>  {option}", letter=letter, option=option)
        for letter, option in zip(LETTERS, check.options, strict=False)
    ]
    return [joined(lines, "\n")]


def _card_rows(phrases: Phrases, lang: str, card: Card, shown: Page) -> tuple[tuple[Button, ...], ...]:
    waits_for_answer = card.check is not None and shown.answered is None
    turning = [_back(phrases, lang, shown)]
    if not waits_for_answer or not shown.is_kept:
        turning.append(_turn(phrases, lang, "learn.next", shown, shown.at + 1))
    options = _options(card.check, shown) if card.check is not None and waits_for_answer else ()
    return (*options, tuple(turning))


def _options(check: Check, shown: Page) -> tuple[tuple[Button, ...], ...]:
    lettered = _is_lettered(check)
    buttons = [
        button(LETTERS[number] if lettered else option, ANSWER, shown.module.slug, shown.at, number)
        for number, option in enumerate(check.options)
    ]
    return (tuple(buttons),) if lettered else tuple((one,) for one in buttons)


def _back(phrases: Phrases, lang: str, shown: Page) -> Button:
    if shown.at == 0:
        return button(phrases.plain("learn.all", lang), LIST)
    return _turn(phrases, lang, "learn.back", shown, shown.at - 1)


def _turn(phrases: Phrases, lang: str, key: str, shown: Page, to: int) -> Button:
    return button(phrases.plain(key, lang), TURN, shown.module.slug, to)


# After the last card


def _question(phrases: Phrases, lang: str, shown: Page) -> Message:
    """The reflection question; somebody who only taps, and staff who only look, just think about it."""
    thinking = shown.taps_only or not shown.is_kept
    key = "learn.think" if thinking else "learn.reflect"
    text = phrases.text(key, lang, title=shown.module.title, question=shown.module.reflection)
    ending = phrases.plain("learn.thought" if thinking else "learn.skip", lang)
    end = button(ending, SKIP, shown.module.slug)
    return Message(text.cut(TEXT_UNITS), ((_back(phrases, lang, shown), end),))


def asked(phrases: Phrases, lang: str, module: Module) -> Message:
    """The question as it stays in the chat above the answer."""
    return Message(rich("<i>{title}</i>\n\n{question}", title=module.title, question=module.reflection))


def done(
    phrases: Phrases, lang: str, shown: Page, *, saved: bool = False, tried: When | None = None
) -> Message:
    """The end of a module: when to try it, then what comes next, without any hurry.

    `tried` is the time that was chosen just now.
    """
    key = "learn.saved" if saved else "learn.done"
    parts = [phrases.text(key, lang, title=shown.module.title)]
    if shown.times:
        question = joined([*parts, phrases.text("practice.when", lang)])
        return Message(question, _times(phrases, lang, shown))
    if tried is not None:
        parts.append(phrases.text(f"practice.chosen.{tried}", lang))
    rows: list[tuple[Button, ...]] = []
    if shown.next is not None:
        parts.append(phrases.text("learn.next-up", lang, title=shown.next.title, minutes=shown.next.minutes))
        rows.append((button(phrases.plain("learn.read-next", lang), OPEN, shown.next.slug),))
    elif shown.is_kept:
        parts.append(phrases.text("learn.all-read", lang))
    rows.append((button(phrases.plain("learn.all", lang), LIST),))
    return Message(joined(parts), tuple(rows))


def _times(phrases: Phrases, lang: str, shown: Page) -> tuple[tuple[Button, ...], ...]:
    """[In an hour] [Tonight] [Tomorrow] [Not now], and the way to the list."""
    choices = [
        button(phrases.plain(f"practice.time.{when}", lang), TRY, shown.module.slug, when)
        for when in shown.times
    ]
    choices.append(button(phrases.plain("practice.not-now", lang), TRY, shown.module.slug, NOT_NOW))
    return (*grid(choices, 2), (button(phrases.plain("learn.all", lang), LIST),))


def saved_only(phrases: Phrases, lang: str) -> Message:
    """After words that sounded like danger: nothing more is asked for."""
    return Message(phrases.text("learn.saved-rest", lang))


# The offer after a check-in


def offer_text(phrases: Phrases, lang: str, offer: Offer) -> Rich:
    """One line for the end of the check-in."""
    key = _offer_key(offer)
    return phrases.text(key, lang, title=offer.title, minutes=offer.minutes, at=offer.at, of=offer.of)


def _offer_key(offer: Offer) -> str:
    if offer.is_assigned:
        return "learn.offer-assigned"
    if offer.fits:
        return "learn.offer-fits"
    return "learn.offer-go-on" if offer.at else "learn.offer"


def offer_row(phrases: Phrases, lang: str, offer: Offer) -> tuple[Button, ...]:
    """[Read: … 4 min] [Not today]; a title that does not fit on a phone is left to the text."""
    label = phrases.plain("learn.read", lang, minutes=offer.minutes)
    if offer.at:
        label = phrases.plain("learn.go-on", lang, at=offer.at, of=offer.of)
    later = phrases.plain("learn.not-today", lang)
    return (button(label, READ, offer.slug), button(later, NOT_TODAY, offer.slug))
