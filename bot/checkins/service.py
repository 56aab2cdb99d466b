"""Check-ins: the one face of the capability, for handlers, jobs and the morning message.

When they come is `schedule`, what happens in one is `turn`, how it looks is `screens`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from bot.alerts.service import Alerts
from bot.checkins import store
from bot.checkins.desk import Desk, Shelf
from bot.checkins.ledger import Checkin, State, arrived
from bot.checkins.model import CheckinDefinition
from bot.checkins.schedule import Schedule
from bot.checkins.screens import done_today
from bot.checkins.store import Quiet
from bot.checkins.turn import Offer, Turn
from bot.config import Config
from bot.delivery.model import Message
from bot.delivery.outcomes import OutcomeHandler
from bot.people.model import Participant
from bot.people.service import People
from bot.scheduling.calendar import local_day
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

__all__ = ["Begun", "CheckIns", "MorningFacts", "Offer", "Quiet", "Turn"]


class Begun(Enum):
    """What /checkin came to."""

    SHOWN = "shown"
    DONE_ALREADY = "done already"
    AWAY = "away"  # paused or stopped
    NOTHING_TO_ASK = "nothing to ask"


@dataclass(frozen=True)
class MorningFacts:
    """For the staff's morning message: who is quiet, who cannot be reached, how many came too late."""

    quiet: Sequence[Quiet]
    unreachable: Sequence[str]
    too_late: int


def _no_offer(_fitting: Sequence[str]) -> Message | None:
    return None


class CheckIns:
    """Everything about check-ins. Methods take the open transaction and the instant now."""

    def __init__(self, config: Config, people: People, alerts: Alerts, content: Callable[[], Shelf]) -> None:
        self._missed = config.checkins.missed_before_telling
        self._desk = Desk(alerts, content)
        late = timedelta(minutes=config.checkins.late_minutes)
        self._schedule = Schedule(self._desk, people, late=late)
        people.when_somebody_leaves(self.left)

    def jobs(self) -> Sequence[Job]:
        return self._schedule.jobs()

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return self._schedule.outcomes()

    # When

    def joined(self, tx: Tx, person: Participant, now: datetime) -> None:
        """The first check-in comes at the person's next check-in time."""
        self._schedule.plan(tx, person, now)

    def rescheduled(self, tx: Tx, person: Participant, now: datetime) -> None:
        """The person changed check-in time or zone, or came back."""
        self._schedule.plan(tx, person, now)

    def left(self, tx: Tx, person: Participant, now: datetime) -> None:
        """The person pauses or stops: what is open closes."""
        self._schedule.leave(tx, person, now)

    def next_at(self, tx: Tx, person: Participant, now: datetime) -> datetime | None:
        """When the next check-in reaches the person; None while they are away."""
        return self._desk.next_at(tx, person, now)

    # The conversation

    def turn(
        self, tx: Tx, person: Participant, now: datetime, *, offer: Offer = _no_offer, pressed: int = 0
    ) -> Turn:
        """The person taps or types. `offer` is asked at the end, `pressed` the message whose button it was."""
        return Turn(self._desk, tx, person, now, offer, pressed=pressed)

    def begin(self, tx: Tx, person: Participant, now: datetime) -> Begun:
        """/checkin: go on with the open one, or start today's if it is not done."""
        if not person.is_active(now):
            return Begun.AWAY
        definition = self._desk.today(person)
        row = self._unfinished(tx, person, definition, now)
        if row is not None and row.state is State.DONE:
            return Begun.DONE_ALREADY
        if row is not None:
            self.turn(tx, person, now).resume(row)
            return Begun.SHOWN
        if definition is None:
            return Begun.NOTHING_TO_ASK
        self._start(tx, person, definition, now)
        return Begun.SHOWN

    def done_today(self, tx: Tx, person: Participant, now: datetime) -> Message:
        """Said when today's is done: when the next one comes."""
        return done_today(self._desk.reader(person), self.next_at(tx, person, now), now)

    def morning_facts(self, tx: Tx, since: datetime, now: datetime) -> MorningFacts:
        """Codes and counts only."""
        return MorningFacts(
            quiet=store.quiet_people(tx, self._missed, now),
            unreachable=store.unreachable_people(tx),
            too_late=store.too_late_since(tx, since),
        )

    def _unfinished(
        self, tx: Tx, person: Participant, definition: CheckinDefinition | None, now: datetime
    ) -> Checkin | None:
        """What is open, or today's in whatever state; one that has closed opens again with its answers."""
        open_ones = store.live(tx, person.id)
        if open_ones:
            return self._running(tx, person, open_ones[0], now)
        if definition is None:
            return None
        today = store.on_day(tx, person.id, definition.name, local_day(now, person.zone))
        if today is None or today.state is State.DONE:
            return today
        return self._running(tx, person, today, now)

    def _running(self, tx: Tx, person: Participant, row: Checkin, now: datetime) -> Checkin:
        """Open again, and shown to somebody who has just written: it needs no word that it arrived."""
        definition = self._desk.definition(tx, person, row)
        expires = row.expires_at if row.is_live else now + timedelta(hours=definition.expire_after_hours)
        opened = replace(row, state=State.OPEN, expires_at=expires, held_until=None, ended_at=None)
        return arrived(opened, now, definition, surely=True)

    def _start(self, tx: Tx, person: Participant, definition: CheckinDefinition, now: datetime) -> None:
        """Today's, ahead of its time: the one that was planned for today does not come."""
        day = local_day(now, person.zone)
        row = self._schedule.new_row(tx, person, definition, day, now, now)
        store.add(tx, row)
        self._schedule.taken_early(tx, person, day, now)
        self.turn(tx, person, now).resume(self._running(tx, person, row, now))
