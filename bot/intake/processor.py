"""From a stored update to its committed effects: screened on a thread, dispatched on the writer thread.

One person's messages and taps are processed in order, different people side by side. An update that cannot be
processed is put aside, and the caller's `aside` makes sure that somebody looks at it.
"""

import asyncio
import contextlib
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
LAST_SECONDS = 1.0  # what is in hand at the end takes milliseconds, unless the outside hangs
TOGETHER = (
    16  # updates that are screened in one visit to the thread; going there costs more than a short text
)
TOGETHER_CHARACTERS = 4000  # but nobody's short cry waits behind many long texts

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
        self._unscreened: deque[Received] = deque()
        self._is_screening = False
        self._lines: dict[int, deque[tuple[Received, Finding]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    def take(self, updates: Iterable[Received]) -> None:
        """Process these; each person's after whatever of theirs is in hand."""
        self._unscreened.extend(updates)
        if self._unscreened and not self._is_screening:
            self._is_screening = True
            self._start(self._screen_all())

    def settled(self) -> bool:
        return not self._lines and not self._tasks

    async def finish(self) -> None:
        """Finish the update in hand; what waits behind it is in the inbox and comes again at the next start.

        A database that is away, or a tap's answer that hangs at Telegram, holds up the end for a second at most.
        """
        self._is_stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        late = list(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _screen_all(self) -> None:
        try:
            while self._unscreened and not self._is_stopping:
                some = self._next_together()
                for update, finding in zip(some, await asyncio.to_thread(self._found, some), strict=True):
                    self._line_up(update, finding)
        finally:
            self._is_screening = False

    def _next_together(self) -> list[Received]:
        some = [self._unscreened.popleft()]
        characters = len(some[0].facts.text)
        while self._unscreened and len(some) < TOGETHER:
            characters += len(self._unscreened[0].facts.text)
            if characters > TOGETHER_CHARACTERS:
                break
            some.append(self._unscreened.popleft())
        return some

    def _found(self, some: list[Received]) -> list[Finding]:
        return [self._screen(update.facts.text, update.facts.language) for update in some]

    def _line_up(self, update: Received, finding: Finding) -> None:
        person = update.facts.user_id or update.facts.chat_id
        line = self._lines.get(person)
        if line is not None:
            line.append((update, finding))
            return
        self._lines[person] = deque([(update, finding)])
        self._start(self._work_through(person))

    async def _work_through(self, person: int) -> None:
        line = self._lines[person]
        try:
            while line and not self._is_stopping:
                await self._process(*line[0])
                line.popleft()
        finally:
            del self._lines[person]

    async def _process(self, update: Received, finding: Finding) -> None:
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
