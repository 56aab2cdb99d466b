"""The trained layer: how worrying a sentence is by what was learned from the project's own corpus.

Linear: a sentence's score is the sum of its features' weights, so that every verdict can name the words that
made it. Weights are whole numbers from -127 to 127 in `weights.json`, made by `make train`; nothing here needs
more than the standard library. What a verdict does to a level is `combining`'s business.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.screening.features import Concepts, Seen, features
from bot.screening.finding import Hit
from bot.screening.model import Category, Level
from bot.screening.normalise import Break, Token
from bot.screening.weighing import Find

WEIGHTS = Path(__file__).parent / "weights.json"
FORMAT = 1
RAISED, GRAVE = "raised", "urgent"
LONGEST = 40
_STRIDE = 20
_SHOWN = 3


class BrokenWeights(ValueError):
    """The weights file is missing or is not what training writes."""


@dataclass(frozen=True)
class Verdict:
    """What was learned about the sentence from token `start` up to, not including, `end`."""

    start: int
    end: int
    level: Level
    """What the sentence counts as by itself; `NONE` when its scores are too low to count."""
    category: Category
    span: tuple[int, int]
    """The tokens that spoke loudest for it."""
    words: str
    """The scores and what weighed most, for `screen --explain`."""
    doubts: bool = False
    """Whether the sentence is taken for harmless whatever a phrase says."""

    def covers(self, hit: Hit) -> bool:
        """Whether the hit begins in this sentence."""
        return self.start <= hit.start < self.end


@dataclass(frozen=True)
class Head:
    """One question asked of a sentence: a weight for each feature, and how to read them."""

    weights: bytes
    """One byte a feature: the weight + 128."""
    scale: float
    bias: float


@dataclass(frozen=True)
class Thresholds:
    """Scores from which a verdict counts; `training.learn` chooses them within the alert budget."""

    raised: float
    grave: float


class Learned:
    """The weights, ready to judge. Safe to use from several threads."""

    def __init__(
        self,
        concepts: Concepts,
        names: Sequence[str],
        heads: Mapping[str, Head],
        thresholds: Thresholds,
    ) -> None:
        self.thresholds = thresholds
        self._concepts = concepts
        self._rows = dict(zip(names, range(len(names)), strict=True))
        self._raised, self._grave = heads[RAISED], heads[GRAVE]
        self._categories = {
            Category(name): head for name, head in heads.items() if name not in (RAISED, GRAVE)
        }

    def verdicts(self, read: list[Token], finds: Sequence[Find]) -> list[Verdict]:
        """A verdict for each sentence whose score counts."""
        found = []
        for start, end in sentences(read):
            seen = self._seen(read, finds, (start, end))
            raised, grave = self.scores(read, finds, (start, end))
            if grave > self.thresholds.grave:
                found.append(self._verdict(Level.URGENT, start, end, seen, (raised, grave)))
            elif raised > self.thresholds.raised:
                found.append(self._verdict(Level.ELEVATED, start, end, seen, (raised, grave)))
        return found

    def scores(self, read: list[Token], finds: Sequence[Find], place: tuple[int, int]) -> tuple[float, float]:
        """How worrying the sentence there is by its words: raised and grave."""
        seen = self._seen(read, finds, place)
        rows = [row for row in map(self._rows.get, seen) if row is not None]
        return _score(self._raised, rows, len(seen)), _score(self._grave, rows, len(seen))

    def _seen(self, read: list[Token], finds: Sequence[Find], place: tuple[int, int]) -> Seen:
        start, end = place
        within = [find for find in finds if start <= find.hit.start < end]
        return sentence_features(read[start:end], within, self._concepts)

    def _verdict(
        self, level: Level, start: int, end: int, seen: Seen, scores: tuple[float, float]
    ) -> Verdict:
        rows = [self._rows[name] for name in seen if name in self._rows]
        category = max(self._categories, key=lambda one: _score(self._categories[one], rows, len(seen)))
        strongest = self._strongest(seen)
        places = [seen[name] for name in strongest if not name.startswith("@")] or [(0, end - start)]
        span = (start + min(place[0] for place in places), start + max(place[1] for place in places))
        raised, grave = scores
        words = f"learned: raised {raised:+.1f}, urgent {grave:+.1f}; nearest: {', '.join(strongest)}"
        return Verdict(start, end, level, category, span, words)

    def _strongest(self, seen: Seen) -> list[str]:
        weights = self._raised.weights
        heavy = {name: weights[self._rows[name]] for name in seen if name in self._rows}
        return [name for name in sorted(heavy, key=lambda one: -heavy[one])[:_SHOWN] if heavy[name] > 128]


def _score(head: Head, rows: list[int], size: int) -> float:
    total = sum([head.weights[row] for row in rows]) - 128 * len(rows)
    return float(head.bias + head.scale * total / max(1, size) ** 0.5)


def sentences(read: list[Token]) -> list[tuple[int, int]]:
    """From, up to (not included) of each sentence; a very long one in windows that overlap."""
    starts = [at for at, token in enumerate(read) if at == 0 or token.gap == Break.STOP]
    found = []
    for start, end in pairwise([*starts, len(read)]):
        if end - start <= LONGEST:
            found.append((start, end))
        else:
            found += [(at, min(at + LONGEST, end)) for at in range(start, end - _STRIDE, _STRIDE)]
    return found


def sentence_features(sentence: list[Token], finds: Sequence[Find], concepts: Concepts) -> Seen:
    """Every feature of a sentence: its words and concepts, and what the phrases found in it ("@...")."""
    seen = features([token.form for token in sentence], concepts)
    whole = (0, len(sentence))
    for find in finds:
        for name in (f"@{find.rule}", f"@{find.level.word}", f"@because {find.because}"):
            seen[name] = whole
        for category in find.categories:
            seen[f"@{category} {find.level.word}"] = whole
    return seen


def load(path: Path = WEIGHTS) -> Learned:
    """The weights of that file; `BrokenWeights` when they cannot be used."""
    try:
        return _built(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenWeights(f"{path.name} cannot be used ({type(error).__name__})") from error


def _built(document: dict[str, Any]) -> Learned:
    if document["format"] != FORMAT:
        raise ValueError("another format")
    names = document["features"].split("\n")
    heads = {
        name: Head(
            base64.b64decode(head["weights"], validate=True), float(head["scale"]), float(head["bias"])
        )
        for name, head in document["heads"].items()
    }
    if any(len(head.weights) != len(names) for head in heads.values()):
        raise ValueError("a head has not one weight a feature")
    concepts = Concepts({name: words.split() for name, words in document["concepts"].items()})
    return Learned(concepts, names, heads, Thresholds(**document["thresholds"]))
