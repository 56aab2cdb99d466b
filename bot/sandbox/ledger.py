"""The sandbox's ledger: every request of the bot and how it was answered.

What people saw is in their chats; this is the side of the wire, for assertions such as "there was no 429".
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Request:
    """One request. `status` is 0 when no answer was given; `injected` when a fault switch made it so."""

    at: datetime
    method: str
    chat_id: str
    status: int
    description: str = ""
    injected: bool = False


@dataclass(frozen=True)
class Send:
    """One accepted message or edit, when and where."""

    at: datetime
    steady: float
    method: str
    chat_id: int
    message_id: int


@dataclass
class Ledger:
    requests: list[Request] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)

    def count(self, method: str) -> int:
        return sum(request.method.lower() == method.lower() for request in self.requests)

    @property
    def by_method(self) -> dict[str, int]:
        return dict(sorted(Counter(request.method for request in self.requests).items()))

    @property
    def too_many(self) -> list[Request]:
        """The 429s that the bot earned; those of a fault switch are not its fault."""
        return [request for request in self.requests if request.status == 429 and not request.injected]

    @property
    def refusals(self) -> list[Request]:
        """Every answer from 400 on that no fault switch made."""
        return [request for request in self.requests if request.status >= 400 and not request.injected]
