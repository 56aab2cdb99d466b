"""Which keys seal what is in the database, and sealing all of it anew under the first key of the ring."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, and_, select, update

from bot.storage.columns import row_column, sealed_columns
from bot.storage.database import Database, Tx
from bot.storage.sealing import KeyRing, Sealed, place_of

BATCH = 500  # values in one transaction: an interrupted rotation loses little, and is taken up again


def keys_in_use(tx: Tx) -> Counter[str]:
    """How many sealed values there are under each key, by its name."""
    found: Counter[str] = Counter()
    for _table, column in sealed_columns():
        rows = tx.all(select(column).where(column.is_not(None)))
        found.update(KeyRing.name_in(row[0].envelope) for row in rows)
    return found


def reseal(database: Database, ring: KeyRing) -> int:
    """Every value under the first key; gives how many were changed. What is sealed by it already stays."""
    changed = 0
    for table, column in _last_of_all_the_secrets():
        after: Any = None
        while True:
            done, after = database.submit(_batch(table, column, after, ring)).result()
            changed += done
            if after is None:
                break
    return changed


def _last_of_all_the_secrets() -> Iterator[tuple[Table, Column[Any]]]:
    """The program's own secrets come last: a start under the new key alone fails until everything is done."""
    everything = list(sealed_columns())
    yield from (pair for pair in everything if pair[0].name != "program_secret")
    yield from (pair for pair in everything if pair[0].name == "program_secret")


def _batch(table: Table, column: Column[Any], after: Any, ring: KeyRing) -> Any:
    """A unit that does the rows behind `after`; gives how many it changed, and where to go on (None: the end)."""
    own = list(table.primary_key.columns)
    key = row_column(table)
    name = column.name.removesuffix("_sealed")

    def unit(tx: Tx) -> tuple[int, Any]:
        rows = tx.all(_rows_behind(table, column, own, after))
        changed = 0
        for row in rows:
            envelope = getattr(row, column.name).envelope
            if KeyRing.name_in(envelope) == ring.first:
                continue
            place = place_of(table.name, name, getattr(row, key.name))
            sealed = Sealed(ring.seal(ring.unseal(envelope, place), place))
            where = and_(*(part == getattr(row, part.name) for part in own))
            tx.execute(update(table).where(where).values({column.name: sealed}))
            changed += 1
        last = tuple(getattr(rows[-1], part.name) for part in own) if len(rows) == BATCH else None
        return changed, last

    return unit


def _rows_behind(table: Table, column: Column[Any], own: list[Column[Any]], after: Any) -> Any:
    query = select(*own, column).where(column.is_not(None)).order_by(*own).limit(BATCH)
    if after is None:
        return query
    first, *rest = zip(own, after, strict=True)
    behind = first[0] > first[1]
    for part, value in rest:  # keys of two columns: the same first, and a later second
        behind = behind | and_(first[0] == first[1], part > value)
    return query.where(behind)
