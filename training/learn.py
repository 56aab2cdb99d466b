"""Train the screener's weights on the corpus and write them: `make train`, the same bytes each time.

Two questions are asked of a sentence (must somebody look today? at once?) and one for each category. Thresholds
are chosen on scores that a model gave to replies of groups it had not seen.
"""

import base64
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.screening.content import read as read_content
from bot.screening.features import Concepts
from bot.screening.learned import FORMAT, GRAVE, RAISED, WEIGHTS, sentence_features, sentences
from bot.screening.model import Category, Level
from bot.screening.screener import Screener
from training.corpus import Part, Reply, of_part
from training.corpus import read as read_corpus

ROOT = Path(__file__).parent.parent
CONCEPTS = Path(__file__).parent / "concepts.txt"
_FOLDS = 5
_STRENGTH = 4.0
_SEEN_AT_LEAST = 2
_ROUNDS = 2
_LARGEST = 127
_SMALLEST_WEIGHT = 6
_FALSE_URGENT = 1
_FALSE_ELEVATED = 1
"""False alerts per 1,000 harmless replies that the trained layer may add to those of the phrases."""

Features = frozenset[str]


@dataclass(frozen=True)
class Example:
    """One reply as its sentences' features."""

    reply: Reply
    sentences: tuple[Features, ...]
    phrases: Level
    """What the phrases alone say."""


@dataclass(frozen=True)
class Model:
    """The weights of one question over a vocabulary."""

    vocabulary: dict[str, int]
    weights: np.ndarray
    bias: float

    def scores(self, rows: Sequence[Features]) -> np.ndarray:
        """The log-odds of each sentence."""
        return np.asarray(_matrix(rows, self.vocabulary) @ self.weights + self.bias)


def concepts_of(path: Path = CONCEPTS) -> dict[str, list[str]]:
    """The concepts with their words."""
    lines = [
        line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")
    ]
    return {name: words.split() for name, _, words in (line.partition(":") for line in lines)}


def examples_of(replies: Sequence[Reply], screener: Screener, concepts: Concepts) -> list[Example]:
    """The replies as the screener would see them in the clinic."""
    found = []
    for reply in replies:
        read = screener.read(reply.text)
        finds = screener.phrases_in(read)
        parts = tuple(
            frozenset(
                sentence_features(
                    read[start:end], [find for find in finds if start <= find.hit.start < end], concepts
                )
            )
            for start, end in sentences(read)
        )
        if parts:
            found.append(Example(reply, parts, max((find.level for find in finds), default=Level.NONE)))
    return found


def _matrix(rows: Sequence[Features], vocabulary: dict[str, int]) -> csr_matrix:
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        known = sorted(vocabulary[name] for name in row if name in vocabulary)
        columns += known
        values += [len(row) ** -0.5] * len(known)
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(rows), len(vocabulary)))


def vocabulary_of(examples: Sequence[Example]) -> dict[str, int]:
    """The features that at least two replies have."""
    counts = Counter(name for one in examples for name in frozenset().union(*one.sentences))
    return {
        name: at
        for at, name in enumerate(sorted(n for n, count in counts.items() if count >= _SEEN_AT_LEAST))
    }


def fitted(examples: Sequence[Example], answers: Sequence[bool], vocabulary: dict[str, int]) -> Model:
    """A model of one question.

    Which sentence of a worrying reply makes it worrying is not told: the first round takes all of it, the next
    the sentence that scored highest. Every sentence of a harmless reply is harmless.
    """
    model = _fitted_once(examples, answers, vocabulary, None)
    for _ in range(_ROUNDS - 1):
        model = _fitted_once(examples, answers, vocabulary, model)
    return model


def _fitted_once(
    examples: Sequence[Example], answers: Sequence[bool], vocabulary: dict[str, int], earlier: Model | None
) -> Model:
    rows: list[Features] = []
    labels: list[int] = []
    for one, answer in zip(examples, answers, strict=True):
        told = _worrying(one, earlier) if answer else list(one.sentences)
        rows += told
        labels += [int(answer)] * len(told)
    trained = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0)
    trained.fit(_matrix(rows, vocabulary), labels)
    return Model(vocabulary, trained.coef_[0], float(trained.intercept_[0]))


