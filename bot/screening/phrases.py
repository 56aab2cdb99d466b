"""Phrases as staff write them, and one automaton that finds all of them in one pass.

    want to die          these words, in this order
    kill*                any ending: kill, killed, killing
    took * pills         up to three words between (never a "not")
    <substance>          any member of that word list
    hurt|cut|burn        one of these
    (all) my pills       the word may be missing
    i used <end>         only where a clause ends after it

Small words of emphasis (`filler`) are stepped over by themselves. No regular expressions: the work is
bounded by tokens times phrases under way, whatever is typed.
"""

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from bot.screening.normalise import Break, Token
from bot.screening.spelling import Spelling, Words

GAP = "*"
NUMBER = "<number>"
END = "<end>"
_GAP_SIZE = 3
_FILLERS_SKIPPED = 2
_MOST_FORMS = 600
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,2})?")


class Unreadable(ValueError):
    """A phrase that cannot be understood; its text says why."""


@cache  # each phrase is read when it is checked and again when it is compiled
def elements(phrase: str) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """The phrase's parts in order: alternatives, and whether the part may be missing."""
    parts: list[tuple[tuple[str, ...], bool]] = []
    for piece in phrase.casefold().split():
        optional = piece.startswith("(") and piece.endswith(")")
        inner = piece[1:-1] if optional else piece
        if not inner or any(mark in inner for mark in "()[]{}\\^$"):
            raise Unreadable(f"`{piece}` is not something a phrase can hold")
        alternatives = tuple(inner.split("|"))
        if not all(alternatives) or (GAP in alternatives and len(alternatives) > 1):
            raise Unreadable(f"`{piece}` has an empty choice")
        parts.append((alternatives, optional))
    return tuple(parts)


def words_of(phrase: str, spell: Callable[[str], Words]) -> set[str]:
    """Every label that some form of the phrase has; cheaper than spelling them all out."""
    alternatives = {word for words, _ in elements(phrase) for word in words}
    return {label for word in alternatives for label in _labels(word, spell)}


def spelled_out(phrase: str, spell: Callable[[str], Words]) -> set[Words]:
    """Every sequence of labels the phrase stands for; `Unreadable` when it can never match."""
    parts = elements(phrase)
    choices = [[_labels(word, spell) for word in words] + ([()] if free else []) for words, free in parts]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MOST_FORMS:
        raise Unreadable(f"`{phrase}` stands for {count} phrases, more than {_MOST_FORMS}")
    found = {tuple(itertools.chain(*form)) for form in itertools.product(*choices)}
    for form in found:
        if not form or form[0] == GAP or form[-1] == GAP:
            raise Unreadable(f"`{phrase}` begins or ends with `*` or is empty")
        if END in form[:-1] or form == (END,):
            raise Unreadable(f"`{phrase}` has {END} before its end")
    return found


def _labels(word: str, spell: Callable[[str], Words]) -> Words:
    if word == GAP or (word.startswith("<") and word.endswith(">")):
        return (word,)
    if word.endswith("*"):
        if len(word) < 4 or not word[:-1].isalnum():
            raise Unreadable(f"`{word}` needs at least three letters before `*`")
        return (word,)
    return spell(word)


_NO_EDGES: "dict[str, _Node]" = {}
"""Shared by all nodes that end a phrase, which are most: thousands of empty tables would cost megabytes."""


@dataclass(slots=True, eq=False)
class _Node:
    edges: "dict[str, _Node]" = field(default_factory=lambda: _NO_EDGES)
    gap: "_Node | None" = None
    ends: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """Rule number `rule` found from token `start` up to, not including, token `end`."""

    rule: int
    start: int
    end: int


_State = tuple[_Node, int, int, bool]
"""Where in the trie, the first token, how many tokens may still be stepped over, whether any or only fillers."""


