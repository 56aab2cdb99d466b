"""The configuration: one TOML file, the environment above it, and secrets from files.

Reads all of it and finds every fault at once, each with its file and line. What the settings are is in
`bot.settings`; whether content, database or Telegram are well is for others to say.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.addresses import SQLITE
from bot.errors import Problem, Problems
from bot.settings import (
    AlertSettings,
    CheckinSettings,
    ClosedDay,
    Config,
    ContentSettings,
    DatabaseSettings,
    HttpSettings,
    InviteSettings,
    LogSettings,
    ProgramSettings,
    RetentionSettings,
    SecuritySettings,
    ShiftSettings,
    StaffSettings,
    TelegramSettings,
    handle_of,
    key_id,
)

__all__ = [
    "AlertSettings",
    "CheckinSettings",
    "ClosedDay",
    "Config",
    "ContentSettings",
    "DatabaseSettings",
    "HttpSettings",
    "InviteSettings",
    "LogSettings",
    "ProgramSettings",
    "RetentionSettings",
    "SecuritySettings",
    "ShiftSettings",
    "StaffSettings",
    "TelegramSettings",
    "handle_of",
    "key_id",
    "read",
    "said_plainly",
]

PREFIX = "HANDRAIL_"
EXAMPLE = "See config.example.toml."


def read(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The configuration of the file and the environment, which wins. Raises `Problems` with every fault.

    A missing file is no fault when the environment is complete. Without a file, relative paths are meant from
    the working directory.
    """
    reader = _Reader(path)
    if reader.read_file():
        reader.read_environment(environ)
        reader.read_secrets()
    return reader.config()


_SECRETS = (("telegram", "token"), ("security", "keys"))
_SECTIONS: dict[str, type[BaseModel]] = {
    name: cast(type[BaseModel], field.annotation) for name, field in Config.model_fields.items()
}
_ENTRIES: dict[tuple[str, str], type[BaseModel]] = {
    ("staff", "shifts"): ShiftSettings,
    ("staff", "closed_days"): ClosedDay,
}
_MISSING = {
    "telegram.token": "Write the token that BotFather gave you, or name its file in telegram.token_file. "
    "Is nothing set up yet? Run handrail setup.",
    "staff.administrators": "List the Telegram id of at least one administrator, a number.",
}
_PLAINLY = {
    "missing": "is missing.",
    "int_parsing": "is not a whole number.",
    "int_type": "is not a whole number.",
    "int_from_float": "is not a whole number.",
    "bool_parsing": "is neither true nor false.",
    "bool_type": "is neither true nor false.",
    "string_type": "is not text between quotation marks.",
    "string_pattern_mismatch": "is not a code of two small letters.",
    "tuple_type": "is not a list.",
    "too_short": "is empty.",
    "string_too_short": "is empty.",
    "model_type": "is not a table of settings.",
    "date_from_datetime_parsing": "is not a date.",
    "date_type": "is not a date.",
}

Place = tuple[str | int, ...]


