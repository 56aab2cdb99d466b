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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import Problem
from bot.positions import Place, toml_lines, yaml_lines

MOST_BYTES = 256 * 1024
MOST_DEPTH = 20
_Model = TypeVar("_Model", bound=BaseModel)
_MARK = re.compile(r"(?:^|[\s\[{,:?-])[&*!]", re.MULTILINE)
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


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


def read_text(source: Source) -> str | Problem:
    """The file's text, with line ends as `\\n` and without a byte order mark; or why it cannot be read."""
    raw = read_bytes(source)
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
    try:
        return Document(source, text, tomllib.loads(text), toml_lines(text))
    except RecursionError:
        return source.problem(0, "The file is nested too deeply.", "Use the shapes of the shipped files.")
    except ValueError as error:
        return _not_toml(source, text, str(error))


def _not_toml(source: Source, text: str, said: str) -> Problem:
    match = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    what = said[: match.start()] if match else said
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    return source.problem(
        line,
        f"This is not TOML: {what[:1].lower()}{what[1:]}.",
        "Look for a missing quotation mark, `=` or bracket here or just above.",
    )


def read_yaml(source: Source, text: str, *, below: int) -> Document | Problem:
    """YAML 1.2 that begins after line `below` of the file: no anchors, aliases, tags or deep nesting."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        if refusal := _mark_refusal(source, text, below):
            return refusal
        node = yaml.compose(text)
        if node is not None and (refusal := _depth_refusal(source, node, below)):
            return refusal
        parts = yaml.constructor.construct_document(node) if node is not None else None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = str(error.problem or error.context or "it cannot be read").splitlines()[0]
        line = below + 1 + mark.line if mark else below
        return source.problem(
            line, f"The lines between `---` are not YAML: {what}.", "Put text with a colon in quotes."
        )
    except (YAMLError, ValueError, RecursionError):
        return source.problem(
            below, "The lines between `---` are not YAML.", "Copy the beginning of a shipped module."
        )
    if not isinstance(parts, dict):
        return source.problem(
            below, "The lines between `---` are no list of `key: value`.", "Copy a shipped module."
        )
    return Document(source, text, {str(key): part for key, part in parts.items()}, yaml_lines(node, below))


def _mark_refusal(source: Source, text: str, below: int) -> Problem | None:
    """The first anchor, alias or tag; the costly scan is for texts that may hold one."""
    from ruamel.yaml import YAML
    from ruamel.yaml.tokens import AliasToken, AnchorToken, TagToken

    if not _MARK.search(text):
        return None
    for token in YAML(typ="safe", pure=True).scan(text):
        if isinstance(token, AnchorToken | AliasToken | TagToken):
            line = below + 1 + token.start_mark.line
            what = "`&`, `*` and `!` at the start of a value have a meaning in YAML that is refused here."
            return source.problem(line, what, "Put the value in quotation marks.")
    return None


def _depth_refusal(source: Source, node: Any, below: int, depth: int = 0) -> Problem | None:
    if depth > MOST_DEPTH:
        line = below + 1 + node.start_mark.line
        return source.problem(line, "This is nested too deeply.", "Copy a shipped module's beginning.")
    inner = chain(*node.value) if node.id == "mapping" else node.value if node.id == "sequence" else ()
    refusals = (_depth_refusal(source, child, below, depth + 1) for child in inner)
    return next((refusal for refusal in refusals if refusal), None)


def validated(document: Document, model: type[_Model]) -> _Model | list[Problem]:
    """The document as that model; or every fault of its shape."""
    try:
        return model.model_validate(document.parts)
    except ValidationError as error:
        return list(dict.fromkeys(_problem(document, model, fault) for fault in error.errors()))


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
