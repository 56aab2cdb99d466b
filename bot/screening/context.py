"""The setting of a risky phrase: negated, past, another person's, quoted, only supposed, or coped with.

The idea is ConText's (Harkema 2009): cues open a scope inside a clause, other cues close or cancel it.
Cue words come from content; what a setting does to a level is `screener`'s business.
"""

import enum
from collections import defaultdict
from dataclasses import dataclass

from bot.screening.finding import Hit
from bot.screening.normalise import Break, Token


class Setting(enum.StrEnum):
    """One way in which a phrase is not what it says now, about the writer."""

    NEGATED = "negated"
    PAST = "past"
    OTHER_PERSON = "other_person"
    QUOTED = "quoted"
    CONDITIONAL = "conditional"
    COPED = "coped"


class Cue(enum.StrEnum):
    """The lists of small words, as they are named in a content file's `[context]`."""

    NEGATION = "negation"
    NOT_NEGATION = "not_negation"
    NEGATED_AFTER = "negated_after"
    PAST = "past"
    RECENT = "recent"
    NOT_RECENT = "not_recent"
    OTHER_PERSON = "other_person"
    SELF = "self"
    QUOTED = "quoted"
    CONDITIONAL = "conditional"
    COPED = "coped"
    CLAUSE = "clause"


_NEGATION_REACH = 6
_SUBJECT_REACH = 8


@dataclass(frozen=True)
class _Span:
    start: int
    end: int


