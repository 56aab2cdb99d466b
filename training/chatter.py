"""Harmless talk put together from parts, new in every round.

So the network takes what it does not know for harmless, and does not lean on a word that happens to stand in worrying
replies only. The parts are in `chatter.txt`.
"""

import random
from collections.abc import Sequence
from pathlib import Path

_PARTS = Path(__file__).parent / "chatter.txt"
_MEANINGLESS, _COMPLAINT, _WITH_END = 0.2, 0.5, 0.7


def parts_of(path: Path = _PARTS) -> dict[str, list[str]]:
    """The parts by name: a line `name:` opens them, `|` divides them."""
    found: dict[str, str] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("  "):
            found[name] += line.strip()
        elif line.endswith(":"):
            name = line[:-1]
            found[name] = ""
    return {name: joined.split("|") for name, joined in found.items()}


class Chatter:
    """Made-up harmless replies."""

    def __init__(self, parts: dict[str, list[str]], words: Sequence[str]) -> None:
        self._parts = parts
        self._words = words

    def reply(self, chance: random.Random) -> list[str]:
        """A plain complaint, a remark about others, or a handful of words that mean nothing together."""
        if chance.random() < _MEANINGLESS:
            return [chance.choice(self._words) for _ in range(chance.randint(2, 9))]
        shape = (
            ("start", "mine", "matter") if chance.random() < _COMPLAINT else ("start", "who", "did", "what")
        )
        said = [chance.choice(self._parts[name]) for name in shape]
        if chance.random() < _WITH_END:
            said.append(chance.choice(self._parts["when"]))
        return " ".join(said).split()
