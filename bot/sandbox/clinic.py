"""A whole program in one process: the sandbox, the real bot over HTTP, and one clock that is moved by hand.

The tests' fixture and the demo stand on it. Nothing here waits for time to pass: the clock is moved, and
`settle` returns once nothing is in hand.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import App, Conversation
from bot.clock import ManualClock
from bot.config import Config, read
from bot.delivery.claims import may_leave, next_due
from bot.sandbox.direct import Direct
from bot.sandbox.errors import SandboxError
from bot.sandbox.limits import Limits
from bot.sandbox.sandbox import Sandbox
from bot.storage.database import Tx
from bot.storage.sealing import new_key

TOKEN = "123456:TEST-token-of-the-sandbox-000000000"  # noqa: S105 - opens nothing but a sandbox
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday, 10:00 in New York
SOON = timedelta(seconds=5)  # messages held back only by Telegram's pace count as in hand
ROUNDS = 20_000
QUIET_ROUNDS = 20  # of half a millisecond: longer than a request on loopback is between its two ends
SHORT_ROUNDS = 5  # where the sandbox is asked whether it has a request in hand
SLOW_ROUNDS = 200  # a request that the sandbox delays on purpose
STILL_ROUNDS = 2  # without HTTP, in which nobody asked for the time and no thread is at work
TURNS = 8  # of the loop, in which what the writer thread has finished is taken up


class Clinic:
    """The sandbox and the bot. `folder` holds the database; `content` is read from where it is given.

    While `is_direct`, a bot that starts reaches the sandbox without HTTP, which is several times as quick.
    """

    def __init__(
        self,
        folder: Path,
        conversation: Conversation,
        *,
        content: Path,
        start: datetime = START,
        settings: Mapping[str, str] | None = None,
        administrators: int = 1,
        limits: Limits | None = None,
        is_direct: bool = False,
    ) -> None:
        self.is_direct = is_direct
        self.clock = ManualClock(start)
        self.sandbox = Sandbox(self.clock, token=TOKEN, limits=limits or Limits(per_chat_burst=1))
        self.administrators = [self.sandbox.person(f"Admin{n or ''}") for n in range(administrators)]
        self._conversation = conversation
        self._settings = {
            "HANDRAIL_TELEGRAM__TOKEN": TOKEN,
            "HANDRAIL_DATABASE__URL": f"sqlite:///{folder / 'handrail.sqlite'}",
            "HANDRAIL_CONTENT__PATH": str(content),
            "HANDRAIL_CONTENT__CACHE": str(folder / "content.last-good"),
            "HANDRAIL_PROGRAM__NAME": "River House IOP",
            "HANDRAIL_SECURITY__KEYS": new_key(),
            "HANDRAIL_DATABASE__BACKUP_EVERY_HOURS": "0",  # days pass here in seconds
            "HANDRAIL_STAFF__ADMINISTRATORS": ",".join(str(person.id) for person in self.administrators),
            **(settings or {}),
        }
        self._app: App | None = None
        self._built: App | None = None
        self._quiet_rounds = 0
        self._has_sockets = True

    @property
    def app(self) -> App:
        if self._app is None:
            raise SandboxError("The bot is not running.")
        return self._app

    @property
    def is_running(self) -> bool:
        return self._app is not None

    async def start(self) -> None:
        """Telegram first, then the bot."""
        await self.sandbox.start()
        try:
            await self.start_bot()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        await self.stop_bot()
        await self.sandbox.stop()

    def build(self) -> App:
        """The bot as it stands before its start; `start_bot` starts this one."""
        transport = Direct(self.sandbox) if self.is_direct else None
        self._built = App(self._config(), self.clock, self._conversation, transport=transport)
        self._has_sockets = transport is None
        return self._built

    async def start_bot(self) -> None:
        self._app, self._built = self._built or self.build(), None
        await self._app.start(ticking=False)
        await self.settle()

    async def stop_bot(self) -> None:
        """A clean end, as by SIGTERM."""
        if self._app is not None:
            app, self._app = self._app, None
            await app.stop()

    async def restart_bot(self) -> None:
        await self.stop_bot()
        await self.start_bot()

    async def run(self, unit: Any) -> Any:
        """One unit of work on the bot's own database, for set-up and looking."""
        return await self.app.services.database.run(unit)

    async def settle(self) -> None:
        """Return when every update is processed and everything that may be said has been said.

        Moves the clock by the seconds that Telegram's pace costs, as real time would.
        """
        for _ in range(ROUNDS):
            if self._app is None:
                return
            if not await self._in_hand():
                return
            await self._round()
        raise SandboxError("The bot does not come to rest.")

    async def advance(self, *, step: float = 60, **duration: float) -> None:
        """Let time pass (`minutes=16`), with a tick at least every `step` seconds, and settle."""
        left = timedelta(**duration).total_seconds()
        end = self.clock.now() + timedelta(seconds=left)
        while (left := (end - self.clock.now()).total_seconds()) > 0:
            self.clock.advance(min(step, left))
            await self.tick()
        await self.settle()

    async def live(self, *, seconds: float, step: float = 0.25) -> None:
        """Let time pass evenly, as for people: each step ends when nothing happens without more time.

        `advance` gives what Telegram's pace holds back the time it needs; here it waits, so that it can be measured.
        """
        for _ in range(round(seconds / step)):
            self.clock.advance(step)
            quiet = 0
            while quiet < (SHORT_ROUNDS if self.app.sender.idle() else QUIET_ROUNDS):
                await asyncio.sleep(0.0005)
                requests = self.sandbox.requests_in_hand - self.sandbox.poll_is_waiting
                is_read = self.app.processor.settled() and not self.sandbox.waiting_updates
                quiet = quiet + 1 if is_read and not requests else 0

    async def until(self, instant: datetime, *, step: float = 300) -> None:
        """Let time pass until that instant."""
        await self.advance(seconds=max((instant - self.clock.now()).total_seconds(), 0), step=step)

    async def tick(self) -> None:
        """What the bot would do this second."""
        if self._app is not None:
            await self._app.ticker.tick()
        await self.settle()
        if self._app is not None and await self._app.auditor.look_when_due():
            await self.settle()  # what it said shall have left before the clock is moved on

    async def _in_hand(self) -> bool:
        app = self.app
        telegram_answers = not self.sandbox.faults.is_down
        is_reached = self.sandbox.poll_is_waiting or self.sandbox.webhook_is_set
        if telegram_answers and (self.sandbox.waiting_updates or not is_reached):
            self._let_retries_pass()
            return True
        if (
            not app.processor.settled()
            or app.backups.is_at_work
            or not app.sender.idle()
            or (telegram_answers and not app.introduction.menus_published)
        ):
            self._let_retries_pass()
            return True
        if not telegram_answers:
            return False
        return await self._wait_for_pace()

    async def _round(self) -> None:
        """Let everybody go on as far as they come while the clock stands."""
        if self._has_sockets:
            self._quiet_rounds += 1
            await asyncio.sleep(0.0005)
            return
        before = self.clock.readings
        await self.run(_nothing)  # all that was asked of the database before is done now
        for _ in range(TURNS):
            await asyncio.sleep(0)
        self._quiet_rounds = self._quiet_rounds + 1 if self.clock.readings == before else 0

    def _let_retries_pass(self) -> None:
        """A part that backs off for some seconds would wait for ever on a clock that stands."""
        if self._quiet_rounds >= self._quiet_enough():
            self._quiet_rounds = 0
            self.clock.advance(0.1)

    def _quiet_enough(self) -> int:
        if self.sandbox.requests_in_hand > self.sandbox.poll_is_waiting:
            return SLOW_ROUNDS
        no_thread = self.app.processor.settled() and not self.app.backups.is_at_work
        return STILL_ROUNDS if no_thread and not self._has_sockets else QUIET_ROUNDS

    async def _wait_for_pace(self) -> bool:
        now = self.clock.now()
        if await self.run(lambda tx: may_leave(tx, now)):
            self._let_retries_pass()  # the sender has not been woken yet
            return True
        due = await self.run(lambda tx: next_due(tx, now))
        if due is None or due > self.clock.now() + SOON:
            return False
        self.clock.advance(max((due - self.clock.now()).total_seconds(), 0) + 0.001)
        return True

    def _config(self) -> Config:
        settings = {"HANDRAIL_TELEGRAM__BASE_URL": self.sandbox.base_url, **self._settings}
        return read(None, {**settings, "HOME": os.environ.get("HOME", "")})


def _nothing(_tx: Tx) -> None:
    """A unit that only waits for its turn."""
