"""The rules a screener is made of, as plain values; `content` reads them, `screener` follows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.screening.context import Cue, Setting
from bot.screening.model import Category, Level


@dataclass(frozen=True)
class Family:
    """Phrases that mean one concern."""

    id: str
    category: Category
    level: Level
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()
    about_anyone: bool = False
    """Whoever it is about: "my friend won't wake up" is as urgent as "I can't wake up"."""
    coping: bool = False
    """Lowered when the writer tells how they got past it."""
    never_calmed: frozenset[Setting] = frozenset()


@dataclass(frozen=True)
class Harmless:
    """Turns of speech that contain a risky phrase and mean nothing by it."""

    id: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """A number told with a word: "craving 9/10". High is worse unless `low_is_worse`."""

    id: str
    category: Category
    words: tuple[str, ...]
    watch: int
    elevated: int
    low_is_worse: bool = False

    def level(self, value: float) -> Level:
        """The level of a score from 0 to 10."""
        if self._reaches(self.elevated, value):
            return Level.ELEVATED
        return Level.WATCH if self._reaches(self.watch, value) else Level.NONE

    def _reaches(self, mark: int, value: float) -> bool:
        return value <= mark if self.low_is_worse else value >= mark


@dataclass(frozen=True)
class Rules:
    """Everything the content files say, of all languages together."""

    families: tuple[Family, ...]
    harmless: tuple[Harmless, ...]
    scores: tuple[Score, ...]
    cues: Mapping[Cue, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, tuple[str, ...]]
    fillers: tuple[str, ...]
    guarded: tuple[str, ...] = ()
