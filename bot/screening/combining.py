"""Phrases and what was learned together: the learned layers raise what no phrase foresaw and take nothing back.

Where a phrase found words of suicide, self-harm or violence and their setting calmed them ("not suicidal, just
tired"), the phrases are sure of it, and nothing raises that sentence. Where a phrase raised a sentence that the
network takes for plainly harmless, somebody sees it in the morning instead of now: it is lowered to watch, never
further. That holds for what can wait a night; danger of life, body or home is never doubted.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.screening.finding import Hit
from bot.screening.learned import Verdict
from bot.screening.model import Category, Level
from bot.screening.weighing import EXPLICIT, Find

_NOW = frozenset({Category.OVERDOSE, Category.WITHDRAWAL, Category.UNSAFE})
_NEVER_DOUBTED = EXPLICIT | _NOW


def combined(finds: list[Find], verdicts: list[Verdict], may_doubt: Callable[[str], bool]) -> list[Find]:
    """The finds of the phrases, doubted where they may be, and those that go beyond them."""
    found = [_doubted(find, verdicts) if may_doubt(find.rule) else find for find in finds]
    for verdict in verdicts:
        within = [find for find in finds if verdict.covers(find.hit)]
        known = max((find.level for find in within), default=Level.NONE)
        if verdict.level > known and not any(_is_settled(find, verdict) for find in within):
            found.append(_learned(verdict))
    return found


def _doubted(find: Find, verdicts: list[Verdict]) -> Find:
    about = [verdict for verdict in verdicts if verdict.covers(find.hit)]
    if find.level is not Level.ELEVATED or not _NEVER_DOUBTED.isdisjoint(find.categories):
        return find
    if not about or not all(verdict.doubts for verdict in about):
        return find
    because = f"{find.because}; lowered to watch: the network takes it for harmless"
    return replace(find, level=Level.WATCH, because=because, calmed=True)


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
