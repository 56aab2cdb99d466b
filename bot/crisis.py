"""The crisis card of a country: numbers first, what to do tonight, a breathing step, the emergency line.

From `content/crisis/<country>.toml`. When it is shown is decided elsewhere; that there is one, here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import Field

from bot.errors import Problem
from bot.reading import Document, Source, Strict, fingerprint, in_language, read_toml, untranslated, validated
from bot.richtext import MarkupError, Rich, markup, tags

MOST_UNITS = 1500  # room for the lines that are added to a card, and one screen at night
_PARTS = ("card", "tonight", "breathing", "emergency")
_ALLOWED = {"bold", "italic"}


@dataclass(frozen=True)
class CrisisCard:
    """One country's crisis texts in every language."""

    country: str
    reviewed: date
    number: str
    texts: Mapping[str, Mapping[str, Rich]]
    revision: str

    def card(self, lang: str) -> Rich:
        """Numbers first: what a person sees at once when something is urgent."""
        return self._text("card", lang)

    def tonight(self, lang: str) -> Rich:
        """What to do tonight."""
        return self._text("tonight", lang)

    def breathing(self, lang: str) -> Rich:
        """One slow breath."""
        return self._text("breathing", lang)

    def emergency(self, lang: str) -> Rich:
        """One line that names the emergency number."""
        return self._text("emergency", lang)

    def _text(self, part: str, lang: str) -> Rich:
        text: Rich = in_language(self.texts[part], lang)
        return text


class _File(Strict):
    country: str = Field(pattern=r"^[a-z][a-z-]*$")
    reviewed: date
    card: dict[str, str]
    tonight: dict[str, str]
    breathing: dict[str, str]
    emergency: dict[str, str]


SHAPE = _File  # its JSON Schema is in content/schemas


def read(
    path: Path, languages: Iterable[str], *, shown: str = "", root: Path | None = None
) -> tuple[CrisisCard | None, list[Problem]]:
    """The crisis card of that file, or none and every problem with it."""
    document = read_toml(Source.of(path, shown, root))
    if isinstance(document, Problem):
        return None, [document]
    file = validated(document, _File)
    if isinstance(file, list):
        return None, sorted(file)
    number = file.emergency.pop("number", "")
    problems = [*_checked(document, file, path.stem, number, tuple(languages))]
    if any(not problem.warning for problem in problems):
        return None, sorted(problems)
    texts = {part: _rich(getattr(file, part)) for part in _PARTS}
    said = {part: getattr(file, part) for part in _PARTS}
    revision = fingerprint([file.country, file.reviewed.isoformat(), number, said])
    return CrisisCard(file.country, file.reviewed, number, texts, revision), sorted(problems)


def _rich(texts: Mapping[str, str]) -> dict[str, Rich]:
    return {lang: markup(text.strip()) for lang, text in texts.items()}


def _checked(
    document: Document, file: _File, stem: str, number: str, languages: tuple[str, ...]
) -> Iterator[Problem]:
    if file.country != stem:
        what = f'The country is "{file.country}", and the file is named {stem}.toml.'
        yield document.problem(("country",), what, "Make the two the same.")
    if not number.strip():
        yield document.problem(
            ("emergency",), "The emergency number is missing.", 'Add number = "..." under [emergency].'
        )
    for part in _PARTS:
        texts: dict[str, str] = getattr(file, part)
        yield from untranslated(document, (part,), texts, languages)
        for lang, text in texts.items():
            yield from _text_checked(document, (part, lang), text)


def _text_checked(document: Document, place: tuple[str, str], text: str) -> Iterator[Problem]:
    name = f"[{place[0]}] {place[1]}"
    try:
        shown = markup(text)
        used = tags(text.replace("{", "").replace("}", ""))
    except MarkupError as fault:
        yield document.problem(place, f"{name}: {fault}.", "Only <b>...</b> and <i>...</i> work here.")
        return
    if used - _ALLOWED:
        yield document.problem(
            place, f"{name} has other tags than <b> and <i>.", "Take them out: this must be simple."
        )
    if "{" in text or "}" in text:
        yield document.problem(
            place, f"{name} has braces, but nothing is filled in here.", "Write it out in full."
        )
    if shown.utf16_length > MOST_UNITS:
        yield document.problem(
            place,
            f"{name} has {shown.utf16_length} characters, too many for a bad night.",
            f"Stay under {MOST_UNITS}.",
        )
