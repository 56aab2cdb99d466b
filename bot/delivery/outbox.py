"""The outbox: what shall be said, written in the transaction that decides it.

Owns the tables of chats, cards and messages on their way. A *card* is a message that will be edited later; its
Telegram id is kept here under a name the caller chose. Claiming and settling rows is in `claims`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from bot.delivery.model import OPEN, Kind, Message, Operation, State
from bot.storage.columns import Instant, SealedText, metadata
from bot.storage.database import Tx

chat = Table(
    "chat",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("chat_id_sealed", SealedText, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("unreachable_at", Instant),
    Column("not_before", Instant, index=True),
)

card_message = Table(
    "card",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("chat_key", String(32), nullable=False, index=True),
    Column("message_id", BigInteger, nullable=False),
    Column("picture", String(32), nullable=False, server_default=""),  # that it shows; empty for a text
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_key", String(32), nullable=False, index=True),
    Column("stream", String(120), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("operation", String(8), nullable=False),
    Column("topic", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("card", String(80)),
    Column("message_id", BigInteger),
    Column("dedupe", String(120), unique=True),
    Column("body_sealed", SealedText),
    Column("vanish_seconds", Integer),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("lease_until", Instant),
    Column("owner", String(40)),
    Column("tried_at", Instant),
    Column("ended_at", Instant),
)


def is_open(rows: Any) -> ColumnElement[bool]:
    """Rows still on their way. Written without a parameter: only so may a partial index answer it."""
    open_: ColumnElement[bool] = rows.c.ended_at.is_(None)
    return open_


IS_OPEN = is_open(outbox)
IS_FLYING = outbox.c.lease_until.is_not(None)
Index("ix_outbox_open_due", outbox.c.lane, outbox.c.due_at, outbox.c.id, sqlite_where=IS_OPEN)
Index("ix_outbox_open_stream", outbox.c.stream, outbox.c.id, sqlite_where=IS_OPEN)
Index("ix_outbox_open_card", outbox.c.card, outbox.c.id, sqlite_where=IS_OPEN)
Index("ix_outbox_open_chat", outbox.c.chat_key, sqlite_where=IS_OPEN)
Index("ix_outbox_flying", outbox.c.chat_key, sqlite_where=IS_FLYING)
Index("ix_outbox_ended", outbox.c.ended_at, sqlite_where=outbox.c.ended_at.is_not(None))

throttle = Table(
    "throttle",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("set_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
)


_CHAT_BY_KEY = select(chat.c.key).where(chat.c.key == bindparam("wanted"))
_IS_GROUP = select(chat.c.is_group).where(chat.c.key == bindparam("wanted"))
_REACHED_AGAIN = (
    update(chat)
    .where(chat.c.key == bindparam("wanted"), chat.c.unreachable_at.is_not(None))
    .values(unreachable_at=None)
)
_PUT = insert(outbox)
_UNREACHABLE_AT = select(chat.c.unreachable_at).where(chat.c.key == bindparam("wanted"))
_BY_DEDUPE = select(outbox.c.id).where(outbox.c.dedupe == bindparam("wanted"))
_CARD_MESSAGE = select(card_message.c.message_id).where(card_message.c.name == bindparam("wanted"))
_FORGET_CARD = delete(card_message).where(card_message.c.name == bindparam("wanted"))
_SHOW_CARD = insert(card_message)
_WITHDRAWN = {"state": State.WITHDRAWN, "body_sealed": None, "ended_at": bindparam("now", type_=Instant())}
_WITHDRAW_EDITS = (
    update(outbox)
    .where(
        outbox.c.card == bindparam("wanted"),
        IS_OPEN,
        outbox.c.state == State.READY,
        outbox.c.operation == Operation.EDIT,
    )
    .values(**_WITHDRAWN)
)
_WITHDRAW_SUBJECT = (
    update(outbox)
    .where(
        outbox.c.topic == bindparam("about"),
        outbox.c.subject == bindparam("wanted"),
        IS_OPEN,
        outbox.c.state == State.READY,
    )
    .values(**_WITHDRAWN)
)


def know_chat(tx: Tx, chat_id: int, *, is_group: bool) -> str:
    """The key of a chat, remembered sealed so that it can be written to."""
    key = chat_key(tx, chat_id)
    if tx.first(_CHAT_BY_KEY, {"wanted": key}) is None:
        sealed = tx.seal("chat", "chat_id", key, str(chat_id))
        tx.execute(insert(chat).values(key=key, chat_id_sealed=sealed, is_group=is_group))
    return key


def chat_key(tx: Tx, chat_id: int) -> str:
    """The keyed hash that stands for a Telegram chat everywhere in the database."""
    return tx.sealer.index("chat", chat_id)


def chat_id_of(tx: Tx, key: str) -> int | None:
    row = tx.first(select(chat.c.chat_id_sealed).where(chat.c.key == key))
    return int(tx.unseal("chat", "chat_id", key, row.chat_id_sealed)) if row else None


def is_reachable(tx: Tx, key: str) -> bool:
    return tx.scalar(_UNREACHABLE_AT, {"wanted": key}) is None


def reached_again(tx: Tx, key: str) -> bool:
    """The chat wrote to us or let us in again; true when it had been unreachable."""
    return tx.changed(_REACHED_AGAIN, {"wanted": key}) == 1


def mark_unreachable(tx: Tx, key: str, now: datetime) -> bool:
    """The chat cannot be written to; true when that is news."""
    where = and_(chat.c.key == key, chat.c.unreachable_at.is_(None))
    return tx.changed(update(chat).where(where).values(unreachable_at=now)) == 1


def send(
    tx: Tx,
    to: str,
    message: Message,
    *,
    kind: Kind,
    now: datetime,
    card: str | None = None,
    topic: str = "",
    subject: str = "",
    dedupe: str | None = None,
    due: datetime | None = None,
    expires: datetime | None = None,
    vanish_seconds: int | None = None,
) -> bool:
    """Say `message` in the chat with key `to`; false when a row with this `dedupe` key exists already.

    With `card` the message can be edited later. `topic` and `subject` (the id of what it is about) name the
    outcome handler and its argument. `expires` drops it unsent; `vanish_seconds` deletes it after delivery.
    """
    if dedupe is not None and tx.first(_BY_DEDUPE, {"wanted": dedupe}):
        return False
    if card is not None:
        _withdraw_edits(tx, card, now)
    _put(
        tx,
        to,
        message,
        Operation.SEND,
        kind=kind,
        now=now,
        card=card,
        topic=topic,
        subject=subject,
        dedupe=dedupe,
        due_at=due or now,
        expires_at=expires,
        vanish_seconds=vanish_seconds,
    )
    return True


def edit(
    tx: Tx, to: str, card: str, message: Message, *, kind: Kind = Kind.TALK, now: datetime, topic: str = ""
) -> None:
    """Show `message` in place of what the card shows now; a card that is gone is sent anew. So is one that shows
    another picture, or one instead of none: the older message is then taken away.

    An edit or first sending of the card that has not left yet is replaced, not followed. `topic` names the
    outcome handler, which then takes the place of any that the replaced row had.
    """
    where = and_(outbox.c.card == card, outbox.c.state == State.READY, outbox.c.operation != Operation.DELETE)
    waiting = tx.first(select(outbox.c.id).where(where).order_by(outbox.c.id.desc()).limit(1))
    if waiting is None:
        _put(tx, to, message, Operation.EDIT, kind=kind, now=now, card=card, topic=topic, due_at=now)
        return
    values: dict[str, object] = {"body_sealed": tx.seal("outbox", "body", waiting.id, message.to_json())}
    values |= {"topic": topic} if topic else {}
    tx.execute(update(outbox).where(outbox.c.id == waiting.id).values(**values))


def retire(tx: Tx, to: str, card: str, message: Message, *, now: datetime) -> None:
    """Let the card's present text become `message` for good; its name is free for a new message below."""
    old = f"{card}:old"
    if card_message_id(tx, card) is None:
        return
    forget_card(tx, old)
    tx.execute(update(card_message).where(card_message.c.name == card).values(name=old))
    edit(tx, to, old, message, now=now)


