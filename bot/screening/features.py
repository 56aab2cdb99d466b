"""What the trained layer sees of a sentence: its words, the concepts they stand for, and how these meet.

The same code runs in training and in the clinic. A concept ("KIN", "BURDEN") stands for words that mean
nearly the same in both languages, so that what was learned about one holds for all.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

_REMEMBERED = 4096
_LONGEST_REACH = 3
_MOST_CONCEPTS = 14
_NUMBER = "#"

Piece = tuple[str, int, int, bool]
"""A word or concept, its first token, the token after its last, whether it is a concept."""
Seen = dict[str, tuple[int, int]]
"""Each feature with the tokens it was first seen at: from, up to (not included)."""


class Concepts:
    """The words of each concept; a word belongs to the first concept that lists it."""

    def __init__(self, members: Mapping[str, Iterable[str]]) -> None:
        self._single: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        self._several: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for concept, words in members.items():
            for word in words:
                self._add(tuple(word.split("_")), concept)
        for found in self._several.values():
            found.sort(key=lambda one: -len(one[0]))
        self._sizes = sorted({len(stem) for stem in self._stems}, reverse=True)
        self._of = lru_cache(_REMEMBERED)(self._look_up)

    def _add(self, words: tuple[str, ...], concept: str) -> None:
        if len(words) > 1:
            self._several.setdefault(words[0], []).append((words, concept))
        elif words[0].endswith("*"):
            self._stems.setdefault(words[0][:-1], concept)
        else:
            self._single.setdefault(words[0], concept)

    def read(self, forms: Sequence[str]) -> list[Piece]:
        """The sentence as concepts and, where there is none, words."""
        pieces: list[Piece] = []
        at = 0
        while at < len(forms):
            form = forms[at]
            size, concept = self._several_at(forms, at) if form in self._several else (1, None)
            concept = concept or self._of(form)
            pieces.append((concept or form, at, at + size, concept is not None))
            at += size
        return pieces

    def _several_at(self, forms: Sequence[str], at: int) -> tuple[int, str | None]:
        for words, concept in self._several[forms[at]]:
            if tuple(forms[at : at + len(words)]) == words:
                return len(words), concept
        return 1, None

    def _look_up(self, form: str) -> str | None:
        found = self._single.get(form)
        if found is None:
            for size in self._sizes:
                if form[:size] in self._stems:
                    return self._stems[form[:size]]
        return found


def features(forms: Sequence[str], concepts: Concepts) -> Seen:
    """Every feature of one sentence's corrected words."""
    words = [_NUMBER if form[0].isdigit() else form for form in forms]
    seen: Seen = {}
    last = "^"
    for at, word in enumerate(words):
        seen.setdefault(word, (at, at + 1))
        seen.setdefault(last + " " + word, (max(at - 1, 0), at + 1))
        last = word
    _add_pieces(concepts.read(words), seen)
    return seen


def _add_pieces(pieces: list[Piece], seen: Seen) -> None:
    named: dict[str, tuple[int, int]] = {}
    for at, (name, start, end, is_concept) in enumerate(pieces):
        if is_concept:
            seen.setdefault(name, (start, end))
            if len(named) < _MOST_CONCEPTS:
                for earlier, place in named.items():
                    seen.setdefault(earlier + "&" + name, (place[0], end))
                named.setdefault(name, (start, end))
        for reach in range(1, min(_LONGEST_REACH, at) + 1):
            before, first, _, was_concept = pieces[at - reach]
            if reach == 1 or is_concept or was_concept:
                seen.setdefault(before + " ~~"[:reach] + name, (first, end))
        if at > 1:
            seen.setdefault(
                pieces[at - 2][0] + " " + pieces[at - 1][0] + " " + name, (pieces[at - 2][1], end)
            )
    if pieces:
        seen.setdefault("^ " + pieces[0][0], (0, pieces[0][2]))
        seen.setdefault(pieces[-1][0] + " $", (pieces[-1][1], pieces[-1][2]))
