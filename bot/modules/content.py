"""Modules as clinical staff write them: Markdown files with a few lines of YAML on top, read and checked.

Every fault becomes a `Problem` with its line; a broken file is never an exception. How Markdown is shown in
a chat is `render`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it.tree import SyntaxTreeNode
from pydantic import Field

from bot.delivery.model import Picture
from bot.errors import Problem
from bot.front_matter import read_yaml
from bot.modules.model import TRACKS, Card, Check, Module
from bot.modules.pictures import FOLDER as PICTURES
from bot.modules.pictures import Pictures
from bot.modules.render import Fault, faults, line_of, lone_picture, parsed, plain_text, rendered
from bot.modules.stamps import STAMP, changed_since
from bot.reading import Document, Source, Strict, did_you_mean, read_text, validated
from bot.richtext import MarkupError, Rich

MOST_BYTES = (
    32 * 1024
)  # eight times the longest that is shipped; some Markdown takes seconds when it is longer
CARD_CHARACTERS = 600  # more than one idea, or more than one screen
ALT_CHARACTERS = 200  # it is heard in one breath, and stands for the picture where none can be shown
CARD_UNITS = 4096  # Bot API: UTF-16 units of a message's text
REPLY_UNITS = 3500  # leaves room for the line that says what was chosen
CARD_ENTITIES = 90  # Bot API: 100 pieces of formatting in a message, some of which are ours
OPTION_CHARACTERS = 60
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")  # it travels in 64 bytes of callback data
_TASK = re.compile(r"\[([ xX]?)\]\s+")
_FORM = "Begin with `---`, lines such as `title: ...`, and `---` again."


class _Front(Strict):
    track: str
    order: int = Field(ge=1, le=999)
    title: str = Field(min_length=1, max_length=60)
    minutes: int = Field(ge=1, le=30)
    summary: str = Field(min_length=1, max_length=200)
    sources: list[str] = Field(min_length=1, max_length=20)
    review: str = Field(min_length=1, max_length=200)
    reflection: str = Field(min_length=1, max_length=400)
    signed: str | None = Field(None, pattern=STAMP)
    translated: str | None = Field(None, pattern=STAMP)


SHAPE = _Front  # its JSON Schema is in content/schemas


@dataclass(frozen=True)
class ModuleFile:
    """A module that was read, and where it stands.

    `signed` is the stamp of the text that the clinic signed, `translated` that of the text it was translated from.
    """

    source: Source
    module: Module
    card_lines: tuple[int, ...]
    front_lines: Mapping[str, int]
    signed: str | None = None
    translated: str | None = None


def read_module(
    path: Path, lang: str, *, shown: str = "", root: Path | None = None, pictures: Pictures | None = None
) -> tuple[ModuleFile | None, list[Problem]]:
    """The module of that file, or none and every problem with it (a card that is too long only warns).

    `pictures` are those that cards may show; without them a card's picture is left out.
    """
    source = Source.of(path, shown, root)
    text = read_text(source, most=MOST_BYTES)
    if isinstance(text, Problem):
        return None, [text]
    problems = list(_name_checked(source))
    split = _split(source, text)
    if isinstance(split, Problem):
        return None, sorted([*problems, split])
    front, body, below = split
    head, front_problems = _front(source, front)
    reader = _Cards(source, below, pictures)
    cards = reader.read(parsed(body))
    problems += [*front_problems, *reader.problems]
    if head is None or any(not problem.warning for problem in problems):
        return None, sorted(set(problems))
    document, read = head
    module = _module(path.stem, lang, read, cards)
    lines = {str(key): document.line(str(key)) for key in document.parts}
    file = ModuleFile(source, module, tuple(reader.lines), lines, read.signed, read.translated)
    return file, sorted(set(problems))


def _module(slug: str, lang: str, front: _Front, cards: list[Card]) -> Module:
    return Module(
        slug=slug,
        track=front.track,
        order=front.order,
        lang=lang,
        title=front.title,
        minutes=front.minutes,
        summary=front.summary,
        sources=tuple(front.sources),
        review=front.review,
        reflection=front.reflection,
        cards=tuple(cards),
    )


def _name_checked(source: Source) -> Iterator[Problem]:
    if not _SLUG.fullmatch(source.path.stem):
        what = f'"{source.path.stem}" is no good name for a module.'
        yield source.problem(0, what, "Use at most 40 small letters, digits and hyphens.")


def _split(source: Source, text: str) -> tuple[str, str, int] | Problem:
    """The front matter, the body, and the number of lines above the body."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return source.problem(1, "The lines between `---` are missing.", _FORM)
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 1
    return source.problem(1, "The second `---` is missing.", _FORM)


