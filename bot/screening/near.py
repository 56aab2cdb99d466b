"""Words that are nearly a word of the closed vocabulary: one slip of the thumb away, or only heard the same."""

import re
from collections.abc import Iterable, Iterator

LONGEST_WORD = 40
_SLIP_FROM = 6
_SHORTEST = 4

Words = tuple[str, ...]


class Near:
    """The words of a closed vocabulary, to be found by what is nearly one of them.

    A slip leaves the beginning or the end of a word as it was, so that only words which share one of them
    are compared: an index of a few entries a word.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._sharing: dict[str, list[str]] = {}
        self._swapped: dict[str, list[str]] = {}
        self._sounding: dict[str, str] = {}
        for word in sorted(words):
            if len(word) >= _SLIP_FROM:
                for key in (word[:3], word[0] + "-" + word[-2:]):
                    self._sharing.setdefault(key, []).append(word)
            elif len(word) >= _SHORTEST:
                self._swapped.setdefault("".join(sorted(word)), []).append(word)
            if len(word) >= _SHORTEST:
                self._sounding.setdefault(_sound(word), word)

    def slip(self, word: str) -> Words:
        """The word meant by one slip: a letter lost, doubled, swapped, or (in long words) wrong; or nothing."""
        if not _SHORTEST <= len(word) <= LONGEST_WORD or not word.isalpha():
            return ()
        if len(word) < _SLIP_FROM:
            for meant in self._swapped.get("".join(sorted(word)), ()):
                if meant[0] == word[0] and _one_slip(word, meant):
                    return (meant,)
        if len(word) < _SLIP_FROM - 1:
            return ()
        for key in (word[:3], word[0] + "-" + word[-2:]):
            for meant in self._sharing.get(key, ()):
                if abs(len(meant) - len(word)) <= 1 and _one_slip(word, meant):
                    return (meant,)
        return ()

    def sounding(self, word: str) -> Words:
        """The word that sounds the same and is spelled another way ("kiero", "bolbi"), or nothing."""
        if not _SHORTEST <= len(word) <= LONGEST_WORD or not word.isalpha():
            return ()
        meant = self._sounding.get(_sound(word))
        return (meant,) if meant else ()


def _sound(word: str) -> str:
    """A word as it is heard, roughly, in Spanish and often in English: k for c and qu, b for v, s for z, no h."""
    heard = re.sub("qu(?=[ei])|c(?=[^eih]|$)|q", "k", word)
    heard = re.sub("[cz](?=[ei])|z", "s", heard)
    heard = heard.replace("ch", "C").replace("h", "").replace("v", "b").replace("ll", "y").replace("x", "C")
    return re.sub(r"(.)\1+", r"\1", heard)


def _without_one(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_slip(typed: str, meant: str) -> bool:
    if len(typed) != len(meant):
        shorter, longer = sorted((typed, meant), key=len)
        return len(longer) - len(shorter) == 1 and shorter in set(_without_one(longer))
    differ = [at for at in range(len(typed)) if typed[at] != meant[at]]
    if len(differ) == 1:
        return len(typed) >= 8 and differ[0] not in (0, len(typed) - 1)
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and typed[differ[0]] == meant[differ[1]]
        and typed[differ[1]] == meant[differ[0]]
    )
