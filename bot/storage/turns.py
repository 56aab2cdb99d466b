"""Who may work with a program's database: one process at a time."""

from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.errors import HandrailError


class DatabaseInUse(HandrailError):
    """Another Handrail process is using this database. Stop it first, or give this one its own database.url."""


class DatabaseAway(HandrailError):
    """The PostgreSQL server cannot be used. Look at database.url, and whether the server runs:"""


class TurnLost(HandrailError):
    """This process may no longer work for the program; it ends, so that a supervisor starts it anew as a standby:"""


class Guard(Protocol):
    """What a database that several processes can reach needs besides its transactions."""

    @property
    def renew_seconds(self) -> float:
        """So often there is a transaction, even an empty one."""

    @property
    def is_fresh(self) -> bool:
        """Whether it is certain, without asking, that no other process works yet."""

    def was_committed(self, connection: Connection) -> bool:
        """What became of a transaction whose COMMIT got no answer."""


def first_line(error: DBAPIError) -> str:
    """The server's own words; they name the database and the user, never a password or a row."""
    return next(iter(str(error.orig).splitlines()), type(error.orig).__name__)