def _front(source: Source, text: str) -> tuple[tuple[Document, _Front] | None, list[Problem]]:
    document = read_yaml(source, text, below=1)
    if isinstance(document, Problem):
        return None, [document]
    front = validated(document, _Front)
    if isinstance(front, list):
        return None, front
    if front.track not in TRACKS:
        what = f'There is no track "{front.track}".'
        return None, [document.problem(("track",), what, did_you_mean(front.track, TRACKS))]
    return (document, front), []


class _Cards:
    """One reading of a body: the cards, where each begins, and what is wrong."""

    def __init__(self, source: Source, below: int, pictures: Pictures | None) -> None:
        self._source = source
        self._below = below
        self._pictures = pictures
        self.problems: list[Problem] = []
        self.lines: list[int] = []

    def read(self, blocks: list[SyntaxTreeNode]) -> list[Card]:
        groups = self._grouped(blocks)
        cards = [self._card(heading, inside) for heading, inside in groups]
        asking = [line for line, card in zip(self.lines, cards, strict=True) if card.check]
        if not cards:
            self._note(0, "There are no cards.", "Begin each card with a line such as `## First card`.")
        elif not asking:
            self._note(
                self.lines[-1] - self._below - 1,
                "No card asks a question.",
                "Give one card a list of `- [ ] answer` lines, one of them with an x.",
            )
        for line in asking[1:]:
            what = f"This is a second check question (the first is on line {asking[0]})."
            self._note(line - self._below - 1, what, "Keep one: a module has exactly one.")
        return cards

    def _note(self, line: int, what: str, mend: str, *, warning: bool = False) -> None:
        self.problems.append(self._source.problem(self._below + 1 + line, what, mend, warning=warning))

    def _take(self, found: Iterable[Fault]) -> None:
        for fault in found:
            self._note(fault.line, fault.what, fault.mend)

    def _grouped(self, blocks: list[SyntaxTreeNode]) -> list[tuple[SyntaxTreeNode, list[SyntaxTreeNode]]]:
        groups: list[tuple[SyntaxTreeNode, list[SyntaxTreeNode]]] = []
        for block in blocks:
            if block.type == "heading" and block.markup == "##":
                groups.append((block, []))
                self.lines.append(self._below + 1 + line_of(block))
            elif groups:
                groups[-1][1].append(block)
            else:
                self._note(line_of(block), "This stands above the first card.", "Begin it with a ## line.")
        return groups

    def _card(self, heading: SyntaxTreeNode, inside: list[SyntaxTreeNode]) -> Card:
        title = plain_text(heading).strip()
        self._take(faults(heading.children))
        if not title:
            self._note(line_of(heading), "This card has no title.", "Write it after the ##.")
        picture = self._picture(inside)
        inside = inside[1:] if inside and lone_picture(inside[0]) else inside
        tasks = next((at for at, block in enumerate(inside) if _is_tasks(block)), None)
        words = inside if tasks is None else inside[:tasks]
        self._take(faults(words))
        check = None if tasks is None else self._check(inside[tasks], inside[tasks + 1 :])
        if not words:
            self._note(line_of(heading), "This card is empty.", "Write something below its title.")
        card = Card(title, rendered(words), check, picture)
        self._measure(line_of(heading), card)
        return card

    def _picture(self, inside: list[SyntaxTreeNode]) -> Picture | None:
        """The picture that the card begins with. Its file was read before: a name is only looked up."""
        image = lone_picture(inside[0]) if inside else None
        if image is None:
            return None
        line, alt, name = line_of(image), plain_text(image).strip(), str(image.attrs.get("src", ""))
        if not alt:
            mend = "Say what it shows between the [ ]: not everybody sees it, and not every phone shows it."
            self._note(line, "This picture has no alt text.", mend)
        if len(alt) > ALT_CHARACTERS:
            what = f"This alt text has {len(alt)} characters."
            self._note(line, what, f"Stay under {ALT_CHARACTERS}: say only what matters.")
        if self._pictures is None:
            return None
        known = {f"{PICTURES}/{file}": picture for file, picture in self._pictures.items()}
        if name not in known:
            what = f'There is no picture "{name[:80]}".'
            self._note(line, what, did_you_mean(name, known) if known else f"Put it into `{PICTURES}`.")
        picture = known.get(name)
        return Picture(picture.key, alt) if picture else None

    def _measure(self, line: int, card: Card) -> None:
        try:
            shown = card.shown
            reply = card.check.reply if card.check else Rich("")
        except MarkupError as fault:
            self._note(line, f"This card cannot be shown: {fault}.", "Write it more simply.")
            return
        length = card.characters
        if shown.utf16_length - len(shown.text) + length > CARD_UNITS:
            self._note(line, f"This card has {length} characters: it cannot be sent.", "Split it.")
        elif length > CARD_CHARACTERS:
            mend = f"Stay under {CARD_CHARACTERS}, one idea a card."
            self._note(line, f"This card has {length} characters.", mend, warning=True)
        if reply.utf16_length > REPLY_UNITS:
            what = f"The feedback has {reply.utf16_length} characters: it cannot be sent."
            self._note(line, what, f"Stay under {CARD_CHARACTERS}.")
        if (most := max(len(shown.spans), len(reply.spans))) > CARD_ENTITIES:
            what = f"This card has {most} bold, italic or linked places; {CARD_ENTITIES} is the most."
            self._note(line, what, "Format less, or split it.")

    def _check(self, tasks: SyntaxTreeNode, below: list[SyntaxTreeNode]) -> Check:
        options, right = self._options(tasks)
        quotes = [block for block in below if block.type == "blockquote"]
        for block in below:
            if block.type != "blockquote":
                self._note(line_of(block), "Below the answers only the feedback may stand.",
                           "Begin each of its lines with >.")  # fmt: skip
        if not quotes:
            self._note(line_of(tasks), "These answers have no feedback.", "Add a line `> ...` below them.")
        for quote in quotes[1:]:
            self._note(line_of(quote), "The feedback is given twice.", "Keep one quote.")
        inside = quotes[0].children if quotes else []
        self._take(faults(inside))
        return Check(tuple(options), right, rendered(inside))

    def _options(self, tasks: SyntaxTreeNode) -> tuple[list[str], int]:
        options: list[str] = []
        marked: list[int] = []
        for item in tasks.children:
            self._take(faults(item.children))
            words = plain_text(item).strip()
            task = _TASK.match(words + " ")
            if task is None:
                self._note(line_of(item), "This answer has no box.", "Write `- [ ]` before it.")
                continue
            if task[1] in ("x", "X"):
                marked.append(len(options))
            options.append(words[task.end() :].strip())
            self._measure_option(line_of(item), options)
        self._count(line_of(tasks), options, marked)
        return options, marked[0] if marked else 0

    def _measure_option(self, line: int, options: list[str]) -> None:
        option = options[-1]
        if not option:
            self._note(line, "This answer has no words.", "Write them after the box.")
        if option in options[:-1]:
            self._note(line, "This answer stands here twice.", "Make them differ.")
        if len(option) > OPTION_CHARACTERS:
            what = f"This answer has {len(option)} characters."
            self._note(line, what, f"Stay under {OPTION_CHARACTERS}: it becomes a button.")

    def _count(self, line: int, options: list[str], marked: list[int]) -> None:
        if not 2 <= len(options) <= 4:
            self._note(line, f"This question has {len(options)} answers.", "Give it 2 to 4.")
        if len(marked) != 1:
            what = "No answer is marked as right." if not marked else f"{len(marked)} answers are marked."
            self._note(line, what, "Mark exactly one with an x: `- [x] ...`.")