def card_message_id(tx: Tx, name: str) -> int | None:
    """The Telegram message that shows this card; None when it has not arrived yet."""
    found: int | None = tx.scalar(_CARD_MESSAGE, {"wanted": name})
    return found


def adopt_card(tx: Tx, name: str, to: str, message_id: int, *, picture: str = "") -> None:
    """The card is shown in that message, with the picture of that key: it arrived, or its button was tapped there."""
    forget_card(tx, name)
    tx.execute(_SHOW_CARD, {"name": name, "chat_key": to, "message_id": message_id, "picture": picture})


def said_since(tx: Tx, to: str, topic: str, since: datetime) -> bool:
    """Whether something of that topic was said in the chat after `since`."""
    where = and_(outbox.c.chat_key == to, outbox.c.topic == topic, outbox.c.created_at > since)
    return tx.first(select(outbox.c.id).where(where).limit(1)) is not None


def card_of(tx: Tx, key: str, message_id: int) -> str | None:
    """The name of the card that this message of a chat shows."""
    where = and_(card_message.c.chat_key == key, card_message.c.message_id == message_id)
    found: str | None = tx.scalar(select(card_message.c.name).where(where))
    return found


def replace_card(tx: Tx, to: str, card: str, message: Message, *, kind: Kind, now: datetime) -> None:
    """Show the card at the bottom of the chat, in a new message; the older one is taken away."""
    sending = and_(outbox.c.card == card, outbox.c.state == State.READY, outbox.c.operation == Operation.SEND)
    if tx.first(select(outbox.c.id).where(sending).limit(1)):  # it will come to the bottom by itself
        edit(tx, to, card, message, kind=kind, now=now)
        return
    older = card_message_id(tx, card)
    send(tx, to, message, kind=kind, now=now, card=card)
    if older is not None:  # after the new one, which people wait for: a chat takes one message a second
        delete_message(tx, to, older, due=now, now=now)


