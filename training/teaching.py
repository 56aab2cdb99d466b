"""Teaching the network: rounds over the corpus, each reply a little changed, and harmless chatter among them."""

import random
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bot.screening.model import Category, Level
from training import transformer
from training.augment import varied
from training.chatter import Chatter, parts_of
from training.lessons import Lesson, Reader, plain_words
from training.transformer import Weights

SEED = 5
ROUNDS = 4
CATEGORIES = list(Category)
_BATCH = 32
_RATE, _WARM = 2e-4, 0.1
_FADING, _SPREAD, _DECAY = 0.9, 0.98, 0.1
_WATCH_COUNTS = 0.5
"""How much a watch reply weighs: it must not be raised, but it is no harmless reply either."""
_CATEGORY_COUNTS = 0.1
_CHATTER = 2500
"""Made-up harmless replies in every round."""
_SHORT = 14
_RAISED, _GRAVE = 0, 1


def _batches(
    rows: Sequence[list[int]], order: list[int], chance: random.Random | None
) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
    """Rows of like length together: their numbers, their pieces, and which pieces are there."""
    wide = _BATCH * 8
    sorted_parts = [
        sorted(order[at : at + wide], key=lambda row: len(rows[row])) for at in range(0, len(order), wide)
    ]
    batches = [part[at : at + _BATCH] for part in sorted_parts for at in range(0, len(part), _BATCH)]
    if chance:
        chance.shuffle(batches)
    for batch in batches:
        width = -(-max(len(rows[row]) for row in batch) // 8) * 8
        ids = np.zeros((_BATCH, width), np.int32)
        mask = np.zeros((_BATCH, width), np.float32)
        mask[:, 0] = 1
        for at, row in enumerate(batch):
            ids[at, : len(rows[row])] = rows[row]
            mask[at, : len(rows[row])] = 1
        yield batch, ids, mask


def _answers(lessons: Sequence[Lesson]) -> tuple[np.ndarray, np.ndarray]:
    """What each reply should be answered, and how much each answer counts."""
    wanted = np.zeros((len(lessons), 2 + len(CATEGORIES)), np.float32)
    counts = np.zeros_like(wanted)
    for row, one in enumerate(lessons):
        wanted[row, _RAISED] = one.reply.level >= Level.ELEVATED
        wanted[row, _GRAVE] = one.reply.level >= Level.URGENT
        counts[row, :2] = _WATCH_COUNTS if one.reply.level is Level.WATCH else 1
        if one.reply.categories:
            wanted[row, 2 + CATEGORIES.index(one.reply.categories[0])] = 1
            counts[row, 2:] = _CATEGORY_COUNTS
    return wanted, counts


def _loss(weights: Weights, batch: Any, key: Any) -> Any:
    ids, mask, wanted, counts = batch
    found = transformer.answered(weights, ids, mask, key)
    each = jnp.maximum(found, 0) - found * wanted + jnp.log1p(jnp.exp(-jnp.abs(found)))
    return (each * counts).sum() / counts[:, _RAISED].sum()


@partial(jax.jit, donate_argnums=(0, 1, 2))
def _step(
    weights: Weights, mean: Weights, spread: Weights, fixed: Weights, batch: Any, *now: Any
) -> tuple[Weights, Weights, Weights, Any]:
    """One step of Adam with its gradient cut at length 1, drawn back a little to where it started.

    What words mean by themselves stays as published: else those that the corpus happens to hold would drift away
    from the many that it does not.
    """
    key, at, rate = now
    loss, slope = jax.value_and_grad(
        lambda ours: _loss({**ours, "embedding": fixed["embedding"]}, batch, key)
    )(weights)
    length = jnp.sqrt(sum(jnp.vdot(one, one) for one in jax.tree.leaves(slope)))
    slope = jax.tree.map(lambda one: one * jnp.minimum(1, 1 / length), slope)
    mean = jax.tree.map(lambda old, new: _FADING * old + (1 - _FADING) * new, mean, slope)
    spread = jax.tree.map(lambda old, new: _SPREAD * old + (1 - _SPREAD) * new**2, spread, slope)
    moved = jax.tree.map(
        lambda one, m, s, was: (
            one
            - rate * (m / (1 - _FADING**at) / (jnp.sqrt(s / (1 - _SPREAD**at)) + 1e-6) + _DECAY * (one - was))
        ),
        weights,
        mean,
        spread,
        {name: part for name, part in fixed.items() if name != "embedding"},
    )
    return moved, mean, spread, loss


def taught(lessons: Sequence[Lesson], reader: Reader, weights: Weights) -> Weights:
    """The weights after some rounds over the lessons."""
    chance = random.Random(SEED)  # noqa: S311 - the same each time, on purpose
    key = jax.random.PRNGKey(SEED)
    fixed = jax.tree.map(jnp.asarray, weights)
    weights = jax.tree.map(jnp.array, {name: part for name, part in fixed.items() if name != "embedding"})
    mean, spread = jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights)
    talk = [one.words for one in lessons if one.reply.kind == "everyday" and len(one.words) < _SHORT]
    wanted, counts = _answers(lessons)
    steps, at = ROUNDS * -(-(len(lessons) + _CHATTER) // _BATCH), 0
    wanted, counts = (
        np.concatenate([one, np.zeros((_CHATTER, one.shape[1]), np.float32)]) for one in (wanted, counts)
    )
    counts[len(lessons) :, :2] = 1
    chatter = Chatter(parts_of(), plain_words(lessons))
    for epoch in range(ROUNDS):
        began, losses = time.time(), []
        rows = [reader.numbers(varied(one.words, talk, chance)) for one in lessons]
        rows += [reader.numbers(chatter.reply(chance)) for _ in range(_CHATTER)]
        order = list(range(len(rows)))
        chance.shuffle(order)
        for batch, ids, mask in _batches(rows, order, chance):
            at += 1
            rate = _RATE * min(at / (_WARM * steps), max(0.0, (steps - at) / ((1 - _WARM) * steps)))
            answers = np.zeros((2, _BATCH, wanted.shape[1]), np.float32)
            answers[0, : len(batch)], answers[1, : len(batch)] = wanted[batch], counts[batch]
            key, now = jax.random.split(key)
            weights, mean, spread, loss = _step(
                weights, mean, spread, fixed, (ids, mask, answers[0], answers[1]), now, at, rate
            )
            losses.append(loss)
        print(f"round {epoch + 1}: loss {np.mean(losses):.3f}, {time.time() - began:.0f} s", flush=True)
    return jax.tree.map(np.asarray, {**weights, "embedding": fixed["embedding"]})  # type: ignore[no-any-return]


def scores(lessons: Sequence[Lesson], reader: Reader, weights: Weights) -> list[np.ndarray]:
    """For each reply the raised and the grave score of each of its sentences."""
    asked = jax.jit(transformer.answered)
    found = [np.zeros((len(one.parts), 2)) for one in lessons]
    places = [(number, at) for number, one in enumerate(lessons) for at in range(len(one.parts))]
    rows = [reader.numbers(lessons[number].parts[at]) for number, at in places]
    for batch, ids, mask in _batches(rows, list(range(len(rows))), None):
        answers = np.asarray(asked(weights, ids, mask))
        for here, row in enumerate(batch):
            number, at = places[row]
            found[number][at] = answers[here, :2]
    return found
