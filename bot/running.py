"""`handrail run` and `handrail migrate`: from the command line to a running program and its clean end."""

import asyncio
import gc
import signal
from collections.abc import Mapping
from pathlib import Path

import structlog

from bot.app import App, Conversation
from bot.clock import SystemClock
from bot.config import Config, read
from bot.errors import HandrailError
from bot.logs import set_up
from bot.storage.keyring import key_ring
from bot.storage.opening import open_database

log = structlog.get_logger(__name__)


class PartEnded(HandrailError):
    """A part of the program that must never end has ended; stop here so that a supervisor starts it anew."""


def run(path: Path | None, environ: Mapping[str, str], conversation: Conversation) -> int:
    """Run until SIGTERM or SIGINT. Raises `Problems` and other `HandrailError` when it cannot start."""
    config = read(path, environ)
    set_up(config.logs.level, config.logs.format)
    return asyncio.run(_run(config, conversation))


def migrate(path: Path | None, environ: Mapping[str, str]) -> int:
    """Bring the database to this version and say what was done."""
    config = read(path, environ)
    opened = open_database(
        config.database.url, key_ring(config), SystemClock(), config.database.backup_folder
    )
    opened.close()
    if opened.backup:
        print(f"Migrated. A backup of the database as it was before: {opened.backup}")
    else:
        print("The database is at this version's schema.")
    return 0


async def _run(config: Config, conversation: Conversation) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    opened = None
    if config.database.is_postgresql:
        from bot.standby import turn  # with a web server that most programs do not need

        opened = await turn(config, SystemClock(), stop)
        if opened is None:
            return 0
    app = App(config, SystemClock(), conversation, opened)
    try:
        await app.start()
    except BaseException:
        await app.stop()
        raise
    gc.collect()
    gc.freeze()  # what start-up made stays; the collector need not walk it for every batch
    gc.enable()
    waiting = asyncio.create_task(stop.wait())
    failing = asyncio.create_task(app.wait_failed())
    await asyncio.wait({waiting, failing}, return_when=asyncio.FIRST_COMPLETED)
    failed = failing.done()
    for task in (waiting, failing):
        task.cancel()
    await app.stop()
    if failed:
        error = failing.exception()
        raise error if isinstance(error, HandrailError) else PartEnded()
    return 0