def _is_tasks(block: SyntaxTreeNode) -> bool:
    """A list of which at least one entry begins with a box."""
    return block.type == "bullet_list" and any(
        _TASK.match(plain_text(item).lstrip() + " ") for item in block.children
    )


def translations_checked(files: Iterable[ModuleFile], languages: Iterable[str]) -> list[Problem]:
    """What is wrong between modules: a translation unlike its original, a missing one, a place taken twice."""
    wanted = list(languages)
    by_slug: dict[str, dict[str, ModuleFile]] = {}
    for file in files:
        by_slug.setdefault(file.module.slug, {})[file.module.lang] = file
    problems: list[Problem] = []
    for spoken in by_slug.values():
        order = [lang for lang in wanted if lang in spoken]
        first = spoken[order[0]]
        for lang in order[1:]:
            problems += _unlike(first, spoken[lang])
            problems += _outdated(first, spoken[lang])
        problems += [_missing(first, lang) for lang in wanted if lang not in spoken]
    return sorted([*problems, *_same_place(by_slug)])


def _missing(first: ModuleFile, lang: str) -> Problem:
    what = f"This module has no translation in `{lang}`; people who read `{lang}` get this one."
    mend = f"Write {lang}/{first.module.slug}.md when you can."
    return first.source.problem(0, what, mend, warning=True)


