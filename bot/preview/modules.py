"""A module's page: every screen of it in order, and what reviewers ask for: grade, length, signature, sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.delivery.buttons import read
from bot.delivery.model import Button
from bot.errors import Problem
from bot.modules import screens
from bot.modules.content import CARD_CHARACTERS, ModuleFile
from bot.modules.grade import Reading, reading
from bot.modules.model import Card, Check, Module
from bot.modules.pacing import Offer
from bot.modules.screens import Page
from bot.modules.signatures import is_signed
from bot.phrases import Phrases
from bot.preview.bubbles import Key, bubble
from bot.preview.frame import badge, count, facts, page, problem_list
from bot.preview.markup import Html, element, text, together
from bot.preview.messages import card_pages

HOME = "../../index.html"
NAMES = {"en": "English", "es": "Español"}


@dataclass(frozen=True)
class Shown:
    """A module to be shown: its file, the same module in other languages, what comes after it, its problems,
    and all pictures by their keys."""

    file: ModuleFile
    said: Phrases
    others: tuple[Module, ...] = ()
    next: Module | None = None
    problems: Sequence[Problem] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def module(self) -> Module:
        return self.file.module


def module_page(shown: Shown) -> Html:
    """The whole page."""
    module, found = shown.module, reading(shown.module)
    return page(
        module.title,
        element("h1", text(module.title), lang=module.lang),
        element("p", text(module.summary), lang=module.lang),
        _facts(shown, found),
        *_others(shown),
        problem_list(shown.problems, place_of=lambda problem: _card_of(shown.file, problem)),
        element("h2", text("As people see it")),
        *(_card(shown, at, found) for at in range(len(module.cards))),
        _reflection(shown),
        _done(shown),
        element("h2", text("Sources")),
        element("ul", *(element("li", text(source)) for source in module.sources), class_="notes"),
        home=HOME,
    )


def review_badge(file: ModuleFile, *, short: bool = False) -> Html:
    """Whether somebody at the clinic stands behind just this text."""
    if file.module.is_draft:
        return badge("draft" if short else "draft: nobody has signed it", "warn")
    kind = "good" if is_signed(file) else "warn"
    state = "signed" if is_signed(file) else "signed, not this text"
    return badge(state if short else f"{state}: {file.module.review}", f"{kind} long")


def grade_badge(found: Reading | None, *, short: bool = False) -> Html:
    """How hard it is to read, and whether that is easy enough."""
    if found is None:
        return Html("") if short else badge("no measure of how hard it reads")
    kind = "good" if found.value <= found.most else "warn" if found.value <= found.never else "bad"
    words = found.words(found.value)
    if short:
        return badge(words.removeprefix("reads at ").removeprefix("has "), kind)
    return badge(f"{words} (at most {found.most})", kind)


def _facts(shown: Shown, found: Reading | None) -> Html:
    module = shown.module
    return facts(
        text(f"{module.track}, no. {module.order}"),
        text(f"{module.minutes} min"),
        text(count(len(module.cards), "card")),
        grade_badge(found),
        review_badge(shown.file),
    )


def _others(shown: Shown) -> list[Html]:
    """The same module in other languages."""
    return [
        element(
            "p",
            text(f"{NAMES.get(other.lang, other.lang)}: "),
            element("a", text(other.title), href=_file_of(other), lang=other.lang, hreflang=other.lang),
        )
        for other in shown.others
    ]


def _file_of(other: Module) -> str:
    return f"../{other.lang}/{other.slug}.html"


def _card_of(file: ModuleFile, problem: Problem) -> Html:
    """A link to the card that the problem's line is in."""
    starts = [*file.card_lines, 1 << 30]
    for number, (start, end) in enumerate(pairwise(starts), 1):
        if start <= problem.line < end:
            return element("a", text(f"card {number}"), href=f"#card-{number}")
    return Html("")


def _card(shown: Shown, at: int, found: Reading | None) -> Html:
    card = shown.module.cards[at]
    return element(
        "section",
        element("p", *_caption(shown, at, card, found), class_="caption"),
        element("div", *_screens(shown, at, card), class_="phone"),
        _alt_text(card, shown.module.lang),
        class_="screen",
        id=f"card-{at + 1}",
    )


def _alt_text(card: Card, lang: str) -> Html:
    """Whoever signs a card signs it too: it is what people get where no picture is shown."""
    if card.picture is None:
        return Html("")
    words = element("span", text(card.picture.alt), lang=lang)
    return element("p", text("The picture in words: "), words, class_="small")


def _caption(shown: Shown, at: int, card: Card, found: Reading | None) -> list[Html]:
    too_long = card.characters > CARD_CHARACTERS
    length = text(count(card.characters, "character"))
    parts = [badge(f"{length}, at most {CARD_CHARACTERS}", "warn") if too_long else length]
    value = found.cards[at] if found else None
    if found and value is not None:
        parts.append(text(found.words(value)))
    parts.append(text(f"line {shown.file.card_lines[at]}"))
    parts += [
        element("a", text(NAMES.get(other.lang, other.lang)), href=f"{_file_of(other)}#card-{at + 1}")
        for other in shown.others
        if at < len(other.cards)
    ]
    return [
        element("b", text(f"Card {at + 1} of {len(shown.module.cards)}")),
        *(together(text(" · "), p) for p in parts),
    ]


def _screens(shown: Shown, at: int, card: Card) -> Iterator[Html]:
    """The card; and for the check question what each answer brings."""
    for where in card_pages(shown.module, at):
        if card.check is not None and where.answered is not None:
            yield _chosen(shown.module, card.check, at, where.answered)
        yield _bubble(shown, where)


def _chosen(module: Module, check: Check, at: int, number: int) -> Html:
    option = element("span", text(check.options[number]), lang=module.lang)
    words = together(text("after "), option, text(" ✓" if number == check.right else ""))
    id = f"card-{at + 1}-answer-{number + 1}"
    return element("p", element("span", words, class_="badge long"), class_="chose", id=id)


def _reflection(shown: Shown) -> Html:
    at = len(shown.module.cards)
    return element(
        "section",
        element(
            "p",
            text("The question at the end, for somebody who writes; then for one who only taps"),
            class_="caption",
        ),
        element(
            "div",
            _bubble(shown, Page(shown.module, at)),
            _bubble(shown, Page(shown.module, at, taps_only=True)),
            class_="phone",
        ),
        class_="screen",
        id=f"card-{at + 1}",
    )


def _done(shown: Shown) -> Html:
    after = shown.next
    offer = Offer(after.slug, after.title, after.minutes) if after else None
    words = "The end. What is offered next depends on what the person has read."
    end = Page(shown.module, len(shown.module.cards), is_done=True, next=offer)
    return element(
        "section",
        element("p", text(words), class_="caption"),
        element("div", _bubble(shown, end), class_="phone"),
        class_="screen",
        id="end",
    )


def _bubble(shown: Shown, where: Page) -> Html:
    message = screens.page(shown.said, shown.module.lang, where)
    return bubble(message, shown.module.lang, _key_of, pictures=shown.pictures)


def _key_of(button: Button) -> Key:
    """Buttons lead to the screen that their tap would bring, where it is on the page."""
    tap = read(button.data)
    match tap.verb:
        case screens.TURN:
            return Key(f"card-{tap.number(1) + 1}")
        case screens.ANSWER:
            return Key(f"card-{tap.number(1) + 1}-answer-{tap.number(2) + 1}")
        case screens.SKIP:
            return Key("end")
        case _:
            return Key()
