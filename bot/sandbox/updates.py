"""The update queue and long polling: numbering, confirming, expiry, the one poller.

What an update says is made by `people` and `groups`; how it travels to a webhook is in `webhook`.
"""

import asyncio
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.sandbox.errors import HangUp, Json, bad_request, conflict
from bot.sandbox.faults import Faults

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
)
DEFAULT_KINDS = frozenset(KINDS) - {"chat_member", "message_reaction", "message_reaction_count"}
# Bot API server: messages and member changes are kept a day, callback queries 150 seconds.
KEPT = timedelta(days=1)
CALLBACKS_KEPT = timedelta(seconds=150)
LONGEST_POLL = 50
FIRST_UPDATE = 100_000_001
# Bot API server: who asks with the same offset again so soon gets one update at most, or waits that long for one.
ONE_AT_A_TIME = 0.5
SHORTEST_WAIT = 3.0


@dataclass
class Waiting:
    """One update in the queue, as the text that will be sent."""

    update_id: int
    kind: str
    raw: str
    expires: datetime
    comes_again: bool = False
    is_confirmed: bool = False


@dataclass
class _Poll:
    woken: asyncio.Event
    ended_by: Exception | None = None


class UpdateQueue:
    """What happened and the bot has not confirmed yet."""

    def __init__(self, clock: Clock, faults: Faults) -> None:
        self.allowed = DEFAULT_KINDS
        self._clock = clock
        self._faults = faults
        self._next_id = FIRST_UPDATE
        self._queue: list[Waiting] = []
        self._held: tuple[str, Json, datetime] | None = None
        self._poll: _Poll | None = None
        self._last_offset: int | None = None
        self._last_asked = 0.0
        self._listeners: set[asyncio.Event] = set()

    @property
    def count(self) -> int:
        self._drop_expired()
        held = 1 if self._held else 0
        return held + sum(not waiting.is_confirmed for waiting in self._queue)

    @property
    def numbers(self) -> range:
        """The update ids that were given so far."""
        return range(FIRST_UPDATE, self._next_id)

    @property
    def poll_is_waiting(self) -> bool:
        return self._poll is not None and self._poll.ended_by is None

    def allow(self, kinds: Any) -> None:
        """Keep the `allowed_updates` of a call: None leaves the previous, an empty list is the default."""
        if kinds is None:
            return
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise bad_request("can't parse allowed_updates: expected an Array of String")
        known = frozenset(kinds) & frozenset(KINDS)
        self.allowed = known or DEFAULT_KINDS

    def put(self, kind: str, body: Json) -> None:
        """Something happened now; kinds the bot did not ask for are forgotten at once."""
        if kind not in self.allowed:
            return
        now = self._clock.now()
        if self._held is None and self._faults.strikes_update("overtake"):
            self._held = (kind, body, now)
            return
        self._number(kind, body, now)
        if self._held is not None:
            held, self._held = self._held, None
            self._number(*held)
        self._wake()

    def _number(self, kind: str, body: Json, at: datetime) -> None:
        raw = json.dumps({"update_id": self._next_id, kind: body}, ensure_ascii=False)
        kept = CALLBACKS_KEPT if kind == "callback_query" else KEPT
        self._append(kind, raw, at + kept)

    def inject(self, raw: Json | str) -> None:
        """Put a raw update in the queue, however strange."""
        text = raw if isinstance(raw, str) else json.dumps({"update_id": self._next_id, **raw})
        if isinstance(raw, dict) and isinstance(raw.get("update_id"), int):
            self._next_id = raw["update_id"]
        self._append("injected", text, self._clock.now() + KEPT)
        self._wake()

    def _append(self, kind: str, raw: str, expires: datetime) -> None:
        again = self._faults.strikes_update("duplicate")
        self._queue.append(Waiting(self._next_id, kind, raw, expires, comes_again=again))
        self._next_id += 1

    def _wake(self) -> None:
        if self._poll is not None:
            self._poll.woken.set()
        for listener in self._listeners:
            listener.set()

    def listen(self, event: asyncio.Event) -> None:
        """Set this event whenever an update comes."""
        self._listeners.add(event)

    def drop_all(self) -> None:
        self._queue.clear()
        self._held = None

    def take_all(self) -> list[str]:
        """Hand over everything that waits, as JSON text, as if it had been confirmed at once."""
        taken = [waiting.raw for waiting in self._queue]
        self.drop_all()
        return taken

    def first(self) -> Waiting | None:
        """The oldest update still waiting, for the webhook."""
        self._drop_expired()
        return self._queue[0] if self._queue else None

    def delivered(self, waiting: Waiting) -> None:
        """The webhook took it: gone, unless it is to come once more."""
        waiting.comes_again, again = False, waiting.comes_again
        waiting.is_confirmed = True
        if not again and waiting in self._queue:
            self._queue.remove(waiting)

    async def poll(self, offset: int, limit: int, seconds: float) -> str:
        """The answer to getUpdates as JSON text. One poll at a time: the earlier one ends with 409."""
        self.end_poll(
            conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        )
        limit, seconds = self._throttled(offset, limit, seconds)
        batch = self._take(offset, limit)
        if batch or seconds <= 0:
            return _array(batch)
        mine = self._poll = _Poll(asyncio.Event())
        try:
            await self._clock.wait(seconds, mine.woken)
        finally:
            if self._poll is mine:
                self._poll = None
        if mine.ended_by is not None:
            raise mine.ended_by
        return _array(self._take(offset, limit))

    def _throttled(self, offset: int, limit: int, seconds: float) -> tuple[int, float]:
        """The limit and the wait that are granted to this call."""
        now, passed = self._clock.monotonic(), math.inf
        if offset == self._last_offset:
            passed = now - self._last_asked
        self._last_offset, self._last_asked = offset, now
        if passed < SHORTEST_WAIT:
            seconds = max(seconds, SHORTEST_WAIT)
        return (1 if passed < ONE_AT_A_TIME else limit), seconds

    def end_poll(self, reason: Exception | None = None) -> None:
        """End the poll that is held, by default by closing its connection."""
        if self._poll is not None:
            self._poll.ended_by = reason or HangUp()
            self._poll.woken.set()
            self._poll = None

    def _take(self, offset: int, limit: int) -> list[Waiting]:
        self._drop_expired()
        if offset < 0:
            self._queue = self._queue[offset:]
        else:
            self._confirm(offset)
        batch = self._queue[:limit]
        if batch and self._faults.strikes_update("reorder"):
            self._faults.chance.shuffle(batch)
        return batch

    def _confirm(self, offset: int) -> None:
        kept: list[Waiting] = []
        for waiting in self._queue:
            if waiting.update_id >= offset:
                kept.append(waiting)
            elif waiting.comes_again:
                waiting.comes_again, waiting.is_confirmed = False, True
                kept.append(waiting)
        self._queue = kept

    def _drop_expired(self) -> None:
        now = self._clock.now()
        self._queue = [waiting for waiting in self._queue if waiting.expires > now]


def _array(batch: Iterable[Waiting]) -> str:
    return "[" + ",".join(waiting.raw for waiting in batch) + "]"
