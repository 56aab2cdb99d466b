"""Once a minute: does everything hold that must hold? An outside address is called only while it does.

That call's absence is the one sign that outlives the machine: whoever waits for it (healthchecks.io or a server of
the clinic's own) tells somebody when it stops. Administrators hear in private of what is wrong, once, and of its end.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.alerts.service import Alerts
from bot.clock import Clock
from bot.people import settings
from bot.storage.database import Database, Tx
from bot.vitals import DATABASE, UPDATES, Observer

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
PING_SECONDS = 10.0
LASTING = timedelta(seconds=EVERY_SECONDS)  # seen at two looks: told
NOT_FOR_TELEGRAM = frozenset({UPDATES})  # `outage` speaks of Telegram's silence, once it is over


class Auditor:
    """Runs until stopped. `ping_url` is never logged: who knows it can feign that all is well."""

    def __init__(
        self, database: Database, clock: Clock, observer: Observer, alerts: Alerts, ping_url: str | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._observer = observer
        self._alerts = alerts
        self._ping_url = ping_url
        self._client = httpx.AsyncClient(timeout=PING_SECONDS) if ping_url else None
        self._since: dict[str, datetime] = {}  # when each thing that is wrong was first seen to be
        self._looked: float | None = None

    async def run(self, stopped: asyncio.Event) -> None:
        """Look once a minute."""
        while not await self._clock.wait(EVERY_SECONDS, stopped):
            await self.look()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def look_when_due(self) -> bool:
        """For whoever moves the clock by hand: a look when a minute has passed; true when it looked."""
        is_due = self._looked is None or self._clock.monotonic() >= self._looked + EVERY_SECONDS
        if is_due:
            await self.look()
        return is_due

    async def look(self) -> None:
        """One look, and what follows from it. Nothing that goes wrong here ends the program."""
        self._looked = self._clock.monotonic()
        try:
            failing = (await self._observer.look()).failing
            await self._heed(failing)
        except Exception as error:  # no call goes out then, which somebody outside notices
            log.exception("the program could not look at itself", exc_info=error)
            return
        if not failing:
            await self._ping()

    async def _heed(self, failing: Mapping[str, str]) -> None:
        """Log what does not hold, and tell what is new of it."""
        now, before = self._clock.now(), self._since
        for name, sentence in failing.items():
            log.error("something does not hold", what=name, sentence=sentence)
        self._since = {name: before.get(name, now) for name in failing}
        if DATABASE in failing:
            return  # nothing can be told now; it is when it is over
        away_since = before.get(DATABASE)
        try:
            await self._database.run(lambda tx: self._tell(tx, set(failing), away_since, now))
        except SQLAlchemyError as error:
            log.error("what does not hold could not be told", error=type(error).__name__)
            self._since = before | self._since

    def _tell(self, tx: Tx, failing: set[str], away_since: datetime | None, now: datetime) -> None:
        if away_since is not None and now - away_since >= LASTING:
            self._alerts.database_was_away(tx, away_since, now)
        told = set(json.loads(settings.get(tx, settings.WRONG) or "[]"))
        lasting = {name for name, since in self._since.items() if now - since >= LASTING}
        news, over = lasting - NOT_FOR_TELEGRAM - told, told - failing
        for name in sorted(news):
            self._alerts.wrong(tx, name, now)
        for name in sorted(over):
            self._alerts.well_again(tx, name, now)
        if news or over:
            settings.put(tx, settings.WRONG, json.dumps(sorted((told | news) - over)))

    async def _ping(self) -> None:
        """Nothing is said but that we live; whether it is heard does not matter to our work."""
        if self._client is None or self._ping_url is None:
            return
        try:
            async with asyncio.timeout(PING_SECONDS), self._client.stream("GET", self._ping_url) as answer:
                answer.raise_for_status()  # what else it answers is not read: it may be long
        except httpx.HTTPStatusError as error:
            log.warning("health.ping_url does not take the call", status=error.response.status_code)
        except Exception as error:  # by its type only: its words may hold the address
            log.warning("health.ping_url cannot be reached", error=type(error).__name__)
