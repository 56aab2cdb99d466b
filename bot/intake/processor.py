"""From a stored update to its committed effects: screened on a thread, dispatched on the writer thread.

One person's messages and taps are processed in order, different people side by side. An update that cannot be
processed is put aside, and the caller's `aside` makes sure that somebody looks at it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.intake import inbox
from bot.intake.dispatch import Answer, Work
from bot.intake.inbox import Received
from bot.screening.model import Finding
from bot.storage.database import Database, Tx

log = structlog.get_logger(__name__)

ATTEMPTS = 3  # then it is put aside: it will not get better by itself

Dispatch = Callable[[Any, Work], list[Answer]]


class Processor:
    """Processes what `take` is given; `settled` says whether anything is in hand."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bot_id: int,
        *,
        screen: Callable[[str, str], Finding],
        dispatch: Dispatch,
        aside: Callable[[Work], None],
        answer: Callable[[Answer], Awaitable[None]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._bot_id = bot_id
        self._screen = screen
        self._dispatch = dispatch
        self._aside = aside
        self._answer = answer
        self._lines: dict[int, deque[Received]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, updates: Iterable[Received]) -> None:
        """Process these; each person's after whatever of theirs is in hand."""
        for update in updates:
            person = update.facts.user_id or update.facts.chat_id
            line = self._lines.get(person)
            if line is not None:
                line.append(update)
                continue
            self._lines[person] = deque([update])
            self._start(self._work_through(person))

    def settled(self) -> bool:
        return not self._lines and not self._tasks

    async def finish(self) -> None:
        """Wait until everything taken is processed."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_through(self, person: int) -> None:
        line = self._lines[person]
        try:
            while line:
                await self._process(line[0])
                line.popleft()
        finally:
            del self._lines[person]

    async def _process(self, update: Received) -> None:
        finding = await asyncio.to_thread(self._screen, update.facts.text, update.facts.language)
        for _ in range(update.attempts, ATTEMPTS):
            try:
                answers = await self._patiently(lambda tx: self._effects(tx, update, finding))
            except Exception as error:
                log.exception(
                    "an update could not be processed", update=update.facts.update_id, exc_info=error
                )
                await self._patiently(
                    lambda tx: inbox.count_attempt(tx, self._bot_id, update.facts.update_id)
                )
                continue
            for answer in answers:
                self._start(self._answer(answer))
            return
        await self._put_aside(update, finding)

    def _effects(self, tx: Tx, update: Received, finding: Finding) -> list[Answer]:
        now = self._clock.now()
        if not inbox.finish(tx, self._bot_id, update.facts.update_id, now):
            return []
        return self._dispatch(update.raw, Work(tx, now, update.facts, finding))

    async def _put_aside(self, update: Received, finding: Finding) -> None:
        def unit(tx: Tx) -> None:
            now = self._clock.now()
            if inbox.put_aside(tx, self._bot_id, update.facts.update_id, now):
                self._aside(Work(tx, now, update.facts, finding))

        try:
            await self._patiently(unit)
        except Exception as error:
            # The row stays ready and is tried again at the next start; nothing more can be done with it now.
            log.exception("an update could not be put aside", update=update.facts.update_id, exc_info=error)

    async def _patiently(self, unit: Callable[[Tx], Any]) -> Any:
        """A database that is away or full is waited for: that is not the update's fault."""
        attempt = 0
        while True:
            try:
                return await self._database.run(unit)
            except SQLAlchemyError as error:
                if not _is_passing(error):
                    raise
                attempt += 1
                log.error("the database does not answer", error=type(error).__name__, attempt=attempt)
                await self._clock.wait(min(0.2 * attempt, 5))


def _is_passing(error: SQLAlchemyError) -> bool:
    from sqlalchemy.exc import OperationalError

    return isinstance(error, OperationalError)
