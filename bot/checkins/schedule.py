"""When check-ins open, remind, come back and expire: the jobs of the ticker, and what became of their messages.

Each row is done in its own transaction. The plan (`checkin_schedule`) says when the next one opens; from then on the
row of the day (`checkin`) says itself when it wants something done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.checkins import records, screens, store
from bot.checkins.desk import DAILY, PROMPT, REMINDER, Desk, card, hours_of, subject
from bot.checkins.ledger import (
    CATCH_UP,
    FARTHEST,
    Checkin,
    Deed,
    Delivery,
    State,
    arrived,
    opening,
)
from bot.checkins.model import CheckinDefinition
from bot.checkins.store import Plan
from bot.delivery import outbox
from bot.delivery.model import Ending, Kind
from bot.delivery.model import State as Sending
from bot.delivery.outcomes import OutcomeHandler
from bot.errors import NotFound
from bot.people import dialogues
from bot.people.model import Participant, ParticipantState
from bot.people.service import People
from bot.richtext import Rich
from bot.scheduling.calendar import local_day, next_checkin
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

PUSH_BACK = timedelta(minutes=5)  # after a row could not be acted on


class Schedule:
    """Plans, opens, reminds and closes. `late` is how long after its time a check-in is still sent."""

    def __init__(self, desk: Desk, people: People, *, late: timedelta) -> None:
        self._desk = desk
        self._people = people
        self._late = late

    def jobs(self) -> Sequence[Job]:
        return (
            Job("open check-ins", store.due_plans, self.open_due, _look_later),
            Job("tend check-ins", store.awake, self.tend, _wake_later),
        )

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {PROMPT: self._prompt_ended, REMINDER: self._reminder_ended}

    # The plan

    def plan(self, tx: Tx, person: Participant, now: datetime) -> None:
        """Find the next check-in anew: somebody joined, came back, or changed time or zone."""
        known = store.plan_of(tx, person.id)
        if known is None:
            store.add_plan(tx, _planned(person, Plan(person.id, person.zone), now))
            return
        store.change_plan(tx, known, _planned(person, _sane(known, person, now), now))

    def unplan(self, tx: Tx, person: Participant) -> None:
        """Nothing is due any more."""
        known = store.plan_of(tx, person.id)
        if known is not None:
            store.change_plan(tx, known, replace(known, day=None, due_at=None))

    def taken_early(self, tx: Tx, person: Participant, day: date, now: datetime) -> None:
        """The check-in of that day has begun by the person's own wish: it does not come again."""
        known = store.plan_of(tx, person.id) or Plan(person.id, person.zone)
        held = replace(known, last_day=day, last_at=now, zone=person.zone)
        if store.plan_of(tx, person.id) is None:
            store.add_plan(tx, _planned(person, held, now))
        else:
            store.change_plan(tx, known, _planned(person, held, now))

    # Opening

    def open_due(self, tx: Tx, participant_id: int, now: datetime) -> None:
        """One person's check-in is due."""
        plan = store.plan_of(tx, participant_id)
        person = self._person(tx, participant_id)
        if plan is None or plan.due_at is None or plan.day is None or person is None:
            store.look_later(tx, participant_id, now + FARTHEST - PUSH_BACK)
            return
        if plan.due_at > now:  # planned by a clock that was wrong, or looked at again after a fault
            self.plan(tx, person, now)
            return
        goes_out = opening(plan.due_at, now, hours_of(person), self._late)
        opens = goes_out is not None and self._can_be_asked(tx, person, now)
        last = replace(plan, last_day=plan.day)
        if opens:
            last = replace(last, last_at=now, zone=person.zone)
        if not store.change_plan(tx, plan, _planned(person, last, max(plan.due_at, now - CATCH_UP))):
            return  # another worker was first
        if person.state is ParticipantState.STOPPED:
            self.unplan(tx, person)
        self._open(tx, person, plan.day, plan.due_at, goes_out, now)

    def _open(
        self,
        tx: Tx,
        person: Participant,
        day: date,
        due: datetime,
        goes_out: datetime | None,
        now: datetime,
    ) -> None:
        definition = self._desk.today(person)
        if definition is None or store.on_day(tx, person.id, definition.name, day) is not None:
            return  # never two on one local day
        row = self.new_row(tx, person, definition, day, due, now)
        skipped = self._reason_to_skip(tx, person, goes_out, now)
        if skipped is not None or goes_out is None:
            store.add(tx, replace(row, state=skipped or State.SKIPPED_LATE, ended_at=now))
            return
        self.close_older(tx, person, now)
        if goes_out > now:
            store.add(tx, replace(row, state=State.HELD, held_until=goes_out))
            return
        store.add(tx, row)
        self._send(
            tx, person, row, now, expires=min(row.expires_at, hours_of(person).awake(due) + self._late)
        )

    def new_row(
        self,
        tx: Tx,
        person: Participant,
        definition: CheckinDefinition,
        day: date,
        due: datetime,
        now: datetime,
    ) -> Checkin:
        """An open check-in of that day, not kept yet; its definition is."""
        records.keep_definition(tx, definition, now)
        expires = now + timedelta(hours=definition.expire_after_hours)
        return Checkin(tx.new_id(), person.id, definition.name, day, definition.revision, due, expires)

    def close_older(self, tx: Tx, person: Participant, now: datetime) -> None:
        """Check-ins never pile up: a new one closes what is still open."""
        for older in store.live(tx, person.id):
            self._desk.end(tx, person, older, State.EXPIRED, now)

    def leave(self, tx: Tx, person: Participant, now: datetime) -> None:
        """The person pauses or stops: nothing stays open, and after a stop nothing is planned."""
        stopped = person.state is ParticipantState.STOPPED
        if stopped:
            self.unplan(tx, person)
        for row in store.live(tx, person.id):
            away = State.SKIPPED_STOPPED if stopped else State.SKIPPED_PAUSED
            self._desk.end(tx, person, row, away if row.begun_at is None else State.EXPIRED, now)

    # What a check-in of today wants

    def tend(self, tx: Tx, checkin_id: int, now: datetime) -> None:
        """Send what was held, ask again, remind, or close."""
        row = store.by_id(tx, checkin_id)
        person = self._person(tx, row.participant_id) if row else None
        if row is None or person is None:
            store.wake_later(tx, checkin_id, now + FARTHEST)
            return
        deed = row.deed(now)
        if deed is None:
            store.save(tx, row)  # pushed back after a fault: the row knows its time again
        elif deed is Deed.EXPIRE:
            self._desk.end(tx, person, row, State.EXPIRED, now)
        elif deed is Deed.SEND:
            self._send_held(tx, person, row, now)
        else:
            self._ask_once_more(tx, person, row, deed, now)

    def _send_held(self, tx: Tx, person: Participant, row: Checkin, now: datetime) -> None:
        """Quiet hours are over, or were changed meanwhile."""
        goes_out = opening(row.due_at, now, hours_of(person), self._late)
        skipped = self._reason_to_skip(tx, person, goes_out, now)
        if skipped is not None or goes_out is None:
            store.save(tx, replace(row, state=skipped or State.SKIPPED_LATE, ended_at=now))
            return
        if goes_out > now:
            store.save(tx, replace(row, held_until=goes_out))
            return
        hours = self._desk.definition(tx, person, row).expire_after_hours
        opened = replace(row, state=State.OPEN, held_until=None, expires_at=now + timedelta(hours=hours))
        store.save(tx, opened)
        self._send(tx, person, opened, now, expires=now + self._late)

    def _ask_once_more(self, tx: Tx, person: Participant, row: Checkin, deed: Deed, now: datetime) -> None:
        """At the time the person chose, or as the one reminder; quiet hours hold both."""
        awake = hours_of(person).awake(now)
        if awake > now:
            held = replace(row, later_at=awake) if deed is Deed.ASK_AGAIN else replace(row, remind_at=awake)
            store.save(tx, held)
            return
        if deed is Deed.ASK_AGAIN:
            asked = replace(row, state=State.OPEN, later_at=None)
        else:  # whoever has been away that long may not come back: what they said is looked at now
            row = self._desk.raise_concerns(tx, person, row, self._desk.definition(tx, person, row), now)
            asked = replace(row, reminded_at=now)
        store.save(tx, asked)
        if self._can_be_asked(tx, person, now):
            topic, line = (PROMPT, "again") if deed is Deed.ASK_AGAIN else (REMINDER, "reminder")
            self._send(tx, person, asked, now, expires=asked.expires_at, topic=topic, line=line)

    def _send(
        self,
        tx: Tx,
        person: Participant,
        row: Checkin,
        now: datetime,
        *,
        expires: datetime,
        topic: str = PROMPT,
        line: str = "",
    ) -> None:
        """The question in a new message, which is heard; an older one goes when this has arrived."""
        asked = self._desk.asked(tx, person, row)
        if asked is None:
            return
        dialogues.moved_on(tx, person.key)
        reader = self._desk.reader(person)
        above: Rich | None = reader.text(line) if line else None
        outbox.send(
            tx,
            person.key,
            screens.question(reader, asked, above),
            kind=Kind.PROMPT,
            now=now,
            card=card(row),
            topic=topic,
            subject=subject(tx, row),
            dedupe=f"checkin:{row.id}:{line or 'prompt'}:{row.version}",
            expires=expires,
        )

    # What became of the messages

    def _prompt_ended(self, tx: Tx, ending: Ending) -> None:
        row, older = _about(tx, ending)
        person = self._person(tx, row.participant_id) if row else None
        if row is None or person is None:
            return
        definition = self._desk.definition(tx, person, row)
        if ending.state is Sending.SENT:
            store.save(tx, arrived(row, ending.at, definition, surely=True))
            _take_away(tx, ending, older)
        elif ending.state is Sending.UNKNOWN:
            store.save(tx, arrived(row, ending.at, definition, surely=False))
        elif row.is_live and row.begun_at is None and row.delivery is Delivery.WAITING:
            late = ending.state is Sending.EXPIRED
            state = State.SKIPPED_LATE if late else State.SKIPPED_UNREACHABLE
            store.save(tx, replace(row, state=state, delivery=Delivery.NOT_SENT, ended_at=ending.at))

    def _reminder_ended(self, tx: Tx, ending: Ending) -> None:
        row, older = _about(tx, ending)
        if row is None or ending.state is not Sending.SENT:
            return
        store.save(tx, replace(row, delivery=Delivery.SENT))
        _take_away(tx, ending, older)

    # Who

    def _person(self, tx: Tx, participant_id: int) -> Participant | None:
        try:
            return self._people.participant(tx, participant_id)
        except NotFound:
            return None

    def _can_be_asked(self, tx: Tx, person: Participant, now: datetime) -> bool:
        return person.is_active(now) and outbox.is_reachable(tx, person.key)

    def _reason_to_skip(
        self, tx: Tx, person: Participant, goes_out: datetime | None, now: datetime
    ) -> State | None:
        if person.state is ParticipantState.STOPPED:
            return State.SKIPPED_STOPPED
        if not person.is_active(now):
            return State.SKIPPED_PAUSED
        if not outbox.is_reachable(tx, person.key):
            return State.SKIPPED_UNREACHABLE
        return State.SKIPPED_LATE if goes_out is None else None


