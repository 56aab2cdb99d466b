"""Which sentences the network is asked about, and what its opinions come to.

The network is loaded when the first reply comes, on a thread of its own, so that the time it takes does not count as
that reply's. When it cannot be loaded, `is_broken` says so and the word weights (`learned`) speak in its place.
"""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock, Thread

from bot.screening.learned import Learned, Verdict, sentences
from bot.screening.model import Category, Level
from bot.screening.network import NETWORK, BrokenNetwork, Network, Opinion, load
from bot.screening.normalise import Token
from bot.screening.weighing import Find

MOST_ASKED = 8
"""Sentences of one message: so many long ones fit into half the time that a message may take."""
_SHORTEST = 2
_SHOWN = 3


class Opinions:
    """The network and when to ask it. Safe to use from several threads."""

    def __init__(self, path: Path = NETWORK) -> None:
        self._path = path
        self._lock = Lock()
        self._network: Network | None = None
        self.is_broken = False
        """Whether loading was tried in vain."""

    def verdicts(
        self, read: list[Token], finds: Sequence[Find], words: Learned | None
    ) -> list[Verdict] | None:
        """A verdict for each sentence the network has an opinion of; nothing at all when there is no network."""
        network = self._loaded()
        if network is None:
            return None
        asked = _asked(read, finds, words)
        if not asked:
            return []
        opinions = network.opinions([[token.form for token in read[start:end]] for start, end in asked])
        by_words = [words.scores(read, finds, place) if words else (0.0, 0.0) for place in asked]
        return [_verdict(network, read, *one) for one in zip(asked, opinions, by_words, strict=True)]

    def may_doubt(self, rule: str) -> bool:
        """Whether the network learned beside that family: what staff added later it leaves alone."""
        return self._network is not None and rule in self._network.known

    def _loaded(self) -> Network | None:
        if self._network is None and not self.is_broken:
            with self._lock:
                thread = Thread(target=self._load, name="load the network")
                thread.start()
                thread.join()
        return self._network

    def _load(self) -> None:
        try:
            self._network = load(self._path)
        except BrokenNetwork:
            self.is_broken = True


def _asked(read: list[Token], finds: Sequence[Find], words: Learned | None) -> list[tuple[int, int]]:
    """The sentences worth asking about; of very many those where a phrase spoke or the words weigh most."""
    places = [
        (start, end)
        for start, end in sentences(read)
        if end - start >= _SHORTEST or any(start <= find.hit.start < end for find in finds)
    ]
    if len(places) <= MOST_ASKED:
        return places
    weight = [words.scores(read, finds, place)[0] if words else 0.0 for place in places]
    spoken = [any(start <= find.hit.start < end for find in finds) for start, end in places]
    order = sorted(range(len(places)), key=lambda at: (-weight[at], not spoken[at]))
    return [places[at] for at in sorted(order[:MOST_ASKED])]


def _verdict(
    network: Network,
    read: list[Token],
    place: tuple[int, int],
    opinion: Opinion,
    by_words: tuple[float, float],
) -> Verdict:
    """Network and word weights together: they see different things, and are seldom wrong about the same reply."""
    start, end = place
    limits = network.thresholds
    raised, grave = opinion.raised + by_words[0], opinion.grave + by_words[1]
    level = Level.URGENT if grave > limits.grave else Level.ELEVATED if raised > limits.raised else Level.NONE
    loudest = [start + number for number in opinion.loudest[:_SHOWN]] or [start]
    seen = " ".join(network.reading([token.form for token in read[start:end]]))
    said = (
        f"network: raised {raised - limits.raised:+.1f}, urgent {grave - limits.grave:+.1f}; "
        f"loudest: {', '.join(read[at].form for at in loudest)}; read as: {seen}"
    )
    span = (min(loudest), max(loudest) + 1)
    return Verdict(start, end, level, Category(opinion.category), span, said, opinion.raised < limits.doubt)
