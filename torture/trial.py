"""One program under torture: started, disturbed, killed at a random instant, started again; then looked at.

Real processes over real HTTP against the sandbox, on the computer's own clock. Chance is seeded.
"""

import asyncio
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.sandbox import NO_LIMITS, Sandbox
from bot.sandbox.clinic import TOKEN
from bot.sandbox.errors import SandboxError
from bot.sandbox.process import LOOK_EVERY, RUN, BotProcess, until
from bot.storage.postgresql import TURN_SECONDS
from torture import weather
from torture.cast import Cast, gather, move_in, settings_for
from torture.checks import Evidence, violations
from torture.ends import End, choose
from torture.kept import look, still_to_leave
from torture.life import Life
from torture.store import Store

HURRIED = ("torture.hurried",)
PLAIN = 0.25  # of the lives are `handrail run` as it is; in the others Telegram's pace is lifted
BETWEEN_DEEDS = 0.08  # seconds, on average
QUIET_SECONDS = 2.0  # nothing was said for so long: all has left that can
LONGEST_DRAIN = 300.0
CRASHED, STANDBY, OVERSLEPT = 0.1, 0.5, 0.06  # of the lives on PostgreSQL
AFTER_A_CRASH, STANDBY_SECONDS = 2.0, 2.5
OVERTAKEN, LAST_WORDS = "another process has it", 5000  # characters of the log
A_KILL = 2.4  # seconds, about: over so long the check-ins are spread


@dataclass
class Tally:
    """What happened in one trial."""

    is_on_postgresql: bool = False
    kills: int = 0
    kills_in_start: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    frozen: int = 0
    crashes: int = 0
    standbys: int = 0
    overslept: int = 0
    overtaken: int = 0
    plain_lives: int = 0
    weather: Counter[str] = field(default_factory=Counter)
    recoveries: list[float] = field(default_factory=list)
    drained: float = 0.0
    seconds: float = 0.0
    evidence: Evidence | None = None
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Living:
    """A process, and how it will end."""

    process: BotProcess
    end: End


