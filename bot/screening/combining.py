"""Phrases and the trained layer together: the trained layer raises what no phrase foresaw, and takes nothing back.

Where a phrase found words of suicide, self-harm or violence and their setting calmed them ("not suicidal, just
tired"), the phrases are sure of it, and the trained layer does not raise that sentence.
"""

from bot.screening.finding import Hit
from bot.screening.learned import Verdict
from bot.screening.model import Category, Level
from bot.screening.weighing import EXPLICIT, Find

_NOW = frozenset({Category.OVERDOSE, Category.WITHDRAWAL, Category.UNSAFE})


def combined(finds: list[Find], verdicts: list[Verdict]) -> list[Find]:
    """The finds of the phrases and those of the trained layer that go beyond them."""
    found = list(finds)
    for verdict in verdicts:
        within = [find for find in finds if verdict.covers(find.hit)]
        known = max((find.level for find in within), default=Level.NONE)
        if verdict.level > known and not any(_is_settled(find, verdict) for find in within):
            found.append(_learned(verdict))
    return found


def _learned(verdict: Verdict) -> Find:
    return Find(
        f"learned.{verdict.category}",
        (verdict.category,),
        verdict.level,
        Hit(-1, *verdict.span),
        verdict.words,
    )


def _is_settled(find: Find, verdict: Verdict) -> bool:
    """Whether a phrase is sure of it: calmed words of danger, or somebody else who is not in danger of body now."""
    if find.calmed and not EXPLICIT.isdisjoint(find.categories):
        return True
    return Category.OTHER_PERSON in find.categories and verdict.category not in _NOW
