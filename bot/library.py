"""The content in use while staff edit: the last good snapshot, swapped by one assignment.

Reading the folder is `snapshot`, keeping a copy for the next start `last_good`.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import structlog

from bot.config import Config
from bot.errors import HandrailError, Problem, Problems
from bot.folder import Signature, signature_of
from bot.last_good import LastGood
from bot.snapshot import LANGUAGES, Content, read_content

__all__ = ["Content", "Library", "NotStarted", "Refreshed", "read_content"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Refreshed:
    """What one look at the folder brought: a new snapshot, problems not told before, an end of problems."""

    changed: bool = False
    problems: tuple[Problem, ...] = ()
    mended: bool = False


_NOTHING_NEW = Refreshed()


class NotStarted(HandrailError):
    """The library was asked for content before it was started."""


class Library:
    """The last good content, while staff edit. Safe to read from any thread; `refresh` runs in one at a time."""

    def __init__(
        self,
        directory: Path,
        cache: Path | None,
        country: str,
        *,
        languages: tuple[str, ...] = LANGUAGES,
        default_language: str = "en",
        require_signature: bool = False,
    ) -> None:
        self._directory = directory
        self._cache = LastGood(cache) if cache is not None else None
        self._country = country
        self._languages = languages
        self._default = default_language
        self._signed_only = require_signature
        self._lock = threading.Lock()
        self._current: Content | None = None
        self._problems: tuple[Problem, ...] = ()
        self._seen: Signature | None = None
        self._told: set[frozenset[Problem]] = set()

    @classmethod
    def of(cls, config: Config) -> Self:
        """The library of the program that is configured so."""
        return cls(
            config.content.path,
            config.content.cache,
            country=config.program.country,
            languages=tuple(config.program.languages),
            default_language=config.program.language,
            require_signature=config.content.require_signature,
        )

    @property
    def current(self) -> Content:
        """The snapshot in use. Raises `NotStarted`."""
        content = self._current
        if content is None:
            raise NotStarted
        return content

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with the folder as it is now, warnings too; empty when all is well."""
        return self._problems

    def start(self) -> Refreshed:
        """Load the folder, or the last good copy when it is broken (its problems are then given).

        Raises `Problems`, the whole list, when there is no good copy either.
        """
        with self._lock:
            looked = self._look()
            if self._current is None:
                self._current = self._last_good()
            if self._current is None:
                raise Problems(list(self._problems))
            return looked

    def refresh(self) -> Refreshed:
        """Look at the folder; cheap when nothing changed. Swaps the snapshot only for one without problems."""
        with self._lock:
            if signature_of(self._directory) == self._seen:
                return _NOTHING_NEW
            return self._look()

    def _look(self) -> Refreshed:
        before = signature_of(self._directory)
        content, problems = self._read(self._directory)
        if signature_of(self._directory) != before and self._current is not None:
            return _NOTHING_NEW  # somebody is saving this very moment: look again next time
        self._seen = before
        self._problems = tuple(problems)
        if content is None:
            return Refreshed(problems=self._untold(problems))
        mended = bool(self._told)
        self._told.clear()
        changed = self._current is None or self._current.revision != content.revision
        if changed:
            self._current = content
            self._keep(content)
        return Refreshed(changed=changed, mended=mended)

    def _read(self, directory: Path) -> tuple[Content | None, list[Problem]]:
        return read_content(
            directory,
            country=self._country,
            languages=self._languages,
            default=self._default,
            signed_only=self._signed_only,
        )

    def _untold(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The errors, unless exactly these were told since the content was last good."""
        errors = frozenset(problem for problem in problems if not problem.warning)
        if errors in self._told:
            return ()
        self._told.add(errors)
        return tuple(sorted(errors))

    def _last_good(self) -> Content | None:
        copy = self._cache.latest() if self._cache else None
        return self._read(copy)[0] if copy else None

    def _keep(self, content: Content) -> None:
        if self._cache is None:
            return
        try:
            self._cache.keep(self._directory, content.revision)
        except OSError as error:
            _log.warning("content copy not kept", error=type(error).__name__, errno=error.errno)
            what = f"The last good content could not be copied ({error.strerror})."
            mend = "See to the disk: without a copy, a broken file can stop the next start."
            self._problems += (Problem(str(self._cache), 0, what, mend, warning=True),)