def _unlike(first: ModuleFile, other: ModuleFile) -> Iterator[Problem]:
    here, there = other.module, first.module
    for key in ("track", "order"):
        mine, theirs = getattr(here, key), getattr(there, key)
        if mine != theirs:
            what = f"`{key}` is {mine} here and {theirs} in `{there.lang}`."
            yield other.source.problem(other.front_lines[key], what, "Make them the same.")
    if len(here.cards) != len(there.cards):
        what = (
            f"This translation has {len(here.cards)} cards, the one in `{there.lang}` has {len(there.cards)}."
        )
        mend = "Add what is missing." if len(here.cards) < len(there.cards) else "Take out what is too much."
        yield other.source.problem(other.card_lines[-1], what, mend)
        return
    yield from _pictures_unlike(first, other)
    yield from _checks_unlike(first, other)


def _outdated(first: ModuleFile, other: ModuleFile) -> Iterator[Problem]:
    if len(other.module.cards) != len(first.module.cards) or other.translated is None:
        return
    if changed := changed_since(other.translated, first.module):
        what = (
            f"This translation was made from an older text: {changed} of `{first.module.lang}` changed since."
        )
        mend = f"Look at it again, then run: handrail stamp {other.module.slug}"
        yield other.source.problem(other.front_lines["translated"], what, mend, warning=True)


def _pictures_unlike(first: ModuleFile, other: ModuleFile) -> Iterator[Problem]:
    pairs = zip(first.module.cards, other.module.cards, other.card_lines, strict=True)
    for place, (there, here, line) in enumerate(pairs, 1):
        if there.picture and not here.picture:
            what = f"Card {place} has a picture in `{first.module.lang}` and none here."
            yield other.source.problem(line, what, "Show it here too, with alt text.", warning=True)


def _checks_unlike(first: ModuleFile, other: ModuleFile) -> Iterator[Problem]:
    here, there = other.module, first.module
    mine, theirs = here.cards[here.check_at].check, there.cards[there.check_at].check
    line = other.card_lines[here.check_at]
    if here.check_at != there.check_at:
        what = f"Card {here.check_at + 1} asks here, card {there.check_at + 1} in `{there.lang}`."
        yield other.source.problem(line, what, "Put the cards in the same order.")
    if mine is None or theirs is None:
        return
    if len(mine.options) != len(theirs.options):
        what = f"There are {len(mine.options)} answers here and {len(theirs.options)} in `{there.lang}`."
        yield other.source.problem(line, what, "Give as many.")
    elif mine.right != theirs.right:
        what = f"Answer {mine.right + 1} is right here, answer {theirs.right + 1} in `{there.lang}`."
        yield other.source.problem(line, what, "Put the answers in the same order and mark the same one.")


def _same_place(by_slug: Mapping[str, Mapping[str, ModuleFile]]) -> Iterator[Problem]:
    taken: dict[tuple[str, str, int], str] = {}
    for slug in sorted(by_slug):
        for lang, file in by_slug[slug].items():
            place = (lang, file.module.track, file.module.order)
            if place in taken:
                what = f"`{taken[place]}` already has the order {file.module.order} in this track."
                yield file.source.problem(file.front_lines["order"], what, "Give each its own number.")
            taken.setdefault(place, slug)
