"""Copy a program's SQLite database into an empty PostgreSQL database, and look at every row afterwards.

While it is not finished, the new database's revision says so and nothing else will open it; a second try goes on
where the first one ended. At the end the old database's revision says that the program has moved, so that nobody
works on in it by mistake.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, func, inspect, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from bot.errors import HandrailError
from bot.storage.columns import metadata
from bot.storage.migrate import COPYING, MOVED, create, current, newest, set_revision

BATCH = 500  # rows in one transaction


class NotEmpty(HandrailError):
    """That PostgreSQL database holds something already. Give an empty one, made by CREATE DATABASE:"""


class CopyDiffers(HandrailError):
    """A row in the new database is not what it is in the old one; nothing was switched over:"""


def move(old: Connection, new: Connection) -> dict[str, int]:
    """Copy all and check all; gives how many rows each table has. Raises `NotEmpty` or `CopyDiffers`.

    `old` and `new` have no transaction open; nobody else may write to either.
    """
    _begin(new)
    for table in metadata.sorted_tables:
        for rows in _batches(old, table):
            with new.begin():
                new.execute(insert(table).on_conflict_do_nothing(), [row._asdict() for row in rows])
    counts = {table.name: _checked(old, new, table) for table in metadata.sorted_tables}
    set_revision(new, newest())
    set_revision(old, newest() + MOVED)
    return counts


def _begin(new: Connection) -> None:
    at = current(new)
    if at == newest() + COPYING:
        return
    with new.begin():
        there = set(inspect(new).get_table_names()) & {table.name for table in metadata.sorted_tables}
    if at is not None or there:
        raise NotEmpty(at or ", ".join(sorted(there)))
    create(new, newest() + COPYING)


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    with connection.begin():
        rows = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
    yield from (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def _checked(old: Connection, new: Connection, table: Table) -> int:
    key, count = tuple_(*table.primary_key.columns), 0
    for rows in _batches(old, table):
        wanted = {_key(table, row): row for row in rows}
        with new.begin():
            found = {_key(table, row): row for row in new.execute(select(table).where(key.in_(list(wanted))))}
        for place, row in wanted.items():
            if found.get(place) != row:
                raise CopyDiffers(f"table {table.name}.")
        count += len(rows)
    with new.begin():
        if new.execute(select(func.count()).select_from(table)).scalar() != count:
            raise CopyDiffers(f"table {table.name} has more rows.")
    return count


def _key(table: Table, row: Row[Any]) -> tuple[Any, ...]:
    return tuple(row._mapping[column] for column in table.primary_key.columns)
