"""The network: a small transformer that reads a whole sentence, for what neither phrases nor single words tell.

Its weights, of one byte each, lie in `network.npz` (made by `make train`; `training/README.md` says from what). It
needs numpy, which is loaded with the weights when the first reply comes: nothing here imports it before. A score is
the sum of what each piece of a word adds, so that a verdict can point at the words that speak loudest.
"""

import io
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.screening.glossary import Glossary
from bot.screening.wordpieces import WordPieces

NETWORK = Path(__file__).parent / "network.npz"
FORMAT = 1
MOST_PIECES = 64
_HEADS = 12
_TINY = 1e-12
_UNUSABLE = (
    ImportError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    EOFError,
    zipfile.BadZipFile,
)


class BrokenNetwork(ValueError):
    """The network's file is missing, is not what training writes, or numpy is not there."""


@dataclass(frozen=True)
class Opinion:
    """What the network thinks of one window of words."""

    raised: float
    """Log-odds that somebody must look today."""
    grave: float
    """Log-odds that somebody must look at once."""
    category: str
    loudest: tuple[int, ...]
    """The words that add most to the answer, by their number in the window."""


@dataclass(frozen=True)
class Thresholds:
    """Where the sums of the network's and the word weights' scores count; `training.thresholds` chooses them."""

    raised: float
    grave: float
    doubt: float
    """The network's own score below which a sentence is taken for harmless whatever a phrase says."""


class Network:
    """The weights, ready to judge. Safe to use from several threads."""

    def __init__(self, numpy: Any, arrays: dict[str, Any]) -> None:
        self._np = numpy
        told = json.loads(bytes(arrays["told"]))
        if told["format"] != FORMAT:
            raise ValueError("another format")
        self.thresholds = Thresholds(**told["thresholds"])
        self.known = frozenset(told["known"])
        """The phrase families it learned beside."""
        self._categories: list[str] = told["categories"]
        self._glossary = Glossary(told["glosses"], told["shared"])
        self._pieces = WordPieces(told["pieces"].split("\n"))
        self._embedding, self._embedding_scale = arrays["embedding"], arrays["embedding.scale"]
        self._position = arrays["position"].astype(numpy.float32)
        self._norm = arrays["norm"].astype(numpy.float32)
        self._layers = [self._layer(arrays, number) for number in range(told["layers"])]
        self._head = arrays["head"].astype(numpy.float32)
        self._bias = arrays["head.bias"].astype(numpy.float32)

    def _layer(self, arrays: dict[str, Any], number: int) -> dict[str, Any]:
        """One layer as floating numbers: it is used at every reply."""
        np = self._np
        found = {}
        for name in ("attend", "out", "widen", "narrow"):
            stored = f"{number}.{name}"
            found[name] = arrays[stored].astype(np.float32) * arrays[f"{stored}.scale"].astype(np.float32)
            found[f"{name}.bias"] = arrays[f"{stored}.bias"].astype(np.float32)
        found["norms"] = arrays[f"{number}.norms"].astype(np.float32)
        return found

    def opinions(self, windows: Sequence[Sequence[str]]) -> list[Opinion]:
        """What the network thinks of each window of (corrected, folded) words."""
        read = [self._read(window) for window in windows]
        longest = max(len(pieces) for pieces, _ in read)
        ids = self._np.zeros((len(read), longest), self._np.int64)
        mask = self._np.zeros((len(read), longest), self._np.float32)
        for row, (pieces, _) in enumerate(read):
            ids[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
        states = self._forward(ids, mask)
        return [self._opinion(states[row], mask[row], words) for row, (_, words) in enumerate(read)]

    def reading(self, words: Sequence[str]) -> list[str]:
        """The words as the network sees them: Spanish ones in English."""
        return [word for word, _ in self._glossary.english(words)]

    def _read(self, window: Sequence[str]) -> tuple[list[int], list[int]]:
        """The pieces of a window, and of which of its words each is a part (-1: of none)."""
        pieces, words = [self._pieces.start], [-1]
        for word, number in self._glossary.english(window):
            found = self._pieces.of(word)
            pieces += found
            words += [number] * len(found)
        return [*pieces[: MOST_PIECES - 1], self._pieces.end], [*words[: MOST_PIECES - 1], -1]

    def _forward(self, ids: Any, mask: Any) -> Any:
        np = self._np
        states = self._embedding[ids] * self._embedding_scale[ids][:, :, None].astype(np.float32)
        states = _normed(np, states + self._position[: ids.shape[1]], self._norm)
        away = (mask - 1)[:, None, None, :] * 1e9
        for layer in self._layers:
            states = _normed(np, states + _attended(np, layer, states, away), layer["norms"][:2])
            wide = states @ layer["widen"] + layer["widen.bias"]
            wide *= 0.5 * (1 + np.tanh(wide * (0.7978845608 + 0.0356774081 * (wide * wide))))  # GELU
            states = _normed(np, states + wide @ layer["narrow"] + layer["narrow.bias"], layer["norms"][2:])
        return states

    def _opinion(self, states: Any, mask: Any, words: list[int]) -> Opinion:
        """The answers: a mean over the pieces, and for each feature the piece that has most of it."""
        np = self._np
        size = int(mask.sum())
        states = states[:size]
        most = states.argmax(0)
        width = states.shape[1]
        scores = states.mean(0) @ self._head[:width] + states.max(0) @ self._head[width:] + self._bias
        added = states @ self._head[:width, 0] / size
        np.add.at(added, most, states.max(0) * self._head[width:, 0])
        totals: dict[int, float] = {}
        for word, share in zip(words, added, strict=False):
            if word >= 0:
                totals[word] = totals.get(word, 0.0) + float(share)
        loudest = sorted(totals, key=lambda word: -totals[word])
        return Opinion(
            float(scores[0]),
            float(scores[1]),
            self._categories[int(scores[2:].argmax())],
            tuple(loudest),
        )


def _normed(np: Any, states: Any, norm: Any) -> Any:
    states = states - states.mean(-1, keepdims=True)
    variance = np.einsum("...i,...i->...", states, states)[..., None] / states.shape[-1]
    return states / np.sqrt(variance + _TINY) * norm[0] + norm[1]


def _attended(np: Any, layer: dict[str, Any], states: Any, away: Any) -> Any:
    rows, size, width = states.shape
    each = width // _HEADS
    asked = (states @ layer["attend"] + layer["attend.bias"]).reshape(rows, size, 3, _HEADS, each)
    query, key, value = asked.transpose(2, 0, 3, 1, 4)
    weights = query @ key.transpose(0, 1, 3, 2) / each**0.5 + away
    weights = np.exp(weights - weights.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    mixed = (weights @ value).transpose(0, 2, 1, 3).reshape(rows, size, width)
    return mixed @ layer["out"] + layer["out.bias"]


@lru_cache(maxsize=2)
def load(path: Path = NETWORK) -> Network:
    """The network of that file; `BrokenNetwork` when it cannot be used. Read once: it never changes while we run."""
    try:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is enough; the chat keeps the other
        import numpy

        with numpy.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            return Network(numpy, {name: stored[name] for name in stored.files})
    except (
        ImportError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        zipfile.BadZipFile,
    ) as error:
        raise BrokenNetwork(f"{path.name} cannot be used ({type(error).__name__})") from error
