"""A reply as it might have been typed otherwise: slips, lost words, and harmless talk before or after it."""

import random
from collections.abc import Sequence

_CHANGED = 0.5
_WITH_SLIPS, _BESIDE_TALK, _LOST_WORD = 0.25, 0.2, 0.15
_SLIP = 0.12
_SHORTEST_FOR_SLIP, _SHORTEST_FOR_LOSS = 4, 5


def varied(words: Sequence[str], talk: Sequence[Sequence[str]], chance: random.Random) -> list[str]:
    """The words as they are, or changed a little. `talk` holds harmless replies."""
    found = list(words)
    if chance.random() >= _CHANGED:
        return found
    if chance.random() < _WITH_SLIPS:
        found = [_slipped(word, chance) if chance.random() < _SLIP else word for word in found]
    if chance.random() < _BESIDE_TALK:
        beside = list(chance.choice(talk))
        found = beside + found if chance.random() < 0.5 else found + beside
    if len(found) >= _SHORTEST_FOR_LOSS and chance.random() < _LOST_WORD:
        del found[chance.randrange(len(found))]
    return found


def _slipped(word: str, chance: random.Random) -> str:
    """One letter lost, swapped with the next, or doubled, never the first or the last."""
    if len(word) < _SHORTEST_FOR_SLIP:
        return word
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[: at + 1] + word[at:],
        ]
    )
