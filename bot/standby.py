"""A process that waits for its turn at a PostgreSQL database, and says so on `http.listen`.

Whoever watches the machine hears that the process is well but not ready, so that a web server in front sends
Telegram's updates to the process that works.
"""

import asyncio

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.config import Config
from bot.intake.webhook_address import PREFIX
from bot.patience import patiently
from bot.storage.keyring import key_ring
from bot.storage.opening import Opened, open_database
from bot.storage.turns import DatabaseAway, DatabaseInUse
from bot.web import WebServer

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
RETRY_AFTER = "5"
WHY = "Another process works for this program; this one stands by."


async def turn(config: Config, clock: Clock, stop: asyncio.Event) -> Opened | None:
    """The open database once it is this process's turn; None when `stop` came first.

    Raises what `open_database` raises, but waits while another process works, and while the server restarts.
    """
    web_server: WebServer | None = None

    async def opened() -> Opened:
        return await asyncio.to_thread(open_database, config.database.url, key_ring(config), clock)

    try:
        while not stop.is_set():
            try:
                return await patiently(opened, DatabaseAway, clock, stop)
            except DatabaseInUse:
                if web_server is None:
                    web_server = await _say(config)
            except DatabaseAway:
                if web_server is None and not stop.is_set():
                    raise  # whoever stands by already waits as long as it takes
            await clock.wait(LOOK_SECONDS, stop)
        return None
    finally:
        if web_server is not None:
            await web_server.stop()


async def _say(config: Config) -> WebServer:
    log.info("another process works for this program; standing by")
    server = WebServer(config.http.listen or ":0", _routes())
    if config.http.listen:
        await server.start()
    return server


def _routes() -> list[web.RouteDef]:
    return [
        web.get("/healthz", _healthz),
        web.get("/readyz", _readyz),
        web.post(PREFIX + "{secret}", _later),
    ]


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def _readyz(_request: web.Request) -> web.Response:
    return web.json_response({"ready": False, "why": [WHY]}, status=503)


async def _later(_request: web.Request) -> web.Response:
    return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
