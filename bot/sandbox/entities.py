"""Formatted text as a value: a string and the entities on it. Offsets and lengths are UTF-16 units.

Reading it from HTML is in `markup`, checking and trimming what a client sent in `richtext`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox.errors import Json

# Telegram keeps the first hundred entities of a message and drops the rest without a word; so do we.
MOST_ENTITIES = 100


@dataclass(frozen=True)
class Entity:
    """One stretch of formatted text; offset and length in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user_id: int | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length

    def to_json(self) -> Json:
        body: Json = {"type": self.type, "offset": self.offset, "length": self.length}
        for name in ("url", "language", "custom_emoji_id"):
            if getattr(self, name):
                body[name] = getattr(self, name)
        return body


@dataclass(frozen=True)
class RichText:
    """A text and its entities, in order of their offsets, the longer one first."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    @property
    def length(self) -> int:
        return utf16_length(self.text)


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, offset: int, length: int) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def ordered(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    order = sorted(entities, key=lambda entity: (entity.offset, -entity.length, entity.type))
    return tuple(order[:MOST_ENTITIES])


def borders_of(text: str) -> dict[int, int]:
    """UTF-16 offset -> index into the Python string, for each place between two characters."""
    borders, units = {0: 0}, 0
    for index, character in enumerate(text, start=1):
        units += 2 if character > "\uffff" else 1
        borders[units] = index
    return borders


def is_link(url: str) -> bool:
    return re.match(r"(?:https?://|tg://)?[^\s/?#]+", url) is not None
