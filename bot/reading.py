"""What all readers of staff's files share: a file as text, TOML or YAML with the line of each part, and
the faults of a file as `Problem`s with a line and a mend.

What the files mean is the business of each reader. No file, however odd, is an exception here.
"""

import difflib
import hashlib
import json
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import Problem
from bot.positions import Place, toml_lines, too_long_a_name

MOST_BYTES = 256 * 1024
MOST_DEPTH = 20
MOST_FAULTS = 50  # of one file: who has mended fifty looks again
_Model = TypeVar("_Model", bound=BaseModel)
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NUMBER_WITHOUT_END = re.compile(r"[0-9_]{1000,}")


class Strict(BaseModel):
    """The shape of a file: unknown keys are faults, and 7 is not "7"."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True)
class Source:
    """One file: where it is, how problems name it, and the folder that it must not lead out of."""

    path: Path
    shown: str
    root: Path

    @staticmethod
    def of(path: Path, shown: str = "", root: Path | None = None) -> "Source":
        """A source by itself is named by its file name and held to its own folder."""
        return Source(path, shown or path.name, root or path.parent)

    def problem(self, line: int, what: str, mend: str, *, warning: bool = False) -> Problem:
        return Problem(self.shown, line, what, mend, warning)


@dataclass(frozen=True)
class Document:
    """A file that could be read: its parts, and the line on which each stands."""

    source: Source
    text: str
    parts: dict[str, Any]
    lines: Mapping[Place, int]

    def line(self, *place: str | int) -> int:
        """The line of that part, or of the nearest part around it; 0 for the whole file."""
        return next((self.lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.lines), 0)

    def problem(self, place: Place, what: str, mend: str, *, warning: bool = False) -> Problem:
        return self.source.problem(self.line(*place), what, mend, warning=warning)


def read_text(source: Source, *, most: int = MOST_BYTES) -> str | Problem:
    """The file's text, with line ends as `\\n` and without a byte order mark; or why it cannot be read."""
    raw = read_bytes(source, most=most)
    return raw if isinstance(raw, Problem) else _decoded(source, raw)


def read_bytes(source: Source, *, most: int = MOST_BYTES) -> bytes | Problem:
    """The file as it is, of at most that many bytes; or why it cannot be read."""
    try:
        return _refusal(source, most) or source.path.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        return source.problem(0, f"The file cannot be read ({why}).", "Check that it exists and its rights.")


def _refusal(source: Source, most: int) -> Problem | None:
    # `realpath`, because `Path.resolve` raises on a link to itself.
    if not Path(os.path.realpath(source.path)).is_relative_to(os.path.realpath(source.root)):
        return source.problem(
            0, "This is a link that leads out of the content folder.", "Put the file itself here."
        )
    facts = source.path.stat()
    if not stat.S_ISREG(facts.st_mode):  # a pipe would be waited for without end
        kind = "a folder" if stat.S_ISDIR(facts.st_mode) else "no ordinary file"
        return source.problem(0, f"This is {kind}, and a file belongs here.", "Remove or rename it.")
    if facts.st_size > most:
        size = f"{facts.st_size / 1024:.0f} KB"
        return source.problem(0, f"The file is too long ({size}).", f"Keep it under {most // 1024} KB.")
    return None


def _decoded(source: Source, raw: bytes) -> str | Problem:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return source.problem(line, "The file is not UTF-8 text.", "Save it again as UTF-8.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if odd := _NOT_TEXT.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        return source.problem(
            line, "There is a character that is not text here.", "Delete it, or save the file as plain text."
        )
    return text


def read_toml(source: Source) -> Document | Problem:
    """A TOML file with the lines of its keys; or why it is none."""
    text = read_text(source)
    if isinstance(text, Problem):
        return text
    parts = toml_parts(source, text)
    if isinstance(parts, Problem):
        return parts
    document = Document(source, text, parts, toml_lines(text))
    return unprintable(document) or document


def toml_parts(source: Source, text: str) -> dict[str, Any] | Problem:
    """What that TOML text says; or why it is none."""
    if line := too_long_a_name(text, MOST_DEPTH):
        return source.problem(line, "This name has too many dots.", "Use the names of the shipped files.")
    try:
        return tomllib.loads(text)
    except RecursionError:
        return source.problem(0, "The file is nested too deeply.", "Use the shapes of the shipped files.")
    except tomllib.TOMLDecodeError as error:
        return _not_toml(source, text, str(error))
    except ValueError:  # Python reads no whole number of more than 4300 digits
        found = _NUMBER_WITHOUT_END.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 0
        return source.problem(line, "This number has too many digits.", "Write a smaller one.")


_TOML_PLAINLY = {
    "cannot overwrite a value": "this name stands here for the second time",
    "expected '=' after a key in a key/value pair": "an `=` is missing after a name",
    "unterminated string": "a quotation mark is opened and never closed",
}


def _not_toml(source: Source, text: str, said: str) -> Problem:
    match = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    what = said[: match.start()] if match else said
    what = _TOML_PLAINLY.get(what[:1].lower() + what[1:], what[:1].lower() + what[1:])
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    return source.problem(
        line,
        f"This is not TOML: {what}.",
        "Look for a missing quotation mark, `=` or bracket here or just above.",
    )


def unprintable(document: Document) -> Problem | None:
    """The first text that holds, written as an escape, a character that no chat and no database takes."""
    for place, text in _texts_in(document.parts, ()):
        if _NOT_TEXT.search(text):
            what = f"`{named(place)}` holds a character that is not text."
            return document.problem(place, what, "Take out what begins with a backslash.")
    return None


