"""The setting of a risky phrase: negated, past, another person's, quoted, only supposed, or coped with.

The idea is ConText's (Harkema 2009): cues open a scope inside a clause, other cues close or cancel it.
Cue words come from content; what a setting does to a level is `screener`'s business.
"""

import enum
from collections import defaultdict
from dataclasses import dataclass

from bot.screening.normalise import Break, Token
from bot.screening.phrases import Hit


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
    """The cues of one text, ready to be asked about any hit in it."""

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
        self._by_sentence = self._grouped()

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

    def sentence(self, hit: Hit) -> int:
        """The number of the sentence the hit begins in."""
        return self._sentences[hit.start]

    def _drop(self, cue: Cue, *, covered_by: Cue) -> None:
        covered = {at for span in self._cues[covered_by] for at in range(span.start, span.end)}
        self._cues[cue] = [span for span in self._cues[cue] if span.start not in covered]

    def _numbered(self, strength: Break, begins: set[int]) -> list[int]:
        number, numbers = 0, []
        for at, token in enumerate(self._tokens):
            number += token.gap >= strength or at in begins
            numbers.append(number)
        return numbers

    def _grouped(self) -> dict[tuple[Cue, int], list[_Span]]:
        groups: dict[tuple[Cue, int], list[_Span]] = defaultdict(list)
        for cue, spans in self._cues.items():
            for span in spans:
                groups[cue, self._sentences[span.start]].append(span)
        return groups

    def _near(self, cue: Cue, hit: Hit, *, later: int = 0) -> list[_Span]:
        return self._by_sentence.get((cue, self._sentences[hit.start] + later), [])

    def _same_clause(self, span: _Span, hit: Hit) -> bool:
        return self._clauses[span.end - 1] == self._clauses[hit.start]

    def _is_negated(self, hit: Hit) -> bool:
        """An odd number of negations just before; "can't say I'm not" has two and is none."""
        scopes = [span for span in self._near(Cue.NEGATION, hit) if self._reaches(span, hit)]
        separate = {span.end for span in scopes}
        return len(separate) % 2 == 1 or self._is_denied_after(hit)

    def _reaches(self, span: _Span, hit: Hit) -> bool:
        if not (span.start < hit.start and span.end <= hit.start + 1):
            return False
        if hit.start - span.end > _NEGATION_REACH or not self._same_clause(span, hit):
            return False
        return not any(
            span.end <= own.start <= hit.start for own in self._near(Cue.SELF, hit) if self._is_subject(own)
        )

    def _is_subject(self, span: _Span) -> bool:
        return self._tokens[span.start].form in {"i", "yo"}

    def _is_denied_after(self, hit: Hit) -> bool:
        """ "Suicidal thoughts: none", "cravings? no": a denial that ends its clause."""
        return any(
            hit.end <= span.start <= hit.end + 1 and self._ends_clause(span.end)
            for later in (0, 1)
            for span in self._near(Cue.NEGATED_AFTER, hit, later=later)
        )

    def _ends_clause(self, at: int) -> bool:
        return at >= len(self._tokens) or self._tokens[at].gap >= Break.LINE or self._is_clause_begin(at)

    def _is_clause_begin(self, at: int) -> bool:
        return self._clauses[at] != self._clauses[at - 1]

    def _is_past(self, hit: Hit) -> bool:
        told = [
            span
            for span in self._near(Cue.PAST, hit)
            if 0 <= abs(self._clauses[span.start] - self._clauses[hit.start]) <= 1
        ]
        if not told:
            return False
        first = min(span.start for span in told)
        return not any(
            span.start > first or self._same_clause(span, hit) for span in self._near(Cue.RECENT, hit)
        )

    def _is_of_another(self, hit: Hit, reach: int) -> bool:
        own = {span.start for span in self._near(Cue.SELF, hit)}
        if any(at in own for at in range(hit.start, hit.end)):
            return False
        others = {at for span in self._near(Cue.OTHER_PERSON, hit) for at in range(span.start, span.end)}
        clause = self._clauses[hit.start]
        for at in range(hit.start - 1, max(-1, hit.start - 1 - reach), -1):
            if self._clauses[at] != clause or at in own:
                return False
            if at in others:
                return True
        return hit.start in others

    def _is_quoted(self, hit: Hit) -> bool:
        spans = self._near(Cue.QUOTED, hit)
        if any(self._same_clause(span, hit) for span in spans):
            return True
        sayings = spans + self._near(Cue.QUOTED, hit, later=1) + self._near(Cue.QUOTED, hit, later=-1)
        return bool(sayings) and self._tokens[hit.start].quoted

    def _is_supposed(self, hit: Hit) -> bool:
        return any(
            self._same_clause(span, hit) and span.start < hit.start
            for span in self._near(Cue.CONDITIONAL, hit)
        )

    def _is_coped(self, hit: Hit) -> bool:
        return bool(self._near(Cue.COPED, hit) or self._near(Cue.COPED, hit, later=1))
