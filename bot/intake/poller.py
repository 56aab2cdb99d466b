"""Long polling: fetch a batch, commit it to the inbox, and only then ask for the next.

Asking with a higher offset is what confirms a batch to Telegram, so nothing is confirmed before it is stored.
"""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import NetworkError

from bot.clock import Clock
from bot.delivery.transport import Transport
from bot.intake import inbox
from bot.intake.facts import WANTED, facts_of
from bot.intake.inbox import Received
from bot.storage.database import Database

log = structlog.get_logger(__name__)

BATCH = 100  # Bot API: at most 100 updates a call
LONGEST_WAIT = 30.0
DATABASE_WAIT = 2.0  # when there is room again, what people wrote meanwhile must not wait longer
ANSWER_SECONDS = 15  # beyond the long poll itself
GARBLED_BEFORE_SALVAGE = 3


class PollRefused(Exception):
    """Telegram answered, but not with updates. `status` is its HTTP status."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(status)
        self.status = status
        self.words = words


class Poller:
    """Runs until stopped; hands each stored batch to `take`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        transport: Transport,
        address: str,
        bot_id: int,
        take: Callable[[list[Received]], None],
        *,
        poll_seconds: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._transport = transport
        self._address = address  # base_url and token: never logged
        self._bot_id = bot_id
        self._take = take
        self._poll_seconds = poll_seconds
        self._offset = 0
        self._stopped = asyncio.Event()
        self._garbled = 0
        self.last_good: float | None = None
        self.last_heard: float | None = None
        self.received = 0
        self.misses = 0

    def routes(self) -> list[Any]:
        """Nothing comes to us by itself; the webhook, which stands in the same place, has a route."""
        return []

    async def run(self) -> None:
        """Poll for ever; the outside being away is waited for with growing pauses."""
        self._take(await self._database.run(lambda tx: inbox.waiting(tx, self._bot_id)))
        while not self._stopped.is_set():
            try:
                updates = await self._fetch()
                self.last_heard = self._clock.monotonic()
                await self._keep(updates)
            except (NetworkError, PollRefused, SQLAlchemyError) as error:
                self.misses += 1
                await self._after_miss(error, self.misses)
            else:
                self.misses = 0
                self.last_good = self._clock.monotonic()

    async def stop(self) -> None:
        """End the wait for news. What Telegram handed over meanwhile is unconfirmed and comes again."""
        self._stopped.set()

    async def _fetch(self) -> list[Any]:
        fields = {
            "offset": str(self._offset),
            "limit": str(BATCH),
            "timeout": str(self._poll_seconds),
            "allowed_updates": json.dumps(WANTED),
        }
        asking = asyncio.ensure_future(
            self._transport.post(
                f"{self._address}/getUpdates", fields, read_seconds=self._poll_seconds + ANSWER_SECONDS
            )
        )
        stopping = asyncio.ensure_future(self._stopped.wait())
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not asking.done():
            asking.cancel()
            return []
        return self._read(*asking.result())

    def _read(self, status: int, body: bytes) -> list[Any]:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            # A torn answer comes whole the next time; one that stays unreadable holds an update that is.
            self._garbled += 1
            if self._garbled < GARBLED_BEFORE_SALVAGE:
                raise PollRefused(status, "not JSON") from None
            answer = {"ok": True, "result": salvaged(body)}
            if not answer["result"]:  # a page of a proxy, say: there is nothing of Telegram's in it
                raise PollRefused(status, "not JSON") from None
        self._garbled = 0
        return _updates(status, answer)

    async def _keep(self, updates: list[Any]) -> None:
        if not updates:
            return
        now = self._clock.now()
        fresh = await self._database.run(lambda tx: inbox.store(tx, self._bot_id, updates, now))
        self.received += len(fresh)
        self._take(fresh)
        numbers = [number for number in (facts_of(update).update_id for update in updates) if number > 0]
        if not numbers:
            raise PollRefused(200, "no update has a number")  # the same comes at once again, so pause
        self._offset = max(numbers) + 1

    async def _after_miss(self, error: Exception, misses: int) -> None:
        if isinstance(error, PollRefused) and error.status == 409:
            await self._conflict(error)
        elif isinstance(error, PollRefused):
            log.error("Telegram refuses to give updates", status=error.status)
        else:
            log.warning("no updates could be fetched", error=type(error).__name__, misses=misses)
        longest = DATABASE_WAIT if isinstance(error, SQLAlchemyError) else LONGEST_WAIT
        await self._clock.wait(min(0.5 * 2 ** min(misses, 6), longest), self._stopped)

    async def _conflict(self, error: PollRefused) -> None:
        if "webhook" in error.words:
            log.warning("a webhook is set for this token; removing it to use long polling")
            await self._remove_webhook()
        else:
            log.error("another program polls with this token; only one may run")

    async def _remove_webhook(self) -> None:
        try:
            await self._transport.post(f"{self._address}/deleteWebhook", {"drop_pending_updates": "false"})
        except NetworkError as error:
            log.warning("the webhook could not be removed", error=type(error).__name__)


def salvaged(body: bytes) -> list[Any]:
    """The updates of an unreadable answer: those that can be read, of the others the number and the raw text."""
    text = body.decode("utf-8", "replace")
    starts = [
        (match.start(), int(match[1])) for match in re.finditer(r'\{\s*"update_id"\s*:\s*(\d{1,18})\b', text)
    ]
    ends = [start for start, _ in starts[1:]] + [len(text)] * bool(starts)
    return [_one_of(text[start:end], number) for (start, number), end in zip(starts, ends, strict=True)]


def _one_of(piece: str, number: int) -> Any:
    try:
        return json.JSONDecoder().raw_decode(piece)[0]
    except (ValueError, RecursionError):
        return {"update_id": number, "unreadable": piece}


def _updates(status: int, answer: Any) -> list[Any]:
    if (
        not isinstance(answer, dict)
        or answer.get("ok") is not True
        or not isinstance(answer.get("result"), list)
    ):
        words = str(answer.get("description", "")) if isinstance(answer, dict) else ""
        raise PollRefused(status, words)
    return list(answer["result"])
