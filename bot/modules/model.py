"""Modules: short lessons made of cards, one of them a question with feedback.

Plain values and their JSON. What staff write is read in `content`; who has read what is in `store`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from bot.delivery.model import Picture
from bot.reading import fingerprint
from bot.richtext import Rich, markup, rich

TRACKS = ("stress", "relapse-prevention", "life-skills")
"""In the order in which they are listed."""


DRAFT = "draft"
"""What stands for a signature until there is one."""

LETTER_CHARACTERS = 4  # "A) " and the line end, where an answer is too long for its button


@dataclass(frozen=True)
class Check:
    """The check question's answers (plain text), which is right (from 0), and the feedback (our small HTML)."""

    options: tuple[str, ...]
    right: int
    feedback: str

    @property
    def reply(self) -> Rich:
        """The feedback, the same whatever was chosen."""
        return markup(self.feedback)


@dataclass(frozen=True)
class Card:
    """One screen: a plain title, a body in our small HTML (without placeholders), and perhaps a picture above."""

    title: str
    body: str
    check: Check | None = None
    picture: Picture | None = None

    @property
    def shown(self) -> Rich:
        """Title and body as they are sent; a check question without its answers."""
        return rich("<b>{title}</b>\n\n{body}", title=self.title, body=markup(self.body))

    @property
    def characters(self) -> int:
        """How long the card is, with its title and with the answers of a check question."""
        options = self.check.options if self.check else ()
        return len(self.shown.text) + sum(len(option) + LETTER_CHARACTERS for option in options)


@dataclass(frozen=True)
class Module:
    """One lesson in one language. `slug` is the same in all languages; `revision` changes with every word."""

    slug: str
    track: str
    order: int
    lang: str
    title: str
    minutes: int
    summary: str
    sources: tuple[str, ...]
    review: str
    reflection: str
    cards: tuple[Card, ...]

    @property
    def is_draft(self) -> bool:
        """Nobody at the clinic has signed it."""
        return self.review.strip().casefold() == DRAFT

    @property
    def check_at(self) -> int:
        """The place (from 0) of the card that asks."""
        return next(place for place, card in enumerate(self.cards) if card.check)

    @property
    def to_try(self) -> Card:
        """What can be tried today: the last card that asks nothing."""
        return next((card for card in reversed(self.cards) if card.check is None), self.cards[-1])

    @cached_property
    def revision(self) -> str:
        """16 hexadecimal digits of the SHA-256 of its canonical JSON."""
        return fingerprint(self.to_json())

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "sources": list(self.sources),
            "cards": [_card_to_json(card) for card in self.cards],
        }

    @staticmethod
    def from_json(parts: Mapping[str, Any]) -> "Module":
        cards = tuple(_card_from_json(card) for card in parts["cards"])
        return Module(**{**parts, "sources": tuple(parts["sources"]), "cards": cards})


def _card_to_json(card: Card) -> dict[str, Any]:
    parts: dict[str, Any] = {"title": card.title, "body": card.body}
    if card.check is not None:
        parts["check"] = asdict(card.check) | {"options": list(card.check.options)}
    if card.picture is not None:
        parts["picture"] = asdict(card.picture)
    return parts


def _card_from_json(parts: Mapping[str, Any]) -> Card:
    check = parts.get("check")
    read = Check(tuple(check["options"]), check["right"], check["feedback"]) if check else None
    picture = Picture(**parts["picture"]) if "picture" in parts else None
    return Card(parts["title"], parts["body"], read, picture)
