"""Writing `config.toml` for a person: from the commented example, or into the file that is there already.

Everything but the settings that are asked for stays as it is, comments and all; what was written is read back.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bot.errors import HandrailError

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

Place = tuple[str, str]
"""Section and key."""


class CannotBeEdited(HandrailError):
    """This setting could not be changed in the file without harm; change it there by hand:"""


def template() -> str:
    """A new configuration: the example without its invented shifts, days off and administrator."""
    lines: list[str] = []
    inside = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        heading = re.match(r"\[+([\w.]+)\]+", line)
        inside = heading[1] if heading else inside
        if line.startswith("closed_days"):
            inside = "closed"
        invented = inside in ("staff.shifts", "closed") and line and not line.startswith("#")
        lines.append(f"# {line}" if invented else line)
        if inside == "closed" and line.startswith("]"):
            inside = "staff"
    return "\n".join(lines) + "\n"


def with_settings(text: str, settings: Mapping[Place, object]) -> str:
    """The same file with these values; None takes a setting out. Raises `CannotBeEdited`."""
    for (section, key), value in settings.items():
        text = _with_one(text, section, key, value)
    return text


def _with_one(text: str, section: str, key: str, value: object) -> str:
    wanted = tomllib.loads(text)
    if value is None:
        wanted.get(section, {}).pop(key, None)
    else:
        wanted.setdefault(section, {})[key] = list(value) if isinstance(value, tuple) else value
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if line.strip() == f"[{section}]"), None)
    if start is None:
        lines += ["", f"[{section}]"]
        start = len(lines) - 1
    _put(lines, start, key, None if value is None else f"{key} = {_toml(value)}")
    changed = "\n".join(lines) + "\n"
    with suppress(tomllib.TOMLDecodeError):
        if tomllib.loads(changed) == wanted:
            return changed
    raise CannotBeEdited(f"{section}.{key}")


def _put(lines: list[str], start: int, key: str, setting: str | None) -> None:
    """Replace the key where it stands, else the example's line for it, else write it under the heading."""
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("[")), len(lines))
    for pattern in (rf"{key}\s*=", rf"# {key} = "):
        found = next((n for n in range(start + 1, end) if re.match(pattern, lines[n])), None)
        if found is not None:
            length = 1 if pattern.startswith("#") else _length(lines[found:end])
            if setting is not None or not pattern.startswith("#"):
                lines[found : found + length] = [] if setting is None else [setting]
            return
    if setting is not None:
        lines.insert(start + 1, setting)


def _length(lines: list[str]) -> int:
    """How many lines the value that begins in the first one takes."""
    for count in range(1, len(lines) + 1):
        with suppress(tomllib.TOMLDecodeError):
            tomllib.loads("\n".join(lines[:count]))
            return count
    return 1


def _toml(value: object) -> str:
    """JSON's strings, numbers and lists are TOML's; only these are written here."""
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


class Files:
    """New files that appear all together or not at all: `undo` takes away what was written so far."""

    def __init__(self) -> None:
        self._before: list[tuple[Path, bytes | None]] = []

    def write(self, path: Path, text: str, *, private: bool) -> None:
        """Put the whole file in place at once; a private one can be read by its owner only."""
        before = path.read_bytes() if path.exists() else None
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        try:
            mode = 0o600 if private else (path.stat().st_mode & 0o777 if before is not None else 0o644)
            with os.fdopen(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8"
            ) as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            self._before.append((path, before))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def undo(self) -> None:
        for path, before in reversed(self._before):
            if before is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(before)
        self._before.clear()
