"""What a tick costs when nothing is due, with 10,000 participants in a SQLite file.

Uses the real services and their jobs. Run: `python -m benchmarks.idle_tick [participants]`.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.people import add_all
from bot.logs import set_up
from bot.sandbox.clinic import Clinic
from bot.sandbox.process import ROOT
from handlers import conversation

TICKS = 300


async def measured(participants: int) -> list[float]:
    """Milliseconds of each idle tick."""
    with tempfile.TemporaryDirectory() as folder:
        clinic = Clinic(Path(folder), conversation(), content=ROOT / "content")
        await clinic.start()
        app = clinic.app
        people = [5_000_000_000 + number for number in range(participants)]
        await add_all(clinic, people, clinic.clock.now())
        await app.ticker.tick()  # what is due once at start: housekeeping, the morning
        await app.ticker.tick()
        took = []
        for _ in range(TICKS):
            began = time.perf_counter()
            acted = await app.ticker.tick()
            took.append((time.perf_counter() - began) * 1000)
            assert acted == 0, "this tick was not idle"
        await clinic.stop()
    return sorted(took)


def main() -> None:
    set_up("error", "text")
    participants = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    took = asyncio.run(measured(participants))
    print(f"idle tick, {participants} participants, {TICKS} ticks:")
    print(f"  median {statistics.median(took):.3f} ms · p95 {took[int(len(took) * 0.95)]:.3f} ms")


if __name__ == "__main__":
    main()
