"""Taking rows from the outbox to send, and writing down what became of them, behind a lease and a fence.

A row may leave when nothing older of its stream or card is still on its way, its chat is free again, and
Telegram has not asked us to wait. One message a chat is in flight at a time. What a claim costs is in what it
takes, not in how much waits: each condition below is answered by an index of the rows still open, and the
statements are built once, because building one costs more than running it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, and_, bindparam, delete, func, insert, or_, select, update

from bot.delivery import pictures
from bot.delivery.model import (
    CAPTION_UNITS,
    LEASE,
    Ending,
    Kind,
    Lane,
    Message,
    Operation,
    Outcome,
    Parcel,
    Result,
    State,
    after,
    backoff,
)
from bot.delivery.outbox import (
    IS_FLYING,
    IS_OPEN,
    adopt_card,
    card_message,
    chat,
    delete_message,
    forget_card,
    is_open,
    mark_unreachable,
    move_chat,
    outbox,
    throttle,
)
from bot.storage.columns import Instant
from bot.storage.database import Tx

CHAT_PAUSE = timedelta(seconds=1)  # Telegram: about one message a second in a chat
GROUP_WINDOW, GROUP_MOST = timedelta(seconds=60), 20  # Telegram: 20 messages a minute in a group, edits count


@dataclass(frozen=True)
class Claimed:
    """What may leave now, and when to look again (None: when woken)."""

    parcels: tuple[Parcel, ...]
    next_due: datetime | None


@dataclass(frozen=True)
class Settled:
    """What an attempt brought about. Chats by their key; `moved` is (old, new)."""

    endings: tuple[Ending, ...] = ()
    moved: tuple[str, str] | None = None
    unreachable: str | None = None


_now = bindparam("now", type_=Instant())


def _ready_rows() -> Any:
    older, ahead, flying = outbox.alias("older"), outbox.alias("ahead"), outbox.alias("flying")
    behind = select(older.c.id).where(
        is_open(older), older.c.stream == outbox.c.stream, older.c.id < outbox.c.id, _in_hand(older)
    )
    behind_on_card = select(ahead.c.id).where(
        is_open(ahead), ahead.c.card == outbox.c.card, ahead.c.id < outbox.c.id, _in_hand(ahead)
    )
    busy = select(flying.c.id).where(
        flying.c.lease_until.is_not(None), flying.c.chat_key == outbox.c.chat_key
    )
    return (
        select(outbox, chat.c.chat_id_sealed, chat.c.is_group)
        .join(chat, chat.c.key == outbox.c.chat_key)
        .where(
            IS_OPEN,
            outbox.c.lease_until.is_(None),
            outbox.c.due_at <= _now,
            or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > _now),
            chat.c.unreachable_at.is_(None),
            or_(chat.c.not_before.is_(None), chat.c.not_before <= _now),
            ~behind.exists(),
            ~behind_on_card.exists(),
            ~busy.exists(),
        )
        .order_by(outbox.c.lane, outbox.c.due_at, outbox.c.id)
        .limit(bindparam("most", type_=Integer()))
    )


def _in_hand(rows: Any) -> ColumnElement[bool]:
    """It is on its way, has been tried, or its time has come: what follows must wait for it."""
    return or_(rows.c.lease_until.is_not(None), rows.c.attempt > 0, rows.c.due_at <= _now)


def _next_in_lane(lane: Lane) -> Any:
    later = and_(IS_OPEN, outbox.c.lane == lane, outbox.c.due_at > _now)
    return select(func.min(outbox.c.due_at)).where(later)


def _next_free_chat() -> Any:
    waits = select(outbox.c.id).where(IS_OPEN, outbox.c.chat_key == chat.c.key, outbox.c.due_at <= _now)
    return select(func.min(chat.c.not_before)).where(chat.c.not_before > _now, waits.exists())


def _to_sweep() -> Any:
    """Whether a lease has run out, a message is too old, or a chat cannot be written to: mostly none of it."""
    run_out = or_(outbox.c.lease_until <= _now, outbox.c.lease_until > bindparam("late", type_=Instant()))
    waits = and_(IS_OPEN, outbox.c.lease_until.is_(None))
    away = outbox.c.chat_key.in_(select(chat.c.key).where(chat.c.unreachable_at.is_not(None)))
    wheres = (and_(IS_FLYING, run_out), and_(waits, outbox.c.expires_at <= _now), and_(waits, away))
    return select(*(select(outbox.c.id).where(where).exists() for where in wheres))


_READY_ROWS = _ready_rows()
_TO_SWEEP = _to_sweep()
_HELD_UNTIL = select(throttle.c.not_before).where(throttle.c.name == "token", throttle.c.not_before > _now)
_NEXT_TIMES = select(
    _HELD_UNTIL.scalar_subquery(),
    *(_next_in_lane(lane).scalar_subquery() for lane in Lane),
    _next_free_chat().scalar_subquery(),
)
_TAKE = update(outbox).where(outbox.c.id == bindparam("row"))
_SETTLE = update(outbox).where(
    outbox.c.id == bindparam("row"),
    outbox.c.owner == bindparam("owned_by"),
    outbox.c.attempt == bindparam("attempted"),
    outbox.c.state == State.SENDING,
)
_SHOWN = select(card_message.c.message_id, card_message.c.picture).where(
    card_message.c.name == bindparam("wanted")
)
_SET_PACE = update(chat).where(chat.c.key == bindparam("chat"))


def claim(tx: Tx, *, owner: str, most: int, now: datetime) -> Claimed:
    """Take up to `most` rows for sending under a lease of 30 seconds."""
    held_until = tx.scalar(_HELD_UNTIL, {"now": now})
    if held_until is not None:
        return Claimed((), held_until)
    chosen = _first_of_each_chat(tx.all(_READY_ROWS, {"now": now, "most": most * 2}), most)
    if not chosen:
        return Claimed((), next_due(tx, now))
    leased = {"owner": owner, "lease_until": now + LEASE}
    for row in chosen:
        tx.execute(_TAKE, {"row": row.id, "state": State.SENDING, "attempt": row.attempt + 1, **leased})
    return Claimed(tuple(_parcel(tx, row) for row in chosen), now)


def sweep(tx: Tx, now: datetime) -> list[Ending]:
    """End what will not leave any more, and take up again what a vanished sender had in hand."""
    there_is = tx.first(_TO_SWEEP, {"now": now, "late": now + LEASE})
    if there_is is None or not any(there_is):
        return []
    return [*_recover(tx, now), *_expire(tx, now), *_end_unreachable(tx, now)]


def recover_all(tx: Tx, now: datetime) -> list[Ending]:
    """At start-up of the only sender: whatever was on its way when the last process ended."""
    clock_was_put_back(tx, now)
    return _recover(tx, now, everything=True)


def doubt_prompts(tx: Tx, now: datetime) -> list[Ending]:
    """Prompts that were to leave before now end as unknown."""
    is_prompt = and_(outbox.c.kind == Kind.PROMPT, outbox.c.state == State.READY)
    return _end(tx, and_(is_prompt, outbox.c.due_at <= now), State.UNKNOWN, now)


def clock_was_put_back(tx: Tx, now: datetime) -> None:
    """Instants that were set before the step and have not come again must hold nothing back."""
    retried = and_(outbox.c.attempt > 0, outbox.c.tried_at > now)
    at_once = and_(outbox.c.created_at > now, outbox.c.due_at == outbox.c.created_at)
    tx.execute(update(outbox).where(IS_OPEN, or_(retried, at_once)).values(due_at=now))
    paced = chat.c.not_before > now + GROUP_WINDOW + CHAT_PAUSE
    tx.execute(update(chat).where(paced).values(not_before=None))
    tx.execute(delete(throttle).where(throttle.c.set_at > now))


def settle(tx: Tx, parcel: Parcel, result: Result, *, owner: str, now: datetime) -> Settled:
    """Write down an attempt; nothing happens when the row is no longer ours (the fence)."""
    state = after(parcel, result)
    values: dict[str, Any] = {"state": state, "tried_at": now, "lease_until": None, "owner": None}
    if state is State.READY:
        values |= _again(parcel, result, now)
    else:
        values |= {"ended_at": now, "body_sealed": None}
    fence = {"row": parcel.id, "owned_by": owner, "attempted": parcel.attempt}
    if tx.changed(_SETTLE, {**fence, **values}) != 1:
        return Settled()
    _pace(tx, parcel, result, now)
    return _consequences(tx, parcel, result, state, now)


def _again(parcel: Parcel, result: Result, now: datetime) -> dict[str, Any]:
    if result.outcome is Outcome.CARD_GONE:
        return {"due_at": now, "operation": Operation.SEND}
    if result.outcome is Outcome.MOVED:
        return {"due_at": now}
    if result.outcome is Outcome.TOO_FAST:
        return {"due_at": now + timedelta(seconds=result.retry_after)}
    return {"due_at": now + backoff(parcel.attempt)}


def _consequences(tx: Tx, parcel: Parcel, result: Result, state: State, now: datetime) -> Settled:
    if state is State.SENT:
        _note_arrival(tx, parcel, result, now)
    if result.outcome is Outcome.CARD_GONE and parcel.card:
        forget_card(tx, parcel.card)
    if result.outcome is Outcome.MOVED:
        return Settled(moved=(parcel.chat_key, move_chat(tx, parcel.chat_key, result.moved_to)))
    if state is State.READY:
        return Settled()
    endings = [Ending(parcel.chat_key, parcel.topic, parcel.subject, state, now, parcel.card)]
    if state is State.UNREACHABLE:
        is_news = mark_unreachable(tx, parcel.chat_key, now)
        endings += _end_unreachable(tx, now)
        return Settled(tuple(endings), unreachable=parcel.chat_key if is_news else None)
    return Settled(tuple(endings))


def _note_arrival(tx: Tx, parcel: Parcel, result: Result, now: datetime) -> None:
    if parcel.operation is not Operation.SEND or result.message_id is None:
        return
    if parcel.card is not None:
        adopt_card(tx, parcel.card, parcel.chat_key, result.message_id, picture=result.picture)
    if parcel.replaces is not None:
        delete_message(tx, parcel.chat_key, parcel.replaces, due=now, now=now)
    if parcel.vanish_seconds is not None:
        due = now + timedelta(seconds=parcel.vanish_seconds)
        delete_message(tx, parcel.chat_key, result.message_id, due=due, now=now)


def _pace(tx: Tx, parcel: Parcel, result: Result, now: datetime) -> None:
    free = now + CHAT_PAUSE
    if result.outcome is Outcome.TOO_FAST:
        _hold_token(tx, now, now + timedelta(seconds=result.retry_after))
    if parcel.is_group:
        free = max(free, _group_free(tx, parcel.chat_key, now))
    tx.execute(_SET_PACE, {"chat": parcel.chat_key, "not_before": free})
    if result.outcome is Outcome.TOKEN_REFUSED:
        _hold_token(tx, now, now + backoff(parcel.attempt))


def _hold_token(tx: Tx, now: datetime, until: datetime) -> None:
    tx.execute(delete(throttle).where(throttle.c.name == "token"))
    tx.execute(insert(throttle).values(name="token", set_at=now, not_before=until))


def _group_free(tx: Tx, key: str, now: datetime) -> datetime:
    recent = and_(outbox.c.chat_key == key, outbox.c.tried_at > now - GROUP_WINDOW)
    nth = (
        select(outbox.c.tried_at)
        .where(recent)
        .order_by(outbox.c.tried_at.desc())
        .offset(GROUP_MOST - 1)
        .limit(1)
    )
    oldest = tx.scalar(nth)
    return oldest + GROUP_WINDOW if oldest else now


def _first_of_each_chat(rows: Sequence[Row[Any]], most: int) -> list[Row[Any]]:
    seen: set[str] = set()
    chosen = []
    for row in rows:
        if row.chat_key not in seen:
            seen.add(row.chat_key)
            chosen.append(row)
    return chosen[:most]


def _parcel(tx: Tx, row: Row[Any]) -> Parcel:
    message, picture = _with_picture(
        tx, Message.from_json(tx.unseal("outbox", "body", row.id, row.body_sealed))
    )
    operation, message_id, replaces = Operation(row.operation), row.message_id, None
    if operation is Operation.EDIT:
        operation, message_id, replaces = _edit_or_send(tx, row.card, message)
    return Parcel(
        id=row.id,
        chat_key=row.chat_key,
        chat_id=int(tx.unseal("chat", "chat_id", row.chat_key, row.chat_id_sealed)),
        is_group=row.is_group,
        kind=Kind(row.kind),
        operation=operation,
        card=row.card,
        message_id=message_id,
        message=message,
        attempt=row.attempt + 1,
        topic=row.topic,
        subject=row.subject,
        vanish_seconds=row.vanish_seconds,
        picture=picture,
        replaces=replaces,
    )


def _with_picture(tx: Tx, message: Message) -> tuple[Message, bytes]:
    """The message and its picture's file; in words where there is none, or the text is too long to stand below it."""
    data = pictures.data_of(tx, message.picture.key) if message.picture else b""
    if data and message.text.utf16_length <= CAPTION_UNITS:
        return message, data
    return message.in_words(), b""


