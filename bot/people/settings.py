"""The few facts about the program that are learned while it runs: the staff group, the bot's own name."""

from sqlalchemy import Column, String, Table, bindparam, delete, insert, select

from bot.storage.columns import SealedText, metadata
from bot.storage.database import Tx

program_setting = Table(
    "program_setting",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value_sealed", SealedText, nullable=False),
)

STAFF_GROUP = "staff_group"  # the chat key of the staff group
IDENTITY = "identity"  # Telegram's answer to getMe, as JSON
CONTENT = "content"  # the revision of the content in use, and since when
ADMINISTRATORS = (
    "administrators"  # the chat keys of those whom the configuration named at the last start, as JSON
)
AUDIT_START = "audit_start"  # the chain value of the last audit entry that was removed for its age
AUDIT_END = "audit_end"  # the chain value of the newest audit entry
RETENTION = (
    "retention"  # as JSON, the local day of the last night's removal, and how much was not reported yet
)
RESTORED = (
    "restored"  # as JSON, when the backup was taken that this database was restored from; until a start
)
WRONG = "wrong"  # as JSON, the names of what does not hold and was told to administrators
HEARD = "heard"  # when Telegram was last heard, to five minutes
MORNING = "morning"  # the local day of the last morning message


_NAMED = program_setting.c.name == bindparam("wanted")
_VALUE, _FORGET = select(program_setting.c.value_sealed).where(_NAMED), delete(program_setting).where(_NAMED)
_PUT = insert(program_setting)


def get(tx: Tx, name: str) -> str:
    """The value, or an empty string."""
    sealed = tx.scalar(_VALUE, {"wanted": name})
    return tx.unseal("program_setting", "value", name, sealed)


def put(tx: Tx, name: str, value: str) -> None:
    """Remember a value; an empty one is forgotten."""
    tx.execute(_FORGET, {"wanted": name})
    if value:
        sealed = tx.seal("program_setting", "value", name, value)
        tx.execute(_PUT, {"name": name, "value_sealed": sealed})
