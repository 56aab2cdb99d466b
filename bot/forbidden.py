"""Words that must not stand in anything participants read, from `content/forbidden.toml`.

Owns finding them, with their line. Which files participants read is `library`'s to say.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field

from bot.errors import Problem
from bot.positions import only_strings
from bot.reading import Source, Strict, read_text, read_toml, validated

_SOURCES = re.compile(r"^sources:.*\n(?:[ \t-].*\n)*", re.MULTILINE)


class _Words(Strict):
    lang: str = Field(pattern=r"^[a-z]{2}$")
    words: list[str] = Field(min_length=1)
    reason: str = Field(min_length=1)
    instead: str = Field(min_length=1)


class _File(Strict):
    words: list[_Words]


@dataclass(frozen=True)
class _Word:
    """One word or turn of speech. Few stand in any text, so a plain look comes before the pattern."""

    written: str
    reason: str
    instead: str

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """All of them are in every text that the pattern matches, once the text is folded."""
        return tuple(self.written.rstrip("*").casefold().split())

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """A whole word in any case; between two words any space, line end or formatting."""
        parts = r"[\s*_]+".join(re.escape(part) for part in self.written.rstrip("*").split())
        ending = r"\w*" if self.written.endswith("*") else ""
        return re.compile(rf"(?<!\w){parts}{ending}(?!\w)", re.IGNORECASE)


class Forbidden:
    """The words, ready to look for."""

    def __init__(self, words: Iterable[_Word] = ()) -> None:
        self._words = tuple(words)

    @property
    def key(self) -> tuple[_Word, ...]:
        """Like another's when both look for the same."""
        return self._words

    def found_in(self, source: Source) -> Iterator[Problem]:
        """Each forbidden word in that file's texts; a file that cannot be read is another's problem."""
        text = read_text(source)
        if isinstance(text, Problem):
            return
        said = only_strings(text) if source.path.suffix == ".toml" else _without_sources(text)
        folded = said.casefold()
        for word in self._words:
            if all(part in folded for part in word.parts):
                yield from _places(word, said, source)


def _places(word: _Word, said: str, source: Source) -> Iterator[Problem]:
    for match in word.pattern.finditer(said):
        line = said.count("\n", 0, match.start()) + 1
        shown = " ".join(match[0].split())
        yield source.problem(line, f'"{shown}" must not be said to participants: {word.reason}', word.instead)


def _without_sources(module: str) -> str:
    """Titles of sources are quoted as they are, whatever words they use."""
    return _SOURCES.sub(lambda found: "\n" * found[0].count("\n"), module, count=1)


SHAPE = _File  # its JSON Schema is in content/schemas


def read(path: Path, *, shown: str = "", root: Path | None = None) -> tuple[Forbidden, list[Problem]]:
    """The forbidden words of that file, or none and every problem with it."""
    document = read_toml(Source.of(path, shown, root))
    if isinstance(document, Problem):
        return Forbidden(), [document]
    file = validated(document, _File)
    if isinstance(file, list):
        return Forbidden(), sorted(file)
    problems = [
        document.problem(("words", number, "words"), f'"{word}" stands for every word.', "Write a word.")
        for number, entry in enumerate(file.words)
        for word in entry.words
        if not word.strip(" *")
    ]
    words = [_Word(word, entry.reason, entry.instead) for entry in file.words for word in entry.words]
    return (Forbidden(), problems) if problems else (Forbidden(words), [])
