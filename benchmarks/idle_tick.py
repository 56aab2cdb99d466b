"""What a tick costs when nothing is due, with 10,000 participants in a SQLite file.

Uses the real services and their jobs. Run: `python benchmarks/idle_tick.py [participants]`.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import time as wall_time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bot.app import App  # noqa: E402
from bot.delivery import outbox  # noqa: E402
from bot.people.model import Pace, Participant, ParticipantState, PersonalFile  # noqa: E402
from bot.people.store import add_participant  # noqa: E402
from bot.sandbox.clinic import Clinic  # noqa: E402
from bot.storage.database import Tx  # noqa: E402
from handlers import conversation  # noqa: E402

TICKS, BATCH = 300, 500


def add(tx: Tx, app: App, clinic: Clinic, numbers: range) -> None:
    """Participants whose check-ins are spread over the day."""
    now = clinic.clock.now()
    for number in numbers:
        key = outbox.know_chat(tx, 5_000_000_000 + number, is_group=False)
        person = Participant(
            id=tx.new_id(), key=key, code=f"blue heron {number}", language="en", zone="America/New_York",
            checkin_time=wall_time(11 + number % 12, number % 60), quiet_from=wall_time(22),
            quiet_to=wall_time(8), pace=Pace.USUAL, taps_only=False, state=ParticipantState.ACTIVE,
            paused_until=None, consent_version="bench", joined_at=now,
        )  # fmt: skip
        add_participant(tx, person, PersonalFile("", "", "", ""), consented_at=now)
        app.services.checkins.joined(tx, person, now)


async def measured(participants: int) -> list[float]:
    """Milliseconds of each idle tick."""
    with tempfile.TemporaryDirectory() as folder:
        clinic = Clinic(Path(folder), conversation(), content=ROOT / "content")
        await clinic.start()
        app = clinic.app
        for start in range(0, participants, BATCH):
            numbers = range(start, min(start + BATCH, participants))
            await clinic.run(lambda tx, numbers=numbers: add(tx, app, clinic, numbers))
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
    participants = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    took = asyncio.run(measured(participants))
    print(f"idle tick, {participants} participants, {TICKS} ticks:")
    print(f"  median {statistics.median(took):.3f} ms · p95 {took[int(len(took) * 0.95)]:.3f} ms")


if __name__ == "__main__":
    main()
