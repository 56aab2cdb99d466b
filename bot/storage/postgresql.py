"""PostgreSQL: the same tables and statements, and standbys on other machines.

One process at a time works for a program; the others stand by. Whose turn it is is a row that the worker renews in
each of its transactions. It loses its turn twelve seconds after the last one; two seconds are enough when the server
sees that its connection is gone, as after a kill. The renewal is the fence: once somebody else has the turn it meets
no row, and nothing that the older process still wanted to write is written. Only the database's own clock decides
about turns, so that the clocks of the machines need not agree.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from bot.storage.columns import metadata
from bot.storage.turns import DatabaseAway, DatabaseInUse, TurnLost, first_line

log = structlog.get_logger(__name__)

TURN_SECONDS = (
    12  # so that a standby works 16 s after a kill at the latest: it looks each second, and starts in two
)
RENEW_SECONDS = 3.0
IDLE_MILLISECONDS = 10_000  # a frozen process's open transaction must not keep its turn for ever
ANSWER_SECONDS = 5
UNSURE_SECONDS = 30.0  # so long a lost commit is asked after

# PostgreSQL 13 and newer; `until` lies in the database's own time, TURN_SECONDS ahead.
_TABLE = """CREATE TABLE IF NOT EXISTS turn (name VARCHAR(20) PRIMARY KEY, holder VARCHAR(40) NOT NULL,
    fence BIGINT NOT NULL, until TIMESTAMPTZ NOT NULL, connection INTEGER)"""
_TAKE = """INSERT INTO turn VALUES ('program', %(holder)s, 1, clock_timestamp() + interval '12 s')
    ON CONFLICT (name) DO UPDATE
    SET holder = excluded.holder, fence = turn.fence + 1, until = excluded.until, connection = NULL
    WHERE turn.until < clock_timestamp() OR (
        -- Its connection is gone and has not come back for two seconds, and the server has not just started.
        turn.until < clock_timestamp() + interval '10 s'
        AND turn.connection NOT IN (SELECT pid FROM pg_stat_activity)
        AND pg_postmaster_start_time() < clock_timestamp() - interval '6 s'
    )
    RETURNING fence"""
_RENEW = """UPDATE turn SET until = clock_timestamp() + interval '12 s', connection = pg_backend_pid()
    WHERE name = 'program' AND holder = %(holder)s AND fence = %(fence)s
    RETURNING pg_current_xact_id()::text"""
_GIVE_BACK = """UPDATE turn SET until = '-infinity'
    WHERE name = 'program' AND holder = %(holder)s AND fence = %(fence)s"""
_FATE = "SELECT pg_xact_status(CAST(%(number)s AS xid8))"


class Turn:
    """This process's turn to work for the program. `take` it before the first transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._holder = secrets.token_hex(8)
        self._fence = 0
        self._renewed = 0.0  # on the steady clock, which also goes on while a process is frozen
        self._transaction = ""  # the number of the one that is open, or was last
        self._lost = ""

    @property
    def renew_seconds(self) -> float:
        return RENEW_SECONDS

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() < self._renewed + TURN_SECONDS - RENEW_SECONDS

    def take(self) -> None:
        """Raises `DatabaseInUse` while another process has the turn, `DatabaseAway` when there is no answer."""
        with _only_for_this(self._url) as connection:
            connection.exec_driver_sql(_TABLE)
            row = connection.exec_driver_sql(_TAKE, {"holder": self._holder}).first()
        if row is None:
            raise DatabaseInUse()
        self._fence = int(row[0])

    def give_back(self) -> None:
        """Let the next process begin at once."""
        try:
            with _only_for_this(self._url) as connection:
                connection.exec_driver_sql(_GIVE_BACK, self._mine())
        except DatabaseAway:
            log.info("the turn could not be given back; it ends by itself", seconds=TURN_SECONDS)

    def renew(self, connection: Connection) -> None:
        """At the beginning of each transaction. Raises `TurnLost`."""
        if self._lost:
            raise TurnLost(self._lost)
        asked = time.monotonic()
        row = connection.exec_driver_sql(_RENEW, self._mine()).first()
        if row is None:
            connection.connection.rollback()
            self._lost = "another process has it."
            raise TurnLost(self._lost)
        self._renewed, self._transaction = asked, str(row[0])

    def was_committed(self, connection: Connection) -> bool:
        """What became of a transaction whose COMMIT got no answer. Raises `TurnLost` when nobody says."""
        number, until = self._transaction, time.monotonic() + UNSURE_SECONDS
        while time.monotonic() < until:
            try:
                fate = _fate(connection, number)
            except DBAPIError as error:
                log.warning("asking what became of a commit", error=type(error).__name__)
            else:
                if fate is not None and fate[0] != "in progress":
                    return bool(fate[0] == "committed")
            time.sleep(0.2)
        self._lost = "the database went away in the middle of a commit."
        raise TurnLost(self._lost)

    def check(self) -> None:
        """Raises `TurnLost` once it is known that the turn is over."""
        if self._lost:
            raise TurnLost(self._lost)

    def _mine(self) -> dict[str, Any]:
        return {"holder": self._holder, "fence": self._fence}


def engine(url: str, turn: Turn | None = None) -> Engine:
    """An engine with one connection, which comes back by itself after a loss.

    Each transaction renews the `turn`; without one every transaction can only read.
    """
    options = f"-c idle_in_transaction_session_timeout={IDLE_MILLISECONDS} -c synchronous_commit=on"
    if turn is None:
        options += " -c default_transaction_read_only=on"
    made = _engine(url, options)
    if turn is not None:
        event.listen(made, "begin", turn.renew)
    return made


def works(connection: Any) -> bool:
    """Whether some process has the turn now; `connection` is the driver's."""
    row = connection.execute("SELECT bool_or(until > clock_timestamp()) FROM turn").fetchone()
    return bool(row and row[0])


def _engine(url: str, options: str = "") -> Engine:
    _carry_conditions()
    arguments = {
        "connect_timeout": ANSWER_SECONDS,
        "tcp_user_timeout": ANSWER_SECONDS * 1000,
        "application_name": "handrail",
        "options": options,
    }
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), poolclass=StaticPool, connect_args=arguments
    )


def _carry_conditions() -> None:
    """Partial indexes are declared with SQLite's keyword only: naming PostgreSQL's would load it for everybody."""
    for table in metadata.tables.values():
        for index in table.indexes:
            condition = index.dialect_options["sqlite"].get("where")
            index.dialect_options["postgresql"]["where"] = condition


@contextmanager
def _only_for_this(url: str) -> Iterator[Connection]:
    """A connection of its own for one statement or two, committed at once. Raises `DatabaseAway`."""
    made = _engine(url)
    try:
        with made.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
    except DBAPIError as error:
        raise DatabaseAway(first_line(error)) from None
    finally:
        made.dispose()


def _fate(connection: Connection, number: str) -> Row[Any] | None:
    with connection.begin():
        return connection.exec_driver_sql(_FATE, {"number": number}).first()
