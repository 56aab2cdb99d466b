"""Somebody on the way in: their unfinished joining, and the farewell after which nothing about them remains.

A draft is an open dialogue, so that language and typed text find it. Its rules are in `joining`.
"""

from datetime import datetime

from bot.delivery import outbox
from bot.delivery.model import Ending, Kind, Message
from bot.people import dialogues, invites
from bot.people.joining import Draft
from bot.people.store import colleague_by, participant_by
from bot.storage.database import Tx

JOINING = "joining"
WAITING = "joining.colleague"
FAREWELL = "joining.farewell"
ERASED = "erased"
"""What a transaction touches that removes somebody: the write-ahead log must be emptied after it."""


def keep(tx: Tx, key: str, draft: Draft, *, now: datetime) -> None:
    """Remember how far they have come, for as long as their invite works."""
    invite = invites.by_id(tx, draft.invite)
    if invite is not None:
        dialogues.ask(tx, key, JOINING, draft.to_state(), now=now, keep=invite.expires_at - now)


def find(tx: Tx, key: str, now: datetime) -> Draft | None:
    """The draft, as long as its invite is theirs."""
    dialogue = dialogues.waiting(tx, key, now)
    if dialogue is None or dialogue.topic != JOINING:
        return None
    try:
        draft = Draft.from_state(dialogue.state)
    except (KeyError, TypeError, ValueError):  # written by an earlier version
        return None
    return draft if invites.is_taken_by(tx, draft.invite, key) else None


def card(key: str) -> str:
    """The name of the one message that joining is shown in."""
    return f"joining:{key}"


def say_farewell(tx: Tx, key: str, message: Message, *, now: datetime, in_card: bool) -> None:
    """The last thing said to somebody who does not join; once it has left, they are forgotten."""
    dialogues.end(tx, key)
    if in_card:
        outbox.edit(tx, key, card(key), message, now=now, topic=FAREWELL)
    else:
        outbox.send(tx, key, message, kind=Kind.TALK, now=now, topic=FAREWELL)


def forget(tx: Tx, ending: Ending) -> None:
    """The farewell has left, or never will: remove every trace, unless they have come back meanwhile."""
    key = ending.chat_key
    if dialogues.is_open(tx, key) or outbox.has_open(tx, key):
        return
    if participant_by(tx, key=key) is None and colleague_by(tx, key=key) is None:
        invites.forget_tries(tx, key)
        outbox.forget_chat(tx, key)
        tx.touched.add(ERASED)
