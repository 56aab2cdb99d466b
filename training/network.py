"""Teach the network on the corpus and write `bot/screening/network.npz`: the second half of `make train`.

It is taught twice. First on the part for training alone: its scores for the part for choosing, whose ideas it has not
seen, set the thresholds. Then on both; that is what ships. The held-back part is never read here.
"""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.screening.content import read as read_content
from bot.screening.features import Concepts
from bot.screening.glossary import Glossary
from bot.screening.model import Level
from bot.screening.network import FORMAT, NETWORK, load
from bot.screening.wordpieces import WordPieces
from training import transformer
from training.corpus import Part, of_part
from training.corpus import read as read_corpus
from training.learn import concepts_of, examples_of, fitted, vocabulary_of
from training.lessons import ROOT, Lesson, Reader, kept_pieces, lessons_of, shared_words
from training.spanish import glosses
from training.teaching import CATEGORIES, SEED, scores, taught
from training.thresholds import Judged, chosen
from training.transformer import Weights

LAYERS = 4
_EVERYDAY = "everyday"
_COMPARED = 300
_FAR = 0.5


def _packed(weights: Weights) -> dict[str, np.ndarray]:
    """The weights as whole numbers of one byte with a scale for each column (of the embedding: each row)."""
    found: dict[str, np.ndarray] = {"position": weights["position"], "norm": weights["norm"]}
    found |= {"head": weights["head"], "head.bias": weights["head.bias"]}
    found |= _whole("embedding", weights["embedding"], axis=1)
    for number, layer in enumerate(weights["layers"]):
        for name, values in layer.items():
            stored = f"{number}.{name}"
            found |= (
                {stored: values} if values.ndim == 1 or name == "norms" else _whole(stored, values, axis=0)
            )
    return {
        name: values if values.dtype == np.int8 else values.astype(np.float16)
        for name, values in found.items()
    }


def _whole(name: str, values: np.ndarray, *, axis: int) -> dict[str, np.ndarray]:
    scale = (np.abs(values).max(axis) / 127).astype(np.float16).astype(np.float32)
    scale = np.maximum(scale, np.float32(6e-8))
    whole = np.clip(np.rint(values / np.expand_dims(scale, axis)), -127, 127).astype(np.int8)
    return {name: whole, f"{name}.scale": scale}


def write(path: Path, weights: Weights, told: dict[str, Any]) -> None:
    """Everything the clinic's side needs in one file, the same bytes for the same weights."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    arrays = {"told": np.frombuffer(text, np.uint8), **_packed(weights)}
    stored = io.BytesIO()
    np.savez_compressed(stored, allow_pickle=False, **arrays)
    path.write_bytes(stored.getvalue())


def unseen(lessons: Sequence[Lesson], reader: Reader, start: Weights) -> list[Judged]:
    """The part for choosing, judged by a network and word weights that have only seen the part for training."""
    first = [one for one in lessons if one.reply.part is Part.TRAIN]
    others = [one for one in lessons if one.reply.part is Part.DEV]
    return judged(first, others, scores(others, reader, taught(first, reader, start)))


def judged(
    first: Sequence[Lesson], others: Sequence[Lesson], by_network: Sequence[np.ndarray]
) -> list[Judged]:
    """The others with the sums of their network's scores and those of word weights learned from the first."""
    found = []
    for one, network, words in zip(others, by_network, _by_words(first, others), strict=True):
        raised, grave = (network + words).max(0)
        everyday = one.reply.kind == _EVERYDAY
        found.append(
            Judged(
                one.reply.level,
                one.phrases,
                everyday,
                float(raised),
                float(grave),
                float(network[:, 0].max()),
            )
        )
    return found


def _by_words(first: Sequence[Lesson], others: Sequence[Lesson]) -> list[np.ndarray]:
    """The scores of the others' sentences by word weights learned as `training.learn` does."""
    screener, _ = read_content(ROOT / "content", network=None)
    if screener is None:
        raise SystemExit("The phrase lists cannot be read.")
    concepts = Concepts(concepts_of())
    seen = examples_of([one.reply for one in first], screener, concepts)
    seen = [one for one in seen if one.phrases < Level.ELEVATED]
    asked = examples_of([one.reply for one in others], screener, concepts)
    vocabulary = vocabulary_of(seen)
    models = [
        fitted(seen, [one.reply.level >= level for one in seen], vocabulary)
        for level in (Level.ELEVATED, Level.URGENT)
    ]
    return [np.stack([model.scores(one.sentences) for model in models], axis=1) for one in asked]


def main() -> int:
    """Teach twice, choose the thresholds in between, write the file."""
    replies, problems = read_corpus()
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    screener, _ = read_content(ROOT / "content", network=None)
    lessons = lessons_of(list(of_part(replies, Part.TRAIN, Part.DEV)))
    spanish = glosses()
    shared = shared_words(lessons, spanish)
    glossary = Glossary(spanish, shared)
    pieces = kept_pieces(lessons, glossary)
    reader = Reader(glossary, WordPieces(pieces))
    start = transformer.started(_rows(pieces), 2 + len(CATEGORIES), LAYERS, SEED)
    thresholds = chosen(unseen(lessons, reader, start))
    print("thresholds:", thresholds, flush=True)
    told = {
        "format": FORMAT,
        "layers": LAYERS,
        "thresholds": thresholds,
        "categories": [category.value for category in CATEGORIES],
        "known": sorted(screener.families) if screener else [],
        "pieces": "\n".join(pieces),
        "glosses": spanish,
        "shared": shared,
    }
    weights = taught(lessons, reader, start)
    write(NETWORK, weights, told)
    print(f"{len(lessons)} replies, {len(pieces)} pieces, {NETWORK.stat().st_size / 1e6:.1f} MB")
    apart = _apart(lessons[:: len(lessons) // _COMPARED], reader, weights)
    print(f"scores of whole numbers and of the taught ones differ by {apart:.2f} at most")
    return 0 if apart < _FAR else 1


def _apart(lessons: Sequence[Lesson], reader: Reader, weights: Weights) -> float:
    """How far the clinic's side is from what was taught, in log-odds."""
    shipped = load(NETWORK)
    ours = [one.raised for lesson in lessons for one in shipped.opinions(lesson.parts)]
    theirs = np.concatenate(scores(lessons, reader, weights))[:, 0]
    return float(np.abs(np.array(ours) - theirs).max())


def _rows(pieces: Sequence[str]) -> np.ndarray:
    """Where each piece stands in the published vocabulary."""
    published = (transformer.source() / "vocab.txt").read_text("utf-8").split("\n")
    rows = {piece: row for row, piece in enumerate(published)}
    return np.array([rows[piece] for piece in pieces])


if __name__ == "__main__":
    sys.exit(main())
