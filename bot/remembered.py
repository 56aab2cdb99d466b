"""What was found in a file before, by its bytes: of two hundred files of which one changed, one is read."""

import hashlib
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from bot.errors import Problem
from bot.reading import Source, read_bytes

_MOST = 4000  # twice as many as a content folder may hold
_Found = TypeVar("_Found")


class Remembered(Generic[_Found]):
    """Findings of one kind, which must depend on nothing but the file's bytes, its place and `about`."""

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, ...], _Found] = {}

    def of(self, source: Source, *about: Hashable, read: Callable[[], _Found]) -> _Found:
        """As `read` gives it; nothing is remembered of a file that changes while it is read."""
        key = (source, about, _digest(source))
        if key in self._known:
            return self._known[key]
        found = read()
        if key[-1] is not None and key[-1] == _digest(source):
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = found
        return found


def _digest(source: Source) -> bytes | None:
    """Of the file's bytes; None when it cannot be read, which is asked anew each time."""
    raw = read_bytes(source)
    return None if isinstance(raw, Problem) else hashlib.sha256(raw).digest()
