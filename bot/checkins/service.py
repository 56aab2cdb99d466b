"""Check-ins: the one face of the capability, for handlers, jobs and the morning message.

When they come is `schedule`, what happens in one is `turn`, how it looks is `screens`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from bot.alerts.service import Alerts
from bot.checkins import figures, store
from bot.checkins.desk import Desk, Shelf
from bot.checkins.figures import Quiet
from bot.checkins.ledger import Checkin, State, arrived
from bot.checkins.measures import Measures
from bot.checkins.model import CheckinDefinition
from bot.checkins.rhythm import DAILY
from bot.checkins.schedule import Schedule
from bot.checkins.screens import done_today
from bot.checkins.turn import Offer, Turn
from bot.config import Config
from bot.delivery.model import Message
from bot.delivery.outcomes import OutcomeHandler
from bot.people.model import Participant
from bot.people.service import People
from bot.scheduling.calendar import instant, local_day
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

__all__ = ["Begun", "CheckIns", "MorningFacts", "Offer", "Offered", "Quiet", "Turn"]


class Begun(Enum):
    """What /checkin came to."""

    SHOWN = "shown"
    DONE_ALREADY = "done already"
    AWAY = "away"  # paused or stopped
    NOTHING_TO_ASK = "nothing to ask"


@dataclass(frozen=True)
class Offered:
    """A kind of check-in that a person may have or not, under its title in their language."""

    kind: str
    title: str
    is_on: bool


@dataclass(frozen=True)
class MorningFacts:
    """For the staff's morning message: who is quiet, out of reach, worn out or past a cut-off, and how many came
    too late."""

    quiet: Sequence[Quiet]
    unreachable: Sequence[str]
    too_late: int
    worn_out: Sequence[str] = ()
    past_cut_off: Sequence[str] = ()


def _no_offer(_fitting: Sequence[str], _rest: str) -> Message | None:
    return None


class CheckIns:
    """Everything about check-ins. Methods take the open transaction and the instant now."""

    def __init__(self, config: Config, people: People, alerts: Alerts, content: Callable[[], Shelf]) -> None:
        self._missed = config.checkins.missed_before_telling
        self._people = people
        self._desk = Desk(alerts, people, content)
        late = timedelta(minutes=config.checkins.late_minutes)
        self._schedule = Schedule(self._desk, people, late=late)
        self.measures = Measures(self._desk, people)
        people.when_somebody_leaves(self.left)

    def jobs(self) -> Sequence[Job]:
        return self._schedule.jobs()

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return self._schedule.outcomes()

    # When

    def joined(self, tx: Tx, person: Participant, now: datetime) -> None:
        """The first check-in comes at the person's next check-in time."""
        self._schedule.plans.make(tx, person, now)

    def rescheduled(self, tx: Tx, person: Participant, now: datetime) -> None:
        """The person changed check-in time or zone, or came back."""
        self._schedule.plans.make(tx, person, now)

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
        """/checkin: go on with the open one, or start one of today that is not done."""
        if not person.is_active(now):
            return Begun.AWAY
        open_ones = store.live(tx, person.id)
        if open_ones:
            self._resume(tx, person, open_ones[0], now)
            return Begun.SHOWN
        came_to = Begun.NOTHING_TO_ASK
        for definition in self._today(tx, person, now):
            row = store.on_day(tx, person.id, definition.name, local_day(now, person.zone))
            if row is not None and row.state is State.DONE:
                came_to = Begun.DONE_ALREADY
            elif row is not None:
                self._resume(tx, person, row, now)
                return Begun.SHOWN
            else:
                self._start(tx, person, definition, now)
                return Begun.SHOWN
        return came_to

    def done_today(self, tx: Tx, person: Participant, now: datetime) -> Message:
        """Said when today's is done: when the next one comes."""
        return done_today(self._desk.reader(person), self.next_at(tx, person, now), now)

    # The person's choice

    def offered(self, tx: Tx, person: Participant) -> Sequence[Offered]:
        """The kinds that a person may have or not."""
        wanted = {plan.kind: plan.wanted for plan in store.plans_of(tx, person.id)}
        return [
            Offered(one.name, one.titled(person.language), one.rhythm.is_on(wanted.get(one.name)))
            for one in self._desk.kinds()
            if one.name != DAILY
        ]

    def choose(self, tx: Tx, person: Participant, kind: str, now: datetime, *, wanted: bool) -> None:
        """The person wants this kind, or no longer. The daily one is not a matter of choice."""
        if kind != DAILY:
            self._schedule.plans.choose(tx, person, kind, now, wanted=wanted)

    def planned(self, tx: Tx, person: Participant, now: datetime) -> Sequence[tuple[str, datetime]]:
        """(title, instant) of everything that is planned for that person."""
        dues = ((one, self._desk.next_at(tx, person, now, one.name)) for one in self._desk.kinds())
        return [(one.titled(person.language), due) for one, due in dues if due is not None]

    def content_changed(self, tx: Tx, now: datetime) -> None:
        """Staff may have changed when check-ins come: every plan is looked at again."""
        store.look_at_everybody(tx, now)

    def morning_facts(self, tx: Tx, since: datetime, now: datetime) -> MorningFacts:
        """Codes and counts only."""
        return MorningFacts(
            quiet=figures.quiet_people(tx, self._missed, now),
            unreachable=figures.unreachable_people(tx),
            too_late=figures.too_late_since(tx, since),
            worn_out=self._people.eased_since(tx, since),
            past_cut_off=self.measures.past_cut_off(tx, since),
        )

    def _today(self, tx: Tx, person: Participant, now: datetime) -> Iterator[CheckinDefinition]:
        """What may be begun now: the daily one at any hour, another from its hour on."""
        for definition in self._desk.kinds():
            asked = self._desk.to_ask(person, definition, now)
            if asked is None:
                continue
            if definition.name == DAILY or self._has_come(tx, person, definition, now):
                yield asked

    def _has_come(self, tx: Tx, person: Participant, definition: CheckinDefinition, now: datetime) -> bool:
        plan, rhythm = store.plan_of(tx, person.id, definition.name), definition.rhythm
        if not rhythm.is_on(plan.wanted if plan else None):
            return False
        day = local_day(now, person.zone)
        due = instant(day, rhythm.hour(person), person.zone)
        return rhythm.weekday in (None, day.weekday()) and due is not None and due <= now

    def _resume(self, tx: Tx, person: Participant, row: Checkin, now: datetime) -> None:
        """At the bottom of the chat; one that has closed opens again with its answers."""
        self.turn(tx, person, now).resume(self._running(tx, person, row, now))

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
        self._schedule.plans.taken_early(tx, person, definition.name, day, now)
        self._resume(tx, person, row, now)
