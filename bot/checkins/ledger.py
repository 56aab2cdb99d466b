"""One person's check-in on one day, as it is kept: its state, and when something is to be done about it next.

Rules only. Which question comes next is `model`; rows are in `store`.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.checkins.model import Answers, CheckinDefinition, Kind, Question, next_question, visible
from bot.scheduling.calendar import in_quiet_hours, instant, local_day, quiet_ends

TONIGHT = time(20, 0)
SOONEST_TONIGHT = timedelta(minutes=90)  # nearer than that, "in 1 hour" says the same
AN_HOUR = timedelta(hours=1)
AFTER_LATER = timedelta(hours=2)  # how long a check-in that was put off stays open at least
FARTHEST = timedelta(days=4)  # no check-in is planned farther ahead; one that is was planned by a wrong clock
CATCH_UP = timedelta(days=2)  # older days are left out: a clock that jumped years must not be walked through


class State(StrEnum):
    """Where a check-in stands. The first three are live; the others are final, save for /checkin."""

    HELD = "held"  # due, but it waits for quiet hours to end
    OPEN = "open"
    LATER = "later"  # put off by the person
    DONE = "done"
    EXPIRED = "expired"
    SKIPPED_LATE = "skipped-late"  # the bot was away too long
    SKIPPED_PAUSED = "skipped-paused"
    SKIPPED_STOPPED = "skipped-stopped"
    SKIPPED_UNREACHABLE = "skipped-unreachable"
    SKIPPED_EASED = "skipped-eased"  # the person is worn out: less is sent for a while
    SKIPPED_BUSY = "skipped-busy"  # another check-in was open, or near, for too long


LIVE = (State.HELD, State.OPEN, State.LATER)


class Delivery(StrEnum):
    """What became of the message that asked."""

    WAITING = "waiting"
    SENT = "sent"
    UNKNOWN = "unknown"  # it may have arrived: never counted as missed
    NOT_SENT = "not-sent"


class Later(StrEnum):
    """What "Not now" may mean."""

    HOUR = "hour"
    TONIGHT = "tonight"


class Deed(StrEnum):
    """What a live check-in wants done when its time has come."""

    SEND = "send"
    ASK_AGAIN = "ask-again"
    REMIND = "remind"
    EXPIRE = "expire"


@dataclass(frozen=True)
class Hours:
    """A person's zone and quiet hours."""

    zone: str
    quiet_from: time
    quiet_to: time

    def quiet(self, now: datetime) -> bool:
        return in_quiet_hours(now, self.zone, self.quiet_from, self.quiet_to)

    def awake(self, now: datetime) -> datetime:
        """`now`, or the end of the quiet hours that `now` lies in."""
        return quiet_ends(now, self.zone, self.quiet_from, self.quiet_to)


@dataclass(frozen=True)
class Checkin:
    """A row of the ledger. `version` counts its changes, `picked` are ticks not yet confirmed.

    `position` is the question that is shown, `raised` the rules that staff have heard of already.
    """

    id: int
    participant_id: int
    name: str
    day: date
    revision: str
    due_at: datetime
    expires_at: datetime
    state: State = State.OPEN
    delivery: Delivery = Delivery.WAITING
    position: str = ""
    picked: tuple[str, ...] = ()
    set_aside: bool = False
    raised: frozenset[str] = field(default_factory=frozenset)
    held_until: datetime | None = None
    sent_at: datetime | None = None
    begun_at: datetime | None = None
    remind_at: datetime | None = None
    reminded_at: datetime | None = None
    later_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 0

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_asked(self) -> bool:
        """A question is on the person's screen."""
        return self.state is State.OPEN and not self.set_aside

    @property
    def is_missed(self) -> bool:
        """The question reached the person, and nothing came back."""
        return self.begun_at is None and self.delivery is Delivery.SENT

    @property
    def wake_at(self) -> datetime | None:
        """When something is to be done; None when it is over."""
        match self.state:
            case State.HELD:
                return self.held_until
            case State.LATER:
                return min(self.later_at or self.expires_at, self.expires_at)
            case State.OPEN:
                return min(self._next_reminder or self.expires_at, self.expires_at)
            case _:
                return None

    @property
    def _next_reminder(self) -> datetime | None:
        return self.remind_at if self.reminded_at is None and not self.set_aside else None

    def deed(self, now: datetime) -> Deed | None:
        """What is to be done now."""
        wake = self.wake_at
        if wake is None or wake > now:
            return None
        if self.state is State.HELD:
            return Deed.SEND
        if self.expires_at <= now:
            return Deed.EXPIRE
        return Deed.ASK_AGAIN if self.state is State.LATER else Deed.REMIND


def arrived(row: Checkin, at: datetime, definition: CheckinDefinition, *, surely: bool) -> Checkin:
    """The question reached the person, or may have; the one reminder is counted from here."""
    delivery = Delivery.SENT if surely else Delivery.UNKNOWN
    sent = replace(row, delivery=delivery, sent_at=row.sent_at or at)
    return reminded_later(sent, at, definition)


def reminded_later(row: Checkin, now: datetime, definition: CheckinDefinition) -> Checkin:
    """The reminder comes that long after the person was last heard of; at most one in all, or none."""
    if row.reminded_at is not None or not definition.remind_after_minutes:
        return row
    return replace(row, remind_at=now + timedelta(minutes=definition.remind_after_minutes))


def answered(row: Checkin, now: datetime, definition: CheckinDefinition) -> Checkin:
    """The person did something: it has begun, and ticks on the screen are settled."""
    begun = replace(row, begun_at=row.begun_at or now, picked=(), set_aside=False)
    return reminded_later(begun, now, definition)


def put_off(row: Checkin, until: datetime) -> Checkin:
    """Asked again at that instant; it stays open a while after."""
    expires = max(row.expires_at, until + AFTER_LATER)
    return replace(row, state=State.LATER, later_at=until, expires_at=expires)


def later_choices(now: datetime, hours: Hours) -> dict[Later, datetime]:
    """What can be offered instead of now; nothing that lies in quiet hours."""
    choices = {Later.HOUR: now + AN_HOUR}
    tonight = instant(local_day(now, hours.zone), TONIGHT, hours.zone)
    if tonight is not None and tonight >= now + SOONEST_TONIGHT:
        choices[Later.TONIGHT] = tonight
    return {choice: at for choice, at in choices.items() if not hours.quiet(at)}


def opening(due: datetime, now: datetime, hours: Hours, late: timedelta) -> datetime | None:
    """When a check-in due at `due` goes out: `now`, the end of quiet hours, or None when that is too late.

    Whoever chose a check-in time inside their own quiet hours gets it when those end.
    """
    latest = hours.awake(due) + late
    goes_out = hours.awake(now)
    return goes_out if goes_out <= latest else None


def question_shown(definition: CheckinDefinition, answers: Answers, position: str) -> Question | None:
    """The question at that place, or the first one still to be answered; None when nothing is left to ask."""
    shown = visible(definition, answers)
    here = next((question for question in shown if question.id == position), None)
    return here or next((question for question in shown if question.id not in answers), None)


def question_after(definition: CheckinDefinition, answers: Answers, position: str) -> Question | None:
    """The next question, or None at the end."""
    return next_question(definition, answers, position)


def without_typing(definition: CheckinDefinition) -> CheckinDefinition:
    """The same check-in for somebody who only taps: what can only be typed is not asked."""
    kept = tuple(question for question in definition.questions if question.kind is not Kind.TEXT)
    return replace(definition, questions=kept)
