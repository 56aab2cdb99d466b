"""How well the screener does on replies it never saw: `make bench-screening`.

By totals only: by level, language and kind, with 95 % Wilson intervals; no held-back reply is ever shown.
`concern-dev`, public labelled sets that are no part of the project, is measured where that folder is at hand.
"""

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from bot.screening.content import read as read_content
from bot.screening.model import Level
from bot.screening.screener import Screener
from training.corpus import Part, of_part
from training.corpus import read as read_corpus

ROOT = Path(__file__).parent.parent
ELSEWHERE = ROOT.parent / "shared" / "concern-dev"
_SETS = ("challenge", "sad_stress", "goemotions_test", "craving_posts", "dreaddit", "counselchat")
_CONCERNING = "concerning"
_TIMED = 800


@dataclass(frozen=True)
class Case:
    """One labelled text; `wanted` is none when the label only says that it is concerning."""

    text: str
    wanted: str
    stratum: str
    lang: str


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """The 95 % Wilson interval."""
        if not self.of:
            return 0.0, 1.0
        middle = self.value + z * z / (2 * self.of)
        half = z * sqrt(self.value * (1 - self.value) / self.of + z * z / (4 * self.of**2))
        whole = 1 + z * z / self.of
        return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.value:.3f} [{low:.3f}-{high:.3f}] ({self.hits}/{self.of})"


def held_cases() -> list[Case]:
    """The held-back part of our corpus."""
    replies, _ = read_corpus()
    return [Case(one.text, one.level.word, one.kind, one.lang) for one in of_part(replies, Part.HELD)]


def cases_of(path: Path) -> list[Case]:
    """A set of JSON lines with `text` and `level` or `label`."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [
        Case(row["text"], row.get("level") or row["label"], row.get("stratum", ""), row.get("lang", "en"))
        for row in rows
    ]


def judged(screener: Screener, cases: Iterable[Case]) -> list[tuple[Case, Level]]:
    """Each case with the level it got."""
    return [(case, screener.screen(case.text).level) for case in cases]


def reaching(results: Sequence[tuple[Case, Level]], wanted: str, least: Level) -> Share:
    """How many of the cases that want `wanted` got at least that level."""
    levels = [level for case, level in results if case.wanted == wanted]
    return Share(sum(level >= least for level in levels), len(levels))


def summary(results: Sequence[tuple[Case, Level]]) -> list[str]:
    """The figures of one set, one a line; those it has no cases for are left out."""
    asked = (
        ("urgent raised", "urgent", Level.ELEVATED),
        ("urgent as urgent", "urgent", Level.URGENT),
        ("elevated raised", "elevated", Level.ELEVATED),
        ("concerning raised", _CONCERNING, Level.ELEVATED),
        ("concerning seen at all", _CONCERNING, Level.WATCH),
        ("watch seen at all", "watch", Level.WATCH),
        ("harmless raised", "none", Level.ELEVATED),
        ("harmless as urgent", "none", Level.URGENT),
    )
    shares = [(name, reaching(results, wanted, least)) for name, wanted, least in asked]
    return [f"  {name:<24}{share}" for name, share in shares if share.of]


def by_stratum(results: Sequence[tuple[Case, Level]]) -> list[str]:
    """Urgent and elevated raised, and harmless raised, for every kind and language."""
    groups: dict[str, list[tuple[Case, Level]]] = defaultdict(list)
    for case, level in results:
        groups[f"({case.lang})"].append((case, level))
        groups[case.stratum].append((case, level))
    lines = []
    for name, members in sorted(groups.items()):
        found = [
            f"{wanted} {reaching(members, wanted, Level.ELEVATED)}"
            for wanted in ("urgent", "elevated", "none")
        ]
        lines.append(f"  {name:<22}" + "; ".join(one for one in found if "(0/0)" not in one))
    return lines


def speed(screener: Screener, texts: Sequence[str]) -> str:
    """Replies a second on one core, and the slowest of twenty and of a hundred."""
    for text in texts[:200]:
        screener.screen(text)
    took = []
    for text in texts[:_TIMED]:
        began = time.thread_time()  # a busy machine is not the screener's doing
        screener.screen(text)
        took.append(time.thread_time() - began)
    took.sort()
    slow, slowest = (took[int(len(took) * share)] * 1000 for share in (0.95, 0.99))
    middle = statistics.median(took) * 1000
    return (
        f"{len(took) / sum(took):,.0f} replies/s; median {middle:.2f} ms, 95 % within {slow:.2f}, "
        f"99 % within {slowest:.2f} ms"
    )


def main() -> int:
    """Print everything."""
    began = time.process_time()
    screener, problems = read_content(ROOT / "content")
    loading = time.process_time() - began
    if screener is None:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    held = held_cases()
    results = judged(screener, held)
    print(
        f"our held-back part, {len(held)} replies:",
        *summary(results),
        "by kind:",
        *by_stratum(results),
        sep="\n",
    )
    texts = [case.text for case in held]
    base, _ = read_content(ROOT / "content", network=None)
    print(f"speed: {speed(screener, texts)}; loading {loading:.2f} s")
    if base:
        without = judged(base, held)
        print(f"without the network: {speed(base, texts)}", *summary(without), sep="\n")
    if not ELSEWHERE.is_dir():
        print("The public sets (../shared/concern-dev) are not at hand: not measured.")
        return 0
    for name in _SETS:
        cases = cases_of(ELSEWHERE / f"{name}.jsonl")
        print(f"{name}, {len(cases)} texts:", *summary(judged(screener, cases)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
