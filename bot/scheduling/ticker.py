"""The tick: reads the clock once and does what is due, each row in its own transaction.

APScheduler is only the metronome. What is due is a column in the database, so a missed tick loses nothing.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.job import Job as Beat
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.scheduling.jobs import Job
from bot.storage.database import Database

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1
TOO_FAR = timedelta(seconds=3)  # ahead, for a next tick


class Ticker:
    """Runs every job on each tick; a failing row is logged, pushed back, and stops nobody."""

    def __init__(self, database: Database, clock: Clock, jobs: Sequence[Job]) -> None:
        self._database = database
        self._clock = clock
        self._jobs = tuple(jobs)
        self._scheduler: AsyncIOScheduler | None = None
        self._watch: asyncio.Task[None] | None = None
        self._at_rest = asyncio.Lock()
        self._is_stopping = False
        self.last_tick: float | None = None

    def start(self) -> None:
        """Tick every second on the running loop; a late or slow tick is neither dropped nor doubled."""
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        trigger = IntervalTrigger(seconds=EVERY_SECONDS, timezone=UTC)
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        beat = self._scheduler.add_job(self.tick, trigger, **options)
        self._scheduler.start()
        self._watch = asyncio.create_task(self._follow_the_clock(beat))

    async def stop(self) -> None:
        """Let the row in hand be finished; what else is due waits in the database."""
        self._is_stopping = True
        if self._watch is not None:
            self._watch.cancel()
        async with self._at_rest:  # the scheduler's own shutdown would cancel the tick in its middle
            if self._scheduler is not None:
                self._scheduler.shutdown(wait=False)
                self._scheduler = None

    async def _follow_the_clock(self, beat: Beat) -> None:
        """APScheduler sleeps until an instant: after the computer's clock was put back, that is far away."""
        while True:
            await self._clock.wait(EVERY_SECONDS)
            now = self._clock.now()
            if beat.next_run_time is not None and beat.next_run_time > now + TOO_FAR:
                log.warning("the computer's clock was put back; ticking goes on")
                beat.modify(next_run_time=now)

    async def tick(self) -> int:
        """Do what is due now; gives how many rows were acted on."""
        async with self._at_rest:
            return await self._tick()

    async def _tick(self) -> int:
        now = self._clock.now()
        try:
            due = await self._database.run(lambda tx: [(job, list(job.due(tx, now))) for job in self._jobs])
        except SQLAlchemyError as error:
            log.error("the database does not answer", error=type(error).__name__)
            return 0
        acted = 0
        for job, rows in due:
            for row in rows:
                if self._is_stopping:
                    return acted
                acted += await self._act(job, row, now)
        self.last_tick = self._clock.monotonic()
        return acted

    async def _act(self, job: Job, row: int, now: datetime) -> int:
        try:
            await self._database.run(lambda tx: job.act(tx, row, now))
        except Exception as error:
            log.exception("a due row could not be acted on", job=job.name, row=row, exc_info=error)
            await self._postpone(job, row, now)
            return 0
        return 1

    async def _postpone(self, job: Job, row: int, now: datetime) -> None:
        try:
            await self._database.run(lambda tx: job.postpone(tx, row, now))
        except Exception as error:
            log.exception("a due row could not be pushed back", job=job.name, row=row, exc_info=error)
