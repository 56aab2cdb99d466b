"""A scratch copy of the content folder, to be edited in the demo; the clinic's own files are never touched."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem
from bot.folder import content_files
from bot.modules.pictures import SUFFIXES as PICTURE_SUFFIXES
from bot.sandbox.errors import SandboxError
from bot.snapshot import read_content

LONGEST = 200_000  # characters of one file


@dataclass(frozen=True)
class Checked:
    """What `handrail check` says of the copy: errors keep the bot on the last good content."""

    problems: tuple[Problem, ...]

    @property
    def is_good(self) -> bool:
        return all(problem.warning for problem in self.problems)


class Scratch:
    """The copy in `folder` of the content in `original`."""

    def __init__(self, original: Path, folder: Path) -> None:
        self._original = original
        self.folder = folder
        shutil.copytree(original, folder)

    def names(self) -> list[str]:
        """The text files of the content, by their place in the folder; a picture is not edited here."""
        files = content_files(self.folder)
        return [path.as_posix() for path in files if path.suffix not in PICTURE_SUFFIXES]

    def read(self, name: str) -> str:
        """A file's text. Raises `SandboxError` when there is no such file."""
        return self._path(name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Replace a file at once, so that nobody reads half of it."""
        if len(text) > LONGEST:
            raise SandboxError(f"A content file has at most {LONGEST} characters.")
        path = self._path(name)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)

    def restore(self, name: str) -> None:
        """The file as the clinic has it."""
        self.write(name, (self._original / self._known(name)).read_text(encoding="utf-8"))

    def is_changed(self, name: str) -> bool:
        return self.read(name) != (self._original / self._known(name)).read_text(encoding="utf-8")

    def check(self, country: str) -> Checked:
        """Every problem, with its line and its mend."""
        _, problems = read_content(self.folder, country=country)
        return Checked(tuple(sorted(problems)))

    def _known(self, name: str) -> str:
        """Only what is listed: a name from outside is never used as a path."""
        for known in self.names():
            if known == name:
                return known
        raise SandboxError(f"There is no content file {name!r}.")

    def _path(self, name: str) -> Path:
        return self.folder / self._known(name)
