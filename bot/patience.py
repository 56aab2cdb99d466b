"""Waiting for a database server that restarts just when we start, as when the whole machine comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.errors import HandrailError

log = structlog.get_logger(__name__)

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
AGAIN_SECONDS = 1.0


async def patiently(
    call: Callable[[], Awaitable[T]],
    away: type[HandrailError],
    clock: Clock,
    stop: asyncio.Event | None = None,
) -> T:
    """What `call` gives, tried each second while it raises `away`.

    The error itself at `stop`, or after half a minute. The log says at once why it waits, so that a
    wrong address is seen.
    """
    until = clock.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await call()
        except away as error:
            if clock.monotonic() >= until:
                raise
            log.warning("the database does not answer; trying again", reason=str(error))
            if await clock.wait(AGAIN_SECONDS, stop):
                raise
