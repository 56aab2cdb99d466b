"""From the text as typed to plain tokens, each knowing where in the original it stands.

Folds what a phone, a keyboard or a playful hand does to letters: case, accents, styled letters, look-alikes,
apostrophes, invisible characters. Words it does not judge: misspellings are `spelling`'s business.
"""

import enum
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


class Break(enum.IntEnum):
    """What stands before a token; the stronger, the less may reach across it."""

    NONE = 0
    LINE = 1
    COMMA = 2
    STOP = 3


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or emoji: the folded `form` and its span in the original, in code points."""

    form: str
    start: int
    end: int
    gap: Break = Break.NONE
    quoted: bool = False


_APOSTROPHES = frozenset("'’‘`´ʼ′＇ʹ")
_QUOTES = frozenset('"“”„«»‟')
_STOPS = frozenset(".!?;…。！？¡¿")
_COMMAS = frozenset(",:()[]{}–—|<>•·")
_INNER = frozenset("@$*!|+")
"""Signs that stand for a letter when they are between letters ("k*ll", "w@nt")."""
_LOOKALIKES = str.maketrans("аеорсухікмтнвѕԁӏ", "aeopcyxikmthbsdl")
_KEYCAP = "\u20e3"


@lru_cache(maxsize=8192)
def fold(char: str) -> str:
    """One character as it is compared: lower case, without accent or style; empty when it is invisible."""
    category = unicodedata.category(char)
    if category == "Cs":
        return " "
    if char in "\n\r\u2028\u2029":
        return "\n"
    if char in "\t\v\f":
        return " "
    if char in _APOSTROPHES:
        return "'"
    if category in {"Cf", "Cc", "Mn", "Me", "Sk"} or char == _KEYCAP:
        return ""
    plain = unicodedata.normalize("NFKD", char).casefold()
    shown = "".join(part for part in plain if unicodedata.category(part) not in {"Mn", "Me", "Cf"})
    return shown.translate(_LOOKALIKES)


def tokens(text: str) -> list[Token]:
    """The tokens of any string, in order; one pass."""
    return _Reader(text).read()


class _Reader:
    """Walks once over the characters and cuts them into tokens."""

    def __init__(self, text: str) -> None:
        self._chars = [(part, at) for at, char in enumerate(text) for part in fold(char)]
        self._found: list[Token] = []
        self._word: list[str] = []
        self._start = self._end = 0
        self._gap = Break.NONE
        self._quoted = False

    def read(self) -> list[Token]:
        for index, (char, at) in enumerate(self._chars):
            if char.isalnum() or (self._word and self._joins(index, char)):
                self._extend(char, at)
                continue
            self._finish()
            self._separate(char, at, index)
        self._finish()
        return self._found

    def _joins(self, index: int, char: str) -> bool:
        """Whether a sign belongs to the word around it: isn't, k*ll, 9/10, 4.5."""
        following = self._next(index)
        if char == "'" or char == "*":
            return following.isalnum() or (char == "*" and following == "*")
        if char in "./," and self._word[-1].isdigit():
            return following.isdigit()
        return char in _INNER and following.isalnum()

    def _next(self, index: int) -> str:
        return self._chars[index + 1][0] if index + 1 < len(self._chars) else " "

    def _extend(self, char: str, at: int) -> None:
        if not self._word:
            self._start = at
        self._word.append(char)
        self._end = at + 1

    def _finish(self) -> None:
        if self._word:
            self._add("".join(self._word).rstrip("*"), self._start, self._end)
            self._word = []

    def _add(self, form: str, start: int, end: int) -> None:
        gap = self._gap if self._found else Break.STOP
        self._found.append(Token(form, start, end, gap, self._quoted))
        self._gap = Break.NONE

    def _separate(self, char: str, at: int, index: int) -> None:
        if char == "\n":
            self._gap = max(self._gap, Break.LINE)
        elif char in _STOPS:
            self._gap = Break.STOP
        elif char in _COMMAS or (char == "-" and self._stands_alone(index)):
            self._gap = max(self._gap, Break.COMMA)
        elif char in _QUOTES or (char == "'" and self._is_quote(index)):
            self._quoted = not self._quoted
        elif _is_picture(char):
            self._add(char, at, at + 1)

    def _is_quote(self, index: int) -> bool:
        """Whether an apostrophe outside a word opens or closes a quotation ('like this')."""
        if self._quoted:
            return index > 0 and self._chars[index - 1][0] not in " \n"
        return self._next(index).isalnum()

    def _stands_alone(self, index: int) -> bool:
        before = self._chars[index - 1][0] if index else " "
        return not before.isalnum() or not self._next(index).isalnum()


def _is_picture(char: str) -> bool:
    return ord(char) > 0x2000 and unicodedata.category(char) in {"So", "Cn"}
