"""The pictures that messages show, kept once each: staff's published content, nobody's words, so not sealed.

A message on its way names its picture by a key. Whoever says the message keeps the picture first, in the same
transaction; it stays, because a lesson may be read on for months after its file was changed.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, LargeBinary, String, Table, insert, select

from bot.storage.columns import metadata
from bot.storage.database import Tx

picture = Table(
    "picture",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)


def keep(tx: Tx, pictures: Mapping[str, bytes]) -> None:
    """Keep these, by their keys, unless they are there."""
    for key, data in pictures.items():
        if tx.first(_by_key(picture.c.key, key)) is None:
            tx.execute(insert(picture).values(key=key, data=data))


def data_of(tx: Tx, key: str) -> bytes:
    """The picture's file; empty when it is not there."""
    return bytes(tx.scalar(_by_key(picture.c.data, key)) or b"")


def _by_key(column: Any, key: str) -> Any:
    return select(column).where(picture.c.key == key)
