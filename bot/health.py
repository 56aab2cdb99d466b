"""`/healthz` and `/readyz`, for whoever watches the machine. Numbers only; nothing about anybody.

`/healthz` says that the process answers. `/readyz` is 200 while the clock ticks and Telegram gives updates, else 503.
"""

from collections.abc import Callable, Mapping

from aiohttp import web

STALE_SECONDS = 90.0

Ages = Callable[[], Mapping[str, float | None]]
"""Seconds since each thing that must keep happening last did; None when it has not happened yet."""


class Health:
    """A small HTTP server on one address."""

    def __init__(self, listen: str, ages: Ages) -> None:
        self._host, _, port = listen.rpartition(":")
        self._port = int(port)
        self._ages = ages
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. Raises `OSError` when the address cannot be had."""
        app = web.Application()
        app.add_routes([web.get("/healthz", self._healthz), web.get("/readyz", self._readyz)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host.strip("[]"), self._port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _readyz(self, _request: web.Request) -> web.Response:
        ages = self._ages()
        ready = all(age is not None and age < STALE_SECONDS for age in ages.values())
        seconds = {name: None if age is None else round(age, 1) for name, age in ages.items()}
        return web.json_response({"ready": ready, "seconds_since": seconds}, status=200 if ready else 503)
