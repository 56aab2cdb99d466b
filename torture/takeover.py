"""`python -m torture.takeover [--rounds N]`: how soon a standby works when the worker is killed, or stands still.

Two real processes on a PostgreSQL server. Somebody writes something urgent at the instant of the kill, and the clock
runs until the staff group has the alert. Exit status 0 only when every alert came within the promised time.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.clock import SystemClock
from bot.logs import set_up
from bot.sandbox import NO_LIMITS, Sandbox
from bot.sandbox.clinic import TOKEN
from bot.sandbox.process import BotProcess, until
from torture.cast import Cast, gather, move_in, settings_for
from torture.life import URGENT
from torture.store import Store

PROMISED_SECONDS = 16.0
STANDS_BY = "standing by"  # in its log
LONGEST = 60.0


class Takeovers:
    """A worker and a standby, again and again; the standby of one round is the worker of the next."""

    def __init__(self, sandbox: Sandbox, cast: Cast, settings: dict[str, str], folder: Path) -> None:
        self._sandbox = sandbox
        self._cast = cast
        self._settings = settings
        self._folder = folder
        self._worried = list(cast.worried)
        self._logs: dict[BotProcess, Path] = {}

    async def seconds(self, *, frozen: Sequence[bool]) -> list[float]:
        """From each end of a worker until the next one has told staff; true stands for a worker that stands still."""
        took: list[float] = []
        try:
            worker = await self._begin()
            await self._tells_staff()
            for stands_still in frozen:
                standby = await self._begin()
                await self._stands_by(standby)
                if stands_still:
                    worker.freeze()
                else:
                    await worker.kill()
                took.append(await self._tells_staff())
                await worker.kill()
                worker = standby
        finally:
            for process in self._logs:
                if process.is_running:
                    await process.kill()
        return took

    async def _begin(self) -> BotProcess:
        log = self._folder / f"log-{len(self._logs)}"
        process = BotProcess(self._settings, log)
        self._logs[process] = log
        await process.start()
        return process

    async def _stands_by(self, process: BotProcess) -> None:
        log = self._logs[process]
        await until(lambda: STANDS_BY in log.read_text(), seconds=LONGEST)

    async def _tells_staff(self) -> float:
        """Somebody writes something urgent; gives the seconds until the staff group has it."""
        group = self._sandbox.world.chats[self._cast.group.id].messages
        began, before = time.monotonic(), len(group)
        self._worried.pop().says(URGENT[0])
        await until(lambda: len(group) > before, seconds=LONGEST)
        return time.monotonic() - began


async def measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each takeover, by how the worker ended."""
    killed, still = [False] * rounds, [True] * max(1, rounds // 3)
    sandbox = Sandbox(SystemClock(), token=TOKEN, limits=NO_LIMITS)
    with Store(folder, on_postgresql=True) as store:
        async with sandbox:
            cast = gather(sandbox, worried=len(killed) + len(still) + 1, prompts=[])
            settings = settings_for(sandbox, cast, folder, store.url)
            settings["HANDRAIL_ALERTS__URGENT_MINUTES"] = "60"  # no ladder's step is taken for an alert
            settings["HANDRAIL_LOGS__LEVEL"] = "info"
            await move_in(settings, cast)
            takeovers = Takeovers(sandbox, cast, settings, folder)
            took = await takeovers.seconds(frozen=[*killed, *still])
    return {"that was killed": took[: len(killed)], "that stands still": took[len(killed) :]}


def main() -> int:
    parser = argparse.ArgumentParser(prog="torture.takeover", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=9, help="kills; a third as many stand still (default: 9)"
    )
    options = parser.parse_args()
    set_up("error", "text")
    with tempfile.TemporaryDirectory(prefix="handrail-takeover-") as folder:
        by_end = asyncio.run(measure(Path(folder), options.rounds))
    late = 0
    for end, took in by_end.items():
        late += sum(seconds > PROMISED_SECONDS for seconds in took)
        print(
            f"takeover from a worker {end}, until staff are told: "
            f"{len(took)}, median {statistics.median(took):.1f} s, longest {max(took):.1f} s"
        )
    print(f"takeover: {late} later than {PROMISED_SECONDS:.0f} s")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
