"""When check-ins open, remind, come back and expire: the jobs of the ticker, and what became of their messages.

Each row is done in its own transaction. A plan says when the next one of its kind opens (`planning`); from then on
the row of the day (`checkin`) says itself when it wants something done. A person has one open check-in at most: the
daily one comes at its time and closes an older one, every other kind waits until there is room for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.checkins import records, screens, store
from bot.checkins.desk import PROMPT, REMINDER, Desk, card, hours_of, subject
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
from bot.checkins.planning import Plans
from bot.checkins.rhythm import APART, DAILY, LOOK_AGAIN
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
from bot.scheduling.calendar import instant
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

PUSH_BACK = timedelta(minutes=5)  # after a row could not be acted on


class Schedule:
    """Plans, opens, reminds and closes. `late` is how long after its time a check-in is still sent."""

    def __init__(self, desk: Desk, people: People, *, late: timedelta) -> None:
        self._desk = desk
        self._people = people
        self._late = late
        self._plans = Plans(desk)

    def jobs(self) -> Sequence[Job]:
        return (
            Job("open check-ins", store.due_people, self.open_due, _look_later),
            Job("tend check-ins", store.awake, self.tend, _wake_later),
        )

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {PROMPT: self._prompt_ended, REMINDER: self._reminder_ended}

    @property
    def plans(self) -> Plans:
        """What comes next."""
        return self._plans

    # Opening

    def open_due(self, tx: Tx, participant_id: int, now: datetime) -> None:
        """Something is due for one person, or to be looked at."""
        person = self._person(tx, participant_id)
        if person is None:
            store.look_later(tx, participant_id, now, now + FARTHEST - PUSH_BACK)
            return
        for plan in store.due_plans(tx, participant_id, now):
            definition = self._desk.kind(plan.kind)
            if definition is None or not plan.is_due(now) or not definition.rhythm.is_on(plan.wanted):
                continue  # planned by a clock that was wrong, far off, or taken away by staff
            if plan.kind == DAILY:
                self._open_daily(tx, person, definition, plan, now)
            else:
                self._open_other(tx, person, definition, plan, now)
        self._plans.refresh(tx, person, now)

    def _open_daily(
        self, tx: Tx, person: Participant, definition: CheckinDefinition, plan: Plan, now: datetime
    ) -> None:
        due, day = _when(plan)
        goes_out = opening(due, now, hours_of(person), self._late)
        opens = goes_out is not None and self._can_be_asked(tx, person, now)
        if not self._move_on(tx, person, definition, plan, now, opens=opens):
            return
        row = self._row_of(tx, person, definition, day, due, now)
        if row is None:
            return
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

    def _open_other(
        self, tx: Tx, person: Participant, definition: CheckinDefinition, plan: Plan, now: datetime
    ) -> None:
        """It waits until no other check-in is open or near; when that takes too long, it is left out."""
        (waited_until, day), rhythm = _when(plan), definition.rhythm
        due = instant(day, rhythm.hour(person), person.zone) or waited_until
        goes_out = hours_of(person).awake(self._free_at(tx, person, now))
        skipped = self._reason_to_skip(tx, person, now, now)
        if skipped is None and rhythm.weekday is None and person.is_eased(now):
            skipped = State.SKIPPED_EASED
        if skipped is None and now < goes_out <= rhythm.latest(due):
            store.change_plan(tx, plan, replace(plan, due_at=goes_out, look_at=goes_out))
            return
        if skipped is None and goes_out > rhythm.latest(due):
            was_away = goes_out == now and waited_until == due
            skipped = State.SKIPPED_LATE if was_away else State.SKIPPED_BUSY
        if not self._move_on(tx, person, definition, plan, now, opens=skipped is None):
            return
        row = self._row_of(tx, person, definition, day, due, now)
        if row is None:
            return
        if skipped is not None:
            store.add(tx, replace(row, state=skipped, ended_at=now))
            return
        store.add(tx, row)
        self._send(tx, person, row, now, expires=min(row.expires_at, now + self._late))

    def _move_on(
        self,
        tx: Tx,
        person: Participant,
        definition: CheckinDefinition,
        plan: Plan,
        now: datetime,
        *,
        opens: bool,
    ) -> bool:
        """Plan the next one; false when another worker was first."""
        done = replace(plan, last_day=plan.day)
        if opens:
            done = replace(done, last_at=now, zone=person.zone)
        after = max(plan.due_at or now, now - CATCH_UP)
        return self._plans.move_on(tx, person, plan, done, definition.rhythm, after)

    def _row_of(
        self,
        tx: Tx,
        person: Participant,
        definition: CheckinDefinition,
        day: date,
        due: datetime,
        now: datetime,
    ) -> Checkin | None:
        """The row of that day; None when there is one already: never two of a kind on one local day."""
        asked = self._desk.to_ask(person, definition, now)
        if asked is None or store.on_day(tx, person.id, definition.name, day) is not None:
            return None
        return self.new_row(tx, person, asked, day, due, now)

    def _free_at(self, tx: Tx, person: Participant, now: datetime) -> datetime:
        """The first instant, from now on, at which a check-in that steps aside may come."""
        if store.live(tx, person.id):
            return now + LOOK_AGAIN
        daily = store.plan_of(tx, person.id, DAILY)
        if daily is not None and daily.due_at is not None:
            comes = hours_of(person).awake(daily.due_at)
            if comes < now + APART:
                return comes + LOOK_AGAIN
        last = store.last_word(tx, person.id, now - CATCH_UP)
        return now if last is None else max(now, last + APART)

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
            self._plans.drop(tx, person)
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
        rests = deed is Deed.REMIND and person.is_eased(now)
        if self._can_be_asked(tx, person, now) and not rests:
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


def _when(plan: Plan) -> tuple[datetime, date]:
    """When it is due, and its local day, of a plan for which something is."""
    if plan.due_at is None or plan.day is None:
        raise ValueError("nothing is planned")
    return plan.due_at, plan.day


def _about(tx: Tx, ending: Ending) -> tuple[Checkin | None, int]:
    """The check-in that a message was about, and the older message that it replaced."""
    number, _, older = ending.subject.partition(":")
    return store.by_id(tx, int(number)), int(older or 0)


def _take_away(tx: Tx, ending: Ending, older: int) -> None:
    if older:
        outbox.delete_message(tx, ending.chat_key, older, due=ending.at, now=ending.at)


def _look_later(tx: Tx, participant_id: int, now: datetime) -> None:
    store.look_later(tx, participant_id, now, now + PUSH_BACK)


def _wake_later(tx: Tx, checkin_id: int, now: datetime) -> None:
    store.wake_later(tx, checkin_id, now + PUSH_BACK)
