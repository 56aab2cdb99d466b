"""What lies in the content folder, and what is wrong with how it lies there: names, links, rights, strays."""

import os
from collections.abc import Iterator
from pathlib import Path

from bot.errors import Problem
from bot.folder import PASSED_OVER
from bot.modules.pictures import DRAWINGS
from bot.modules.pictures import FOLDER as PICTURES
from bot.modules.pictures import SUFFIXES as PICTURE_SUFFIXES
from bot.reading import Source, did_you_mean

_KNOWN = {"modules", PICTURES, "checkins", "crisis", "screening", "phrases", "consent.toml", "forbidden.toml",
          "suggestions.toml", "course.toml", "schemas"}  # fmt: skip


class Listing:
    """A look through one content folder. `problems` grows with what is found; paths are relative to the folder."""

    def __init__(self, directory: Path, languages: tuple[str, ...]) -> None:
        self._directory = directory
        self._languages = languages
        self.problems: list[Problem] = []

    def shown(self, relative: str) -> str:
        """The path as a person may read it: from the content folder's own name, without odd bytes."""
        whole = "/".join(part for part in (self._directory.absolute().name, relative) if part)
        return "".join(character if character.isprintable() else "�" for character in whole)

    def note(self, relative: str, what: str, mend: str, *, warning: bool = False) -> None:
        """One more problem, of a whole file."""
        self.problems.append(Problem(self.shown(relative), 0, what, mend, warning))

    def source(self, relative: str) -> Source:
        """The file, as readers of content take it."""
        return Source(self._directory / relative, self.shown(relative), self._directory)

    def is_there(self, relative: str, why: str) -> bool:
        """Whether the file is there; that it is missing is a problem."""
        there = os.path.lexists(self._directory / relative)
        if not there:
            self.note(relative, f"This file is missing: {why}.", "Put it back.")
        return there

    def names(self, folder: str, suffix: str | tuple[str, ...]) -> list[str]:
        """The files of a folder with that suffix, relative to the content."""
        return [f"{folder}/{name}" for name in self.listed(folder) if name.endswith(suffix)]

    def listed(self, folder: str) -> list[str]:
        """What is in a folder of the content ("" for itself), sorted; why it cannot be read is a problem."""
        path = self._directory / folder
        if not os.path.lexists(path):
            return []
        if folder and path.is_symlink():
            what = "This is a link to another folder: changes in there would go unseen."
            self.note(folder, what, "Put the folder itself here.")
            return []
        try:
            names = sorted(entry.name for entry in path.iterdir())
        except NotADirectoryError:
            self.note(folder, "This is a file, and a folder belongs here.", "Remove or rename it.")
            return []
        except OSError as error:
            self.note(folder, f"This folder cannot be read ({error.strerror}).", "Check its rights.")
            return []
        meant = [name for name in names if name not in PASSED_OVER and not name.startswith(".")]
        return [name for name in meant if self._is_named_well(f"{folder}/{name}" if folder else name)]

    def _is_named_well(self, relative: str) -> bool:
        """Whether a person could type the name: an odd byte or a line end in it is a problem."""
        if not relative.isprintable():
            mend = "Rename it with small letters, digits and hyphens."
            self.note(relative, "The name of this file cannot be shown.", mend)
        return relative.isprintable()

    def find_strays(self) -> None:
        """Files that look meant but are read by nothing: a wrong name must not go unseen."""
        for name in self.listed(""):
            if name not in _KNOWN:
                self._stray(name, did_you_mean(name, sorted(_KNOWN)))
        for folder, *suffixes in self._folders():
            for name in self.listed(folder):
                if not name.endswith(tuple(suffixes)):
                    self._stray(f"{folder}/{name}", f"Files here end in {' or '.join(suffixes)}.")

    def _folders(self) -> Iterator[tuple[str, *tuple[str, ...]]]:
        for name in ("checkins", "crisis", "phrases", "screening"):
            yield name, ".toml"
        yield PICTURES, *PICTURE_SUFFIXES, DRAWINGS
        for name in self.listed("modules"):
            if name in self._languages:
                yield f"modules/{name}", ".md"
            else:
                self._stray(f"modules/{name}", f"Modules are in: {', '.join(self._languages)}.")

    def _stray(self, relative: str, mend: str) -> None:
        self.note(relative, "Nothing reads this.", mend, warning=True)
