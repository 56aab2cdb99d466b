"""From the text as typed to plain tokens, each knowing where in the original it stands.

Folds what a phone, a keyboard or a playful hand does to letters: case, accents, styled letters, look-alikes,
apostrophes, invisible characters. Words it does not judge: misspellings are `spelling`'s business.
"""

import enum
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Break(enum.IntEnum):
    """What stands before a token; the stronger, the less may reach across it."""

    NONE = 0
    LINE = 1
    COMMA = 2
    STOP = 3


class Token(NamedTuple):
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
_WORD = re.compile(
    r"[^\W_]"
    r"(?:[^\W_]"  # a letter or digit
    r"|['@$*!|+](?=[^\W_])"  # signs between letters: isn't, k*ll, w@nt
    r"|\*(?=\*)"  # k**l
    r"|(?<=\d)[./,](?=\d)"  # 9/10, 4.5
    r")*"
)
"""One word or number. Each sign has one way to be read, so that the search is linear."""
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
    folded, places = _folded(text)
    return _Reader(folded, places).read()


def _folded(text: str) -> tuple[str, list[int] | None]:
    """The text as it is compared and, where that moves characters, the original place of each."""
    if text.isascii() and text.isprintable() and "^" not in text:
        return text.lower().replace("`", "'"), None
    parts = [fold(char) for char in text]
    folded = "".join(parts)
    if len(folded) == len(text) and all(parts):
        return folded, None
    return folded, [at for at, part in enumerate(parts) for _ in part]


class _Reader:
    """Walks once over the folded characters and cuts them into tokens."""

    def __init__(self, chars: str, places: list[int] | None) -> None:
        self._chars = chars
        self._places = places
        self._found: list[Token] = []
        self._gap = Break.NONE
        self._quoted = False

    def read(self) -> list[Token]:
        end = 0
        for word in _WORD.finditer(self._chars):
            start = word.start()
            if start - end != 1 or self._chars[end] != " ":
                self._pass_over(end, start)
            end = word.end()
            self._add(word[0].rstrip("*"), start, end)
        self._pass_over(end, len(self._chars))
        return self._found

    def _add(self, form: str, start: int, end: int) -> None:
        gap = self._gap if self._found else Break.STOP
        if self._places is not None:
            start, end = self._places[start], self._places[end - 1] + 1
        self._found.append(Token(form, start, end, gap, self._quoted))
        self._gap = Break.NONE

    def _pass_over(self, start: int, end: int) -> None:
        """What stands between words: how strongly it parts them, quotations, pictures."""
        for index in range(start, end):
            self._separate(self._chars[index], index)

    def _separate(self, char: str, index: int) -> None:
        if char == "\n":
            self._gap = max(self._gap, Break.LINE)
        elif char in _STOPS:
            self._gap = Break.STOP
        elif char in _COMMAS or (char == "-" and self._stands_alone(index)):
            self._gap = max(self._gap, Break.COMMA)
        elif char in _QUOTES or (char == "'" and self._is_quote(index)):
            self._quoted = not self._quoted
        elif _is_picture(char):
            self._add(char, index, index + 1)

    def _is_quote(self, index: int) -> bool:
        """Whether an apostrophe outside a word opens or closes a quotation ('like this')."""
        if self._quoted:
            return index > 0 and self._chars[index - 1] not in " \n"
        return self._chars[index + 1 : index + 2].isalnum()

    def _stands_alone(self, index: int) -> bool:
        before, after = self._chars[index - 1 : index], self._chars[index + 1 : index + 2]
        return not before.isalnum() or not after.isalnum()


def _is_picture(char: str) -> bool:
    return ord(char) > 0x2000 and unicodedata.category(char) in {"So", "Cn"}
