"""Tables of concerns, alerts, the notices about them and staff's notes, and the SQL on them.

A concern never changes after it is written, save that it is attached to an alert. An alert is changed only by
`change`, which believes the row count: whoever read an older state of it changes nothing.
"""

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.alerts.model import Alert, AlertState, Heard, Notice, NoticeState, Outcome, Step
from bot.delivery.outbox import card_message
from bot.people.model import ParticipantState
from bot.people.store import participant
from bot.screening.model import Finding, Level
from bot.storage.columns import Instant, SealedText, metadata
from bot.storage.database import Tx

MOST_DUE = 50
ASKED_BY = "button"
"""The source of a concern that is a tap on "tell staff": nobody wrote anything."""
MISSED = "missed"
"""The source of a concern that a colleague wrote down because no alert came; `bot.alerts.cases` has the rest."""
SLACK = timedelta(minutes=1)
"""A deadline that was set further in the future than this was set before the clock was put back."""

concern = Table(
    "concern",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_key", String(32), nullable=False, index=True),
    Column("participant_id", BigInteger),
    Column("at", Instant, nullable=False),
    Column("level", Integer, nullable=False),
    Column("categories", String(200), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("source", String(20), nullable=False),
    Column("words_sealed", SealedText),
    Column("alert_id", BigInteger, index=True),
)
_is_watched = concern.c.alert_id.is_(None)
Index("ix_concern_watched_at", concern.c.at, sqlite_where=_is_watched)

alert = Table(
    "alert",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("is_drill", Boolean, nullable=False),
    Column("level", Integer, nullable=False),
    Column("category", String(20), nullable=False),
    Column("cause", String(80), nullable=False),
    Column("key", String(32), nullable=False, index=True),
    Column("participant_id", BigInteger),
    Column("language", String(8), nullable=False),
    Column("messages", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("step", String(10), nullable=False),
    Column("round", Integer, nullable=False),
    Column("began", Integer, nullable=False),
    Column("next_at", Instant),
    Column("set_at", Instant, nullable=False),
    Column("claimed_by", BigInteger),
    Column("claimed_at", Instant),
    Column("first_claimed_at", Instant),
    Column("handed_to", BigInteger),
    Column("dropped_by", BigInteger),
    Column("first_told_at", Instant),
    Column("told_at", Instant),
    Column("told_to", BigInteger),
    Column("person_card", String(80)),
    Column("person_at", Instant),
    Column("outcome", String(24)),
    Column("closed_by", BigInteger),
    Column("opened_at", Instant, nullable=False, index=True),
    Column("closed_at", Instant),
)
_is_open = alert.c.closed_at.is_(None)
Index("ix_alert_open_next_at", alert.c.next_at, sqlite_where=_is_open)
Index("ix_alert_open_set_at", alert.c.set_at, sqlite_where=_is_open)

notice = Table(
    "alert_notice",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("alert_id", BigInteger, nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("recipient", BigInteger, nullable=False),
    Column("key", String(32), nullable=False),
    Column("card", String(80), nullable=False),
    Column("state", String(10), nullable=False),
    Column("live", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),
)

note = Table(
    "alert_note",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("alert_id", BigInteger, nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("colleague_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("words_sealed", SealedText, nullable=False),
)


# Concerns


def add_concern(
    tx: Tx,
    key: str,
    participant_id: int | None,
    finding: Finding,
    *,
    words: str,
    source: str,
    alert_id: int | None,
    now: datetime,
) -> None:
    """Keep a finding for ever as it was made; its words sealed."""
    row = tx.new_id()
    evidence = [[found.rule, found.start, found.end] for found in finding.evidence]
    tx.execute(
        insert(concern).values(
            id=row,
            chat_key=key,
            participant_id=participant_id,
            at=now,
            level=int(finding.level),
            categories=" ".join(finding.categories),
            evidence=json.dumps(evidence),
            source=source,
            words_sealed=tx.seal("concern", "words", row, words) if words else None,
            alert_id=alert_id,
        )
    )


def heard(tx: Tx, alert_id: int) -> list[Heard]:
    """The words behind an alert, oldest first."""
    rows = tx.all(select(concern).where(concern.c.alert_id == alert_id).order_by(concern.c.id))
    return [
        Heard(row.at, row.source, "", tx.unseal("concern", "words", row.id, row.words_sealed)) for row in rows
    ]


def last_asked(tx: Tx, key: str) -> tuple[int, datetime] | None:
    """The alert that this chat's newest tap on "tell staff" made or joined, and when that was."""
    asked = and_(concern.c.chat_key == key, concern.c.source == ASKED_BY, concern.c.alert_id.is_not(None))
    row = tx.first(
        select(concern.c.alert_id, concern.c.at).where(asked).order_by(concern.c.id.desc()).limit(1)
    )
    return (row.alert_id, row.at) if row else None


def watched(tx: Tx, since: datetime, now: datetime) -> list[tuple[int, str, int]]:
    """(participant_id, categories, how many) of participants' concerns that raised no alert."""
    where = and_(
        _is_watched,
        concern.c.at >= since,
        concern.c.at < now,
        concern.c.participant_id.is_not(None),
        concern.c.source != MISSED,
    )
    columns = (concern.c.participant_id, concern.c.categories)
    query = select(*columns, func.count()).where(where).group_by(*columns).order_by(*columns)
    return [tuple(row) for row in tx.all(query)]


# Alerts


def next_number(tx: Tx) -> int:
    return int(tx.scalar(select(func.max(alert.c.number))) or 0) + 1


def add_alert(tx: Tx, new: Alert) -> None:
    tx.execute(insert(alert).values(**asdict(new) | {"level": int(new.level)}))


def change(tx: Tx, old: Alert, **values: Any) -> Alert | None:
    """Write new values, or give None when the alert is no longer as it was read."""
    fence = and_(
        alert.c.id == old.id,
        alert.c.state == old.state,
        alert.c.round == old.round,
        alert.c.claimed_by.is_not_distinct_from(old.claimed_by),
    )
    if tx.changed(update(alert).where(fence).values(**values)) != 1:
        return None
    return replace(old, **values)


def alert_by(tx: Tx, **where: Any) -> Alert | None:
    """The alert with that `id` or `number`."""
    row = tx.first(select(alert).filter_by(**where))
    return _alert(row) if row else None


def open_alert_of(tx: Tx, key: str) -> Alert | None:
    """The open alert of the person with that private chat."""
    row = tx.first(select(alert).where(alert.c.key == key, _is_open).order_by(alert.c.id.desc()).limit(1))
    return _alert(row) if row and key else None


def open_alerts(tx: Tx) -> list[Alert]:
    """Oldest first, drills too."""
    return [_alert(row) for row in tx.all(select(alert).where(_is_open).order_by(alert.c.number))]


_DUE = (
    select(alert.c.id)
    .where(_is_open, or_(alert.c.next_at <= bindparam("now"), alert.c.set_at > bindparam("ahead")))
    .order_by(alert.c.level.desc(), alert.c.next_at)
    .limit(MOST_DUE)
)
"""Built once, like `_PAUSES_OVER`: they are asked every second."""
_PAUSES_OVER = (
    select(participant.c.id)
    .join(alert, participant.c.id == alert.c.participant_id)
    .where(
        _is_open,
        participant.c.state == ParticipantState.PAUSED.value,
        participant.c.paused_until <= bindparam("now"),
    )
    .distinct()
    .limit(MOST_DUE)
)


def pauses_over(tx: Tx, now: datetime) -> list[int]:
    """The ids of people with an open alert whose pause has ended by itself."""
    return [row.id for row in tx.all(_PAUSES_OVER, {"now": now})]


def due(tx: Tx, now: datetime) -> list[int]:
    """Open alerts whose time has come, also those whose deadline was set by a clock that was ahead."""
    return [row.id for row in tx.all(_DUE, {"now": now, "ahead": now + SLACK})]


def postpone(tx: Tx, alert_id: int, until: datetime, now: datetime) -> None:
    tx.execute(update(alert).where(alert.c.id == alert_id).values(next_at=until, set_at=now))


def opened_between(tx: Tx, since: datetime, now: datetime) -> list[Alert]:
    """Real alerts raised in that time."""
    where = and_(alert.c.opened_at >= since, alert.c.opened_at < now, ~alert.c.is_drill)
    return [_alert(row) for row in tx.all(select(alert).where(where))]


def wrong_alarms_between(tx: Tx, since: datetime, now: datetime) -> int:
    """Real alerts that were closed as wrong in that time."""
    where = and_(alert.c.closed_at >= since, alert.c.closed_at < now, ~alert.c.is_drill)
    query = select(func.count()).where(where, alert.c.outcome == Outcome.WRONG_ALARM)
    return int(tx.scalar(query) or 0)


# Notices


def add_notice(tx: Tx, new: Notice, now: datetime) -> None:
    tx.execute(insert(notice).values(at=now, **asdict(new)))


def notice_by_id(tx: Tx, notice_id: int) -> Notice | None:
    row = tx.first(select(notice).where(notice.c.id == notice_id))
    return _notice(row) if row else None


def notices(tx: Tx, alert_id: int) -> list[Notice]:
    rows = tx.all(select(notice).where(notice.c.alert_id == alert_id).order_by(notice.c.id))
    return [_notice(row) for row in rows]


def change_notice(tx: Tx, notice_id: int, **values: Any) -> None:
    tx.execute(update(notice).where(notice.c.id == notice_id).values(**values))


def end_notice(tx: Tx, old: Notice, state: NoticeState, now: datetime) -> None:
    live = old.live and state is NoticeState.SENT
    change_notice(tx, old.id, state=state, live=live, ended_at=now)


# Notes and replies of staff


def add_note(tx: Tx, alert_id: int, kind: str, colleague_id: int, words: str, now: datetime) -> None:
    row = tx.new_id()
    tx.execute(
        insert(note).values(
            id=row,
            alert_id=alert_id,
            kind=kind,
            colleague_id=colleague_id,
            at=now,
            words_sealed=tx.seal("alert_note", "words", row, words),
        )
    )


def notes(tx: Tx, alert_id: int) -> list[tuple[datetime, str, int, str]]:
    """(at, "note" or "reply", the colleague's id, the words), oldest first."""
    rows = tx.all(select(note).where(note.c.alert_id == alert_id).order_by(note.c.id))
    return [
        (row.at, row.kind, row.colleague_id, tx.unseal("alert_note", "words", row.id, row.words_sealed))
        for row in rows
    ]


def purge(tx: Tx, before: datetime) -> int:
    """Remove concerns from before that instant, and alerts closed before it with all that hangs on them.

    The newest alert stays, because the next one's number follows it. Gives how many concerns and alerts.
    """
    newest = select(func.max(alert.c.number)).scalar_subquery()
    closed = select(alert.c.id).where(alert.c.closed_at < before, alert.c.number < newest)
    for table in (note, notice):
        tx.execute(delete(table).where(table.c.alert_id.in_(closed)))
    is_done = or_(concern.c.alert_id.is_(None), concern.c.alert_id.in_(select(alert.c.id).where(~_is_open)))
    removed = tx.changed(delete(concern).where(concern.c.at < before, is_done))
    return removed + tx.changed(delete(alert).where(alert.c.id.in_(closed)))


def card_is_in(tx: Tx, card: str, key: str) -> bool:
    """Whether that card stands in that chat: callback data is whatever a client sends."""
    where = and_(card_message.c.name == card, card_message.c.chat_key == key)
    return tx.first(select(card_message.c.name).where(where)) is not None


def _alert(row: Row[Any]) -> Alert:
    values = dict(row._mapping)
    outcome = values["outcome"]
    values |= {
        "level": Level(values["level"]),
        "state": AlertState(values["state"]),
        "step": Step(values["step"]),
        "outcome": Outcome(outcome) if outcome else None,
    }
    return Alert(**values)


def _notice(row: Row[Any]) -> Notice:
    state = NoticeState(row.state)
    return Notice(row.id, row.alert_id, row.round, row.recipient, row.key, row.card, state, row.live)
