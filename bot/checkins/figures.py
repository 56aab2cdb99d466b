"""What staff hear of check-ins in the morning: codes and counts, by SQL on the tables of `store`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from bot.checkins.ledger import State
from bot.checkins.rhythm import DAILY
from bot.checkins.store import checkin, schedule
from bot.delivery.outbox import chat
from bot.people.model import ParticipantState
from bot.people.store import participant
from bot.storage.database import Tx


@dataclass(frozen=True)
class Quiet:
    """Somebody whose last check-ins went unanswered, that many in a row."""

    code: str
    missed: int


def quiet_people(tx: Tx, at_least: int, now: datetime) -> list[Quiet]:
    """People who are neither away nor out of reach, and whose last daily check-ins went unanswered."""
    people = participant.join(schedule, schedule.c.participant_id == participant.c.id)
    reachable = people.join(chat, chat.c.key == participant.c.key)
    where = and_(
        schedule.c.kind == DAILY,
        schedule.c.missed >= at_least,
        participant.c.state != ParticipantState.STOPPED.value,
        or_(participant.c.paused_until.is_(None), participant.c.paused_until <= now),
        chat.c.unreachable_at.is_(None),
    )
    columns = (participant.c.code, schedule.c.missed)
    rows = tx.all(select(*columns).select_from(reachable).where(where).order_by(participant.c.code))
    return [Quiet(row.code, row.missed) for row in rows]


def unreachable_people(tx: Tx) -> list[str]:
    """The codes of those who have not stopped and cannot be written to."""
    people = participant.join(chat, chat.c.key == participant.c.key)
    where = and_(chat.c.unreachable_at.is_not(None), participant.c.state != ParticipantState.STOPPED.value)
    rows = tx.all(select(participant.c.code).select_from(people).where(where).order_by(participant.c.code))
    return [row.code for row in rows]


def too_late_since(tx: Tx, since: datetime) -> int:
    """How many check-ins were left out because the bot was away too long."""
    where = and_(checkin.c.ended_at >= since, checkin.c.state == State.SKIPPED_LATE.value)
    return int(tx.scalar(select(func.count()).select_from(checkin).where(where)))
