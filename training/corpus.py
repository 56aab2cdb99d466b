"""The corpus: short replies of our own writing, each with its level, categories, group and kind.

The format is in `README.md` here. A *group* is one idea with its worrying wordings and its harmless twins;
whole groups fall into one part, so that no part holds a copy of another.
"""

import enum
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem
from bot.screening.model import Category, Level

FOLDER = Path(__file__).parent / "corpus"
LANGUAGES = ("en", "es")
_FIELDS = 4
_HEADER = "=="


class Part(enum.StrEnum):
    """What a group is used for."""

    TRAIN = "train"
    DEV = "dev"
    HELD = "held"


@dataclass(frozen=True)
class Reply:
    """One reply as somebody would type it, and what it counts as."""

    text: str
    level: Level
    categories: tuple[Category, ...]
    group: str
    kind: str
    lang: str
    file: str
    line: int

    @property
    def part(self) -> Part:
        """The part of its group: always the same, whatever else the corpus holds."""
        return part_of(self.group)


@dataclass(frozen=True)
class _Block:
    group: str
    level: Level
    categories: tuple[Category, ...]
    kind: str


def part_of(group: str) -> Part:
    """60 % of the groups are for training, 20 % for choosing, 20 % are held back until the end."""
    share = int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % 100
    if share < 60:
        return Part.TRAIN
    return Part.DEV if share < 80 else Part.HELD


def read(folder: Path = FOLDER) -> tuple[list[Reply], list[Problem]]:
    """Every reply of `folder/LANGUAGE/*.txt` in order, and every line that could not be understood."""
    replies: list[Reply] = []
    problems: list[Problem] = []
    for lang in LANGUAGES:
        for path in sorted((folder / lang).glob("*.txt")):
            _read_file(path, lang, replies, problems)
    return replies, problems


def _read_file(path: Path, lang: str, replies: list[Reply], problems: list[Problem]) -> None:
    shown = f"{lang}/{path.name}"
    block: _Block | None = None
    for number, raw in enumerate(path.read_text("utf-8").split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith(_HEADER):
            header = _header(line)
            block = header if isinstance(header, _Block) else None
            if isinstance(header, str):
                problems.append(Problem(shown, number, header, "See training/README.md for the format."))
        elif block is None:
            problems.append(Problem(shown, number, "This reply has no heading.", "Put `== ...` above it."))
        else:
            replies.append(
                Reply(line, block.level, block.categories, block.group, block.kind, lang, shown, number)
            )


def _header(line: str) -> _Block | str:
    fields = [field.strip() for field in line.removeprefix(_HEADER).split("|")]
    if len(fields) != _FIELDS or not all(fields):
        return "A heading is `== GROUP | LEVEL | CATEGORIES | KIND`."
    group, level, categories, kind = fields
    try:
        named = tuple(Category(one.strip()) for one in categories.split(",")) if categories != "-" else ()
        return _Block(group, Level.of(level), named, kind)
    except ValueError as error:
        return f"The heading cannot be read: {error}."


def of_part(replies: list[Reply], *parts: Part) -> Iterator[Reply]:
    """The replies whose group is in one of those parts."""
    return (reply for reply in replies if reply.part in parts)
