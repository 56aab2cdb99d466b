"""Whose each row of the database is: the one list that exporting and erasing go by.

Every table stands here, in `OWNED` or in `NOBODYS`; a test holds that, so that no new table is forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select

from bot.people.model import Participant
from bot.storage.columns import SealedText, metadata, row_column
from bot.storage.database import Tx

Condition = Callable[[Participant], ColumnElement[bool]]
Row = dict[str, Any]
Kept = Mapping[str, list[Row]]
"""The rows of each table, sealed columns opened, in the order in which they were made."""


def _column(table: str, column: str) -> Any:
    return metadata.tables[table].c[column]


def _of_person(table: str, column: str = "participant_id") -> Condition:
    return lambda person: _column(table, column) == person.id


def _of_chat(table: str, column: str) -> Condition:
    return lambda person: _column(table, column) == person.key


def _of_both(table: str, chat: str) -> Condition:
    """What was raised before somebody joined knows their chat only."""
    return lambda person: or_(_of_person(table)(person), _of_chat(table, chat)(person))


def _of_parent(table: str, column: str, parent: str) -> Condition:
    return lambda person: _column(table, column).in_(
        select(_column(parent, "id")).where(OWNED[parent].rows(person))
    )


@dataclass(frozen=True)
class Owned:
    """A table with people's rows. `blank` are the values that make a row nobody's where it must stay for counts."""

    rows: Condition
    blank: Mapping[str, Any] | None = None
    is_shown: bool = True  # in an export; mail on its way and the addresses of chats are the machine's own


OWNED: dict[str, Owned] = {
    # Children before their parents: a parent's rows are looked up to find theirs.
    "checkin_answer": Owned(_of_parent("checkin_answer", "checkin_id", "checkin")),
    "checkin": Owned(_of_person("checkin")),
    "checkin_schedule": Owned(_of_person("checkin_schedule")),
    "reading": Owned(_of_person("reading")),
    "reflection": Owned(_of_person("reflection")),
    "module_offer": Owned(_of_person("module_offer")),
    "assignment": Owned(_of_person("assignment")),
    "practice": Owned(_of_person("practice")),
    "alert_note": Owned(_of_parent("alert_note", "alert_id", "alert")),
    "concern": Owned(_of_both("concern", "chat_key")),
    "alert": Owned(
        _of_both("alert", "key"), blank={"participant_id": None, "key": "", "cause": "", "person_card": None}
    ),
    "invite": Owned(_of_chat("invite", "taken_by"), is_shown=False),
    "link_try": Owned(_of_chat("link_try", "key"), is_shown=False),
    "dialogue": Owned(_of_chat("dialogue", "key"), is_shown=False),
    "outbox": Owned(_of_chat("outbox", "chat_key"), is_shown=False),
    "card": Owned(_of_chat("card", "chat_key"), is_shown=False),
    "chat": Owned(_of_chat("chat", "key"), is_shown=False),
    "participant": Owned(_of_person("participant", "id")),
}

NOBODYS = frozenset(
    {
        "alert_notice",  # which colleague was told of an alert, and when
        "audit",  # codes and alert numbers; a chain from which nothing can be taken
        "checkin_definition",
        "colleague",
        "erasure",  # that a person was erased: a number that then stands for nobody
        "inbox",  # bodies are blanked when done; what was put aside is erased by `erasure`
        "module_edition",
        "picture",
        "program_secret",
        "program_setting",
        "throttle",
    }
)

INTERNAL = frozenset(
    {"key", "chat_key", "person_card", "evidence", "position", "picked", "version", "set_at"}
)
"""Columns that say nothing of the person: keys of chats, and where a screen stands."""


def kept_about(tx: Tx, person: Participant) -> Kept:
    """Every row that an export shows."""
    return {
        name: [_opened(tx, metadata.tables[name], dict(row._mapping)) for row in _rows(tx, name, person)]
        for name, owned in OWNED.items()
        if owned.is_shown
    }


def _rows(tx: Tx, name: str, person: Participant) -> Any:
    table = metadata.tables[name]
    return tx.all(select(table).where(OWNED[name].rows(person)).order_by(row_column(table)))


def _opened(tx: Tx, table: Table, row: Row) -> Row:
    own = row[row_column(table).name]
    shown: Row = {}
    for column in table.columns:
        value = row[column.name]
        if isinstance(column.type, SealedText):
            name = column.name.removesuffix("_sealed")
            shown[name] = tx.unseal(table.name, name, own, value)
        elif column.name not in INTERNAL:
            shown[column.name] = value.isoformat() if isinstance(value, datetime) else value
    return shown
