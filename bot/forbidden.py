"""Words that must not stand in anything participants read, from `content/forbidden.toml`.

Owns finding them, with their line. Which files participants read is `library`'s to say.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
class _Entry:
    pattern: re.Pattern[str]
    beginnings: frozenset[str]  # one of these is in every text the pattern matches: a cheap first look
    reason: str
    instead: str


class Forbidden:
    """The words, ready to look for."""

    def __init__(self, entries: Iterable[_Entry] = ()) -> None:
        self._entries = tuple(entries)

    def found_in(self, source: Source) -> Iterator[Problem]:
        """Each forbidden word in that file's texts; a file that cannot be read is another's problem."""
        text = read_text(source)
        if isinstance(text, Problem):
            return
        words = only_strings(text) if source.path.suffix == ".toml" else _without_sources(text)
        folded = words.casefold()
        for entry in self._entries:
            if not any(beginning in folded for beginning in entry.beginnings):
                continue
            for match in entry.pattern.finditer(words):
                line = words.count("\n", 0, match.start()) + 1
                said = " ".join(match[0].split())
                yield source.problem(
                    line, f'"{said}" must not be said to participants: {entry.reason}', entry.instead
                )


def _without_sources(module: str) -> str:
    """Titles of sources are quoted as they are, whatever words they use."""
    return _SOURCES.sub(lambda found: "\n" * found[0].count("\n"), module, count=1)


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
    entries = [
        _Entry(_pattern(entry.words), _beginnings(entry.words), entry.reason, entry.instead)
        for entry in file.words
    ]
    return (Forbidden(), problems) if problems else (Forbidden(entries), [])


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Whole words in any case; between two of them any space, line end or formatting."""
    return re.compile("|".join(_one(word) for word in words), re.IGNORECASE)


def _beginnings(words: list[str]) -> frozenset[str]:
    return frozenset(word.rstrip("*").split()[0].casefold() for word in words if word.strip(" *"))


def _one(word: str) -> str:
    parts = r"[\s*_]+".join(re.escape(part) for part in word.rstrip("*").split())
    ending = r"\w*" if word.endswith("*") else ""
    return rf"(?<!\w){parts}{ending}(?!\w)"
