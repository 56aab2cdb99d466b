"""Units of work on the writer thread, committed in groups.

A unit is a plain function of `tx`. Waiting units share one commit; when anything in a group goes wrong the
whole group is rolled back and each unit is replayed alone, so a unit has no effect but its writes.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.clock import Clock
from bot.errors import HandrailError
from bot.storage.ids import Ids, newest_in
from bot.storage.sealing import Sealed, Sealer
from bot.storage.turns import Guard

GROUP = 64  # units in one commit: more gains nothing measurable and makes a replay longer

T = TypeVar("T")
Values = dict[str, Any] | Sequence[dict[str, Any]]


@dataclass
class Tx:
    """An open transaction, with what a store needs to write rows: ids and sealing.

    `touched` names what somebody waits for; they are woken once the transaction is committed. `writes` counts
    the statements that may have changed a row: while it stands, what was read is still true.
    """

    connection: Connection
    sealer: Sealer
    ids: Ids
    touched: set[str] = field(default_factory=set)
    writes: int = 0

    def execute(self, statement: Executable, values: Values | None = None) -> CursorResult[Any]:
        if statement.is_dml:
            self.writes += 1
        return self.connection.execute(statement, values or None)

    def changed(self, statement: Executable, values: Values | None = None) -> int:
        """Run an UPDATE or DELETE and say how many rows it met."""
        return int(self.execute(statement, values).rowcount)

    def first(self, statement: Executable, values: Values | None = None) -> Row[Any] | None:
        return self.execute(statement, values).first()

    def all(self, statement: Executable, values: Values | None = None) -> Sequence[Row[Any]]:
        return self.execute(statement, values).all()

    def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        return self.execute(statement, values).scalar()

    def new_id(self) -> int:
        return self.ids.next()

    def seal(self, table: str, column: str, row: int | str, text: str) -> Sealed:
        return self.sealer.seal(table, column, row, text)

    def unseal(self, table: str, column: str, row: int | str, sealed: Sealed | None) -> str:
        """The words at that place; empty when there are none."""
        return "" if sealed is None else self.sealer.unseal(table, column, row, sealed)


@dataclass
class _Waiting:
    """A unit in the queue, and whoever waits for it: a task of `loop`, or any thread."""

    unit: Callable[[Any], Any]
    result: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    is_apart: bool = False  # it gets the driver's connection, and no transaction is open


_Ended = tuple[_Waiting, Any, BaseException | None]
"""A unit with its result, or with the error that undid it."""


class Database:
    """The program's one database. `run` is the only way in once it is open.

    With a `guard` (a database that other processes can reach) there is a transaction every few seconds.
    """

    def __init__(self, engine: Engine, clock: Clock, guard: Guard | None = None) -> None:
        self._engine = engine
        self._guard = guard
        self._ids = Ids(clock)
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self._sealer: Sealer | None = None
        self._connection: Connection | None = None
        self._waiting_for: dict[str, Callable[[], None]] = {}

    @property
    def ids(self) -> Ids:
        return self._ids

    @property
    def is_fresh(self) -> bool:
        """False when another process may have begun to work meanwhile; the next unit finds out."""
        return self._guard is None or self._guard.is_fresh

    @property
    def sealer(self) -> Sealer:
        if self._sealer is None:
            raise RuntimeError("the database is not open yet")
        return self._sealer

    def open(self, prepare: Callable[[Connection], Sealer]) -> None:
        """Start the writer thread and let it run `prepare` (migrations, secrets) before any unit.

        `prepare` gets a connection with no transaction open. Blocks until done and raises what it raises.
        """
        ready: Future[Sealer] = Future()
        self._thread = threading.Thread(target=self._open_and_write, args=(prepare, ready), name="writer")
        self._thread.daemon = True
        self._thread.start()
        self._sealer = ready.result()

    def after_commit(self, touched: str, call: Callable[[], None]) -> None:
        """`call` (quick, from the writer thread) after every commit that touched that."""
        self._waiting_for[touched] = call

    def submit(self, unit: Callable[[Tx], Any]) -> Future[Any]:
        """Queue a unit from any thread; its future ends after the commit, or with the unit's error."""
        result: Future[Any] = Future()
        self._queue.put(_Waiting(unit, result))
        return result

    def submit_apart(self, call: Callable[[Any], Any]) -> Future[Any]:
        """Queue what cannot run inside a transaction (VACUUM, a checkpoint); it gets the driver's connection."""
        result: Future[Any] = Future()
        self._queue.put(_Waiting(call, result, is_apart=True))
        return result

    async def apart(self, call: Callable[[Any], T]) -> T:
        """The same, and wait for its end."""
        done: T = await asyncio.shield(asyncio.wrap_future(self.submit_apart(call)))
        return done

    async def run(self, unit: Callable[[Tx], T]) -> T:
        """Run a unit and wait for its commit. A cancelled caller does not undo the unit."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Waiting(unit, result, loop))
        return await result

    def close(self) -> None:
        """Finish what is queued, then close the file."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self._engine.dispose()

    def _open_and_write(self, prepare: Callable[[Connection], Sealer], ready: "Future[Sealer]") -> None:
        try:
            self._connection = self._engine.connect()
            self._sealer = prepare(self._connection)
            self._ids.start_after(newest_in(self._connection))
            ready.set_result(self._sealer)
        except BaseException as error:
            if self._connection is not None:
                self._connection.close()
            self._engine.dispose()
            ready.set_exception(error)
            return
        self._write()

    def _write(self) -> None:
        while True:
            group, ended = self._next_group()
            units = [waiting for waiting in group if not waiting.is_apart]
            if units:
                self._commit_group(units)
            for waiting in group:
                if waiting.is_apart:
                    self._run_apart(waiting)
            if ended:
                break
        if self._connection is not None:
            self._connection.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        try:
            first = self._queue.get(timeout=self._guard.renew_seconds if self._guard else None)
        except queue.Empty:
            self._renew()
            return [], False
        if first is None:
            return [], True
        group = [first]
        while len(group) < GROUP:
            try:
                more = self._queue.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return group, True
            group.append(more)
        return group, False

    def _renew(self) -> None:
        with contextlib.suppress(SQLAlchemyError, HandrailError):  # the next unit tells whoever sent it
            self._in_transaction([])

    def _run_apart(self, waiting: _Waiting) -> None:
        try:
            if self._connection is None:
                raise RuntimeError("the database is not open yet")
            waiting.result.set_result(waiting.unit(self._connection.connection.driver_connection))
        except BaseException as error:
            waiting.result.set_exception(error)

    def _commit_group(self, group: list[_Waiting]) -> None:
        try:
            results, touched = self._in_transaction([waiting.unit for waiting in group])
        except BaseException as error:
            if len(group) == 1:
                _tell([(group[0], None, error)])
                return
            for waiting in group:
                self._commit_group([waiting])
            return
        _tell([(waiting, result, None) for waiting, result in zip(group, results, strict=True)])
        for name in touched & self._waiting_for.keys():
            self._waiting_for[name]()

    def _in_transaction(self, units: list[Callable[[Tx], Any]]) -> tuple[list[Any], set[str]]:
        connection = self._connection
        if connection is None or self._sealer is None:
            raise RuntimeError("the database is not open yet")
        ended = None
        try:
            with connection.begin():
                tx = Tx(connection, self._sealer, self._ids)
                ended = [unit(tx) for unit in units], tx.touched
        except DBAPIError as error:
            if ended is None or self._guard is None or not error.connection_invalidated:
                raise
            if not self._guard.was_committed(connection):  # the answer to COMMIT was lost
                raise
        return ended


def _tell(ended: list[_Ended]) -> None:
    """Wake whoever waits; a loop is woken once for all its tasks, because each waking is a system call."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[_Ended]] = {}
    for each in ended:
        by_loop.setdefault(each[0].loop, []).append(each)
    for loop, those in by_loop.items():
        if loop is None:
            _set_results(those)
        else:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                loop.call_soon_threadsafe(_set_results, those)


def _set_results(ended: list[_Ended]) -> None:
    for waiting, result, error in ended:
        if waiting.result.done():  # its task was cancelled
            continue
        if error is not None:
            waiting.result.set_exception(error)
        else:
            waiting.result.set_result(result)
