"""The program's one small HTTP server, on `http.listen`: the webhook, and questions about its health.

What is answered is in `intake.webhook` and `health`. Nothing is logged of a request: a path can be a secret.
"""

import os
from collections.abc import Iterable

from aiohttp import web

from bot.errors import HandrailError

LARGEST_BODY = 1024 * 1024  # an update is a few kB; Telegram sends no files


class AddressTaken(HandrailError):
    """Nothing can listen at http.listen. Is another Handrail running, or does the address belong elsewhere?"""


class WebServer:
    """Listens between `start` and `stop`."""

    def __init__(self, listen: str, routes: Iterable[web.RouteDef]) -> None:
        self._host, _, port = listen.rpartition(":")
        self._port = int(port)
        self._routes = list(routes)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Raises `AddressTaken`."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes(self._routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host.strip("[]"), self._port).start()
        except OSError as error:
            await self.stop()
            raise AddressTaken(f"{self._host}:{self._port} ({os.strerror(error.errno or 0)}).") from None

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
