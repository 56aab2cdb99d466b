"""One walk over the tokens that finds every phrase of every rule.

The table is `phrases`' work. Each token is looked at once with every phrase that is under way there, and a
phrase is under way for a few tokens at most: the work is linear in the text.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from bot.screening.near import Words
from bot.screening.normalise import Break, Token
from bot.screening.phrases import END, NUMBER, WIDTH, Table
from bot.screening.spelling import Stems

_GAP_SIZE = 3
_FILLERS_SKIPPED = 2
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,2})?")
_REMEMBERED = 4096


class Hit(NamedTuple):
    """Rule number `rule` found from token `start` up to, not including, token `end`."""

    rule: int
    start: int
    end: int


_State = tuple[int, int, int, bool]
"""The node, the first token, how many tokens may still be stepped over, whether any or only fillers."""
_Waiting = dict[int, dict[_State, None]]
_Members = dict[str, list[tuple[Words, int]]]
_Labels = tuple[tuple[int, ...], _Members]
"""What one form may stand for by itself; the lists' members that begin with it, by their second word."""
_NO_LABELS: _Labels = ((), {})


class Finder:
    """All phrases of all rules, ready to be looked for. Safe to use from several threads."""

    def __init__(
        self, table: Table, stems: Stems, fillers: Iterable[str], never_skipped: Iterable[str]
    ) -> None:
        self._table = table
        self._stems = stems
        self._fillers = frozenset(fillers)
        self._never_skipped = frozenset(never_skipped)
        self._end_label = table.labels.get(END, 0)
        self._labels_of = lru_cache(_REMEMBERED)(self._read_labels)

    def find(self, tokens: list[Token]) -> list[Hit]:
        """Every occurrence, each rule at most once for each pair of ends."""
        hits: set[Hit] = set()
        waiting: _Waiting = {}
        steps = self._table.steps
        for at, token in enumerate(tokens):
            alone, several = self._labels_of(token.form)
            states = waiting.pop(at, None)
            if states and token.gap == Break.STOP:
                states = None
            labels = [(label, 1) for label in alone]
            if several and at + 1 < len(tokens):
                labels += _members_at(several.get(tokens[at + 1].form, ()), tokens, at)
            for label, size in labels:
                node = steps.get(label)  # a step from the root has its label's number
                if node:
                    self._enter(node, at, at + size, tokens, waiting, hits)
                if states:
                    for state in states:
                        node = steps.get(state[0] * WIDTH + label)
                        if node:
                            self._enter(node, state[1], at + size, tokens, waiting, hits)
            if states:
                self._step_over(states, token, at, waiting)
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.rule))

    def _enter(
        self, node: int, start: int, end: int, tokens: list[Token], waiting: _Waiting, hits: set[Hit]
    ) -> None:
        table = self._table
        for rule in table.ends[node]:
            hits.add(Hit(rule, start, end))
        if not table.inner[node]:
            return
        at_end = end >= len(tokens)
        if at_end or tokens[end].gap:
            closed = table.steps.get(node * WIDTH + self._end_label)
            if closed:
                hits.update(Hit(rule, start, end) for rule in table.ends[closed])
        if at_end:
            return
        states = waiting.get(end)
        if states is None:
            states = waiting[end] = {}
        states[(node, start, _FILLERS_SKIPPED, False)] = None
        gap = table.gaps.get(node)
        if gap:
            states[(gap, start, _GAP_SIZE, True)] = None

    def _step_over(self, states: dict[_State, None], token: Token, at: int, waiting: _Waiting) -> None:
        is_filler = token.form in self._fillers
        stops_gaps = token.gap > Break.LINE or token.form in self._never_skipped
        later = waiting.get(at + 1)
        for node, start, left, anything in states:
            if left and (not stops_gaps if anything else is_filler):
                if later is None:
                    later = waiting[at + 1] = {}
                later[(node, start, left - 1, anything)] = None

    def _read_labels(self, form: str) -> _Labels:
        numbers = self._table.labels
        stems = self._stems.of(form)
        labels = [numbers[name] for name in (form, *(stem + "*" for stem in stems)) if name in numbers]
        if NUMBER in numbers and _NUMBER.fullmatch(form):
            labels.append(numbers[NUMBER])
        several: _Members = {}
        for first in (form, *stems):
            for member, label in self._table.lists.get(first, ()):
                if member[0] not in (form, first + "*"):
                    continue
                if len(member) > 1:
                    several.setdefault(member[1], []).append((member, label))
                else:
                    labels.append(label)
        return (tuple(dict.fromkeys(labels)), several) if labels or several else _NO_LABELS


def _members_at(members: Iterable[tuple[Words, int]], tokens: list[Token], at: int) -> list[tuple[int, int]]:
    found = []
    for member, label in members:
        following = tokens[at + 1 : at + len(member)]
        here = tuple(token.form for token in following) == member[1:]
        if here and all(token.gap < Break.COMMA for token in following):
            found.append((label, len(member)))
    return found
