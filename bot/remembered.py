"""What was found in a file before, by its bytes: of two hundred files of which one changed, one is read."""

import hashlib
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from bot.errors import Problem
from bot.reading import Source, read_bytes

_FOLDERS = 3  # the content, its last good copy, and one that somebody looks at
_Found = TypeVar("_Found")
_Known = dict[Source, tuple[tuple[Hashable, ...], _Found]]


class Remembered(Generic[_Found]):
    """The last finding of each file, which must depend on nothing but its bytes, its place and `about`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._folders: dict[Path, _Known[_Found]] = {}

    def of(self, source: Source, *about: Hashable, read: Callable[[], _Found]) -> _Found:
        """As `read` gives it; nothing is remembered of a file that changes while it is read."""
        known, digest = self._known_of(source.root), _digest(source)
        last = known.get(source)
        if last is not None and last[0] == (digest, about):
            return last[1]
        found = read()
        if digest is not None and digest == _digest(source):
            known[source] = (digest, about), found
        return found

    def _known_of(self, folder: Path) -> _Known[_Found]:
        """What is known of that folder; the one that was looked at longest ago is forgotten for it."""
        with self._lock:
            known = self._folders[folder] = self._folders.pop(folder, {})
            if len(self._folders) > _FOLDERS:
                del self._folders[next(iter(self._folders))]
            return known


def _digest(source: Source) -> bytes | None:
    """Of the file's bytes; None when it cannot be read, which is asked anew each time."""
    raw = read_bytes(source)
    return None if isinstance(raw, Problem) else hashlib.sha256(raw).digest()
