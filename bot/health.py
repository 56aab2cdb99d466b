"""`/healthz`, `/readyz` and `/metrics`, for whoever watches the machine. Numbers only; nothing about anybody.

`/healthz` says that the process answers. `/readyz` is 200 while the program does its work, else 503 with the reasons.
`/metrics` is for Prometheus; its names are explained in docs/operating.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.metrics import exposition
from bot.vitals import Observer


@dataclass(frozen=True)
class Counts:
    """What has happened since the start."""

    updates_received: int
    messages: Mapping[str, int]


class Health:
    """The answers; `bot.web` listens."""

    def __init__(self, observer: Observer, counts: Callable[[], Counts]) -> None:
        self._observer = observer
        self._counts = counts

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _readyz(self, _request: web.Request) -> web.Response:
        vitals = await self._observer.look()
        why, stored = vitals.why_not_ready, vitals.stored
        seconds = {name: None if age is None else round(age, 1) for name, age in vitals.seconds_since.items()}
        body = {
            "ready": not why,
            "failing": list(vitals.failing),
            "why": why,
            "seconds_since": seconds,
            "database_writes": stored is not None,
            "outbox_oldest_due_seconds": round(stored.outbox_oldest_due, 1) if stored else None,
            "alerts_overdue": stored.alerts_overdue if stored else None,
        }
        return web.json_response(body, status=503 if why else 200)

    async def _metrics(self, _request: web.Request) -> web.Response:
        counts = self._counts()
        text, kind = exposition(await self._observer.look(), counts.updates_received, counts.messages)
        return web.Response(body=text, headers={"Content-Type": kind})
