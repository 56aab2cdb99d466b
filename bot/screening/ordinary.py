"""What everybody says on ordinary days: a phrase that raises one of these sentences is wider than it looks.

The sentences stand in `ordinary.txt`. Only phrases are asked; the trained layers are measured elsewhere.
"""

from functools import lru_cache
from pathlib import Path

from bot.screening.model import Level
from bot.screening.screener import Screener

_FILE = Path(__file__).with_name("ordinary.txt")


@lru_cache(maxsize=1)
def sentences() -> tuple[str, ...]:
    """Every sentence, English and Spanish."""
    lines = _FILE.read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def raised_by_rule(screener: Screener) -> dict[str, list[tuple[str, str]]]:
    """By the id of a family or a score: the ordinary sentences it takes for a concern, and the words it goes by."""
    found: dict[str, list[tuple[str, str]]] = {}
    for sentence in sentences():
        read = screener.read(sentence)
        places = {find.rule: find.hit for find in screener.phrases_in(read) if find.level > Level.NONE}
        for rule, hit in places.items():
            words = sentence[read[hit.start].start : read[hit.end - 1].end]
            found.setdefault(rule, []).append((sentence, words))
    return found
