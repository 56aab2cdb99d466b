"""The sentences the bot says, from `content/phrases/*.toml`: one per key and language.

Owns reading and looking them up. Which key is said when is the business of `handlers`.
"""

import functools
import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import structlog

from bot.errors import Problem
from bot.reading import Document, Source, did_you_mean, read_toml, untranslated
from bot.richtext import MarkupError, Rich, placeholders, rich, utf16_length

MOST_UNITS = 4096  # Bot API: UTF-16 units of a message's text
_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_log = structlog.get_logger(__name__)


class Phrases:
    """Every sentence in every language.

    At run time a missing key or value never stops an answer: something readable is said and the key is
    logged. Tests set `Phrases.strict`, and then it is a `KeyError`.
    """

    strict: ClassVar[bool] = False

    def __init__(self, texts: Mapping[str, Mapping[str, str]], default: str = "en") -> None:
        self._texts = texts
        self._default = default

    def __or__(self, other: "Phrases") -> "Phrases":
        """Both together; where both have a key, the other's is said."""
        return Phrases({**self._texts, **other._texts}, self._default)

    def keys(self) -> frozenset[str]:
        """Every dotted key."""
        return frozenset(self._texts)

    def text(self, key: str, lang: str, /, **values: str | int | Rich) -> Rich:
        """The sentence with its values filled in, in that language, else the program's, else English."""
        template = self._template(key, lang)
        if template is None:
            return Rich(_last_resort(key))
        try:
            return rich(template, **values)
        except MarkupError as fault:
            if self.strict:
                raise KeyError(f"{key}: {fault}") from fault
            _log.warning("phrase lacks a value", key=key, lang=lang)
            return rich(template, **(dict.fromkeys(placeholders(template), "…") | values))

    def plain(self, key: str, lang: str, /, **values: str | int | Rich) -> str:
        """The same without formatting, for the labels of buttons."""
        return self.text(key, lang, **values).text

    def _template(self, key: str, lang: str) -> str | None:
        texts = self._texts.get(key, {})
        for choice in (lang, self._default, "en"):
            if choice in texts:
                return texts[choice]
        if self.strict:
            raise KeyError(key)
        _log.warning("phrase is missing", key=key, lang=lang)
        return None


def joined(parts: Iterable["Phrases"]) -> "Phrases":
    """The phrases of several files as one."""
    return functools.reduce(operator.or_, parts)


def _last_resort(key: str) -> str:
    """ "checkin.not_now" can still be shown as "Not now"; an empty message could not be sent."""
    words = key.rpartition(".")[2].replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] or "…"


def read(
    path: Path, languages: Iterable[str], *, default: str = "en", shown: str = "", root: Path | None = None
) -> tuple[Phrases | None, list[Problem]]:
    """The phrases of that file, or none and every problem with them."""
    document = read_toml(Source.of(path, shown, root))
    if isinstance(document, Problem):
        return None, [document]
    texts: dict[str, dict[str, str]] = {}
    problems = list(_collected(document, document.parts, (), tuple(languages), texts))
    if not texts and not problems:
        problems.append(document.problem((), "There are no phrases here.", "Put back the shipped file."))
    if any(not problem.warning for problem in problems):
        return None, sorted(problems)
    return Phrases(texts, default), sorted(problems)


def _collected(
    document: Document,
    table: Mapping[str, Any],
    place: tuple[str, ...],
    languages: tuple[str, ...],
    texts: dict[str, dict[str, str]],
) -> Iterator[Problem]:
    for key, value in table.items():
        here = (*place, key)
        if not isinstance(value, dict):
            yield _stray(document, here, languages)
        elif not _KEY.fullmatch(key):
            yield document.problem(here, f'"{key}" is no key.', "Use small letters, digits, - and _.")
        elif not any(isinstance(text, str) for text in value.values()):
            yield from _collected(document, value, here, languages, texts)
        elif any(isinstance(text, dict) for text in value.values()):
            yield document.problem(
                here, f"[{'.'.join(here)}] has both texts and tables.", "Give the texts a key of their own."
            )
        else:
            yield from _phrase(document, here, value, languages)
            texts[".".join(here)] = {lang: text for lang, text in value.items() if isinstance(text, str)}


def _stray(document: Document, here: tuple[str, ...], languages: tuple[str, ...]) -> Problem:
    if here[-1] in languages:
        what = f"The text in `{here[-1]}` belongs to no phrase."
        return document.problem(here, what, "Begin the phrase with a line such as [joining.welcome].")
    return document.problem(here, f"`{here[-1]}` is no text.", did_you_mean(here[-1], languages))


def _phrase(
    document: Document, place: tuple[str, ...], texts: Mapping[str, Any], languages: tuple[str, ...]
) -> Iterator[Problem]:
    name = ".".join(place)
    spoken = {lang: text for lang, text in texts.items() if isinstance(text, str)}
    for lang in texts.keys() - spoken.keys():
        yield document.problem((*place, lang), f"`{name}.{lang}` is not text.", "Put it in quotation marks.")
    yield from (p for p in untranslated(document, place, spoken, languages) if not _doubled(p, texts, spoken))
    fields: dict[str, frozenset[str]] = {}
    for lang, text in spoken.items():
        try:
            fields[lang] = placeholders(text)
        except MarkupError as fault:
            yield document.problem((*place, lang), f"`{name}`: {fault}.", "Mend the tag or the braces.")
        if utf16_length(text) > MOST_UNITS:
            yield document.problem(
                (*place, lang), f"`{name}` is too long to be sent.", f"Stay under {MOST_UNITS} characters."
            )
    yield from _unlike(document, place, fields)


def _doubled(problem: Problem, texts: Mapping[str, Any], spoken: Mapping[str, str]) -> bool:
    """Whether "no text in es" only repeats that the value of `es` is not text."""
    return any(f"`{lang}`." in problem.what for lang in texts.keys() - spoken.keys())


def _unlike(
    document: Document, place: tuple[str, ...], fields: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    """Translations must fill in what the first language does."""
    if not fields:
        return
    first, wanted = next(iter(fields.items()))
    for lang, has in fields.items():
        name, missing, extra = ".".join(place), sorted(wanted - has), sorted(has - wanted)
        here = (*place, lang)
        for field in extra:
            what = f"`{name}` has {{{field}}} in `{lang}`, but not in `{first}`."
            yield document.problem(here, what, did_you_mean(field, missing))
        for field in missing[len(extra) :]:
            what = f"`{name}` has no {{{field}}} in `{lang}`, but `{first}` has."
            yield document.problem(here, what, f"Put {{{field}}} where it belongs.")