def _edit_or_send(tx: Tx, card: str, message: Message) -> tuple[Operation, int | None, int | None]:
    """How a card comes to show this: the message to edit, or the one that a new message replaces."""
    shown = tx.first(_SHOWN, {"wanted": card})
    if shown is None:
        return Operation.SEND, None, None
    if shown.picture == (message.picture.key if message.picture else ""):
        return Operation.EDIT, shown.message_id, None
    return Operation.SEND, None, shown.message_id


def _recover(tx: Tx, now: datetime, *, everything: bool = False) -> list[Ending]:
    """Rows whose sender is gone: sent again, but a prompt, which may have arrived, is not."""
    lost: ColumnElement[bool] = outbox.c.state == State.SENDING
    if not everything:
        # A lease far in the future means that the clock was put back.
        lost = and_(lost, or_(outbox.c.lease_until <= now, outbox.c.lease_until > now + LEASE))
    is_prompt = and_(
        outbox.c.lane == Lane.PROMPT, outbox.c.kind == Kind.PROMPT, outbox.c.operation == Operation.SEND
    )
    endings = _end(tx, and_(lost, is_prompt), State.UNKNOWN, now)
    # `tried_at` too, so that a clock that is put back later frees them, and a group's pace counts them.
    values = {"state": State.READY, "due_at": now, "tried_at": now, "lease_until": None, "owner": None}
    tx.execute(update(outbox).where(lost).values(**values))
    return endings


