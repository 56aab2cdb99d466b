"""The map of a check-in as a drawing: every question from top to bottom, side tracks for those asked only sometimes,
and a line from each question to those that its answers bring up. All of it is in words beside the lines as well.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.checkins.model import CheckinDefinition, Kind, Question, Rule
from bot.preview.branches import Branch, branches, in_words, raised
from bot.preview.markup import Html, element, text

WIDTH = 390  # a phone's
LEFT, INDENT, SPINE = 10, 46, 24
PAD, LINE, GAP = 10, 18, 18
CHARACTER = 7.2  # of 13 px, wide enough for most words in any common font
COLOURS = 6
LANES_WIDE = 72  # room for the lines on the right, at most
KINDS = {
    Kind.SCALE: "scale",
    Kind.CHOICE: "one answer",
    Kind.CHOICES: "several answers",
    Kind.YES_NO: "yes or no",
    Kind.TEXT: "own words",
}


@dataclass(frozen=True)
class _Line:
    """One line of words in a box, and what it is (a class of look.css)."""

    words: str
    kind: str


@dataclass(frozen=True)
class _Box:
    """A question where it stands on the map, in px from the top."""

    question: Question
    lines: tuple[_Line, ...]
    top: int

    @property
    def height(self) -> int:
        return 2 * PAD + LINE * len(self.lines) - 4

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def left(self) -> int:
        return INDENT if self.question.show_if else LEFT


class Map:
    """One drawing of one check-in."""

    def __init__(self, definition: CheckinDefinition, rules: Sequence[Rule], lang: str) -> None:
        self._definition = definition
        self._rules = rules
        self._lang = lang
        self._branches = branches(definition)
        self._lanes = {
            id: number for number, id in enumerate(dict.fromkeys(b.target.id for b in self._branches))
        }
        self._right = WIDTH - 4 - (min(LANES_WIDE, 12 * len(self._lanes)) if self._lanes else 0)
        self._boxes = list(self._placed())

    def drawn(self) -> Html:
        """The drawing, with a title and a sentence for whoever cannot see it."""
        end = self._boxes[-1].bottom + GAP
        height = end + 2 * PAD + LINE
        inside = [*self._spine(end), *self._side_tracks(), *self._lines(), *map(self._box, self._boxes)]
        return element(
            "svg",
            element("title", text(f"Map of the check-in {self._definition.name}")),
            element("desc", text("The questions in order. The same is written under each question below.")),
            *inside,
            self._end(end),
            class_="map",
            viewBox=f"0 0 {WIDTH} {height}",
            role="group",
        )

    def _placed(self) -> Iterator[_Box]:
        top = 4
        for number, question in enumerate(self._definition.questions, 1):
            box = _Box(question, tuple(self._words(number, question)), top)
            yield box
            top = box.bottom + GAP

    def _words(self, number: int, question: Question) -> Iterator[_Line]:
        yield _Line(f"{number}  {question.id}", "id")
        yield from self._wrapped(question, question.asked(self._lang), "asked", most=2)
        for branch in self._branches:
            if branch.target.id == question.id:
                words = f"if {branch.source.id}: {in_words(branch.source, branch.answers, self._lang)}"
                yield from self._wrapped(question, words, "if", most=2)
        if question.show_if and question.id not in self._lanes:
            yield _Line("no answer leads here", "urgent")
        for branch in self._branches:
            if branch.source.id == question.id:
                words = f"{in_words(question, branch.answers, self._lang)} → {branch.target.id}"
                yield from self._wrapped(question, words, f"to-{self._colour(branch)}", most=2)
        for level, found in groupby(raised(question, self._rules), key=lambda one: one.rule.level):
            for one in found:
                words = f"{in_words(question, one.answers, self._lang)}: {level.word}"
                yield from self._wrapped(question, words, level.word, most=2)

    def _wrapped(self, question: Question, words: str, kind: str, *, most: int) -> Iterator[_Line]:
        room = self._right - (INDENT if question.show_if else LEFT) - 2 * PAD
        lines = textwrap.wrap(words, int(room / CHARACTER), max_lines=most, placeholder=" …")
        return (_Line(line, kind) for line in lines)

    def _colour(self, branch: Branch) -> int:
        return self._lanes[branch.target.id] % COLOURS + 1

    def _spine(self, end: int) -> Iterator[Html]:
        """The way of somebody whom no answer leads aside: straight down, past the side tracks."""
        always = [box for box in self._boxes if not box.question.show_if]
        tops = [box.top for box in always[1:]] + [end]
        for box, to in zip(always, tops, strict=True):
            yield element("path", class_="spine", d=f"M{SPINE},{box.bottom} V{to - 6}")
            yield _arrow_down(SPINE, to)

    def _side_tracks(self) -> Iterator[Html]:
        for box in self._boxes:
            if box.question.show_if:
                near = box.top + PAD + 4
                far = box.bottom - PAD
                yield element(
                    "path", class_="spine", d=f"M{SPINE},{box.top - 10} Q{SPINE},{near} {INDENT - 6},{near}"
                )
                yield _arrow_right(INDENT, near)
                yield element(
                    "path", class_="spine", d=f"M{INDENT},{far} Q{SPINE},{far} {SPINE},{box.bottom + 10}"
                )

    def _lines(self) -> Iterator[Html]:
        """From each question to those that its answers bring up, on the right; one lane for each of these."""
        places = {box.question.id: box for box in self._boxes}
        step = (WIDTH - 4 - self._right) / max(1, len(self._lanes))
        for branch in self._branches:
            lane = self._lanes[branch.target.id]
            x = self._right + step * (lane + 1) - 3
            start = places[branch.source.id].bottom - PAD - 6 * (lane % 3)
            end = places[branch.target.id].top + PAD + 8
            colour = self._colour(branch)
            path = f"M{self._right},{start} H{x:g} V{end} H{self._right + 6}"
            yield element("path", class_=f"lane lane-{colour}", d=path)
            yield _arrow_left(self._right, end, f"tip-{colour}")

    def _box(self, box: _Box) -> Html:
        width = self._right - box.left
        sometimes = " sometimes" if box.question.show_if else ""
        rect = element(
            "rect", class_=f"box{sometimes}", x=box.left, y=box.top, width=width, height=box.height, rx=9
        )
        words = (
            element(
                "text",
                text(line.words),
                x=box.left + PAD,
                y=box.top + PAD + 10 + LINE * place,
                class_=line.kind,
            )
            for place, line in enumerate(box.lines)
        )
        kind = KINDS[box.question.kind]
        y = box.top + PAD + 10
        aside = element("text", text(kind), x=self._right - PAD, y=y, class_="kind", text_anchor="end")
        return element("a", rect, *words, aside, href=f"#q-{box.question.id}")

    def _end(self, top: int) -> Html:
        rect = element("rect", class_="box", x=LEFT, y=top, width=150, height=PAD + LINE + 2, rx=14)
        words = element("text", text("Thanks, the end"), x=LEFT + PAD + 4, y=top + 19, class_="id")
        return element("a", rect, words, href="#end")


def _arrow_down(x: float, y: float) -> Html:
    return element("path", class_="tip", d=f"M{x},{y} l-4,-8 h8 z")


def _arrow_right(x: float, y: float) -> Html:
    return element("path", class_="tip", d=f"M{x},{y} l-8,-4 v8 z")


def _arrow_left(x: float, y: float, kind: str) -> Html:
    return element("path", class_=f"tip {kind}", d=f"M{x},{y} l8,-4 v8 z")
