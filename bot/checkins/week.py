"""Somebody's own seven days, for themselves: what they answered, in numbers and bars. Nothing is held against them.

Rules only: a day without a check-in is a gap and no fault, and nothing is counted from zero again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.checkins.model import Answers, Question

DAYS = 7
BARS = "▁▂▃▄▅▆▇█"
GAP_NUMBER, GAP_BAR = "–", "·"


@dataclass(frozen=True)
class Line:
    """One question over seven days: a number for each day, None where there is none."""

    title: str
    values: Sequence[int | None]
    lowest: int
    highest: int

    @property
    def numbers(self) -> str:
        """ "6 – 4 5 7 8 6"."""
        return " ".join(GAP_NUMBER if value is None else str(value) for value in self.values)

    @property
    def bars(self) -> str:
        return "".join(GAP_BAR if value is None else self._bar(value) for value in self.values)

    @property
    def is_empty(self) -> bool:
        return all(value is None for value in self.values)

    def _bar(self, value: int) -> str:
        part = (value - self.lowest) / (self.highest - self.lowest)
        return BARS[round(part * (len(BARS) - 1))]


@dataclass(frozen=True)
class Week:
    """The seven days up to `last`."""

    last: date
    days_answered: int
    lines: Sequence[Line]

    @property
    def first(self) -> date:
        return self.last - timedelta(days=DAYS - 1)


def line_of(question: Question, title: str, days: Mapping[date, Answers], last: date) -> Line:
    """That scale's answers on the seven days up to `last`, oldest first."""
    given = [days.get(last - timedelta(days=back), {}).get(question.id) for back in reversed(range(DAYS))]
    values = [one if isinstance(one, int) else None for one in given]
    return Line(title, values, question.minimum, question.maximum)
