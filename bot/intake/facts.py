"""The few facts that intake itself needs of a raw update, read without trusting its shape."""

from dataclasses import dataclass
from typing import Any

MESSAGES = ("message", "edited_message")
WANTED = (*MESSAGES, "callback_query", "my_chat_member")
LARGEST = 2**63 - 1  # what the database can hold


@dataclass(frozen=True)
class Facts:
    """Who and what, as far as it can be told. `text` is a message's text or caption; ids are 0 when unknown."""

    update_id: int
    chat_id: int
    user_id: int
    is_private: bool
    text: str
    language: str


def facts_of(raw: Any) -> Facts:
    """Never raises: whatever is missing or odd is empty."""
    update = raw if isinstance(raw, dict) else {}
    part = next((_dict(update.get(kind)) for kind in WANTED if isinstance(update.get(kind), dict)), {})
    message = _dict(part.get("message")) or part
    chat, user = _dict(message.get("chat")), _dict(part.get("from"))
    return Facts(
        update_id=_int(update.get("update_id")),
        chat_id=_int(chat.get("id")),
        user_id=_int(user.get("id")),
        is_private=chat.get("type") == "private",
        text=_text(update),
        language=str(user.get("language_code") or ""),
    )


def _text(update: dict[str, Any]) -> str:
    for kind in MESSAGES:
        message = _dict(update.get(kind))
        for field in ("text", "caption"):
            if isinstance(message.get(field), str):
                return str(message[field])
    return ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: Any) -> int:
    is_id = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
    return value if is_id else 0
