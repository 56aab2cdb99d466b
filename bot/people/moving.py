"""A new phone or number: the same person in another private chat. The old chat is cut off at once."""

from datetime import datetime

from sqlalchemy import update

from bot.delivery import outbox
from bot.people import dialogues, store
from bot.storage.columns import metadata
from bot.storage.database import Tx

KEYED = (("alert", "key"), ("alert_notice", "key"), ("concern", "chat_key"), ("invite", "taken_by"))
"""Rows of others that know a person by their chat; a list here, because alerts stand above people."""


def move(tx: Tx, old: str, new: str, now: datetime) -> None:
    """Whoever was behind the chat `old` is behind `new`; what was on its way for them follows, prompts do not."""
    dialogues.end(tx, old)
    dialogues.end(tx, new)
    store.move_person(tx, old, new)
    outbox.move_private(tx, old, new, now)
    for table, column in KEYED:
        rows = metadata.tables[table]
        tx.execute(update(rows).where(rows.c[column] == old).values({column: new}))
    tx.touched.add("staff")
