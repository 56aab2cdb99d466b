"""What screening says: a level, categories, and the places in the text that caused them.

How a finding is reached is in `screener`; what is done about it is `bot.alerts`.
"""

import enum
from dataclasses import dataclass


class Level(enum.IntEnum):
    """How soon somebody must look. Higher is sooner, so the level of a text is the highest of its parts."""

    NONE = 0
    WATCH = 1
    ELEVATED = 2
    URGENT = 3

    @property
    def word(self) -> str:
        """The level as files and the `screen` command write it."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Level":
        """The level of that word; `ValueError` when there is none."""
        for level in cls:
            if level.word == word.strip().lower():
                return level
        raise ValueError(f"no such level: {word}")


class Category(enum.StrEnum):
    """What a concern is about."""

    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    HARM_OTHERS = "harm_others"
    OVERDOSE = "overdose"
    WITHDRAWAL = "withdrawal"
    UNSAFE = "unsafe"
    LAPSE = "lapse"
    CRAVING = "craving"
    MEDICATION = "medication"
    HOPELESS = "hopeless"
    DISENGAGED = "disengaged"
    OTHER_PERSON = "other_person"
    DISTRESS = "distress"


@dataclass(frozen=True)
class Evidence:
    """The rule that spoke and where: code points of the original text, `end` not included."""

    rule: str
    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """The result for one text; categories and evidence are in order of weight, gravest first."""

    level: Level
    categories: tuple[Category, ...] = ()
    evidence: tuple[Evidence, ...] = ()


NOTHING = Finding(Level.NONE)
"""Nothing to see to."""

UNSCREENABLE = Finding(Level.ELEVATED, (Category.DISTRESS,), (Evidence("unscreenable", 0, 0),))
"""What a text counts as when it could not be screened: somebody has to look."""