class _Reader:
    """One reading: what was found, where each setting stands, and what is wrong so far."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._name = str(path) if path else "environment"
        self._folder = path.parent.absolute() if path and path.is_file() else Path.cwd()
        self._table: dict[str, Any] = {}
        self._lines: dict[Place, int] = {}
        self._variables: dict[Place, str] = {}
        self._problems: list[Problem] = []

    def read_file(self) -> bool:
        """Take the settings of the file; false when it cannot be read, and the rest is not worth a look."""
        if self._path is None or not self._path.exists():
            return True
        try:
            text = self._path.read_text(encoding="utf-8-sig")
            self._table = tomllib.loads(text)
        except OSError as error:
            self._note(0, f"cannot be read: {error.strerror}.", "Name a file that this user may read.")
        except UnicodeDecodeError:
            self._note(0, "is not UTF-8 text.", "Save it as UTF-8.")
        except tomllib.TOMLDecodeError as error:
            self._note_syntax(str(error), text)
        else:
            self._lines = _lines_of(text)
        return not self._problems

    def read_environment(self, environ: Mapping[str, str]) -> None:
        for variable, value in sorted(environ.items()):
            if not variable.startswith(PREFIX) or not value:
                continue
            section, apart, key = variable.removeprefix(PREFIX).lower().partition("__")
            if section in _SECTIONS and key in _SECTIONS[section].model_fields:
                self._set((section, key), value, variable)
            elif close := difflib.get_close_matches(variable, _VARIABLES, n=1, cutoff=0.8):
                self._problems.append(Problem(variable, 0, "is not a setting.", f"Did you mean {close[0]}?"))
            elif apart:  # other programs set names such as HANDRAIL_PORT, so one without `__` is passed over
                self._problems.append(Problem(variable, 0, "is not a setting.", EXAMPLE))

    def _set(self, place: tuple[str, str], value: str, variable: str) -> None:
        section = self._table.setdefault(place[0], {})
        if isinstance(section, dict):
            section[place[1]] = value
            self._variables[place] = variable

    def read_secrets(self) -> None:
        for section, key in _SECRETS:
            settings = self._table.setdefault(section, {})
            if isinstance(settings, dict):
                self._read_secret(settings, (section, key), (section, f"{key}_file"))

    def _read_secret(self, settings: dict[str, Any], plain: tuple[str, str], filed: tuple[str, str]) -> None:
        if plain[1] in settings and filed[1] in settings:
            if (plain in self._variables) == (filed in self._variables):
                self._note_at(filed, "is given together with the secret itself.", "Keep one of the two.")
                return
            settings.pop(plain[1] if filed in self._variables else filed[1])
        if plain[1] in settings:
            return
        name = settings.get(filed[1], "handrail.keys" if plain[0] == "security" else None)
        if isinstance(name, str):
            self._take_secret(settings, plain, filed, self._folder / Path(name).expanduser())

    def _take_secret(
        self, settings: dict[str, Any], plain: tuple[str, str], filed: tuple[str, str], file: Path
    ) -> None:
        if plain[0] == "security" and not file.exists():
            return  # a new program has no keys yet; the first start makes the file
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            self._note_at(filed, "names a file that cannot be read.", "Name one that this user may read.")
            settings[plain[1]] = None
            return
        secret = "\n".join(line for line in lines if not line.lstrip().startswith("#")).strip()
        if not secret:
            self._note_at(filed, "names a file with nothing in it.", "Restore it from your own copy.")
        settings[plain[1]] = secret or None
        self._variables.setdefault(plain, str(file))

    def config(self) -> Config:
        if self._problems and not self._table:
            raise Problems(self._problems)
        found = {name: self._table.get(name, {}) for name in _SECTIONS} | self._table
        if isinstance(found["database"], dict):
            found["database"] = {"folder": str(self._folder)} | found["database"]
        found["content"] = self._with_cache(found["content"], found["database"])
        try:
            config = Config.model_validate(found, context=self._folder)
        except ValidationError as error:
            self._problems += [self._problem(fault) for fault in error.errors() if not self._said(fault)]
        if self._problems:
            self._mention_missing_file()
            raise Problems(list(dict.fromkeys(self._problems)))
        return config

    def _with_cache(self, content: object, database: object) -> object:
        """The last good content is kept beside the database: neither is a file that the clinic edits."""
        url = database.get("url") if isinstance(database, dict) else None
        if not isinstance(content, dict) or not isinstance(database, dict) or not isinstance(url, str):
            return content
        is_file = url.startswith(SQLITE)
        folder = Path(url.removeprefix(SQLITE)).parent if is_file else Path(str(database["folder"]))
        beside = folder / ContentSettings.model_fields["cache"].default
        return {"cache": str(beside)} | content

    def _said(self, fault: ErrorDetails) -> bool:
        """A secret whose file was already complained about."""
        return fault["loc"] in _SECRETS and fault["type"] != "missing" and fault["input"] is None

    def _problem(self, fault: ErrorDetails) -> Problem:
        context = fault.get("ctx", {})
        place: Place = fault["loc"] + ((context["key"],) if context.get("key") else ())
        if fault["type"] == "extra_forbidden":
            what, mend = "is not a setting.", _suggestion(place)
        else:
            what = said_plainly(fault)
            mend = str(context.get("mend") or _MISSING.get(_dotted(place), EXAMPLE))
        file, line = self._where(place)
        return Problem(file, line, f"{_dotted(place)} {what}", mend)

    def _where(self, place: Place) -> tuple[str, int]:
        variable = self._variables.get(place[:2])
        if variable:
            return variable, 0
        steps = [place[:length] for length in range(len(place), 0, -1)]
        return self._name, next((self._lines[step] for step in steps if step in self._lines), 0)

    def _note_at(self, place: Place, what: str, mend: str) -> None:
        file, line = self._where(place)
        self._problems.append(Problem(file, line, f"{_dotted(place)} {what}", mend))

    def _note(self, line: int, what: str, mend: str) -> None:
        self._problems.append(Problem(self._name, line, what, mend))

    def _note_syntax(self, said: str, text: str) -> None:
        match = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
        line = int(match[1]) if match and match[1] else len(text.splitlines())
        what = said[: match.start()] if match else said
        self._note(line, f"is not readable as TOML: {what}.", "Text stands in quotation marks, lists in [ ].")

    def _mention_missing_file(self) -> None:
        if self._path is not None and not self._path.exists():
            self._note(0, "does not exist.", "Copy config.example.toml to this name and fill it in.")


def said_plainly(fault: ErrorDetails) -> str:
    """What is wrong with a value, to be read after its name: "is not a whole number." """
    said = fault["msg"].replace("Input should be", "should be") + "."
    return str(fault.get("ctx", {}).get("what") or _PLAINLY.get(fault["type"], said))


_VARIABLES = [
    f"{PREFIX}{section}__{key}".upper() for section, model in _SECTIONS.items() for key in model.model_fields
]


def _suggestion(place: Place) -> str:
    """The setting that was likely meant by an unknown one."""
    key = str(place[-1])
    model = _model_at(place[:-1])
    known = [field.alias or name for name, field in model.model_fields.items()]
    if close := difflib.get_close_matches(key, known, n=1):
        return f"Did you mean {close[0]}?"
    homes = [section for section, other in _SECTIONS.items() if key in other.model_fields]
    return f"Did you mean {key} under [{homes[0]}]?" if homes else EXAMPLE


def _model_at(place: Place) -> type[BaseModel]:
    if len(place) > 1:
        return _ENTRIES.get((str(place[0]), str(place[1])), Config)
    return _SECTIONS.get(str(place[0]), Config) if place else Config


def _dotted(place: Place) -> str:
    """ "staff.shifts no. 2 days": entries count from 1, as people do."""
    words = ""
    for part in place:
        apart = " " if isinstance(part, int) or " " in words else "."
        words += (apart if words else "") + (f"no. {part + 1}" if isinstance(part, int) else part)
    return words


def _lines_of(text: str) -> dict[Place, int]:
    """Where each table and key stands; one inside a list over several lines has the line of the list."""
    lines: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"\s*\[(\[?)([^\[\]=]+)\]", line):
            table = _names(heading[2])
            lines.setdefault(table, number)
            if heading[1]:
                table = (*table, sum(1 for seen in lines if seen[:-1] == table and isinstance(seen[-1], int)))
            lines.setdefault(table, number)
        elif setting := re.match(r"\s*([\w.\"' -]+?)\s*=", line):
            lines.setdefault(table + _names(setting[1]), number)
    return lines


def _names(dotted: str) -> Place:
    return tuple(name.strip().strip("\"'") for name in dotted.split("."))
