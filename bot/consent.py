"""What a person reads and agrees to before anything is kept: `content/consent.toml`.

Owns the pages, their version and the hash that is stored with each acceptance. Asking is `handlers`' part.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from bot.errors import Problem
from bot.reading import (
    Document,
    Source,
    Strict,
    did_you_mean,
    fingerprint,
    in_language,
    read_toml,
    untranslated,
    validated,
)
from bot.richtext import MarkupError, Rich, placeholders, rich

FILLED_IN = ("program", "hours", "emergency")
MOST_UNITS = 3000  # leaves room in Telegram's 4096 for what is filled in


@dataclass(frozen=True)
class Consent:
    """One version of the consent; `hash` changes with every word of it."""

    version: str
    pages: tuple[Mapping[str, str], ...]
    hash: str

    def page(self, number: int, lang: str, *, program: str, hours: str, emergency: str | Rich) -> Rich:
        """The page (from 0) with the program's facts filled in."""
        template: str = in_language(self.pages[number], lang)
        return rich(template, program=program, hours=hours, emergency=emergency)


class _File(Strict):
    version: str = Field(min_length=1)
    pages: list[dict[str, str]] = Field(min_length=1)


SHAPE = _File  # its JSON Schema is in content/schemas


def read(
    path: Path, languages: Iterable[str], *, shown: str = "", root: Path | None = None
) -> tuple[Consent | None, list[Problem]]:
    """The consent of that file, or none and every problem with it."""
    document = read_toml(Source.of(path, shown, root))
    if isinstance(document, Problem):
        return None, [document]
    file = validated(document, _File)
    if isinstance(file, list):
        return None, sorted(file)
    problems = sorted(_checked(document, file, tuple(languages)))
    if any(not problem.warning for problem in problems):
        return None, problems
    pages = [{lang: text.strip() for lang, text in page.items()} for page in file.pages]
    return Consent(file.version, tuple(pages), fingerprint([file.version, pages])), problems


def _checked(document: Document, file: _File, languages: tuple[str, ...]) -> Iterator[Problem]:
    for number, page in enumerate(file.pages):
        yield from untranslated(document, ("pages", number), page, languages)
        for lang, text in page.items():
            yield from _text_checked(document, ("pages", number, lang), text)
    for lang in languages:
        texts = [page.get(lang, "") for page in file.pages]
        for name in FILLED_IN:
            if not any(f"{{{name}}}" in text for text in texts):
                what = f"No page in `{lang}` says {{{name}}}."
                yield document.problem(("pages",), what, "Put it back: the bot fills it in.")


def _text_checked(document: Document, place: tuple[str | int, ...], text: str) -> Iterator[Problem]:
    try:
        fields = placeholders(text)
    except MarkupError as fault:
        yield document.problem(place, f"This page cannot be shown: {fault}.", "Mend the tag or the braces.")
        return
    for name in sorted(fields - set(FILLED_IN)):
        yield document.problem(place, f"{{{name}}} is not filled in here.", did_you_mean(name, FILLED_IN))
    if len(text) > MOST_UNITS:
        yield document.problem(
            place, f"This page has {len(text)} characters.", "Split it: 900 fit on a phone."
        )