class Finder:
    """All phrases of all rules, and the word lists they use."""

    def __init__(self, spelling: Spelling, fillers: Iterable[str], never_skipped: Iterable[str]) -> None:
        self._spelling = spelling
        self._fillers = frozenset(fillers)
        self._never_skipped = frozenset(never_skipped)
        self._root = _Node()
        self._lists: dict[str, list[tuple[Words, str]]] = {}

    def add(self, rule: int, form: Words) -> None:
        """Let `rule` be found by this sequence of labels."""
        node = self._root
        for label in form:
            if label == GAP:
                node.gap = node.gap or _Node()
                node = node.gap
                continue
            if node.edges is _NO_EDGES:
                node.edges = {}
            node = node.edges.setdefault(label, _Node())
        if rule not in node.ends:
            node.ends = (*node.ends, rule)

    def add_member(self, label: str, member: Words) -> None:
        """Let the word list `label` ("<kin>") have this member, of one word or several."""
        self._lists.setdefault(member[0], []).append((member, label))

    def find(self, tokens: list[Token]) -> list[Hit]:
        """Every occurrence, each rule at most once for each pair of ends."""
        hits: set[Hit] = set()
        ends = _clause_ends(tokens)
        waiting: list[dict[_State, None]] = [{} for _ in range(len(tokens) + 1)]
        for at, token in enumerate(tokens):
            labels = self._labels_at(tokens, at)
            states = waiting[at] if token.gap < Break.STOP else {}
            fresh: _State = (self._root, at, 0, False)
            for state in (fresh, *states):
                for label, size in labels:
                    node = state[0].edges.get(label)
                    if node:
                        self._enter(node, state[1], at + size, waiting, hits)
                        self._end(node, state[1], at + size, ends, hits)
                self._step_over(state, token, waiting[at + 1])
            waiting[at] = {}
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.rule))

    def _enter(
        self, node: _Node, start: int, end: int, waiting: list[dict[_State, None]], hits: set[Hit]
    ) -> None:
        hits.update(Hit(rule, start, end) for rule in node.ends)
        if end >= len(waiting):
            return
        if node.edges:
            waiting[end][(node, start, _FILLERS_SKIPPED, False)] = None
        if node.gap:
            waiting[end][(node.gap, start, _GAP_SIZE, True)] = None

    def _end(self, node: _Node, start: int, end: int, ends: set[int], hits: set[Hit]) -> None:
        ended = node.edges.get(END)
        if ended and end in ends:
            hits.update(Hit(rule, start, end) for rule in ended.ends)

    def _step_over(self, state: _State, token: Token, later: dict[_State, None]) -> None:
        node, start, left, anything = state
        if left == 0:
            return
        if anything and (token.gap > Break.LINE or token.form in self._never_skipped):
            return
        if anything or token.form in self._fillers:
            later[(node, start, left - 1, anything)] = None

    def _labels_at(self, tokens: list[Token], at: int) -> list[tuple[str, int]]:
        form = tokens[at].form
        labels = [(form, 1)]
        stems = [stem + "*" for stem in self._spelling.stems(form)]
        labels += [(stem, 1) for stem in stems]
        if _NUMBER.fullmatch(form):
            labels.append((NUMBER, 1))
        for first in (form, *stems):
            for member, label in self._lists.get(first, ()):
                if len(member) == 1 or self._stands_at(member, tokens, at):
                    labels.append((label, len(member)))
        return labels

    def _stands_at(self, member: Words, tokens: list[Token], at: int) -> bool:
        if at + len(member) > len(tokens) or tokens[at + 1].form != member[1]:
            return False
        part = tokens[at : at + len(member)]
        return all(
            token.gap < Break.COMMA and token.form == word
            for token, word in zip(part[1:], member[1:], strict=True)
        )


def _clause_ends(tokens: list[Token]) -> set[int]:
    return {at for at in range(1, len(tokens)) if tokens[at].gap > Break.NONE} | {len(tokens)}
