"""Words as they were meant: contractions, slang, stretched, spaced and disguised letters, slips of the thumb.

Corrects only towards words that the phrase lists use (a closed vocabulary), so that an ordinary word is
never turned into another ordinary word. The lists of known misspellings come from content.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.screening.normalise import Break, Token

_LEET = [
    str.maketrans("013457@$!|+", "oieastasiit"),
    str.maketrans("01345@$!|", "oleasaslli"[:9]),
]
_LONGEST_WORD = 40
_SLIP_FROM = 6
_MASKS_READ = 50
_LONG_PIECE = 4
_SHORT_PIECE = 2
_SHORT_WORDS = frozenset("to me my so no do am it up be yo ya mi la lo de se un".split())
_SINGLES = frozenset("iayou")
_STRETCHED = re.compile(r"(.)\1{2,}")
_DIGITS = re.compile(r"[0-9]+([./,][0-9]+)*")

Words = tuple[str, ...]


class Spelling:
    """The closed vocabulary and every way back to it."""

    def __init__(
        self, words: Iterable[str], spellings: dict[Words, Words], guarded: Iterable[str] = ()
    ) -> None:
        words = list(words)
        self._spellings = spellings
        self._longest = max((len(key) for key in spellings), default=1)
        self._words = {word for word in words if not word.endswith("*")}
        self._words.update(word for meant in spellings.values() for word in meant)
        self._stems = {word[:-1] for word in words if word.endswith("*")}
        self._stem_sizes = sorted({len(stem) for stem in self._stems})
        self._guarded = frozenset(guarded)
        self._slips = self._slips_of(word for word in self._words if len(word) >= _SLIP_FROM)
        self._by_size: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            self._by_size[len(word)].append(word)

    def knows(self, word: str) -> bool:
        """Whether some phrase uses the word, or a beginning of it ("kill*")."""
        return word in self._words or bool(self.stems(word))

    def is_word(self, word: str) -> bool:
        """Whether some phrase uses exactly this word."""
        return word in self._words

    def stems(self, word: str) -> list[str]:
        """The beginnings, used in phrases as "kill*", that this word has."""
        return [word[:size] for size in self._stem_sizes if word[:size] in self._stems and size <= len(word)]

    def corrected(self, tokens: list[Token]) -> list[Token]:
        """The tokens with every form as it was meant; spans still point into the original."""
        found = _joined(tokens, self)
        masks = 0
        meant: list[Token] = []
        mended: dict[str, Words] = {}  # a word that is repeated is looked up once
        for token in found:
            masks += "*" in token.form
            if masks > _MASKS_READ:
                words: Words = (token.form.strip("*"),)
            else:
                words = mended.get(token.form) or mended.setdefault(token.form, self._mend(token.form))
            meant.extend(_spread(token, words))
        return self._respelled(meant)

    def written(self, word: str) -> Words:
        """A word of a phrase list in the form that `corrected` gives it."""
        plain = word.replace("'", "")
        return self._spellings.get((word,)) or self._spellings.get((plain,)) or (plain,)

    def _mend(self, form: str) -> Words:
        plain = form.replace("'", "")
        for key in (form, plain):
            if (key,) in self._spellings:
                return self._spellings[(key,)]
        if len(plain) > _LONGEST_WORD * 2 or _DIGITS.fullmatch(plain):
            return (plain,)
        if form.endswith("'s") and form[:-2] in self._words:
            return (form[:-2],)
        if plain in self._words or plain in self._guarded:
            return (plain,)
        for guess in _shortened(plain):
            if guess in self._words or (guess,) in self._spellings:
                return self._spellings.get((guess,), (guess,))
        if self._is_ending_of_stem(plain):
            return self.cut(plain) or (plain,)
        return self._rescued(form, plain)

    def _is_ending_of_stem(self, word: str) -> bool:
        """Whether a phrase like "kill*" means this word; a long tail ("killmyself") is looked at again."""
        return bool(self.stems(word))

    def _rescued(self, form: str, plain: str) -> Words:
        for guess in (*_shortened(plain), *self._unmasked(plain)):
            if (guess,) in self._spellings:
                return self._spellings[(guess,)]
            if self.knows(guess):
                return (guess,)
        parts = tuple(re.split(r"[@$*!|+]+", plain))
        if len(parts) > 1:
            return tuple(word for part in parts if part for word in self._mend(part))
        return self._slip(plain) or self.cut(plain) or (plain,)

    def _unmasked(self, plain: str) -> Iterator[str]:
        if plain.isalpha():
            return
        for table in _LEET:
            guess = plain.translate(table)
            yield guess
            yield from _shortened(guess)
        if "*" in plain:
            yield from (word for word in self._by_size[len(plain)] if _fits(plain, word))

    def _slips_of(self, words: Iterable[str]) -> dict[str, list[str]]:
        slips: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words):
            for part in {word, *_without_one(word)}:
                slips[part].append(word)
        return dict(slips)

    def _slip(self, word: str) -> Words:
        """The word meant by one slip: a letter lost, doubled, swapped, or (in long words) wrong."""
        if len(word) < _SLIP_FROM - 1 or len(word) > _LONGEST_WORD or not word.isalpha():
            return ()
        for part in (word, *_without_one(word)):
            for meant in self._slips.get(part, ()):
                if meant[0] == word[0] and _one_slip(word, meant):
                    return (meant,)
        return ()

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
        return tuple(w for word in found for w in self._spellings.get((word,), (word,)))

    def _is_piece(self, word: str, start: int) -> bool:
        if len(word) == 1:
            return word in "iy" and start == 0
        if len(word) == _SHORT_PIECE:
            return word in _SHORT_WORDS
        return word in self._words or (word,) in self._spellings

    def _respelled(self, tokens: list[Token]) -> list[Token]:
        """Several words that are one ("my self") or mean others ("do n't")."""
        if self._longest == 1:
            return tokens
        found: list[Token] = []
        at = 0
        while at < len(tokens):
            size, words = self._spelling_at(tokens, at)
            if size == 0:
                found.append(tokens[at])
                at += 1
                continue
            whole = replace(tokens[at], end=tokens[at + size - 1].end)
            found.extend(_spread(whole, words))
            at += size
        return found

    def _spelling_at(self, tokens: list[Token], at: int) -> tuple[int, Words]:
        for size in range(self._longest, 1, -1):
            part = tokens[at : at + size]
            if any(token.gap > Break.NONE for token in part[1:]):
                continue
            words = self._spellings.get(tuple(token.form for token in part))
            if words and len(part) == size:
                return size, words
        return 0, ()


def _spread(token: Token, words: Words) -> Iterator[Token]:
    for number, word in enumerate(words):
        yield replace(token, form=word, gap=token.gap if number == 0 else Break.NONE)


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
            yield from _spread(replace(run[skip], end=run[-1].end), words)
            return
    yield from run


def _halves(tokens: list[Token], spelling: Spelling) -> list[Token]:
    """Two pieces that are no words but make one together: "sui cide"."""
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found else None
        if last and token.gap == Break.NONE and _is_torn(last.form, token.form, spelling):
            found[-1] = replace(last, form=last.form + token.form, end=token.end)
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
    return masked[0] == word[0] and all(m in ("*", w) for m, w in zip(masked, word, strict=True))


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
