"""What a capability hands to the ticker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.storage.database import Tx


@dataclass(frozen=True)
class Job:
    """Due work of one kind.

    `due` gives the ids of rows whose time has come (a bounded number, by an index). `act` does one of them; it must
    claim the row by a conditional UPDATE and set its next time. `postpone` pushes back a row whose `act` raised.
    """

    name: str
    due: Callable[[Tx, datetime], Sequence[int]]
    act: Callable[[Tx, int, datetime], None]
    postpone: Callable[[Tx, int, datetime], None]