def _worrying(one: Example, model: Model | None) -> list[Features]:
    if model is None or len(one.sentences) == 1:
        return [frozenset().union(*one.sentences)]
    return [one.sentences[int(np.argmax(model.scores(one.sentences)))]]


def _fold(group: str) -> int:
    return int(hashlib.sha256(f"fold {group}".encode()).hexdigest()[:8], 16) % _FOLDS


def unseen_scores(examples: Sequence[Example], least: Level) -> np.ndarray:
    """The highest sentence score of each reply by a model that saw nothing of its group."""
    scores = np.zeros(len(examples))
    for fold in range(_FOLDS):
        others = [one for one in examples if _fold(one.reply.group) != fold]
        model = fitted(others, [one.reply.level >= least for one in others], vocabulary_of(others))
        for at, one in enumerate(examples):
            if _fold(one.reply.group) == fold:
                scores[at] = model.scores(one.sentences).max()
    return scores


def thresholds(examples: Sequence[Example]) -> dict[str, float]:
    """From which scores a verdict counts, within the alert budget."""
    raised, grave = unseen_scores(examples, Level.ELEVATED), unseen_scores(examples, Level.URGENT)
    harmless = np.array([one.reply.level is Level.NONE for one in examples])
    urgent = _budgeted(grave[harmless], int(harmless.sum()) * _FALSE_URGENT)
    elevated = _budgeted(raised[harmless & (grave <= urgent)], int(harmless.sum()) * _FALSE_ELEVATED)
    return {"raised": elevated, "grave": urgent}


def _budgeted(scores: np.ndarray, thousandths: int) -> float:
    """The score that no more than so many (in thousandths of a reply) exceed."""
    return round(float(np.sort(scores)[::-1][thousandths // 1000]), 3)


def trained(everything: Sequence[Example], concepts: dict[str, list[str]]) -> dict[str, Any]:
    """The whole weights document.

    The main questions are learned from what no phrase raises, because only there they are asked: with the
    others among them, the phrases would explain most of it and the words would be learned half as well.
    """
    examples = [one for one in everything if one.phrases < Level.ELEVATED]
    vocabulary = vocabulary_of(examples)
    models = {
        RAISED: fitted(examples, [one.reply.level >= Level.ELEVATED for one in examples], vocabulary),
        GRAVE: fitted(examples, [one.reply.level >= Level.URGENT for one in examples], vocabulary),
    }
    concerning = [one for one in everything if one.reply.categories]
    for category in Category:
        answers = [one.reply.categories[0] is category for one in concerning]
        if any(answers):
            models[category.value] = fitted(concerning, answers, vocabulary)
    return {
        "format": FORMAT,
        "thresholds": thresholds(examples),
        "concepts": {name: " ".join(words) for name, words in concepts.items()},
        **_packed(models, sorted(vocabulary)),
    }


def _packed(models: dict[str, Model], names: list[str]) -> dict[str, Any]:
    """Weights as whole numbers; features that matter to neither main question are left out."""
    scales = {name: float(np.abs(model.weights).max()) / _LARGEST or 1.0 for name, model in models.items()}
    whole = {name: np.rint(model.weights / scales[name]).astype(int) for name, model in models.items()}
    matters = [
        at
        for at in range(len(names))
        if max(abs(whole[RAISED][at]), abs(whole[GRAVE][at])) >= _SMALLEST_WEIGHT
    ]
    return {
        "features": "\n".join(names[at] for at in matters),
        "heads": {
            name: {
                "scale": round(scales[name], 6),
                "bias": round(model.bias, 6),
                "weights": base64.b64encode(bytes(int(whole[name][at]) + 128 for at in matters)).decode(),
            }
            for name, model in models.items()
        },
    }


def main() -> int:
    """Train on everything but the held-back part and write the weights."""
    replies, problems = read_corpus()
    screener, faults = read_content(ROOT / "content")
    if problems or screener is None:
        print(*problems, *faults, sep="\n", file=sys.stderr)
        return 1
    concepts = concepts_of()
    examples = examples_of(list(of_part(replies, Part.TRAIN, Part.DEV)), screener, Concepts(concepts))
    document = trained(examples, concepts)
    WEIGHTS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    features = document["features"].count("\n") + 1
    print(f"{len(examples)} replies, {features} features, {WEIGHTS.stat().st_size / 1e6:.2f} MB")
    print("thresholds:", document["thresholds"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
