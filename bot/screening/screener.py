"""The screener: one pass over the tokens, then each find is weighed in its setting.

Pure, thread-safe, linear in the text. Phrases come from `content`; failing safe is `guard`'s business.
A trained layer will stand beside the phrases and speak through the same `Finding`.
"""

from collections import defaultdict
from dataclasses import dataclass

from bot.screening import scores
from bot.screening.context import Context, Cue, Setting
from bot.screening.finding import Finder, Hit
from bot.screening.model import NOTHING, Category, Evidence, Finding, Level
from bot.screening.normalise import Token, tokens
from bot.screening.phrases import Compiler
from bot.screening.rules import Family, Harmless, Rules, Score
from bot.screening.spelling import Spelling, Spellings, Stems

_EXPLICIT = frozenset({Category.SUICIDE, Category.SELF_HARM, Category.HARM_OTHERS})
"""A calming setting lowers these to watch, never to none (design page, "Levels")."""
_CALMING = (Setting.NEGATED, Setting.PAST, Setting.QUOTED, Setting.CONDITIONAL)
_SUBJECT_REACH = 8


@dataclass(frozen=True)
class _Unless:
    family: int


_Payload = tuple[int, Family] | _Unless | Harmless | Cue | Score


@dataclass(frozen=True)
class _Find:
    """A concern found: what, how grave after its setting, and where (tokens)."""

    rule: str
    categories: tuple[Category, ...]
    level: Level
    hit: Hit
    because: str


class Screener:
    """Screens texts by the given rules."""

    def __init__(self, rules: Rules) -> None:
        self._payloads: list[_Payload] = []
        spellings = Spellings(rules.spellings)
        compiler = Compiler(spellings.written)
        for name, members in rules.words.items():
            for member in members:
                compiler.add_member(f"<{name}>", member)
        self._teach(rules, compiler)
        self.faults = compiler.faults
        """Phrases that can never match, each with the reason; those of a list nobody wrote not among them."""
        self.missing_lists = dict(compiler.missing_lists())
        self.lists = compiler.lists
        words = [*compiler.words(), *rules.fillers]
        stems = Stems(words)
        self._spelling = Spelling(words, spellings, stems, rules.guarded)
        self._finder = Finder(compiler.table, stems, rules.fillers, _never_skipped(rules, spellings))

    def screen(self, text: str, lang: str | None = None) -> Finding:
        """The finding for any string. `lang` is a hint only: phrases of every language are always tried."""
        read = self._spelling.corrected(tokens(text))
        finds = [find for find in self._finds(read) if find.level > Level.NONE]
        if not finds:
            return NOTHING
        finds.sort(key=lambda find: (-find.level, find.hit.start, -find.hit.end))
        categories = dict.fromkeys(category for find in finds for category in find.categories)
        return Finding(finds[0].level, tuple(categories), _evidence(finds, read))

    def explain(self, text: str) -> list[str]:
        """What was read and why each find counts or does not, one step a line."""
        read = self._spelling.corrected(tokens(text))
        finding = self.screen(text)
        steps = ["read as: " + (" ".join(token.form for token in read) or "(no words)")]
        steps += [
            f"{find.rule}: {text[read[find.hit.start].start : read[find.hit.end - 1].end]!r}"
            f" -> {find.level.word} ({find.because})"
            for find in self._finds(read)
        ]
        names = ", ".join(finding.categories) or "no category"
        return [*steps, f"result: {finding.level.word} ({names})"]

    def _teach(self, rules: Rules, compiler: Compiler) -> None:
        for number, family in enumerate(rules.families):
            self._add((number, family), family.phrases, compiler)
            self._add(_Unless(number), family.unless, compiler)
        for harmless in rules.harmless:
            self._add(harmless, harmless.phrases, compiler)
        for cue, phrases in rules.cues.items():
            self._add(cue, phrases, compiler)
        for score in rules.scores:
            self._add(score, score.words, compiler)

    def _add(self, payload: _Payload, phrases: tuple[str, ...], compiler: Compiler) -> None:
        if not phrases:
            return
        self._payloads.append(payload)
        for phrase in phrases:
            compiler.add(len(self._payloads) - 1, phrase)

    def _finds(self, read: list[Token]) -> list[_Find]:
        hits = [(self._payloads[hit.rule], hit) for hit in self._finder.find(read)]
        context = Context(read, [(what, hit) for what, hit in hits if isinstance(what, Cue)])
        scored, numbers = _scored(hits, read)
        covered = _covered(hits)
        exceptions = _exceptions(hits, context)
        finds = []
        for what, hit in hits:
            if isinstance(what, tuple):
                number, family = what
                if family.level is Level.WATCH and hit.start in numbers:
                    finds.append(_Find(family.id, (), Level.NONE, hit, "told as a number"))
                elif _is_inside(hit, covered):
                    finds.append(_Find(family.id, (), Level.NONE, hit, "a harmless turn of speech"))
                elif exceptions[number] & context.clauses(hit):
                    finds.append(_Find(family.id, (), Level.NONE, hit, "an exception of the rule"))
                else:
                    finds.append(_weighed(family, hit, context))
        return finds + scored


