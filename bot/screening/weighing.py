"""Each find weighed in its setting: what it is about, how grave it is, and why it counts or does not.

What the phrases know for certain. What no phrase foresees is `learned`'s business.
"""

from collections import defaultdict
from dataclasses import dataclass

from bot.screening import scores
from bot.screening.context import Context, Cue, Setting
from bot.screening.finding import Hit
from bot.screening.model import Category, Level
from bot.screening.normalise import Token
from bot.screening.rules import Family, Harmless, Score

EXPLICIT = frozenset({Category.SUICIDE, Category.SELF_HARM, Category.HARM_OTHERS})
"""A calming setting lowers these to watch, never to none (design page, "Levels")."""
_CALMING = (Setting.NEGATED, Setting.PAST, Setting.QUOTED, Setting.CONDITIONAL)
_SUBJECT_REACH = 8


@dataclass(frozen=True)
class Unless:
    """Exceptions of the family with that number."""

    family: int


Payload = tuple[int, Family] | Unless | Harmless | Cue | Score
"""What a hit means; a family comes with its number."""


@dataclass(frozen=True)
class Find:
    """A concern found: what, how grave after its setting, and where (tokens)."""

    rule: str
    categories: tuple[Category, ...]
    level: Level
    hit: Hit
    because: str
    calmed: bool = False
    """Whether its setting lowered it."""


def weighed(hits: list[tuple[Payload, Hit]], read: list[Token]) -> list[Find]:
    """Every find of one text, those that come to nothing included."""
    concerns = [(what, hit) for what, hit in hits if isinstance(what, tuple)]
    scored, numbers = _scored(hits, read)
    if not concerns:
        return scored
    context = Context(read, [(what, hit) for what, hit in hits if isinstance(what, Cue)])
    covered = _covered(hits)
    exceptions = _exceptions(hits, context)
    finds = []
    for (number, family), hit in concerns:
        if family.level is Level.WATCH and hit.start in numbers:
            finds.append(Find(family.id, (), Level.NONE, hit, "told as a number"))
        elif _is_inside(hit, covered):
            finds.append(Find(family.id, (), Level.NONE, hit, "a harmless turn of speech"))
        elif exceptions[number] & context.clauses(hit):
            finds.append(Find(family.id, (), Level.NONE, hit, "an exception of the rule"))
        else:
            finds.append(_in_setting(family, hit, context))
    return finds + scored


def _covered(hits: list[tuple[Payload, Hit]]) -> set[int]:
    return {at for what, hit in hits if isinstance(what, Harmless) for at in range(hit.start, hit.end)}


def _is_inside(hit: Hit, covered: set[int]) -> bool:
    """A harmless turn must hold the phrase's last word and most of it; touching its edge is not enough."""
    inside = sum(at in covered for at in range(hit.start, hit.end))
    return hit.end - 1 in covered and inside * 2 >= hit.end - hit.start


def _exceptions(hits: list[tuple[Payload, Hit]], context: Context) -> dict[int, set[int]]:
    """The clauses each family leaves in peace: an exception reaches as far as its own clause."""
    found: dict[int, set[int]] = defaultdict(set)
    for what, hit in hits:
        if isinstance(what, Unless):
            found[what.family].update(context.clauses(hit))
    return found


def _in_setting(family: Family, hit: Hit, context: Context) -> Find:
    """The family's level after its setting: explicit danger keeps at least watch, the rest may vanish."""
    reach = 2 if family.category is Category.HARM_OTHERS else _SUBJECT_REACH
    settings = context.of(hit, subject_reach=reach) - family.never_calmed
    floor = Level.WATCH if family.category in EXPLICIT else Level.NONE
    level, categories = family.level, [family.category]
    counted = []
    if Setting.OTHER_PERSON in settings and not family.about_anyone:
        level, categories = min(level, Level.WATCH), [*categories, Category.OTHER_PERSON]
        counted.append(Setting.OTHER_PERSON)
    for setting in _CALMING:
        if setting in settings:
            level = min(level, floor)
            counted.append(setting)
    if Setting.COPED in settings and family.coping:
        level = min(level, Level.WATCH)
        counted.append(Setting.COPED)
    because = ", ".join(counted) or "as it stands"
    return Find(family.id, tuple(categories), level, hit, because, calmed=level < family.level)


def _scored(hits: list[tuple[Payload, Hit]], read: list[Token]) -> tuple[list[Find], set[int]]:
    """What numbers say, and the tokens they speak for: "craving 1/10" is no longer a mere "craving"."""
    named = {hit.end - 1: what for what, hit in hits if isinstance(what, Score)}
    found = list(scores.told(read, named))
    finds = [_told(one) for one in found]
    finds += [
        Find(
            "score.day", (Category.DISTRESS,), Level.ELEVATED, Hit(-1, start, end), f"told as {value:g} of 10"
        )
        for value, start, end in scores.bare(read)
        if value <= 1
    ]
    return finds, {at for one in found for at in range(one.start, one.end)}


def _told(told: scores.Told) -> Find:
    level, categories = told.score.level(told.value), (told.score.category,)
    return Find(told.score.id, categories, level, Hit(-1, told.start, told.end), f"told as {told.value:g}")
