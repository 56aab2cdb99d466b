"""The lines between the two `---` at the top of a module, read as YAML with the line of each value.

What they mean is in `modules.content`; files in general are `reading`'s.
"""

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

from bot.errors import HandrailError, Problem
from bot.positions import yaml_lines
from bot.reading import MOST_DEPTH, Document, Source, unprintable

MOST_FRONT = 16 * 1024  # characters of the lines between `---`
MOST_BRACKETS = 200  # `[` and `{` in them: the YAML reader takes seconds over thousands
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_MARK = re.compile(r"(?:^|[\s\[{,:?-])[&*!]", re.MULTILINE)


def read_yaml(source: Source, text: str, *, below: int) -> Document | Problem:
    """YAML 1.2 that begins after line `below` of the file: no anchors, aliases, tags or deep nesting."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        if refusal := _size_refusal(source, text, below) or _mark_refusal(source, text, below):
            return refusal
        node = yaml.compose(text)
        if node is not None and (refusal := _depth_refusal(source, node, below)):
            return refusal
        parts = _yaml_parts(source, yaml, node, below)
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
    if isinstance(parts, Problem):
        return parts
    document = Document(source, text, parts, yaml_lines(node, below))
    return unprintable(document) or document


def _yaml_parts(source: Source, yaml: Any, node: Any, below: int) -> dict[str, Any] | Problem:
    """The values of a composed mapping, one by one, so that each fault has its line."""
    if node is None or node.id != "mapping":
        return source.problem(
            below, "The lines between `---` are no list of `key: value`.", "Copy a shipped module."
        )
    parts: dict[str, Any] = {}
    for key, value in node.value:
        line = below + 1 + key.start_mark.line
        if key.id != "scalar" or not key.value:
            return source.problem(line, "Before the colon there is no name.", "Copy a shipped module.")
        if key.value in parts:
            what = f"`{key.value}` stands here for the second time."
            return source.problem(line, what, "Keep one of the two.")
        try:
            parts[key.value] = yaml.constructor.construct_object(value, deep=True)
        except ValueError:  # a date such as 2026-99-99, or a number of 5000 digits
            what = f"What stands behind `{key.value}` cannot be read."
            return source.problem(line, what, "Put it in quotation marks.")
    return parts


def _size_refusal(source: Source, text: str, below: int) -> Problem | None:
    brackets = text.count("[") + text.count("{")
    if len(text) <= MOST_FRONT and brackets <= MOST_BRACKETS:
        return None
    if len(text) > MOST_FRONT:
        what = f"There are {len(text)} characters between the two `---`."
        return source.problem(below, what, f"Stay under {MOST_FRONT}: the cards come below.")
    what = f"There are {brackets} opening brackets between the two `---`."
    return source.problem(below, what, "Copy the beginning of a shipped module.")


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


class NoPlace(HandrailError):
    """The program does not find where to write it. Write this line below `review:` yourself:"""


def with_value(text: str, key: str, value: str) -> str:
    """The file's text with that line between the two `---`, below `review` when it is new; all else as it was.

    Raises `NoPlace` when that would change anything else, as where a value goes on over several lines.
    """
    line = f"{key}: {json.dumps(value, ensure_ascii=False)}"
    lines = _LINE.findall(text)
    end = next((n for n, one in enumerate(lines) if n and one.rstrip() == "---"), 0)
    for number, one in enumerate(lines[:end]):
        if one.startswith(f"{key}:"):
            lines[number] = line + _end_of(one)
            break
    else:
        review = next((n for n, one in enumerate(lines[:end]) if one.startswith("review:")), None)
        if review is None:
            raise NoPlace(line)
        lines.insert(review + 1, line + _end_of(lines[review]))
    written = "".join(lines)
    if _values(written) != _values(text) | {key: value}:
        raise NoPlace(line)
    return written


def _end_of(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _values(text: str) -> dict[str, Any]:
    """What stands between the two `---`; nothing when it cannot be read."""
    text = text.removeprefix("\ufeff")
    parts = re.split(
        r"^---[ \t]*$", text.replace("\r\n", "\n").replace("\r", "\n"), maxsplit=2, flags=re.MULTILINE
    )
    read = read_yaml(Source.of(Path("module.md")), parts[1], below=1) if len(parts) == 3 else None
    return dict(read.parts) if isinstance(read, Document) else {}
