"""The screener: phrases first, each weighed in its setting, then what was learned for what no phrase foresaw.

Pure, thread-safe, linear in the text. Phrases come from `content`; the network (`opinions`) judges sentences, and
where it cannot be loaded the word weights (`learned`) do. Failing safe is `guard`'s business.
"""

from bot.screening.combining import combined
from bot.screening.context import Cue
from bot.screening.finding import Finder
from bot.screening.learned import Learned, Verdict
from bot.screening.model import NOTHING, Evidence, Finding, Level
from bot.screening.normalise import Token, tokens
from bot.screening.opinions import Opinions
from bot.screening.phrases import Compiler
from bot.screening.rules import Rules
from bot.screening.spelling import Spelling, Spellings, Stems
from bot.screening.weighing import Find, Payload, Unless, weighed

_SMALL_NEGATIONS = frozenset("not no never without nunca sin ni jamas nobody nadie".split())


class Screener:
    """Screens texts by the given rules and, when there are any, learned weights and the network."""

    def __init__(
        self, rules: Rules, learned: Learned | None = None, opinions: Opinions | None = None
    ) -> None:
        self._learned = learned
        self._opinions = opinions
        self.families = frozenset(family.id for family in rules.families)
        """The ids of the phrase families."""
        self._payloads: list[Payload] = []
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

    @property
    def is_whole(self) -> bool:
        """Whether everything learned stands beside the phrases; of the network known from the first text on."""
        return self._learned is not None and not (self._opinions and self._opinions.is_broken)

    def screen(self, text: str, lang: str | None = None) -> Finding:
        """The finding for any string. `lang` is a hint only: phrases of every language are always tried."""
        read = self.read(text)
        finds = [find for find in self._finds(read) if find.level > Level.NONE]
        if not finds:
            return NOTHING
        finds.sort(key=lambda find: (-find.level, find.hit.start, -find.hit.end))
        categories = dict.fromkeys(category for find in finds for category in find.categories)
        return Finding(finds[0].level, tuple(categories), _evidence(finds, read))

    def explain(self, text: str) -> list[str]:
        """What was read and why each find counts or does not, one step a line."""
        read = self.read(text)
        finding = self.screen(text)
        steps = ["read as: " + (" ".join(token.form for token in read) or "(no words)")]
        found = self.phrases_in(read)
        verdicts = self._verdicts(read, found)
        steps += [_step(find, text, read) for find in combined(found, verdicts, self._may_doubt)]
        steps += [f"not raised: {verdict.words}" for verdict in verdicts if verdict.level is Level.NONE]
        names = ", ".join(finding.categories) or "no category"
        return [*steps, f"result: {finding.level.word} ({names})"]

    def read(self, text: str) -> list[Token]:
        """The words of the text as they were meant."""
        return self._spelling.corrected(tokens(text))

    def phrases_in(self, read: list[Token]) -> list[Find]:
        """What the phrases alone find, weighed; those that come to nothing included."""
        return weighed([(self._payloads[hit.rule], hit) for hit in self._finder.find(read)], read)

    def _finds(self, read: list[Token]) -> list[Find]:
        found = self.phrases_in(read)
        return combined(found, self._verdicts(read, found), self._may_doubt)

    def _verdicts(self, read: list[Token], found: list[Find]) -> list[Verdict]:
        """The network's, or without it those of the word weights."""
        verdicts = self._opinions.verdicts(read, found, self._learned) if self._opinions and read else None
        if verdicts is None:
            return self._learned.verdicts(read, found) if self._learned else []
        return verdicts

    def _may_doubt(self, rule: str) -> bool:
        return self._opinions is not None and self._opinions.may_doubt(rule)

    def _teach(self, rules: Rules, compiler: Compiler) -> None:
        for number, family in enumerate(rules.families):
            self._add((number, family), family.phrases, compiler)
            self._add(Unless(number), family.unless, compiler)
        for harmless in rules.harmless:
            self._add(harmless, harmless.phrases, compiler)
        for cue, phrases in rules.cues.items():
            self._add(cue, phrases, compiler)
        for score in rules.scores:
            self._add(score, score.words, compiler)

    def _add(self, payload: Payload, phrases: tuple[str, ...], compiler: Compiler) -> None:
        if not phrases:
            return
        self._payloads.append(payload)
        for phrase in phrases:
            compiler.add(len(self._payloads) - 1, phrase)


def _never_skipped(rules: Rules, spellings: Spellings) -> frozenset[str]:
    """The words that no `*` may step over."""
    written = {word for phrase in rules.cues.get(Cue.NEGATION, ()) for word in phrase.split()}
    return _SMALL_NEGATIONS & {part for word in written for part in spellings.written(word)}


def _step(find: Find, text: str, read: list[Token]) -> str:
    said = text[read[find.hit.start].start : read[find.hit.end - 1].end]
    return f"{find.rule}: {said!r} -> {find.level.word} ({find.because})"


def _evidence(finds: list[Find], read: list[Token]) -> tuple[Evidence, ...]:
    """The widest place of each rule, gravest first, without repeating what a wider one of that rule shows."""
    shown: dict[str, list[Evidence]] = {}
    for find in finds:
        place = Evidence(find.rule, read[find.hit.start].start, read[find.hit.end - 1].end)
        earlier = shown.setdefault(find.rule, [])
        if not any(one.start <= place.start and place.end <= one.end for one in earlier[-8:]):
            earlier.append(place)
    return tuple(place for places in shown.values() for place in places)
