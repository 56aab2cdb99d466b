"""The webhook: Telegram brings each update here; it is stored before Telegram hears 200.

Where the database does not take it in time, the answer is 503 with Retry-After and Telegram keeps it. Who comes
without the secret, which is compared in constant time, hears 403 and nothing else.
"""

import asyncio
import hmac
import json
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import NetworkError

from bot.clock import Clock
from bot.delivery.transport import Transport
from bot.intake import inbox
from bot.intake.facts import WANTED, facts_of
from bot.intake.inbox import Received
from bot.intake.poller import salvaged
from bot.intake.webhook_address import WebhookAddress
from bot.storage.database import Database

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
STORE_SECONDS = 20.0  # Telegram waits a minute; a slower disk is as good as away
RETRY_AFTER = "5"
LOOK_SECONDS = 30.0
LONGEST_WAIT = 30.0


class Webhook:
    """Sets itself at Telegram, looks twice a minute that it is still set, and hands what came to `take`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        transport: Transport,
        api: str,
        bot_id: int,
        take: Callable[[list[Received]], None],
        address: WebhookAddress,
    ) -> None:
        self._database = database
        self._clock = clock
        self._transport = transport
        self._api = api  # base_url and token: never logged
        self._bot_id = bot_id
        self._take = take
        self._address = address
        self._stopped = asyncio.Event()
        self._is_open = False
        self._keeping: set[asyncio.Task[None]] = set()
        self.last_good: float | None = None
        self.last_heard: float | None = None
        self.received = 0
        self.misses = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.post(self._address.path, self._arrived)]

    async def run(self) -> None:
        """Work through what an earlier process left, then be there until stopped."""
        self._take(await self._database.run(lambda tx: inbox.waiting(tx, self._bot_id)))
        self._is_open = True
        while not self._stopped.is_set():
            if await self._look():
                self.misses = 0
                self.last_good = self._clock.monotonic()
                await self._clock.wait(LOOK_SECONDS, self._stopped)
            else:
                self.misses += 1
                await self._clock.wait(min(0.5 * 2 ** min(self.misses, 6), LONGEST_WAIT), self._stopped)

    async def stop(self) -> None:
        """Take nothing more; what is being stored is stored. Telegram keeps the rest."""
        self._stopped.set()
        self._is_open = False
        if self._keeping:
            await asyncio.wait(self._keeping)

    async def _arrived(self, request: web.Request) -> web.Response:
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._address.secret.encode()):
            return web.Response(status=403)
        updates = _read(await request.read())
        if not self._is_open:  # asked after the last wait: nothing begins once `stop` has looked
            return _later()
        if not updates:
            log.error("what came by webhook is not an update")
            return web.Response(status=400)
        # Shielded: a request that is given up does not leave an update stored but never processed.
        keeping = asyncio.create_task(self._keep(updates))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._kept)
        try:
            async with asyncio.timeout(STORE_SECONDS):
                await asyncio.shield(keeping)
        except (TimeoutError, SQLAlchemyError, RuntimeError) as error:
            log.error("the database takes no updates; Telegram keeps them", error=type(error).__name__)
            return _later()
        return web.Response()

    async def _keep(self, updates: list[Any]) -> None:
        now = self._clock.now()
        fresh = await self._database.run(lambda tx: inbox.store(tx, self._bot_id, updates, now))
        self.received += len(fresh)
        self.last_good = self._clock.monotonic()
        self._take(fresh)

    def _kept(self, keeping: "asyncio.Task[None]") -> None:
        self._keeping.discard(keeping)
        if not keeping.cancelled() and keeping.exception() is not None:
            log.warning("an update was not stored", error=type(keeping.exception()).__name__)

    async def _look(self) -> bool:
        """Whether Telegram brings updates here; sets it so when it does not yet."""
        info = await self._ask("getWebhookInfo", {})
        if not isinstance(info, dict):
            return False
        if info.get("url") != self._address.url or set(info.get("allowed_updates", ())) != set(WANTED):
            return await self._set()
        late = info.get("last_error_date", 0) > self._clock.now().timestamp() - LOOK_SECONDS
        if info.get("pending_update_count") and late:
            log.warning("Telegram cannot bring updates here", waiting=info.get("pending_update_count"))
            return False
        return True

    async def _set(self) -> bool:
        fields = {
            "url": self._address.url,
            "secret_token": self._address.secret,
            "allowed_updates": json.dumps(WANTED),
            "drop_pending_updates": "false",
        }
        if await self._ask("setWebhook", fields) is not True:
            return False
        log.info("the webhook is set")
        return True

    async def _ask(self, method: str, fields: dict[str, str]) -> Any:
        try:
            status, body = await self._transport.post(f"{self._api}/{method}", fields)
            answer = json.loads(body)
        except (NetworkError, ValueError) as error:
            log.warning("Telegram does not answer about the webhook", error=type(error).__name__)
            return None
        self.last_heard = self._clock.monotonic()
        if isinstance(answer, dict) and answer.get("ok") is True:
            return answer.get("result")
        words = str(answer.get("description", "")) if isinstance(answer, dict) else ""
        log.error("Telegram refuses the webhook", method=method, status=status, words=self._masked(words))
        return None

    def _masked(self, words: str) -> str:
        return words.replace(self._address.url, "…")[:200]


def _read(body: bytes) -> list[Any]:
    """The update, or what can be saved of an unreadable one; empty when nothing in it has a number."""
    try:
        found = [json.loads(body)]
    except (ValueError, RecursionError):
        found = salvaged(body)
    return [update for update in found if facts_of(update).update_id > 0]


def _later() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