class Trial:
    """`folder` gets the database and the log; `seed` decides everything that chance decides here."""

    def __init__(self, folder: Path, seed: int, kills: int, *, on_postgresql: bool = False) -> None:
        self._folder = folder
        self._store = Store(folder, on_postgresql=on_postgresql)
        self._settings: dict[str, str] = {}
        self._processes: list[BotProcess] = []
        self._chance = random.Random(seed)  # noqa: S311 - a run that can be repeated
        self._kills = kills
        self._sandbox = Sandbox(SystemClock(), token=TOKEN, limits=NO_LIMITS, seed=seed)
        self._tally = Tally(on_postgresql)

    async def run(self) -> Tally:
        """All kills, the last start, and the look at what is left."""
        began = time.monotonic()
        with self._store:
            async with self._sandbox:
                await self._run()
        self._tally.seconds = time.monotonic() - began
        return self._tally

    async def _run(self) -> None:
        cast = self._gather()
        self._settings = settings_for(self._sandbox, cast, self._folder, self._store.url)
        await move_in(self._settings, cast)
        life = Life(self._sandbox, cast, self._chance)
        try:
            last = await self._last_life(await self._lives(life))
            ended = datetime.now(UTC)
            if status := await last.terminate():
                self._tally.wrong.append(f"the last process ended with status {status}")
        finally:
            for process in self._processes:
                if process.is_running:
                    await process.kill()
        kept = await asyncio.to_thread(look, self._settings)
        evidence = Evidence(
            self._sandbox, cast, life.done, kept, ended - timedelta(seconds=QUIET_SECONDS / 2)
        )
        self._tally.evidence = evidence
        self._tally.wrong += violations(evidence)

    def _gather(self) -> Cast:
        first = datetime.now(UTC) + timedelta(seconds=5)
        spread = self._kills * A_KILL
        count = max(5, self._kills * 3)
        prompts = [first + timedelta(seconds=spread * number / count) for number in range(count)]
        return gather(
            self._sandbox, worried=self._kills * 6 + 10, prompts=prompts, visitors=self._kills // 2 + 2
        )

    async def _lives(self, life: Life) -> BotProcess | None:
        """Gives the process that stood by when the last one was killed, if one did."""
        people, waiting = asyncio.create_task(self._people_live(life)), None
        try:
            while self._tally.kills < self._kills:
                self._tally.weather.update(weather.change(self._sandbox.faults, self._chance))
                waiting = await self._one_life(waiting or await self._begin())
                if waiting is not None and not waiting.process.is_running:
                    waiting = None  # it met a server that was just down; a supervisor starts another
        finally:
            people.cancel()
            await asyncio.gather(people, return_exceptions=True)
        self._sandbox.faults.clear()
        return waiting.process if waiting is not None and waiting.process.is_running else None

    async def _people_live(self, life: Life) -> None:
        while True:
            life.act()
            await asyncio.sleep(self._chance.expovariate(1 / BETWEEN_DEEDS))

    async def _begin(self) -> Living:
        """One more process. On PostgreSQL it stands by while another one works."""
        end = choose(self._chance)
        is_plain = self._chance.random() < PLAIN
        self._tally.plain_lives += is_plain
        process = BotProcess(self._settings, self._folder / "log")
        self._processes.append(process)
        await process.start(RUN if is_plain else HURRIED, under=end.under)
        return Living(process, end)

    async def _one_life(self, living: Living) -> Living | None:
        """From its start, or from the end of the one before, to its own; gives the process that stood by then."""
        process, end = living.process, living.end
        began, said = time.monotonic(), len(self._sandbox.ledger.sends)
        asked = len(self._sandbox.ledger.requests)
        if not end.in_start:
            await until(lambda: self._has_asked(process, end, asked))
        recovered = await self._lives_until(process, end, began, said)
        if recovered and self._tally.kills and not end.call:  # strace is slow: no measure of a start
            self._tally.recoveries.append(recovered)
        if not self._store.takes_standbys:
            await self._end(process, end)
            return None
        return await self._among_others(process, end)

    async def _among_others(self, process: BotProcess, end: End) -> Living | None:
        """A life's end on PostgreSQL: the server may crash before it, and another process may stand by."""
        waiting = await self._begin() if self._chance.random() < STANDBY else None
        if waiting is not None:
            self._tally.standbys += 1
            await asyncio.sleep(self._chance.uniform(0, STANDBY_SECONDS))
        if self._chance.random() < CRASHED:
            await asyncio.to_thread(self._store.crash)
            self._tally.crashes += 1
            await asyncio.sleep(self._chance.uniform(0, AFTER_A_CRASH))
        if waiting is not None and self._was_overtaken(process):
            self._tally.overtaken += 1
        elif waiting is None or end.call or end.in_start or self._chance.random() > OVERSLEPT:
            await self._end(process, end)
        else:
            await self._oversleep(process)
        return waiting

    def _was_overtaken(self, process: BotProcess) -> bool:
        """Whether it came back so late after a crash of the server that another works, saw it, and ended."""
        last = (self._folder / "log").read_text(errors="replace")[-LAST_WORDS:]
        return not process.is_running and OVERTAKEN in last

    async def _oversleep(self, process: BotProcess) -> None:
        """Frozen for longer than its turn: the other works by then, and this one must see it and end."""
        process.freeze()
        await asyncio.sleep(TURN_SECONDS + 2)
        process.thaw()
        await until(lambda: not process.is_running)
        if (status := await process.kill()) != 1:
            self._tally.wrong.append(f"a process that overslept ended with status {status}")
        self._tally.overslept += 1

    async def _lives_until(self, process: BotProcess, end: End, began: float, said: int) -> float:
        """Let it live as long as `end` says; gives the seconds until its first message came, 0 if none did."""
        recovered = 0.0
        last = time.monotonic() + end.after
        while time.monotonic() < last and (process.is_running or not end.call):
            if not recovered and len(self._sandbox.ledger.sends) > said:
                recovered = time.monotonic() - began
            await asyncio.sleep(LOOK_EVERY)
        if end.frozen:
            process.freeze()
            await asyncio.sleep(end.frozen)
            process.thaw()
            self._tally.frozen += 1
            await asyncio.sleep(end.after)
        return recovered

    def _has_asked(self, process: BotProcess, end: End, before: int) -> bool:
        if not process.is_running and not end.call:
            raise self._ended_by_itself()
        return len(self._sandbox.ledger.requests) > before or not process.is_running

    async def _end(self, process: BotProcess, end: End) -> None:
        if end.call and not process.is_running:
            self._tally.calls[end.call] += 1
        elif not process.is_running:
            raise self._ended_by_itself()
        if status := await process.kill() + signal.SIGKILL:
            self._tally.wrong.append(f"a process ended with status {status - signal.SIGKILL}, not by a kill")
        self._tally.kills += 1
        self._tally.kills_in_start += end.in_start

    def _ended_by_itself(self) -> SandboxError:
        return SandboxError(f"the process has ended by itself; see {self._folder / 'log'}")

    async def _last_life(self, process: BotProcess | None) -> BotProcess:
        """No more trouble: all that is committed must leave."""
        began = last = time.monotonic()
        if process is None:
            process = BotProcess(self._settings, self._folder / "log")
            self._processes.append(process)
            await process.start(HURRIED)
        said = len(self._sandbox.ledger.requests)
        while time.monotonic() < last + QUIET_SECONDS or not self._has_all():
            if time.monotonic() > began + LONGEST_DRAIN:
                self._tally.wrong.append(f"it did not come to rest within {LONGEST_DRAIN:.0f} s")
                break
            if len(self._sandbox.ledger.requests) > said:
                said, last = len(self._sandbox.ledger.requests), time.monotonic()
            await asyncio.sleep(LOOK_EVERY)
        self._tally.drained = last - began
        return process

    def _has_all(self) -> bool:
        if not self._sandbox.poll_is_waiting or self._sandbox.waiting_updates:
            return False
        return still_to_leave(self._store.url) == 0
