"""What finding out costs: the due check-ins among 1,000, 100,000 and 1,000,000 people, and a commit alone or shared.

Uses the program's own query and writer thread on a SQLite file. Run: `python -m benchmarks.due`.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

import bot.app  # noqa: F401 - with it every store declares its tables
from bot.checkins import store
from bot.clock import SystemClock
from bot.people import settings
from bot.storage.database import Database, Tx
from bot.storage.opening import open_database
from bot.storage.sealing import KeyRing, new_key

SIZES = (1_000, 100_000, 1_000_000)
DUE = 20  # of them are due
BATCH = 20_000
ASKED = 300
COMMITS = 400


def fill(tx: Tx, first: int, count: int, now: datetime) -> None:
    """People whose next check-in lies within the next day, but for a few who are due."""
    rows = [
        {
            "participant_id": number, "kind": "daily", "day": "2026-01-01", "last_zone": "UTC", "missed": 0,
            "look_at": now - timedelta(seconds=1) if number < DUE else now + timedelta(seconds=60 + number % 80_000),
        }
        for number in range(first, first + count)
    ]  # fmt: skip
    for row in rows:
        row["due_at"] = row["look_at"]
    tx.execute(insert(store.schedule), rows)


def asked(database: Database, now: datetime) -> float:
    """Microseconds of one question, the median."""

    def unit(tx: Tx) -> list[float]:
        took = []
        for _ in range(ASKED):
            began = time.perf_counter()
            assert len(list(store.due_people(tx, now))) == DUE
            took.append((time.perf_counter() - began) * 1e6)
        return took

    return statistics.median(database.submit(unit).result())


def due_at(size: int) -> float:
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        opened = open_database(f"sqlite:///{folder}/due.sqlite", KeyRing([new_key()]), SystemClock())
        for first in range(0, size, BATCH):
            count = min(BATCH, size - first)
            opened.database.submit(lambda tx, first=first, count=count: fill(tx, first, count, now)).result()
        took = asked(opened.database, now)
        opened.close()
    return took


async def commits(folder: Path, waiting: int) -> float:
    """Milliseconds a unit of work, when so many wait at once."""
    opened = open_database(f"sqlite:///{folder}/{waiting}.sqlite", KeyRing([new_key()]), SystemClock())
    database = opened.database
    began = time.perf_counter()
    for _ in range(COMMITS // waiting):
        units = [database.run(lambda tx, n=n: settings.put(tx, f"n{n}", "x")) for n in range(waiting)]
        await asyncio.gather(*units)
    took = (time.perf_counter() - began) / (COMMITS // waiting * waiting) * 1000
    opened.close()
    return took


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    took = {size: due_at(size) for size in sizes}
    print(f"finding {DUE} due check-ins, median of {ASKED}:\n")
    print("| people | microseconds | against the smallest |\n|---:|---:|---:|")
    for size, each in took.items():
        print(f"| {size:,} | {each:.0f} | {each / took[sizes[0]]:.2f} |")
    with tempfile.TemporaryDirectory() as folder:
        alone, shared = (asyncio.run(commits(Path(folder), waiting)) for waiting in (1, 64))
    print(f"\ncommit, synced to the disk: {alone:.2f} ms a unit alone, {shared:.2f} ms with 64 waiting")


if __name__ == "__main__":
    main()
