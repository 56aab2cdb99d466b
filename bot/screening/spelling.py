"""Words as they were meant: contractions, slang, stretched, spaced and disguised letters, slips of the thumb.

Corrects only towards words that the phrase lists use (a closed vocabulary), so that an ordinary word is
never turned into another ordinary word. The lists of known misspellings come from content.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from bot.screening.near import LONGEST_WORD as _LONGEST_WORD
from bot.screening.near import Near, Words
from bot.screening.normalise import Break, Token

_LEET = [
    str.maketrans("013457@$!|+", "oieastasiit"),
    str.maketrans("01345@$!|", "oleasaslli"[:9]),
]
_MASKS_READ = 50
_REMEMBERED = 4096
_LONG_PIECE = 4
_SHORT_PIECE = 2
_SHORT_WORDS = frozenset("to me my so no do am it up be yo ya mi la lo de se un".split())
_SINGLES = frozenset("iayou")
_STRETCHED = re.compile(r"(.)\1{2,}")
_DIGITS = re.compile(r"[0-9]+([./,][0-9]+)*")


class Stems:
    """The beginnings of words, used in phrases as "kill*"."""

    def __init__(self, words: Iterable[str]) -> None:
        self._stems = {word[:-1] for word in words if word.endswith("*")}
        self._sizes = sorted({len(stem) for stem in self._stems})

    def of(self, word: str) -> list[str]:
        """The beginnings that this word has, without their `*`."""
        return [word[:size] for size in self._sizes if word[:size] in self._stems and size <= len(word)]


class Spellings:
    """What is meant by what is typed: the known misspellings and short forms of content."""

    def __init__(self, meant: Mapping[str, Iterable[str]]) -> None:
        self.single: dict[str, Words] = {}
        self.several: dict[str, list[tuple[Words, Words]]] = {}
        """By the first word: all words that are typed, longest first, and what they mean."""
        for words, typed in meant.items():
            for variant in typed:
                self._add(tuple(variant.split()), tuple(words.split()))
        for found in self.several.values():
            found.sort(key=lambda one: -len(one[0]))

    def _add(self, typed: Words, meant: Words) -> None:
        if len(typed) == 1:
            self.single[typed[0]] = meant
        else:
            found = self.several.setdefault(typed[0], [])
            found[:] = [one for one in found if one[0] != typed]
            found.append((typed, meant))

    def written(self, word: str) -> Words:
        """A word of a phrase list in the form that a corrected text gives it."""
        plain = word.replace("'", "")
        return self.single.get(word) or self.single.get(plain) or (plain,)

    def meanings(self) -> Iterator[str]:
        """Every word that some spelling means."""
        for meant in self.single.values():
            yield from meant
        for found in self.several.values():
            for _, meant in found:
                yield from meant


class Spelling:
    """The closed vocabulary and every way back to it. Safe to use from several threads."""

    def __init__(
        self, words: Iterable[str], spellings: Spellings, stems: Stems, guarded: Iterable[str] = ()
    ) -> None:
        self._single = spellings.single
        self._several = spellings.several
        self._words = {word for word in words if not word.endswith("*")}
        self._words.update(spellings.meanings())
        self._stems = stems
        self._guarded = frozenset(guarded)
        self._near = Near(word for word in self._words if word.isalpha())
        self._mended = lru_cache(_REMEMBERED)(self._mend)

    def knows(self, word: str) -> bool:
        """Whether some phrase uses the word, or a beginning of it ("kill*")."""
        return word in self._words or bool(self._stems.of(word))

    def is_word(self, word: str) -> bool:
        """Whether some phrase uses exactly this word."""
        return word in self._words

    def corrected(self, tokens: list[Token]) -> list[Token]:
        """The tokens with every form as it was meant; spans still point into the original."""
        masks = 0
        meant: list[Token] = []
        for token in _joined(tokens, self):
            form = token.form
            if form in self._words and form not in self._single:
                meant.append(token)
                continue
            masks += "*" in form
            if masks > _MASKS_READ:
                words: Words = (form.strip("*"),)
            else:
                words = self._mended(form)
            if words == (form,):
                meant.append(token)
            else:
                meant.extend(_spread(token, words))
        return self._respelled(meant)

    def _mend(self, form: str) -> Words:
        plain = form.replace("'", "")
        for key in (form, plain):
            if key in self._single:
                return self._single[key]
        if len(plain) > _LONGEST_WORD * 2 or _DIGITS.fullmatch(plain):
            return (plain,)
        if form.endswith("'s") and form[:-2] in self._words:
            return (form[:-2],)
        if plain in self._words or plain in self._guarded:
            return (plain,)
        for guess in _shortened(plain):
            if guess in self._words or guess in self._single:
                return self._single.get(guess, (guess,))
        if self._stems.of(plain):  # a long tail ("killmyself") is looked at again
            return self.cut(plain) or (plain,)
        return self._rescued(form, plain)

    def _rescued(self, form: str, plain: str) -> Words:
        for guess in (*_shortened(plain), *self._unmasked(plain)):
            if guess in self._single:
                return self._single[guess]
            if self.knows(guess):
                return (guess,)
        parts = tuple(re.split(r"[@$*!|+]+", plain))
        if len(parts) > 1:
            return tuple(word for part in parts if part for word in self._mend(part))
        return self._near.slip(plain) or self.cut(plain) or self._near.sounding(plain) or (plain,)

    def _unmasked(self, plain: str) -> Iterator[str]:
        if plain.isalpha():
            return
        for table in _LEET:
            guess = plain.translate(table)
            yield guess
            yield from _shortened(guess)
        if "*" in plain:
            yield from sorted(word for word in self._words if _fits(plain, word))

    def cut(self, run: str) -> Words:
        """The words of a run typed without spaces ("iwanttodie"), or nothing when it is not made of known words."""
        if not 6 <= len(run) <= _LONGEST_WORD * 2 or not run.isalpha():
            return ()
        best: list[Words | None] = [()] + [None] * len(run)
        for end in range(1, len(run) + 1):
            for start in range(max(0, end - 15), end):
                before, word = best[start], run[start:end]
                if before is None or not self._is_piece(word, start):
                    continue
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = (*before, word)
        found = best[-1] or ()
        short = sum(len(word) <= _SHORT_PIECE for word in found)
        if (
            len(found) < 2
            or short * 2 > len(found)
            or (len(found) == 2 and min(map(len, found)) < _LONG_PIECE)
        ):
            return ()  # short pieces are chance: "re placed" is nobody's meaning
        return tuple(w for word in found for w in self._single.get(word, (word,)))

    def _is_piece(self, word: str, start: int) -> bool:
        if len(word) == 1:
            return word in "iy" and start == 0
        if len(word) == _SHORT_PIECE:
            return word in _SHORT_WORDS
        return word in self._words or word in self._single

    def _respelled(self, tokens: list[Token]) -> list[Token]:
        """Several words that are one ("my self") or mean others ("do n't")."""
        if not any(token.form in self._several for token in tokens):
            return tokens
        found: list[Token] = []
        at = 0
        while at < len(tokens):
            size, words = self._spelling_at(tokens, at)
            if size == 0:
                found.append(tokens[at])
                at += 1
                continue
            found.extend(_spread(tokens[at]._replace(end=tokens[at + size - 1].end), words))
            at += size
        return found

    def _spelling_at(self, tokens: list[Token], at: int) -> tuple[int, Words]:
        for typed, meant in self._several.get(tokens[at].form, ()):
            part = tokens[at : at + len(typed)]
            if tuple(token.form for token in part) == typed and not any(token.gap for token in part[1:]):
                return len(typed), meant
        return 0, ()


def _spread(token: Token, words: Words) -> Iterator[Token]:
    for number, word in enumerate(words):
        yield token._replace(form=word, gap=token.gap if number == 0 else Break.NONE)


def _joined(tokens: list[Token], spelling: Spelling) -> list[Token]:
    """Runs of single letters become words: "k i l l  m y s e l f", "d.i.e"."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and len(tokens[end].form) == 1 and tokens[end].form.isalnum():
            end += 1
        if end - at >= 3:
            found.extend(_from_letters(tokens[at:end], spelling))
        else:
            end = max(end, at + 1)
            found.extend(tokens[at:end])
        at = end
    return _halves(found, spelling)