def _texts_in(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield (*place, key), key
            yield from _texts_in(part, (*place, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts_in(part, (*place, number))


def validated(document: Document, model: type[_Model]) -> _Model | list[Problem]:
    """The document as that model; or every fault of its shape."""
    try:
        return model.model_validate(document.parts)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        found = [_problem(document, model, fault) for fault in faults[:MOST_FAULTS]]
        return list(dict.fromkeys(found)) + faults_left(document.source, len(faults) - MOST_FAULTS)


def faults_left(source: Source, number: int) -> list[Problem]:
    """One line for the faults of a file that are too many to be listed."""
    what = f"There are {number} more faults of this kind in this file."
    return [source.problem(0, what, "Mend the listed ones first.")] if number > 0 else []


_WRITES = {"signed": "sign", "translated": "stamp"}
_PLAINLY = {
    "missing": ("is missing.", "Add it."),
    "string_type": ("is not text.", "Put it in quotation marks."),
    "string_too_short": ("is empty.", "Write something, or take the line out."),
    "int_type": ("is not a whole number.", "Write digits without quotation marks."),
    "int_from_float": ("is not a whole number.", "Write digits without a point."),
    "bool_type": ("is neither true nor false.", "Write true or false, without quotation marks."),
    "date_type": ("is not a date.", "Write it like 2026-11-22, without quotation marks."),
    "date_from_datetime_inexact": ("is not a date.", "Write it like 2026-11-22."),
    "list_type": ("is not a list.", "Write it between [ and ], as the shipped files do."),
    "tuple_type": ("is not a list.", "Write it between [ and ], as the shipped files do."),
    "dict_type": ("is not a table of texts.", "Write one line per language, such as `text.en = ...`."),
    "model_type": ("does not have the right shape.", "Write it as the shipped files do."),
}


def _problem(document: Document, model: type[BaseModel], fault: ErrorDetails) -> Problem:
    place: Place = tuple(part for part in fault["loc"] if part != "[key]")
    what, mend = _said(place, model, fault)
    return document.problem(place, what, mend)


def _said(place: Place, model: type[BaseModel], fault: ErrorDetails) -> tuple[str, str]:
    name, kind = named(place), fault["type"]
    if kind == "extra_forbidden":
        return f"`{name}` is not known here.", did_you_mean(str(place[-1]), _keys_at(model, place[:-1]))
    if kind in {"enum", "literal_error"}:
        choices = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
        return f"`{name}`: {shown(fault['input'])} is not one of the choices.", did_you_mean(
            str(fault["input"]), choices
        )
    if kind == "string_pattern_mismatch" and name in ("signed", "translated"):
        return f"`{name}` is written by the program.", f"Take the line out, or run: handrail {_WRITES[name]}"
    if kind == "string_pattern_mismatch":
        return (
            f"`{name}`: {shown(fault['input'])} is no short name.",
            "Use small letters, digits and hyphens.",
        )
    if kind in _PLAINLY:
        what, mend = _PLAINLY[kind]
        return f"`{name}` {what}", mend
    said = re.sub(r"^(Input|String|List|Tuple|Value) ", "", fault["msg"]).rstrip(".")
    return f"`{name}` {said}.", f"It is {shown(fault['input'])} now."


def named(place: Place) -> str:
    """ "questions no. 2 text": entries count from 1, as people do."""
    words = [f"no. {part + 1}" if isinstance(part, int) else part for part in place]
    return " ".join(words) or "the file"


def shown(value: object) -> str:
    """A value as it is named in a sentence: in quotes when it is text, and never long."""
    if isinstance(value, str):
        return f'"{value if len(value) <= 40 else value[:39] + "…"}"'
    if isinstance(value, dict | list | tuple):
        return f"{len(value)} entries"
    return str(value)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """ "Did you mean `skippable`?", or what there is to choose from."""
    choices = list(known)
    if near := difflib.get_close_matches(word, choices, n=1, cutoff=0.6):
        return f"Did you mean `{near[0]}`?"
    return f"Use one of: {', '.join(choices)}." if choices else "Take it out."


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    found: type[BaseModel] | None = model
    for part in place:
        if isinstance(part, int) or found is None:
            continue
        fields = {field.alias or name: field for name, field in found.model_fields.items()}
        found = _model_in(fields[part].annotation) if part in fields else None
    return [field.alias or name for name, field in found.model_fields.items()] if found else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)


def untranslated(
    document: Document, place: Place, texts: Mapping[str, str], languages: Iterable[str], *, under: str = ""
) -> list[Problem]:
    """What is wrong with the languages of one text: one missing, empty, or not spoken here.

    `under` is how a line for one language begins in this kind of file, such as "text.".
    """
    wanted = list(languages)
    name = named(place)
    problems = [
        document.problem(place, f"`{name}` has no text in `{lang}`.", f'Add a line `{under}{lang} = "..."`.')
        for lang in wanted
        if lang not in texts
    ]
    for lang, text in texts.items():
        here = (*place, lang)
        if lang not in wanted:
            problems.append(
                document.problem(
                    here, f"`{lang}` is not a language of this program.", did_you_mean(lang, wanted)
                )
            )
        elif not text.strip():
            problems.append(document.problem(here, f"`{named(here)}` is empty.", "Write the text."))
    return problems


def in_language(texts: Mapping[str, Any], lang: str, default: str = "en") -> Any:
    """The text in that language, else in the default one, else in any."""
    for choice in (lang, default, "en"):
        if choice in texts:
            return texts[choice]
    return next(iter(texts.values()))


def fingerprint(value: object) -> str:
    """16 hexadecimal digits that change when the value (plain JSON) does."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]
