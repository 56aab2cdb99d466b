"""On which line each part of a TOML or YAML text stands; `tomllib` does not tell.

Reads only what a real parser has accepted already. Faults and their wording are in `reading`.
"""

import re
from typing import Any

Place = tuple[str | int, ...]
"""("questions", 2, "text", "en"): keys, and numbers of list entries from 0."""


def toml_lines(text: str) -> dict[Place, int]:
    """The line (from 1) of each key, table and list entry of a valid TOML text."""
    return _TomlLines(text).lines


def yaml_lines(node: Any, below: int, place: Place = ()) -> dict[Place, int]:
    """The line of each key and entry of a composed node; the text begins after line `below` of its file."""
    lines: dict[Place, int] = {}
    if node.id == "mapping":
        for key, value in node.value:
            here = (*place, str(key.value))
            lines |= {**yaml_lines(value, below, here), here: below + 1 + key.start_mark.line}
    elif node.id == "sequence":
        for number, value in enumerate(node.value):
            here = (*place, number)
            lines |= {**yaml_lines(value, below, here), here: below + 1 + value.start_mark.line}
    return lines


_TOML_TOKEN = re.compile(
    # Each string may also end with its line or with the text: what is never closed is then looked at once only.
    r'(?P<string>"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|\'\'\'.*?(?:\'{3,5}|\Z)'
    r'|"(?:\\[^\n]|[^"\\\n])*(?:"|\\?(?=\n|\Z))|\'[^\'\n]*(?:\'|(?=\n|\Z)))'
    r"|(?P<comment>#[^\n]*)|(?P<end>\n)|(?P<mark>[\[\]{}=,.])|(?P<word>[^\s\[\]{}=,.#\"']+)",
    re.DOTALL,
)


def too_long_a_name(text: str, most: int) -> int:
    """The line of the first name of more than `most` parts ("a.b.c" has three), 0 when there is none.

    Works on any text, and before `tomllib`, which takes time without end over a name of 100 000 parts.
    """
    if not any(line.count(".") >= most for line in text.split("\n")):
        return 0
    parts = 0
    for part, line in _tokenised(text):
        if part == ".":
            parts += 1
        elif part[0] in "[]{}=,\n":
            parts = 0
        if parts >= most:
            return line
    return 0


def _tokenised(text: str) -> list[tuple[str, int]]:
    """The parts of a TOML text that count, each with its line."""
    tokens: list[tuple[str, int]] = []
    line, at = 1, 0
    for match in _TOML_TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        if match.lastgroup != "comment":
            tokens.append((match[0], line))
    return tokens


class _TomlLines:
    """Finds the line of each key and list entry in TOML that `tomllib` has already accepted."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}
        self._tokens = _tokenised(text)
        self._at = 0
        table: Place = ()
        while self._at < len(self._tokens):
            if self._peek() == "\n":
                self._at += 1
            elif self._peek() == "[":
                table = self._heading()
            else:
                self._setting(table)

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else "\n"

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _line(self) -> int:
        return self._tokens[min(self._at, len(self._tokens) - 1)][1]

    def _heading(self) -> Place:
        line = self._line()
        self._at += 1
        many = self._peek() == "["
        self._at += many
        names = self._names("]")
        self._at += 1 + many
        place: Place = ()
        for number, name in enumerate(names):
            place = (*place, name)
            self.lines.setdefault(place, line)
            if many and number == len(names) - 1:
                self._counts[place] = self._counts.get(place, 0) + 1
            if place in self._counts:
                place = (*place, self._counts[place] - 1)
                self.lines.setdefault(place, line)
        return place

    def _names(self, until: str) -> list[str]:
        names: list[str] = []
        while self._peek() not in (until, "\n"):
            name = self._take()
            if name != ".":
                names.append(name[1:-1] if name[:1] in "\"'" else name)
        return names

    def _setting(self, table: Place) -> None:
        line = self._line()
        place = table
        for name in self._names("="):
            place = (*place, name)
            self.lines.setdefault(place, line)
        self._at += 1
        self._value(place)

    def _value(self, place: Place) -> None:
        opening = self._peek()
        if opening == "[":
            self._list(place)
        elif opening == "{":
            self._inline(place)
        else:
            while self._peek() not in ("\n", ",", "]", "}"):
                self._at += 1

    def _list(self, place: Place) -> None:
        self._at += 1
        number = 0
        while self._peek() != "]" and self._at < len(self._tokens):
            if self._peek() in ("\n", ","):
                self._at += 1
                continue
            self.lines.setdefault((*place, number), self._line())
            self._value((*place, number))
            number += 1
        self._at += 1

    def _inline(self, place: Place) -> None:
        self._at += 1
        while self._peek() != "}" and self._at < len(self._tokens):
            if self._peek() in ("\n", ","):
                self._at += 1
                continue
            self._setting(place)
        self._at += 1


def only_strings(toml: str) -> str:
    """The TOML text with everything but its strings blanked, every line where it was."""
    blank = re.compile(r"[^\n]")
    kept: list[str] = []
    at = 0
    for match in _TOML_TOKEN.finditer(toml):
        if match.lastgroup == "string":
            kept += [blank.sub(" ", toml[at : match.start()]), match[0]]
            at = match.end()
    return "".join([*kept, blank.sub(" ", toml[at:])])
