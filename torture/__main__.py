"""`python -m torture [--kills N] [--seed S] [--side-by-side N]`: exit status 0 only when nothing is wrong."""

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
from pathlib import Path

from bot.logs import set_up
from torture.report import report
from torture.trial import Tally, Trial


def main() -> int:
    options = _parser().parse_args()
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    set_up("error", "text")
    print(f"torture: {options.kills} kills, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="handrail-torture-") as folder:
        tallies: list[Tally] = []
        try:
            tallies = asyncio.run(_side_by_side(Path(folder), seed, options))
        finally:
            if not tallies or any(tally.wrong for tally in tallies):
                _keep_logs(Path(folder))
    print(report(tallies, seed))
    return 1 if any(tally.wrong for tally in tallies) else 0


async def _side_by_side(folder: Path, seed: int, options: argparse.Namespace) -> list[Tally]:
    """So many programs at once, each with its own database and sandbox: starting one keeps one core busy."""
    trials, kills, count = [], options.kills, options.side_by_side
    for number in range(min(count, kills)):
        own = folder / str(number)
        own.mkdir()
        share = kills // count + (number < kills % count)
        trials.append(Trial(own, seed * 1000 + number, share, on_postgresql=options.postgresql))
    return list(await asyncio.gather(*(trial.run() for trial in trials)))


def _keep_logs(folder: Path) -> None:
    """When something is wrong, what the processes logged is worth reading."""
    for log in sorted(folder.glob("*/log")):
        kept = Path("build") / f"torture-{log.parent.name}.log"
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(log.read_bytes())
        print(f"torture: the log is kept: {kept}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how often it is killed (default: 100)")
    parser.add_argument(
        "--postgresql", action="store_true", help="on PostgreSQL servers of its own, with standbys"
    )
    parser.add_argument("--seed", type=int, help="repeat a run's chances (default: a new one, printed)")
    parser.add_argument(
        "--side-by-side", type=int, default=min(2, os.cpu_count() or 1), help="programs at once (default: 2)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