class Context:
    """The cues of one text, indexed so that asking about a hit takes the same time in any text."""

    def __init__(self, tokens: list[Token], cues: list[tuple[Cue, Hit]]) -> None:
        self._tokens = tokens
        self._cues: dict[Cue, list[_Span]] = defaultdict(list)
        for cue, hit in cues:
            self._cues[cue].append(_Span(hit.start, hit.end))
        self._drop(Cue.NEGATION, covered_by=Cue.NOT_NEGATION)
        self._drop(Cue.RECENT, covered_by=Cue.NOT_RECENT)
        self._sentences = self._numbered(Break.STOP, set())
        begins = {span.start for span in self._cues[Cue.CLAUSE]}
        self._clauses = self._numbered(Break.COMMA, begins)
        self._index()

    def of(self, hit: Hit, *, subject_reach: int = _SUBJECT_REACH) -> frozenset[Setting]:
        """Every setting the hit stands in; a subject counts from at most `subject_reach` words before."""
        found = {
            Setting.NEGATED: self._is_negated(hit),
            Setting.PAST: self._is_past(hit),
            Setting.OTHER_PERSON: self._is_of_another(hit, subject_reach),
            Setting.QUOTED: self._is_quoted(hit),
            Setting.CONDITIONAL: self._is_supposed(hit),
            Setting.COPED: self._is_coped(hit),
        }
        return frozenset(setting for setting, holds in found.items() if holds)

    def clauses(self, hit: Hit) -> frozenset[int]:
        """The numbers of the clauses the hit touches."""
        return frozenset(range(self._clauses[hit.start], self._clauses[hit.end - 1] + 1))

    def _drop(self, cue: Cue, *, covered_by: Cue) -> None:
        covered = {at for span in self._cues[covered_by] for at in range(span.start, span.end)}
        self._cues[cue] = [span for span in self._cues[cue] if span.start not in covered]

    def _numbered(self, strength: Break, begins: set[int]) -> list[int]:
        number, numbers = 0, []
        for at, token in enumerate(self._tokens):
            number += token.gap >= strength or at in begins
            numbers.append(number)
        return numbers

    def _index(self) -> None:
        self._own = {span.start for span in self._cues[Cue.SELF]}
        self._subjects = {at for at in self._own if self._tokens[at].form in {"i", "yo"}}
        self._others = {at for span in self._cues[Cue.OTHER_PERSON] for at in range(span.start, span.end)}
        widest: dict[int, _Span] = {}
        for span in sorted(self._cues[Cue.NEGATION], key=lambda one: one.end):
            widest[span.start] = span  # "no longer" is one negation, not "no" and "no longer"
        self._negations: dict[int, _Span] = {span.end: span for span in widest.values()}
        self._negating = {span.start for span in self._cues[Cue.NEGATION]}
        self._denials: dict[int, _Span] = {span.start: span for span in self._cues[Cue.NEGATED_AFTER]}
        self._first_past = self._first_by(Cue.PAST, self._clauses)
        self._first_condition = self._first_by(Cue.CONDITIONAL, self._clauses)
        self._last_recent: dict[int, int] = {}
        for span in sorted(self._cues[Cue.RECENT], key=lambda one: one.start):
            self._last_recent[self._sentences[span.start]] = span.start
        self._recent = self._places(Cue.RECENT, self._clauses)
        self._quoting = self._places(Cue.QUOTED, self._clauses)
        self._quoting_sentences = self._places(Cue.QUOTED, self._sentences)
        self._coping_sentences = self._places(Cue.COPED, self._sentences)

    def _first_by(self, cue: Cue, numbers: list[int]) -> dict[int, int]:
        first: dict[int, int] = {}
        for span in self._cues[cue]:
            number = numbers[span.start]
            first[number] = min(first.get(number, span.start), span.start)
        return first

    def _places(self, cue: Cue, numbers: list[int]) -> set[int]:
        return {numbers[span.end - 1] for span in self._cues[cue]}

    def _is_negated(self, hit: Hit) -> bool:
        """An odd number of negations just before; "can't say I'm not" has two and is none."""
        ends = range(max(0, hit.start - _NEGATION_REACH), hit.start + 2)
        scopes = sum(end in self._negations and self._reaches(self._negations[end], hit) for end in ends)
        return scopes % 2 == 1 or self._is_denied_after(hit)

    def _reaches(self, span: _Span, hit: Hit) -> bool:
        if span.start >= hit.start or self._clauses[span.end - 1] != self._clauses[hit.start]:
            return False
        return not any(at in self._subjects for at in range(span.end, hit.start + 1))

    def _is_denied_after(self, hit: Hit) -> bool:
        """A denial that ends its clause: "suicidal thoughts: none", "cravings? no"."""
        if hit.start in self._negating:
            return False  # "no le veo sentido a nada" denies once, not twice
        for at in (hit.end, hit.end + 1):
            span = self._denials.get(at)
            marked = at < len(self._tokens) and self._tokens[at].gap > Break.NONE
            if span and (at == hit.end or marked) and self._ends_clause(span.end):
                return True
        return False

    def _ends_clause(self, at: int) -> bool:
        if at >= len(self._tokens) or self._tokens[at].gap >= Break.LINE:
            return True
        return self._clauses[at] != self._clauses[at - 1]

    def _is_past(self, hit: Hit) -> bool:
        clause, sentence = self._clauses[hit.start], self._sentences[hit.start]
        told = [
            self._first_past[near] for near in (clause - 1, clause, clause + 1) if near in self._first_past
        ]
        told = [at for at in told if self._sentences[at] == sentence]
        if not told or clause in self._recent:
            return False
        return self._last_recent.get(sentence, -1) <= min(told)

    def _is_of_another(self, hit: Hit, reach: int) -> bool:
        if any(at in self._own for at in range(hit.start, hit.end)):
            return False
        clause = self._clauses[hit.start]
        for at in range(hit.start - 1, max(-1, hit.start - 1 - reach), -1):
            if self._clauses[at] != clause or at in self._own:
                return False
            if at in self._others:
                return True
        return hit.start in self._others

    def _is_quoted(self, hit: Hit) -> bool:
        if self._clauses[hit.start] in self._quoting:
            return True
        here = self._sentences[hit.start]
        near = any(sentence in self._quoting_sentences for sentence in (here - 1, here, here + 1))
        return near and self._tokens[hit.start].quoted

    def _is_supposed(self, hit: Hit) -> bool:
        first = self._first_condition.get(self._clauses[hit.start])
        return first is not None and first < hit.start

    def _is_coped(self, hit: Hit) -> bool:
        here = self._sentences[hit.start]
        return here in self._coping_sentences or here + 1 in self._coping_sentences
