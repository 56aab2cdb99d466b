"""What the next typed message of a person belongs to: one open question each, forgotten when it is old.

Check-ins and modules do not need this: their own open row is the conversation.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, String, Table, bindparam, delete, insert, select

from bot.storage.columns import Instant, SealedText, metadata
from bot.storage.database import Tx

SETTING = "settings"
"""The topic of a setting that was opened to be changed."""

dialogue = Table(
    "dialogue",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("topic", String(40), nullable=False),
    Column("state_sealed", SealedText, nullable=False),
    Column("until", Instant, nullable=False),
)


_OF = select(dialogue).where(dialogue.c.key == bindparam("wanted"))
_MOVED_ON = delete(dialogue).where(dialogue.c.key == bindparam("wanted"), dialogue.c.topic == SETTING)


@dataclass(frozen=True)
class Dialogue:
    """`topic` names the handler that asked (`invite.phone`), `state` is what it needs to go on."""

    topic: str
    state: dict[str, Any]


def ask(
    tx: Tx,
    key: str,
    topic: str,
    state: dict[str, Any],
    *,
    now: datetime,
    keep: timedelta = timedelta(hours=1),
) -> None:
    """From now on the person's next typed message answers this; it replaces what was open."""
    end(tx, key)
    sealed = tx.seal("dialogue", "state", key, json.dumps(state))
    tx.execute(insert(dialogue).values(key=key, topic=topic, state_sealed=sealed, until=now + keep))


def waiting(tx: Tx, key: str, now: datetime) -> Dialogue | None:
    row = tx.first(_OF, {"wanted": key})
    if row is None or row.until <= now:
        return None
    return Dialogue(row.topic, json.loads(tx.unseal("dialogue", "state", key, row.state_sealed)))


def is_open(tx: Tx, key: str) -> bool:
    """Whether anything is kept, however old."""
    return tx.first(select(dialogue.c.key).where(dialogue.c.key == key)) is not None


def has_any(tx: Tx, key: str) -> bool:
    """Something is open with this person, or was until just now."""
    return tx.first(select(dialogue.c.key).where(dialogue.c.key == key)) is not None


def end(tx: Tx, key: str) -> None:
    tx.execute(delete(dialogue).where(dialogue.c.key == key))


def moved_on(tx: Tx, key: str) -> None:
    """Something else stands before the person now: what they type is no longer for a setting left open."""
    tx.execute(_MOVED_ON, {"wanted": key})


def purge(tx: Tx, now: datetime) -> int:
    """Forget questions nobody answered in time."""
    return tx.changed(delete(dialogue).where(dialogue.c.until <= now))
