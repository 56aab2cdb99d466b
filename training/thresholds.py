"""From which scores the network and the word weights count: chosen on replies whose ideas they had not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.screening.model import Level

_MOST_LOST = {Level.URGENT: 0.015, Level.ELEVATED: 0.025}
"""The part of what phrases rightly raise that doubt may lower to watch."""
_DOUBT_AT_MOST = -5.2
"""Log-odds of 1 to 180 that somebody must look: no phrase is overruled on less."""
_RAISED = {True: 2, False: 20}
"""Of 1,000 harmless replies, everyday ones and those made to be hard, what may be raised beside the phrases."""
_GRAVE = {True: 1, False: 7}
"""The same, as urgent."""


@dataclass(frozen=True)
class Judged:
    """One unseen reply: what it is, what the phrases say of it, and its scores."""

    level: Level
    phrases: Level
    is_everyday: bool
    raised: float
    grave: float
    by_network: float
    """The raised score without the word weights, which know nothing of replies that a phrase raises."""


def chosen(judged: Sequence[Judged]) -> dict[str, float]:
    """`doubt`, `raised` and `grave`: scores below which, and above which, what was learned is heard."""
    quiet = [one for one in judged if one.level is Level.NONE and one.phrases < Level.ELEVATED]
    raised = [(one.raised, one.is_everyday) for one in quiet]
    grave = [(one.grave, one.is_everyday) for one in quiet]
    found = {
        "doubt": min(_DOUBT_AT_MOST, *(_doubt(judged, level, most) for level, most in _MOST_LOST.items())),
        "raised": max(_within(raised, everyday, most) for everyday, most in _RAISED.items()),
        "grave": max(_within(grave, everyday, most) for everyday, most in _GRAVE.items()),
    }
    return {name: round(score, 3) for name, score in found.items()}


def _doubt(judged: Sequence[Judged], level: Level, most: float) -> float:
    """The highest doubt that loses no more of that level than allowed."""
    scores = sorted(one.by_network for one in judged if one.level is level and one.phrases >= Level.ELEVATED)
    return scores[int(len(scores) * most)]


def _within(scored: Sequence[tuple[float, bool]], everyday: bool, most: int) -> float:
    """The score that no more than so many of 1,000 replies of that kind exceed."""
    scores = sorted((score for score, kind in scored if kind is everyday), reverse=True)
    return scores[len(scores) * most // 1000]
