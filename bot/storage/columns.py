"""Column types and the one `metadata` that every store's tables belong to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, TypeDecorator
from sqlalchemy.engine import Dialect

from bot.storage.sealing import Sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A UTC instant, kept as microseconds since 1970 so that every database compares it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return int(value.timestamp()) * 1_000_000 + value.microsecond

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        seconds, micros = divmod(int(value), 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


class SealedText(TypeDecorator[Sealed]):
    """A sealed envelope. Plain text is refused: a store that forgot to seal fails its first test."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("a sealed column takes only what Sealer.seal returned")
        return value.envelope

    def process_result_value(self, value: Any, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))


def sealed_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Every sealed column of every table that has been declared, in a steady order."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedText):
                yield table, column


def row_column(table: Table) -> Column[Any]:
    """The column whose value a table's sealed values are bound to: its own id, last in its primary key."""
    return list(table.primary_key.columns)[-1]
