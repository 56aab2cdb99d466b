"""What is wrong with the corpus: its format, copies, copies across parts, dangerous detail.

Run: `python -m training.check`. The held-back part's replies are compared by machine and never shown.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bot.errors import Problem
from bot.screening.model import Level
from bot.screening.normalise import tokens
from training.corpus import FOLDER, Part, Reply, read

_NEAR = 0.8
_SHORT = 4
_COMMON = 400
_DOSE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:mg|mcg|ml|cc|milligrams?|miligramos?|micrograms?)\b", re.IGNORECASE
)
_METHODS = re.compile(
    r"\b(?:helium|helio|nitrogen|nitrogeno|nitrógeno|exit bag|sodium nitrite|nitrito de sodio|cyanide|cianuro|"
    r"carbon monoxide|monoxido|monóxido|charcoal grill|slip ?knot|nudo corredizo|ligature|carotid|jugular|"
    r"lethal dose|dosis letal|ld50)\b",
    re.IGNORECASE,
)


def problems_of(replies: list[Reply]) -> list[Problem]:
    """Every fault of what could be read, in the order of the files."""
    found = [*_mislabelled(replies), *_copies(replies), *_near_copies(replies), *_dangerous(replies)]
    return sorted(found)


def _mislabelled(replies: list[Reply]) -> Iterator[Problem]:
    for reply in replies:
        if reply.level is Level.NONE and reply.categories:
            yield _problem(reply, "A harmless reply has no category.", "Write `-`.")
        if reply.level is not Level.NONE and not reply.categories:
            yield _problem(reply, "A worrying reply has a category.", "Name what it is about.")


def _copies(replies: list[Reply]) -> Iterator[Problem]:
    seen: dict[str, Reply] = {}
    for reply in replies:
        first = seen.setdefault(_plain(reply.text), reply)
        if first is not reply:
            yield _problem(reply, f"The same reply stands at {first.file}:{first.line}.", "Take one away.")


def _near_copies(replies: list[Reply]) -> Iterator[Problem]:
    """Replies of different parts that share most of their words: the split would not be honest."""
    words = [frozenset(_plain(reply.text).split()) for reply in replies]
    holding: dict[str, list[int]] = defaultdict(list)
    for number, bag in enumerate(words):
        for word in bag:
            holding[word].append(number)
    for number, bag in enumerate(words):
        if len(bag) < _SHORT:
            continue
        rare = sorted(bag, key=lambda word: len(holding[word]))[: len(bag) - int(len(bag) * _NEAR) + 1]
        near = {other for word in rare if len(holding[word]) < _COMMON for other in holding[word]}
        for other in sorted(one for one in near if one < number and len(words[one]) >= _SHORT):
            apart = replies[other].part is not replies[number].part
            if apart and len(bag & words[other]) >= _NEAR * len(bag | words[other]):
                where = f"{replies[other].file}:{replies[other].line}"
                yield _problem(
                    replies[number], f"Nearly the same stands in another part, at {where}.", "Share a group."
                )
                break


def _dangerous(replies: list[Reply]) -> Iterator[Problem]:
    for reply in replies:
        if reply.level >= Level.WATCH and (_DOSE.search(reply.text) or _METHODS.search(reply.text)):
            yield _problem(reply, "This tells a method or an amount in detail.", "Say it less exactly.")


def _plain(text: str) -> str:
    return " ".join(token.form.replace("'", "") for token in tokens(text))


def _problem(reply: Reply, what: str, mend: str) -> Problem:
    return Problem(reply.file, reply.line, what, mend)


def main(folder: Path = FOLDER) -> int:
    """Print the problems and the corpus's size by part; 1 when there is any problem."""
    replies, unread = read(folder)
    problems = [*unread, *problems_of(replies)]
    for problem in problems:
        print(problem)
    for part in Part:
        chosen = [reply for reply in replies if reply.part is part]
        levels = {level: sum(reply.level is level for reply in chosen) for level in Level}
        counts = ", ".join(f"{count} {level.word}" for level, count in levels.items())
        print(f"{part}: {len(chosen)} replies in {len({reply.group for reply in chosen})} groups ({counts})")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
