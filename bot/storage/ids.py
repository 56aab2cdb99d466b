"""Row ids made by us, because a sealed value is bound to its row's id before the row exists."""

import secrets
import threading

from sqlalchemy import BigInteger, Connection, func, inspect, select

from bot.clock import Clock
from bot.storage.columns import metadata


class Ids:
    """Ascending 61-bit numbers: milliseconds, then 20 bits that start at random so that replicas differ."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        candidate = int(self._clock.now().timestamp() * 1000) << 20 | secrets.randbits(19)
        with self._lock:
            self._last = max(self._last + 1, candidate)
            return self._last

    def start_after(self, used: int) -> None:
        """Never give an id below `used`: the clock may have been put back since it was made."""
        with self._lock:
            self._last = max(self._last, used)


def newest_in(connection: Connection) -> int:
    """The highest of these ids in any table, 0 when there is none; begins and ends a transaction."""
    with connection.begin():
        there = set(inspect(connection).get_table_names())
        columns = (table.c.get("id") for table in metadata.sorted_tables if table.name in there)
        ours = [column for column in columns if column is not None and isinstance(column.type, BigInteger)]
        return max((connection.scalar(select(func.max(column))) or 0 for column in ours), default=0)
