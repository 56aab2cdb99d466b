"""Which text a translation was made from, and which text a clinic signed: a stamp in the lines on top of a module.

A stamp is a group of four hexadecimal digits for what stands above the cards and one for each card, so that
it can be said which of them changed since. Order, track and sources may change without a new look.
"""

from collections.abc import Sequence

from bot.modules.model import Card, Module
from bot.reading import fingerprint

STAMP = r"^[0-9a-f]{4}(-[0-9a-f]{4}){1,50}$"
_DIGITS = 4  # one change in 65536 goes unseen, and the line stays short enough to be looked at
TOP = "the title, the summary or the last question"


def stamp_of(module: Module) -> str:
    """The stamp of what people read in this module."""
    above = [module.title, module.summary, module.reflection]
    return "-".join(fingerprint(part)[:_DIGITS] for part in (above, *map(_words_of, module.cards)))


def _words_of(card: Card) -> list[object]:
    # By hand, not by `to_json`: what a later version keeps about a card must not age every stamp.
    asked = [*card.check.options, card.check.right, card.check.feedback] if card.check else []
    shown = [card.picture.key, card.picture.alt] if card.picture else []
    return [card.title, card.body, *asked, *shown]


def changed_since(stamp: str, module: Module) -> str:
    """What changed since that stamp was made: "cards 2 and 5", or an empty string."""
    then, now = stamp.split("-"), stamp_of(module).split("-")
    if len(then) != len(now):
        return "the number of cards"
    changed = [number for number, (old, new) in enumerate(zip(then, now, strict=True)) if old != new]
    cards = [number for number in changed if number]
    said = [TOP] if 0 in changed else []
    return _joined([*said, *([_counted(cards)] if cards else [])])


def _counted(cards: Sequence[int]) -> str:
    return ("card " if len(cards) == 1 else "cards ") + _joined([str(card) for card in cards])


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
