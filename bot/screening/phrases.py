"""Phrases as staff write them, made into one table for `finding` to walk.

    want to die          these words, in this order
    kill*                any ending: kill, killed, killing
    took * pills         up to three words between (never a "not")
    <substance>          any member of that word list
    hurt|cut|burn        one of these
    gave_up|quit         one of these; `_` joins the words of one choice
    (all) my pills       the word may be missing
    i used <end>         only where a clause ends after it

Small words of emphasis (`filler`) are stepped over by themselves. No regular expressions: the work is
bounded by tokens times phrases under way, whatever is typed. Compiling is part of every start, so it takes
each phrase once, without spelling out all it stands for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.screening.near import Words

GAP = "*"
NUMBER = "<number>"
END = "<end>"
ROOT = 0
WIDTH = 1 << 17
"""A step of the table is `node * WIDTH + label`: one table for all nodes, a third of the memory of one each."""
_MOST_FORMS = 600
_MARKS = re.compile(r"[()\[\]{}\\^$|*<_]")
_FORBIDDEN = re.compile(r"[()\[\]{}\\^$]")


class Unreadable(ValueError):
    """A phrase that cannot be understood; its text says why."""


@dataclass
class Table:
    """All phrases as one tree: steps between numbered nodes, what ends at a node, and the word lists."""

    steps: dict[int, int] = field(default_factory=dict)
    gaps: dict[int, int] = field(default_factory=dict)
    ends: list[tuple[int, ...]] = field(default_factory=lambda: [()])
    inner: bytearray = field(default_factory=lambda: bytearray(1))
    """Whether something may follow the node."""
    labels: dict[str, int] = field(default_factory=dict)
    lists: dict[str, list[tuple[Words, int]]] = field(default_factory=dict)
    """By the first word of a member: all its words, and the label of its list."""


class Compiler:
    """Takes the phrases of all rules and the word lists; `faults` tells what could not be understood."""

    def __init__(self, spell: Callable[[str], Words]) -> None:
        self.table = Table()
        self.faults: dict[str, str] = {}
        self._spell = spell
        self._spelled: dict[str, tuple[int, ...]] = {}
        self._alone: dict[int, tuple[int, ...]] = {}
        self._used_lists: dict[str, str] = {}
        self._known_lists = {NUMBER, END}

    def add(self, rule: int, phrase: str) -> None:
        """Let `rule` be found by this phrase."""
        try:
            nodes = self._walked(phrase)
        except Unreadable as fault:
            self.faults[phrase] = str(fault)
            return
        only = self._alone.setdefault(rule, (rule,))
        ends = self.table.ends
        for node in nodes:
            if not ends[node]:
                ends[node] = only
            elif rule not in ends[node]:
                ends[node] = (*ends[node], rule)

    def add_member(self, label: str, member: str) -> None:
        """Let the word list `label` ("<kin>") have this member, of one word or several."""
        words = tuple(word for written in member.split() for word in self._spell(written))
        self._known_lists.add(label)
        number = self._label(label)
        for word in words:
            self._label(word)
        self.table.lists.setdefault(words[0].removesuffix("*"), []).append((words, number))

    def missing_lists(self) -> Iterator[tuple[str, str]]:
        """Each word list that a phrase names and nobody wrote, with that phrase."""
        for label, phrase in self._used_lists.items():
            if label not in self._known_lists:
                yield label, phrase

    @property
    def lists(self) -> list[str]:
        """The names of all word lists."""
        return sorted(self._known_lists)

    def words(self) -> list[str]:
        """Every word, or beginning of one ("kill*"), that phrases and lists use."""
        return [label for label in self.table.labels if not label.startswith("<")]

    def _walked(self, phrase: str) -> list[int]:
        """The nodes at which the phrase ends, made when they are new."""
        if not _MARKS.search(phrase):
            node = ROOT
            for word in phrase.casefold().split():
                node = self._along(node, self._numbers(word))
            if node == ROOT:
                raise Unreadable("it is empty")
            return [node]
        parts = _elements(phrase)
        _refuse_unmatchable(phrase, parts)
        nodes = [ROOT]
        for words, optional in parts:
            reached = [self._next(node, word, phrase) for word in words for node in nodes]
            nodes = list(dict.fromkeys([*nodes, *reached] if optional else reached))
        return nodes

    def _next(self, node: int, word: str, phrase: str) -> int:
        if word == GAP:
            if node not in self.table.gaps:
                self.table.gaps[node] = self._node()
                self.table.inner[node] = 1
            return self.table.gaps[node]
        if word.startswith("<"):
            self._used_lists.setdefault(word, phrase)
            return self._along(node, (self._label(word),))
        return self._along(node, self._numbers(word))

    def _along(self, node: int, numbers: tuple[int, ...]) -> int:
        steps, ends = self.table.steps, self.table.ends
        for number in numbers:
            key = node * WIDTH + number
            reached = steps.get(key)
            if reached is None:
                self.table.inner[node] = 1
                reached = steps[key] = len(ends)
                ends.append(())
                self.table.inner.append(0)
            node = reached
        return node

    def _node(self) -> int:
        self.table.ends.append(())
        self.table.inner.append(0)
        return len(self.table.ends) - 1

    def _numbers(self, word: str) -> tuple[int, ...]:
        numbers = self._spelled.get(word)
        if numbers is None:
            if word.endswith("*"):
                if len(word) < 4 or not word[:-1].isalnum():
                    raise Unreadable(f"`{word}` needs at least three letters before `*`")
                labels: Words = (word,)
            else:
                labels = tuple(label for part in word.split("_") if part for label in self._spell(part))
            numbers = self._spelled[word] = tuple(self._label(label) for label in labels)
        return numbers

    def _label(self, label: str) -> int:
        return self.table.labels.setdefault(label, len(self.table.labels) + 1)


_Elements = list[tuple[list[str], bool]]


def _elements(phrase: str) -> _Elements:
    """The phrase's parts in order: alternatives, and whether the part may be missing."""
    parts: _Elements = []
    for piece in phrase.casefold().split():
        optional = piece.startswith("(") and piece.endswith(")")
        inner = piece[1:-1] if optional else piece
        if not inner or _FORBIDDEN.search(inner):
            raise Unreadable(f"`{_short(piece)}` is not something a phrase can hold")
        alternatives = inner.split("|")
        if not all(alternatives) or (GAP in alternatives and len(alternatives) > 1):
            raise Unreadable(f"`{_short(piece)}` has an empty choice")
        parts.append((alternatives, optional))
    return parts


def _refuse_unmatchable(phrase: str, parts: _Elements) -> None:
    count = 1
    for words, optional in parts:
        count *= len(words) + optional
        if count > _MOST_FORMS:
            raise Unreadable(f"`{_short(phrase)}` stands for more than {_MOST_FORMS} phrases")
    if (
        all(optional for _, optional in parts)
        or _may_begin_with_gap(parts)
        or _may_begin_with_gap(parts[::-1])
    ):
        raise Unreadable(f"`{_short(phrase)}` begins or ends with `*` or is empty")
    if any(END in words for words, _ in parts[:-1]) or parts[0][0] == [END]:
        raise Unreadable(f"`{_short(phrase)}` has {END} before its end")


def _short(phrase: str) -> str:
    """As it is named in a sentence."""
    return phrase if len(phrase) <= 60 else phrase[:59] + "…"


def _may_begin_with_gap(parts: _Elements) -> bool:
    for words, optional in parts:
        if words == [GAP]:
            return True
        if not optional:
            return False
    return False
