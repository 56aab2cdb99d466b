"""The sandbox's fault switches: what shall go wrong, for which method, how often.

This file decides; the server carries out. Faults of the update stream (malformed, twice,
out of order) are kept here too and asked for by `updates`. Chance is seeded: a run can be repeated.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class FaultKind(Enum):
    """What happens to a request."""

    ANSWER_LOST = "answer_lost"  # done, then the connection is closed
    ERROR_BEFORE = "error_before"  # HTTP `status`, not done
    ERROR_AFTER = "error_after"  # done, then HTTP `status`
    DELAY = "delay"  # done after `seconds` on the clock
    RESET = "reset"  # the connection is closed, not done
    HANG = "hang"  # not done, no answer until the faults are cleared
    TOO_MANY = "too_many"  # 429 with `seconds` as retry_after, not done
    CUT_BODY = "cut_body"  # done, and half of the answer arrives


@dataclass(frozen=True)
class Fault:
    """One kind of trouble. No method: all of them. No times: until cleared."""

    kind: FaultKind
    method: str | None = None
    times: int | None = 1
    probability: float = 1.0
    status: int = 502
    seconds: float = 0.0

    def hits(self, method: str) -> bool:
        return self.method is None or self.method.lower() == method.lower()


class _Switch:
    """A fault and how often it still strikes."""

    def __init__(self, times: int | None, probability: float) -> None:
        self._left = times
        self._probability = probability

    def strikes(self, chance: random.Random) -> bool:
        if self._left == 0 or chance.random() >= self._probability:
            return False
        if self._left is not None:
            self._left -= 1
        return True


class Faults:
    """The switchboard: `sandbox.faults`."""

    def __init__(self, seed: int = 0) -> None:
        self.is_down = False
        self.chance = random.Random(seed)  # noqa: S311 - chance for tests, not a secret
        self._requests: list[tuple[Fault, _Switch]] = []
        self._updates: dict[str, _Switch] = {}
        self._cleared = asyncio.Event()
        self._inject: Callable[[dict[str, Any] | str], None] = lambda _raw: None
        self._end_polls: Callable[[], None] = lambda: None

    def connect(
        self, *, inject: Callable[[dict[str, Any] | str], None], end_polls: Callable[[], None]
    ) -> None:
        """Tell the switchboard where updates are injected and how held polls are ended."""
        self._inject, self._end_polls = inject, end_polls

    def add(self, fault: Fault) -> None:
        self._requests.append((fault, _Switch(fault.times, fault.probability)))

    def lose_answers(
        self, method: str | None = None, times: int | None = 1, probability: float = 1.0
    ) -> None:
        """Do what is asked, then close the connection without an answer."""
        self.add(Fault(FaultKind.ANSWER_LOST, method, times, probability))

    def fail(
        self,
        method: str | None = None,
        times: int | None = 1,
        probability: float = 1.0,
        *,
        status: int = 502,
        after: bool = False,
    ) -> None:
        """Answer HTTP `status`; with `after`, only once it has been done."""
        kind = FaultKind.ERROR_AFTER if after else FaultKind.ERROR_BEFORE
        self.add(Fault(kind, method, times, probability, status=status))

    def delay(
        self, seconds: float, method: str | None = None, times: int | None = 1, probability: float = 1.0
    ) -> None:
        self.add(Fault(FaultKind.DELAY, method, times, probability, seconds=seconds))

    def reset(self, method: str | None = None, times: int | None = 1, probability: float = 1.0) -> None:
        self.add(Fault(FaultKind.RESET, method, times, probability))

    def hang(self, method: str | None = None, times: int | None = 1, probability: float = 1.0) -> None:
        self.add(Fault(FaultKind.HANG, method, times, probability))

    def refuse(
        self, retry_after: int, method: str | None = None, times: int | None = 1, probability: float = 1.0
    ) -> None:
        """Answer 429 with this retry_after (seconds)."""
        self.add(Fault(FaultKind.TOO_MANY, method, times, probability, seconds=retry_after))

    def cut_bodies(self, method: str | None = None, times: int | None = 1, probability: float = 1.0) -> None:
        self.add(Fault(FaultKind.CUT_BODY, method, times, probability))

    def malformed_update(self, raw: dict[str, Any] | str) -> None:
        """Queue a raw update: an object (given an update_id if it has none) or text that is no JSON."""
        self._inject(raw)

    def duplicate_updates(self, times: int | None = 1, probability: float = 1.0) -> None:
        """Deliver that many updates once more after they were confirmed."""
        self._updates["duplicate"] = _Switch(times, probability)

    def reorder_updates(self, times: int | None = 1, probability: float = 1.0) -> None:
        """Shuffle that many getUpdates answers."""
        self._updates["reorder"] = _Switch(times, probability)

    def overtake(self, times: int | None = 1, probability: float = 1.0) -> None:
        """Let the update after the next one come before it, as taps and messages do overtake each other."""
        self._updates["overtake"] = _Switch(times, probability)

    def down(self) -> None:
        """Telegram is away: held polls and every new request find their connection closed."""
        self.is_down = True
        self._end_polls()

    def up(self) -> None:
        self.is_down = False

    def clear(self) -> None:
        """All is well again; hanging requests are let go (their connection closes)."""
        self.is_down = False
        self._requests.clear()
        self._updates.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    async def until_cleared(self) -> None:
        await self._cleared.wait()

    def pick(self, method: str) -> Fault | None:
        """The first fault that strikes this request."""
        for fault, switch in self._requests:
            if fault.hits(method) and switch.strikes(self.chance):
                return fault
        return None

    def strikes_update(self, name: str) -> bool:
        switch = self._updates.get(name)
        return switch is not None and switch.strikes(self.chance)
