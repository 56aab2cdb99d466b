"""Copies of the last good content on this computer's disk, for a start with a broken folder.

Only whole copies count; what is good is decided by `library`.
"""

import os
import shutil
from pathlib import Path

from bot.folder import bytes_of, content_files, hash_of


class LastGood:
    """Copies of good content: one folder each, and a file `current` that names the last whole one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pointer = folder / "current"

    def __str__(self) -> str:
        return self._folder.name

    def latest(self) -> Path | None:
        """The folder of the last good copy, if there is one."""
        try:
            copy = self._folder / self._pointer.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return copy if copy.parent == self._folder and copy.is_dir() else None

    def keep(self, directory: Path, revision: str) -> None:
        """Copy the files; only a whole copy of exactly that revision becomes current. Raises `OSError`."""
        copy, unfinished = self._folder / revision, self._folder / f"{revision}.new"
        if not copy.is_dir():
            shutil.rmtree(unfinished, ignore_errors=True)
            _copy(directory, unfinished)
            if hash_of(unfinished) != revision:  # saved again meanwhile: the next look keeps that
                shutil.rmtree(unfinished, ignore_errors=True)
                return
            unfinished.replace(copy)
        self._point_to(revision)
        for other in self._folder.iterdir():
            if other.is_dir() and other != copy:
                shutil.rmtree(other, ignore_errors=True)

    def _point_to(self, revision: str) -> None:
        fresh = self._folder / "current.new"
        _write(fresh, revision.encode())
        fresh.replace(self._pointer)


def _copy(directory: Path, into: Path) -> None:
    into.mkdir(parents=True)
    for relative in content_files(directory):
        raw = bytes_of(directory / relative)
        if raw is not None:
            (into / relative).parent.mkdir(parents=True, exist_ok=True)
            _write(into / relative, raw)


def _write(path: Path, raw: bytes) -> None:
    """Written down to the disk: a copy that a power cut could empty would be no copy."""
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
