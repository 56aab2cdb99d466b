"""The body of `handrail check`: every problem of the content folder, for people, for CI, or as JSON.

Needs no network and no database, and changes nothing.
"""

import json
from dataclasses import asdict, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal, TextIO

from bot.errors import Problem

Format = Literal["text", "github", "json"]


def check(
    content: Path,
    country: str,
    fmt: Format,
    stdout: TextIO,
    *,
    languages: tuple[str, ...] = ("en", "es"),
    default: str = "en",
    require_signature: bool = False,
) -> int:
    """Print all problems, files named as the user would type them. Exit status 0, or 1 for an error."""
    from bot.folder import content_files
    from bot.modules.signatures import unsigned
    from bot.proofreading import proofread  # heavy: `--help` must not wait for it

    parts, found = proofread(
        content, country=country, languages=languages, default=default, require_signature=require_signature
    )
    problems = sorted(replace(problem, file=_typed(content, problem.file)) for problem in found)
    if fmt == "json":
        _say(stdout, json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            _say(stdout, _for_github(problem) if fmt == "github" else _for_people(content, problem))
        if drafts := unsigned(parts.files.values()):
            _say(stdout, f"Not signed yet ({_counted(len(drafts), 'module')}): {', '.join(drafts)}")
        _say(stdout, _summary(content, problems, len(content_files(content))))
    return 1 if any(not problem.warning for problem in problems) else 0


def _base(content: Path) -> Path:
    """The folder as typed; from the working directory when it lies inside it."""
    here = Path.cwd()
    return content.relative_to(here) if content.is_absolute() and content.is_relative_to(here) else content


def _typed(content: Path, file: str) -> str:
    """ "content/modules/en/a.md", as the library names it, from where the user stands."""
    _, _, inside = file.partition("/")
    return (_base(content) / inside).as_posix()


def _for_people(content: Path, problem: Problem) -> str:
    line = _source_line(content, problem)
    return f"{problem}\n    {line}" if line else str(problem)


def _source_line(content: Path, problem: Problem) -> str:
    """The line that is meant, cut to a screen's width."""
    if not problem.line:
        return ""
    lines = _lines_of(content / Path(problem.file).relative_to(_base(content)))
    line = lines[problem.line - 1].strip() if problem.line <= len(lines) else ""
    shown = "".join(character if character.isprintable() else " " for character in line)
    return shown if len(shown) <= 100 else shown[:99] + "…"


@lru_cache(maxsize=1)  # the problems are sorted, so those of one file come together
def _lines_of(path: Path) -> list[str]:
    from bot.folder import bytes_of

    raw = bytes_of(path) or b""
    return raw.decode("utf-8-sig", errors="replace").splitlines()


def _for_github(problem: Problem) -> str:
    kind = "warning" if problem.warning else "error"
    place = f"file={_escaped(problem.file, of_property=True)}"
    if problem.line:
        place += f",line={problem.line}"
    return f"::{kind} {place}::{_escaped(f'{problem.what} {problem.mend}')}"


def _escaped(text: str, *, of_property: bool = False) -> str:
    """GitHub's workflow commands: % and line ends are escaped, in properties : and , too."""
    marks = {"%": "%25", "\r": "%0D", "\n": "%0A"} | ({":": "%3A", ",": "%2C"} if of_property else {})
    return "".join(marks.get(character, character) for character in text)


def _summary(content: Path, problems: list[Problem], files: int) -> str:
    errors = [problem for problem in problems if not problem.warning]
    warnings = len(problems) - len(errors)
    more = f", {_counted(warnings, 'warning')}" if warnings else ""
    if not errors:
        return f"{_base(content).as_posix()}: {_counted(files, 'file')}, no problems{more}"
    in_files = sum(1 for _ in groupby(errors, key=lambda problem: problem.file))
    return f"{_counted(len(errors), 'problem')} in {_counted(in_files, 'file')}{more}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _say(stdout: TextIO, words: str) -> None:
    # A terminal that cannot show a character must not end the check.
    encoding = stdout.encoding or "utf-8"
    stdout.write(words.encode(encoding, "backslashreplace").decode(encoding) + "\n")