_SMALL_NEGATIONS = frozenset("not no never without nunca sin ni jamas nobody nadie".split())


def _never_skipped(rules: Rules, spellings: Spellings) -> frozenset[str]:
    """The words that no `*` may step over."""
    written = {word for phrase in rules.cues.get(Cue.NEGATION, ()) for word in phrase.split()}
    return _SMALL_NEGATIONS & {part for word in written for part in spellings.written(word)}


def _covered(hits: list[tuple[_Payload, Hit]]) -> set[int]:
    return {at for what, hit in hits if isinstance(what, Harmless) for at in range(hit.start, hit.end)}


def _is_inside(hit: Hit, covered: set[int]) -> bool:
    """A harmless turn must hold the phrase's last word and most of it; touching its edge is not enough."""
    inside = sum(at in covered for at in range(hit.start, hit.end))
    return hit.end - 1 in covered and inside * 2 >= hit.end - hit.start


def _exceptions(hits: list[tuple[_Payload, Hit]], context: Context) -> dict[int, set[int]]:
    """The clauses each family leaves in peace: an exception reaches as far as its own clause."""
    found: dict[int, set[int]] = defaultdict(set)
    for what, hit in hits:
        if isinstance(what, _Unless):
            found[what.family].update(context.clauses(hit))
    return found


def _weighed(family: Family, hit: Hit, context: Context) -> _Find:
    """The family's level after its setting: explicit danger keeps at least watch, the rest may vanish."""
    reach = 2 if family.category is Category.HARM_OTHERS else _SUBJECT_REACH
    settings = context.of(hit, subject_reach=reach) - family.never_calmed
    floor = Level.WATCH if family.category in _EXPLICIT else Level.NONE
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
    return _Find(family.id, tuple(categories), level, hit, ", ".join(counted) or "as it stands")


def _scored(hits: list[tuple[_Payload, Hit]], read: list[Token]) -> tuple[list[_Find], set[int]]:
    """What numbers say, and the tokens they speak for: "craving 1/10" is no longer a mere "craving"."""
    named = {hit.end - 1: what for what, hit in hits if isinstance(what, Score)}
    found = list(scores.told(read, named))
    finds = [_told(one) for one in found]
    finds += [
        _Find(
            "score.day", (Category.DISTRESS,), Level.ELEVATED, Hit(-1, start, end), f"told as {value:g} of 10"
        )
        for value, start, end in scores.bare(read)
        if value <= 1
    ]
    return finds, {at for one in found for at in range(one.start, one.end)}


def _told(told: scores.Told) -> _Find:
    level, categories = told.score.level(told.value), (told.score.category,)
    return _Find(told.score.id, categories, level, Hit(-1, told.start, told.end), f"told as {told.value:g}")


def _evidence(finds: list[_Find], read: list[Token]) -> tuple[Evidence, ...]:
    """The widest place of each rule, gravest first, without repeating what a wider one of that rule shows."""
    shown: dict[str, list[Evidence]] = {}
    for find in finds:
        place = Evidence(find.rule, read[find.hit.start].start, read[find.hit.end - 1].end)
        earlier = shown.setdefault(find.rule, [])
        if not any(one.start <= place.start and place.end <= one.end for one in earlier[-8:]):
            earlier.append(place)
    return tuple(place for places in shown.values() for place in places)
