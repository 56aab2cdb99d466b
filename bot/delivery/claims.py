"""Taking rows from the outbox to send, and writing down what became of them, behind a lease and a fence.

A row may leave when nothing older of its stream or card is still on its way, its chat is free again, and
Telegram has not asked us to wait. One message a chat is in flight at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, insert, or_, select, update

from bot.delivery.model import (
    LEASE,
    OPEN,
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
    card_message,
    chat,
    delete_message,
    mark_unreachable,
    move_chat,
    outbox,
    throttle,
)
from bot.storage.database import Tx

CHAT_PAUSE = timedelta(seconds=1)  # Telegram: about one message a second in a chat
GROUP_WINDOW, GROUP_MOST = timedelta(seconds=60), 20  # Telegram: 20 messages a minute in a group, edits count


@dataclass(frozen=True)
class Claimed:
    """What may leave now, what ended without leaving, and when to look again (None: when woken)."""

    parcels: tuple[Parcel, ...]
    endings: tuple[Ending, ...]
    next_due: datetime | None


@dataclass(frozen=True)
class Settled:
    """What an attempt brought about. Chats by their key; `moved` is (old, new)."""

    endings: tuple[Ending, ...] = ()
    moved: tuple[str, str] | None = None
    unreachable: str | None = None


def claim(tx: Tx, *, owner: str, most: int, now: datetime) -> Claimed:
    """Take up to `most` rows for sending under a lease of 30 seconds."""
    endings = [*_recover(tx, now), *_expire(tx, now), *_end_unreachable(tx, now)]
    # A hold that was set in the future is from before the clock was put back.
    held = and_(throttle.c.name == "token", throttle.c.set_at <= now, throttle.c.not_before > now)
    held_until = tx.scalar(select(throttle.c.not_before).where(held))
    if held_until is not None:
        return Claimed((), tuple(endings), held_until)
    chosen = _first_of_each_chat(tx.all(_ready(now).limit(most * 2)), most)
    if not chosen:
        return Claimed((), tuple(endings), next_due(tx))
    ids = [row.id for row in chosen]
    values = {
        "state": State.SENDING,
        "owner": owner,
        "lease_until": now + LEASE,
        "attempt": outbox.c.attempt + 1,
    }
    tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**values))
    return Claimed(tuple(_parcel(tx, row) for row in chosen), tuple(endings), now)


def recover_all(tx: Tx, now: datetime) -> list[Ending]:
    """At start-up of the only sender: whatever was on its way when the last process ended."""
    return _recover(tx, now, everything=True)


def doubt_prompts(tx: Tx, now: datetime) -> list[Ending]:
    """Prompts that were to leave before now end as unknown."""
    is_prompt = and_(outbox.c.kind == Kind.PROMPT, outbox.c.state == State.READY)
    return _end(tx, and_(is_prompt, outbox.c.due_at <= now), State.UNKNOWN, now)


def settle(tx: Tx, parcel: Parcel, result: Result, *, owner: str, now: datetime) -> Settled:
    """Write down an attempt; nothing happens when the row is no longer ours (the fence)."""
    state = after(parcel, result)
    values: dict[str, Any] = {"state": state, "tried_at": now, "lease_until": None, "owner": None}
    if state is State.READY:
        values |= _again(parcel, result, now)
    else:
        values |= {"ended_at": now, "body_sealed": None}
    fence = and_(
        outbox.c.id == parcel.id,
        outbox.c.owner == owner,
        outbox.c.attempt == parcel.attempt,
        outbox.c.state == State.SENDING,
    )
    if tx.changed(update(outbox).where(fence).values(**values)) != 1:
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
        tx.execute(delete(card_message).where(card_message.c.name == parcel.card))
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
        tx.execute(delete(card_message).where(card_message.c.name == parcel.card))
        row = {"name": parcel.card, "chat_key": parcel.chat_key, "message_id": result.message_id}
        tx.execute(insert(card_message).values(**row))
    if parcel.vanish_seconds is not None:
        due = now + timedelta(seconds=parcel.vanish_seconds)
        delete_message(tx, parcel.chat_key, result.message_id, due=due, now=now)


def _pace(tx: Tx, parcel: Parcel, result: Result, now: datetime) -> None:
    free = now + CHAT_PAUSE
    if result.outcome is Outcome.TOO_FAST:
        _hold_token(tx, now, now + timedelta(seconds=result.retry_after))
    if parcel.is_group:
        free = max(free, _group_free(tx, parcel.chat_key, now))
    tx.execute(update(chat).where(chat.c.key == parcel.chat_key).values(not_before=free))
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


def _ready(now: datetime) -> Any:
    older, flying = outbox.alias("older"), outbox.alias("flying")
    waits_for = or_(older.c.stream == outbox.c.stream, older.c.card == outbox.c.card)
    in_hand = or_(older.c.state == State.SENDING, older.c.attempt > 0, _is_due(older, now))
    blocked = select(older.c.id).where(older.c.state.in_(OPEN), waits_for, older.c.id < outbox.c.id, in_hand)
    busy = select(flying.c.id).where(flying.c.chat_key == outbox.c.chat_key, flying.c.state == State.SENDING)
    pace = chat.c.not_before
    free = or_(pace.is_(None), pace <= now, pace > now + GROUP_WINDOW + CHAT_PAUSE)  # the clock was put back
    return (
        select(outbox, chat.c.chat_id_sealed, chat.c.is_group)
        .join(chat, chat.c.key == outbox.c.chat_key)
        .where(outbox.c.state == State.READY, _is_due(outbox, now), free, ~blocked.exists(), ~busy.exists())
        .order_by(outbox.c.lane, outbox.c.due_at, outbox.c.id)
    )


def _is_due(rows: Any, now: datetime) -> ColumnElement[bool]:
    """Its time has come; or it was tried, or meant for at once, at an instant that has not come again yet."""
    columns = rows.c
    retried = and_(columns.attempt > 0, columns.tried_at > now)
    at_once = and_(columns.created_at > now, columns.due_at == columns.created_at)
    return or_(columns.due_at <= now, retried, at_once)


def _first_of_each_chat(rows: Sequence[Row[Any]], most: int) -> list[Row[Any]]:
    seen: set[str] = set()
    chosen = []
    for row in rows:
        if row.chat_key not in seen:
            seen.add(row.chat_key)
            chosen.append(row)
    return chosen[:most]


def _parcel(tx: Tx, row: Row[Any]) -> Parcel:
    operation, message_id = Operation(row.operation), row.message_id
    if operation is Operation.EDIT:
        message_id = tx.scalar(select(card_message.c.message_id).where(card_message.c.name == row.card))
        operation = Operation.EDIT if message_id is not None else Operation.SEND
    return Parcel(
        id=row.id,
        chat_key=row.chat_key,
        chat_id=int(tx.unseal("chat", "chat_id", row.chat_key, row.chat_id_sealed)),
        is_group=row.is_group,
        kind=Kind(row.kind),
        operation=operation,
        card=row.card,
        message_id=message_id,
        message=Message.from_json(tx.unseal("outbox", "body", row.id, row.body_sealed)),
        attempt=row.attempt + 1,
        topic=row.topic,
        subject=row.subject,
        vanish_seconds=row.vanish_seconds,
    )


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
    values = {"state": State.READY, "due_at": now, "lease_until": None, "owner": None}
    tx.execute(update(outbox).where(lost).values(**values))
    return endings


def _expire(tx: Tx, now: datetime) -> list[Ending]:
    return _end(tx, and_(outbox.c.state == State.READY, outbox.c.expires_at <= now), State.EXPIRED, now)


def _end_unreachable(tx: Tx, now: datetime) -> list[Ending]:
    unreachable = select(chat.c.key).where(chat.c.unreachable_at.is_not(None))
    where = and_(outbox.c.state == State.READY, outbox.c.chat_key.in_(unreachable))
    return _end(tx, where, State.UNREACHABLE, now)


def _end(tx: Tx, where: ColumnElement[bool], state: State, now: datetime) -> list[Ending]:
    columns = (outbox.c.id, outbox.c.chat_key, outbox.c.topic, outbox.c.subject, outbox.c.card)
    rows = tx.all(select(*columns).where(where))
    if not rows:
        return []
    ended = {"state": state, "ended_at": now, "body_sealed": None, "lease_until": None, "owner": None}
    tx.execute(update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(**ended))
    return [Ending(row.chat_key, row.topic, row.subject, state, now, row.card) for row in rows]


def next_due(tx: Tx) -> datetime | None:
    """When the next waiting row may leave, as far as its own time and its chat's pace say."""
    free_at = case((chat.c.not_before > outbox.c.due_at, chat.c.not_before), else_=outbox.c.due_at)
    query = select(func.min(free_at)).join(chat, chat.c.key == outbox.c.chat_key)
    soonest: datetime | None = tx.scalar(query.where(outbox.c.state == State.READY))
    return soonest


def purge(tx: Tx, before: datetime) -> int:
    """Remove rows that ended before that instant; the ledgers of what was asked and answered are elsewhere."""
    return tx.changed(delete(outbox).where(outbox.c.ended_at < before))