def _from_letters(run: list[Token], spelling: Spelling) -> Iterator[Token]:
    for skip in range(min(3, len(run) - 2)):
        letters = "".join(token.form for token in run[skip : skip + _LONGEST_WORD * 2])
        letters = letters if letters.isalpha() else letters.translate(_LEET[0])
        words = spelling.cut(letters) or ((letters,) if spelling.knows(letters) else ())
        if words:
            yield from run[:skip]
            yield from _spread(run[skip]._replace(end=run[-1].end), words)
            return
    yield from run


def _halves(tokens: list[Token], spelling: Spelling) -> list[Token]:
    """Two pieces that are no words but make one together: "sui cide"."""
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found else None
        if last and token.gap == Break.NONE and _is_torn(last.form, token.form, spelling):
            found[-1] = last._replace(form=last.form + token.form, end=token.end)
        else:
            found.append(token)
    return found


def _is_torn(left: str, right: str, spelling: Spelling) -> bool:
    if len(left) + len(right) < 5 or len(left) < 2 or len(right) < 2 or len(left) + len(right) > 15:
        return False
    return spelling.is_word(left + right) and not (spelling.knows(left) and spelling.knows(right))


def _shortened(word: str) -> Iterator[str]:
    """A stretched word at its natural lengths: "sooooo" -> "soo", "so"."""
    if not _STRETCHED.search(word):
        return  # "odd" is a word; "oddd" may be one letter held too long
    yield _STRETCHED.sub(r"\1\1", word)
    yield _STRETCHED.sub(r"\1", word)
    yield re.sub(r"(.)\1+", r"\1", word)


def _fits(masked: str, word: str) -> bool:
    if len(masked) != len(word) or masked[0] != word[0]:
        return False
    return all(m in ("*", w) for m, w in zip(masked, word, strict=True))