def _planned(person: Participant, last: Plan, after: datetime) -> Plan:
    """The plan with the next check-in after that instant."""
    moved = last.zone != person.zone
    day, due = next_checkin(
        after,
        person.checkin_time,
        person.zone,
        last_day=last.last_day,
        last_at=last.last_at if moved else None,
    )
    return replace(last, day=day, due_at=due)


def _sane(plan: Plan, person: Participant, now: datetime) -> Plan:
    """Without a last check-in that lies in the future, left there by a clock that was wrong."""
    ahead = plan.last_day is not None and plan.last_day > local_day(now, person.zone) + timedelta(days=1)
    return replace(plan, last_day=None, last_at=None) if ahead else plan


def _about(tx: Tx, ending: Ending) -> tuple[Checkin | None, int]:
    """The check-in that a message was about, and the older message that it replaced."""
    number, _, older = ending.subject.partition(":")
    return store.by_id(tx, int(number)), int(older or 0)


def _take_away(tx: Tx, ending: Ending, older: int) -> None:
    if older:
        outbox.delete_message(tx, ending.chat_key, older, due=ending.at, now=ending.at)


def _look_later(tx: Tx, participant_id: int, now: datetime) -> None:
    store.look_later(tx, participant_id, now + PUSH_BACK)


def _wake_later(tx: Tx, checkin_id: int, now: datetime) -> None:
    store.wake_later(tx, checkin_id, now + PUSH_BACK)


__all__ = ["DAILY", "Schedule"]
