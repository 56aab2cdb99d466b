"""Where in a TOML file something stands, found in its raw lines; `tomllib` does not tell.

Good enough to point a person to the right line; when in doubt, the line of the block's heading.
"""

import re
from typing import Any


class Places:
    """The lines of one file, to be asked for line numbers (from 1)."""

    def __init__(self, raw: str) -> None:
        self._lines = raw.splitlines()

    def of(self, location: tuple[Any, ...]) -> int:
        """The line of a pydantic error's location: ("family", 3, "level")."""
        names = [part for part in location if isinstance(part, str) and part != "[key]"]
        numbers = [part for part in location if isinstance(part, int)]
        if not names:
            return 0
        if len(names) == 1:
            return self._heading(names[0], numbers[0] if numbers else 0) or self._key_line(names[0], 0)
        return self.key(names[1], names[0], numbers[0] if numbers else 0)

    def key(self, key: str, kind: str, number: int) -> int:
        """The line of `key = ...` in the block `[[kind]]` with that number (from 0)."""
        heading = self._heading(kind, number)
        return self._key_line(key, heading) or heading

    def text(self, text: str, kind: str, number: int, *, key: str = "") -> int:
        """The line on which that string stands in the block (after `key`, when given)."""
        begin = self.key(key, kind, number) - 1 if key else self._heading(kind, number)
        for at in range(max(begin, 0), len(self._lines)):
            if f'"{text}"' in self._lines[at] or f"'{text}'" in self._lines[at]:
                return at + 1
        return max(begin, 0)

    def _heading(self, kind: str, number: int) -> int:
        pattern = re.compile(rf"^\s*\[\[?\s*{re.escape(kind)}\s*\]\]?")
        found = [at + 1 for at, line in enumerate(self._lines) if pattern.match(line)]
        return found[number] if number < len(found) else 0

    def _key_line(self, key: str, after: int) -> int:
        pattern = re.compile(rf"""^\s*["']?{re.escape(key)}["']?\s*=""")
        for at in range(after, len(self._lines)):
            line = self._lines[at]
            if pattern.match(line):
                return at + 1
            if at > after and re.match(r"^\s*\[+\s*[a-z]", line):
                return 0
        return 0
