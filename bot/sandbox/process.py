"""The real bot as a process of its own against the sandbox, to be killed and started again.

On the computer's own clock. For tests of crashes and for benchmarks.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.sandbox.errors import SandboxError

ROOT = Path(__file__).parent.parent.parent
LOOK_EVERY = 0.01


async def until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Return once `condition` holds. Raises `SandboxError` when it does not within that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SandboxError(f"waited {seconds} s in vain")
        await asyncio.sleep(LOOK_EVERY)


class BotProcess:
    """`handrail run` with settings from the environment; its log goes to `log`."""

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        self._settings = {**os.environ, **settings}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=ROOT, env=self._settings, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """SIGKILL: no instruction more."""
        self._running().kill()
        await self._running().wait()

    async def terminate(self) -> int:
        """SIGTERM; gives the exit status."""
        self._running().send_signal(signal.SIGTERM)
        return await self._running().wait()

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise SandboxError("The process was not started.")
        return self._process