def delete_message(tx: Tx, to: str, message_id: int, *, due: datetime, now: datetime) -> None:
    """Take a message out of the chat at `due` (Telegram allows it for 48 h)."""
    empty = Message.from_json("{}")
    _put(tx, to, empty, Operation.DELETE, kind=Kind.TALK, now=now, message_id=message_id, due_at=due)


def withdraw(tx: Tx, *, topic: str, subject: str, now: datetime) -> int:
    """Drop what has not left yet about a subject that is over; gives how many."""
    return tx.changed(_WITHDRAW_SUBJECT, {"about": topic, "wanted": subject, "now": now})


def withdraw_prompts(tx: Tx, to: str, now: datetime) -> int:
    """Drop every prompt for a chat that has not left yet; gives how many."""
    where = and_(outbox.c.chat_key == to, outbox.c.kind == Kind.PROMPT, outbox.c.state == State.READY)
    return tx.changed(
        update(outbox).where(where).values(state=State.WITHDRAWN, ended_at=now, body_sealed=None)
    )


def withdraw_all(tx: Tx, to: str, now: datetime) -> None:
    """Drop everything for a chat that has not left yet."""
    where = and_(outbox.c.chat_key == to, outbox.c.state == State.READY)
    tx.execute(update(outbox).where(where).values(state=State.WITHDRAWN, ended_at=now, body_sealed=None))


def move_private(tx: Tx, old: str, new: str, now: datetime) -> None:
    """Somebody has another private chat: help and messages of staff follow them, the rest is withdrawn."""
    where = and_(outbox.c.chat_key == old, outbox.c.state == State.READY)
    follows = and_(where, outbox.c.kind.in_((Kind.CRISIS, Kind.ALERT)), outbox.c.operation == Operation.SEND)
    stream = _stream(new, None, Kind.CRISIS, is_group=False)
    tx.execute(update(outbox).where(follows).values(chat_key=new, stream=stream))
    withdraw_all(tx, old, now)
    tx.execute(delete(card_message).where(card_message.c.chat_key == old))
    tx.touched.add("outbox")


def has_open(tx: Tx, key: str) -> bool:
    """Whether anything is still on its way to a chat."""
    where = and_(outbox.c.chat_key == key, outbox.c.state.in_([state.value for state in OPEN]))
    return tx.first(select(outbox.c.id).where(where).limit(1)) is not None


def forget_card(tx: Tx, name: str) -> None:
    """The card is finished: nobody will edit it again."""
    tx.execute(_FORGET_CARD, {"wanted": name})


def silent_private_chats(tx: Tx) -> list[str]:
    """Keys of private chats about which the outbox holds nothing: no message for as long as those are kept."""
    said = select(outbox.c.id).where(outbox.c.chat_key == chat.c.key).exists()
    return [row.key for row in tx.all(select(chat.c.key).where(~chat.c.is_group, ~said))]


def forget_chat(tx: Tx, key: str) -> None:
    """Remove every trace of a chat: its address, cards and messages."""
    for table, column in (
        (outbox, outbox.c.chat_key),
        (card_message, card_message.c.chat_key),
        (chat, chat.c.key),
    ):
        tx.execute(delete(table).where(column == key))


def move_chat(tx: Tx, old: str, new_id: int) -> str:
    """A group became a supergroup: what waits, and its cards' place, follow it; gives the new key."""
    new = know_chat(tx, new_id, is_group=True)
    stream = _stream(new, None, Kind.NOTICE, is_group=True)
    tx.execute(delete(card_message).where(card_message.c.chat_key == old))
    where = and_(outbox.c.chat_key == old, outbox.c.state == State.READY)
    tx.execute(update(outbox).where(where).values(chat_key=new, stream=stream))
    return new


def _withdraw_edits(tx: Tx, card: str, now: datetime) -> None:
    # The card moves to a new message: edits of the old one that have not left would hit the new one.
    tx.execute(_WITHDRAW_EDITS, {"wanted": card, "now": now})


def _put(
    tx: Tx, to: str, message: Message, operation: Operation, *, kind: Kind, now: datetime, **columns: object
) -> None:
    row = tx.new_id()
    is_group = bool(tx.scalar(_IS_GROUP, {"wanted": to}))
    card = columns.get("card")
    values = {
        "id": row,
        "chat_key": to,
        "stream": _stream(to, str(card) if card else None, kind, is_group=is_group),
        "lane": kind.lane,
        "kind": kind,
        "operation": operation,
        "topic": "",
        "subject": "",
        "body_sealed": tx.seal("outbox", "body", row, message.to_json()),
        "state": State.READY,
        "attempt": 0,
        "created_at": now,
        **columns,
    }
    tx.execute(_PUT, values)
    tx.touched.add("outbox")


def _stream(to: str, card: str | None, kind: Kind, *, is_group: bool) -> str:
    """Rows of one stream leave in order: a person's lane, but in a group only one card."""
    if is_group:
        return f"{to}:{card or 'loose'}"
    return f"{to}:{kind.lane.value}"
