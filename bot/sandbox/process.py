"""The real bot as a process of its own against the sandbox, to be killed and started again.

On the computer's own clock. For tests of crashes and for benchmarks.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.sandbox.errors import SandboxError

ROOT = Path(__file__).parent.parent.parent
LOOK_EVERY = 0.01
RUN = ("bot", "run")


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

    async def start(self, module: Sequence[str] = RUN, *, under: Sequence[str] = ()) -> None:
        """Start it; `module` is what `python -m` runs, `under` a command in front of it, such as `strace -D`."""
        command = (*under, sys.executable, "-m", *module)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=self._settings, stdout=log, stderr=log
            )

    async def kill(self) -> int:
        """SIGKILL, no instruction more; gives the exit status, that of its end if it had ended already."""
        if self.is_running:
            self._running().kill()
        return await self._running().wait()

    def freeze(self) -> None:
        """SIGSTOP: alive, and doing nothing, until `thaw`."""
        self._running().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on, as if no time had passed for it."""
        self._running().send_signal(signal.SIGCONT)

    async def terminate(self) -> int:
        """SIGTERM; gives the exit status."""
        self._running().send_signal(signal.SIGTERM)
        return await self._running().wait()

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise SandboxError("The process was not started.")
        return self._process
