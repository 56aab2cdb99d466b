"""Words cut into the pieces a network knows: the longest that fits, again and again (WordPiece, as BERT does it)."""

from collections.abc import Sequence
from functools import lru_cache

_REMEMBERED = 8192
_LONGEST_WORD = 40
_UNKNOWN, _START, _END = "[UNK]", "[CLS]", "[SEP]"
_INSIDE = "##"


class WordPieces:
    """The pieces by number. Safe to use from several threads."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self.start, self.end = self._numbers[_START], self._numbers[_END]
        self._unknown = self._numbers[_UNKNOWN]
        self._longest = max(map(len, pieces))
        self.of = lru_cache(_REMEMBERED)(self._cut)

    def _cut(self, word: str) -> list[int]:
        """The pieces of one folded word; signs inside it ("don't", "9/10") are pieces of their own."""
        found: list[int] = []
        for part in _parts(word):
            found += self._cut_part(part)
        return found

    def _cut_part(self, part: str) -> list[int]:
        found: list[int] = []
        at = 0
        while at < len(part):
            before = _INSIDE if at else ""
            for end in range(min(len(part), at + self._longest), at, -1):
                number = self._numbers.get(before + part[at:end])
                if number is not None:
                    found.append(number)
                    at = end
                    break
            else:
                return [self._unknown]
        return found


def _parts(word: str) -> list[str]:
    parts: list[str] = []
    inside = False
    for char in word[:_LONGEST_WORD]:
        if not char.isalnum():
            parts.append(char)
            inside = False
        elif inside:
            parts[-1] += char
        else:
            parts.append(char)
            inside = True
    return parts
