"""How much a bot may send: all chats together, one private chat, one group. On the sandbox's clock.

Telegram does not publish its exact limits; these are the documented ones, taken strictly.
"""

import math
from collections import deque
from dataclasses import dataclass

from bot.clock import Clock
from bot.sandbox.errors import too_many_requests


@dataclass(frozen=True)
class Limits:
    """Messages and edits allowed. `per_chat_burst` counts those a rested private chat takes at once."""

    per_second: int = 30
    per_chat_per_second: float = 1.0
    per_chat_burst: int = 3
    per_group_per_minute: int = 20
    enforced: bool = True


NO_LIMITS = Limits(enforced=False)
_ALMOST = 1e-6  # sums of float seconds miss a whole second by less than this


class RateLimiter:
    """Counts what was accepted and refuses the rest with 429 and the seconds to wait."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.limits = limits
        self._clock = clock
        self._all: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._free_again: dict[int, float] = {}

    def charge(self, chat_id: int, *, group: bool) -> None:
        """Count one message to this chat, or refuse it (`ApiError` 429); a refused one is not counted."""
        if not self.limits.enforced:
            return
        now = self._clock.monotonic()
        waits = [self._wait(self._all, now, 1.0, self.limits.per_second)]
        if group:
            window = self._groups.setdefault(chat_id, deque())
            waits.append(self._wait(window, now, 60.0, self.limits.per_group_per_minute))
        else:
            waits.append(self._chat_wait(chat_id, now))
        if max(waits) > _ALMOST:
            raise too_many_requests(max(1, math.ceil(max(waits) - _ALMOST)))
        self._count(chat_id, now, group=group)

    def _count(self, chat_id: int, now: float, *, group: bool) -> None:
        self._all.append(now)
        if group:
            self._groups[chat_id].append(now)
            return
        # The virtual schedule of a leaky bucket: each message moves it on by its share of a second.
        self._free_again[chat_id] = max(self._free_again.get(chat_id, now), now) + self._spacing

    @property
    def _spacing(self) -> float:
        return 1.0 / self.limits.per_chat_per_second

    def _chat_wait(self, chat_id: int, now: float) -> float:
        backlog = self._free_again.get(chat_id, now) - now
        return max(0.0, backlog - (self.limits.per_chat_burst - 1) * self._spacing)

    @staticmethod
    def _wait(window: deque[float], now: float, seconds: float, most: int) -> float:
        while window and window[0] <= now - seconds + _ALMOST:
            window.popleft()
        return 0.0 if len(window) < most else window[len(window) - most] + seconds - now