def _expire(tx: Tx, now: datetime) -> list[Ending]:
    expired = and_(IS_OPEN, outbox.c.state == State.READY, outbox.c.expires_at <= now)
    return _end(tx, expired, State.EXPIRED, now)


def _end_unreachable(tx: Tx, now: datetime) -> list[Ending]:
    unreachable = select(chat.c.key).where(chat.c.unreachable_at.is_not(None))
    where = and_(IS_OPEN, outbox.c.state == State.READY, outbox.c.chat_key.in_(unreachable))
    return _end(tx, where, State.UNREACHABLE, now)


def _end(tx: Tx, where: ColumnElement[bool], state: State, now: datetime) -> list[Ending]:
    columns = (outbox.c.id, outbox.c.chat_key, outbox.c.topic, outbox.c.subject, outbox.c.card)
    rows = tx.all(select(*columns).where(where))
    if not rows:
        return []
    ended = {"state": state, "ended_at": now, "body_sealed": None, "lease_until": None, "owner": None}
    tx.execute(update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(**ended))
    return [Ending(row.chat_key, row.topic, row.subject, state, now, row.card) for row in rows]


def next_due(tx: Tx, now: datetime) -> datetime | None:
    """When the next waiting row may leave, as far as its own time, its chat's pace and Telegram's wish say."""
    row = tx.first(_NEXT_TIMES, {"now": now})
    held_until, *times = tuple[datetime | None, ...](row or ())
    return held_until or min((time for time in times if time is not None), default=None)


def may_leave(tx: Tx, now: datetime) -> bool:
    """Whether anything could be claimed this instant."""
    if tx.scalar(_HELD_UNTIL, {"now": now}) is not None:
        return False
    return tx.first(_READY_ROWS, {"now": now, "most": 1}) is not None


def purge(tx: Tx, before: datetime) -> int:
    """Remove rows that ended before that instant; the ledgers of what was asked and answered are elsewhere."""
    return tx.changed(delete(outbox).where(outbox.c.ended_at < before))
