"""Alerts: the states of the work item, when the ladder climbs, and whom each step tells.

Rules only. Who works when is `rota`; what is a concern is `bot.screening`; SQL and sending are elsewhere.
"""

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.alerts.rota import Rota
from bot.config import AlertSettings
from bot.errors import Conflict, NotFound
from bot.people.model import Participant
from bot.screening.model import Level


class AlertState(enum.StrEnum):
    """Where an alert stands. Claimed goes back to open when it is handed over or left lying."""

    OPEN = "open"
    CLAIMED = "claimed"
    RESOLVED = "resolved"


class AlertGone(NotFound):
    """There is no alert with this number."""


class AlreadyTaken(Conflict):
    """Another colleague has taken this alert."""

    def __init__(self, handle: str) -> None:
        super().__init__()
        self.handle = handle


class AlreadyClosed(Conflict):
    """This alert has been resolved."""


class DrillRunning(Conflict):
    """A drill that nobody has resolved yet is still running."""


class OnlyADrill(Conflict):
    """Behind a drill there is no person and there are no words."""


class Outcome(enum.StrEnum):
    """How an alert was resolved."""

    REACHED = "reached"
    HANDED_TO_CLINICIAN = "handed-to-clinician"
    EMERGENCY_SERVICES = "emergency-services"
    NO_CONTACT_NEEDED = "no-contact-needed"
    COULD_NOT_REACH = "could-not-reach"
    WRONG_ALARM = "wrong-alarm"


class Step(enum.StrEnum):
    """A step of the ladder; `alerts.ladder` in the configuration sets their order."""

    ON_DUTY = "on-duty"
    NEXT = "next"
    GROUP = "group"
    FALLBACK = "fallback"


class Reason(enum.StrEnum):
    """Why these people are told, for the log and the words on the card."""

    ON_DUTY = "on-duty"
    NOBODY_ON_DUTY = "nobody-on-duty"
    BACKUP = "backup"
    NEXT_SHIFT = "next-shift"
    EVERYBODY = "everybody"
    NO_GROUP = "no-group"
    FALLBACK = "fallback"
    ADMINISTRATORS = "administrators"


LADDER = tuple(Step)
"""The order of the steps when the configuration says nothing else."""


@dataclass(frozen=True)
class Subject:
    """The private chat a concern comes from; `participant` is None for somebody who has not joined."""

    key: str
    participant: Participant | None
    language: str


@dataclass(frozen=True)
class Alert:
    """The work item. `number` is what staff say; `round` counts how often staff were told of it.

    `began` is the round in which the present ladder began; `told_to` is the id of the colleague whose notice
    arrived first on it, 0 for the group. `cause` is the rule of the concern that raised it, `person_card` the
    name of the card on which the person sees how it stands. A drill has an empty `key`.
    """

    id: int
    number: int
    is_drill: bool
    level: Level
    category: str
    cause: str
    key: str
    participant_id: int | None
    language: str
    messages: int
    state: AlertState
    step: Step
    round: int
    began: int
    next_at: datetime | None
    set_at: datetime
    claimed_by: int | None
    claimed_at: datetime | None
    first_claimed_at: datetime | None
    handed_to: int | None
    dropped_by: int | None
    first_told_at: datetime | None
    told_at: datetime | None
    told_to: int | None
    person_card: str | None
    person_at: datetime | None
    outcome: Outcome | None
    closed_by: int | None
    opened_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Somebody must still act, whether it is taken or not."""
        return self.state is not AlertState.RESOLVED


class NoticeState(enum.StrEnum):
    """What became of telling one recipient."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Notice:
    """One recipient told in one round. `recipient` is a colleague's id, 0 for the staff group.

    `live` is true for the recipient's newest card, the one that is edited when the alert changes.
    """

    id: int
    alert_id: int
    round: int
    recipient: int
    key: str
    card: str
    state: NoticeState
    live: bool


@dataclass(frozen=True)
class Heard:
    """One concern behind an alert or a note of a colleague, opened for somebody who may read it."""

    at: datetime
    source: str
    by: str
    words: str


@dataclass(frozen=True)
class OpenAlert:
    """A line of the morning message; `handle` is whoever has it, empty when nobody has."""

    number: int
    level: Level
    category: str
    state: AlertState
    handle: str


@dataclass(frozen=True)
class WatchItem:
    """Watch-level concerns of one person and category."""

    code: str
    category: str
    count: int


@dataclass(frozen=True)
class MorningFacts:
    """What the morning message says of concerns. Drills are not counted; minutes from opened to first taken."""

    open: tuple[OpenAlert, ...]
    watch: tuple[WatchItem, ...]
    raised: int
    wrong_alarms: int
    median_minutes: float | None
    absent: tuple[str, ...] = ()
    """Handles of the rota that nobody on the staff has."""


@dataclass(frozen=True)
class Colleague:
    """Somebody on the staff who may take alerts, by our own id and the handle given at the invite."""

    id: int
    handle: str
    is_administrator: bool = False


@dataclass(frozen=True)
class Recipients:
    """Whom a step tells: these colleagues in private, and the staff group when `group`; never neither."""

    private: tuple[int, ...]
    group: bool
    reason: Reason


@dataclass(frozen=True)
class Patience:
    """How long the ladder waits, in minutes; staffed ones for an elevated alert, save `reopen_elevated`."""

    urgent: int = 10
    elevated: int = 240
    repeat: int = 10
    reopen: int = 60
    reopen_elevated: int = 1440

    @classmethod
    def of(cls, alerts: AlertSettings) -> Self:
        """The waits that the configuration sets."""
        return cls(
            alerts.urgent_minutes,
            alerts.elevated_minutes,
            alerts.repeat_minutes,
            alerts.reopen_minutes,
            alerts.reopen_elevated_minutes,
        )


def first_deadline(level: Level, now: datetime, rota: Rota, patience: Patience) -> datetime:
    """When a new or re-opened alert climbs unless somebody takes it. An urgent one heeds no hours."""
    if level is Level.URGENT:
        return now + timedelta(minutes=patience.urgent)
    return rota.staffed_deadline(now, patience.elevated)


def later_deadline(level: Level, now: datetime, rota: Rota, patience: Patience) -> datetime:
    """When an alert that has climbed climbs again, or is repeated at the last step."""
    if level is Level.URGENT:
        return now + timedelta(minutes=patience.repeat)
    return rota.staffed_deadline(now, patience.repeat)


def reopen_deadline(level: Level, now: datetime, patience: Patience) -> datetime:
    """When an alert claimed at `now` is opened again unless it was resolved."""
    return now + timedelta(minutes=patience.reopen if level is Level.URGENT else patience.reopen_elevated)


def covers(alert: Alert, level: Level) -> bool:
    """Whether a new concern of that level needs no more than to be added to this open alert."""
    return alert.is_open and alert.level >= level


def next_step(step: Step, ladder: Sequence[Step] = LADDER) -> Step:
    """The step after `step`; the last one repeats, and one no longer in the ladder leads to its last."""
    if step not in ladder:
        return ladder[-1]
    return ladder[min(ladder.index(step) + 1, len(ladder) - 1)]


def recipients(
    step: Step,
    level: Level,
    rota: Rota,
    now: datetime,
    staff: Sequence[Colleague],
    *,
    fallback: Sequence[str] = (),
    told: Iterable[int] = (),
    has_group: bool = True,
) -> Recipients:
    """Whom this step tells. `staff` is everybody who may take alerts, `told` who was told in private before.

    Without a staff group every step tells everybody in private. Never empty: where the rota names nobody of
    the staff, administrators are told, without one of them everybody, and the group in both cases.
    """
    if not has_group:
        return Recipients(_ids(staff), not staff, Reason.NO_GROUP)
    cast = _Cast(staff, level, rota, now, frozenset(told), tuple(fallback))
    return _STEPS[step](cast)


@dataclass(frozen=True)
class _Cast:
    """The people and the hour that a step looks at."""

    staff: Sequence[Colleague]
    level: Level
    rota: Rota
    now: datetime
    told: frozenset[int]
    fallback: tuple[str, ...]

    def ids(self, handles: Iterable[str]) -> tuple[int, ...]:
        """The staff with these handles, in the handles' order; a handle of nobody is passed over."""
        known = {colleague.handle.casefold(): colleague.id for colleague in self.staff}
        asked = dict.fromkeys(handle.casefold() for handle in handles)
        return tuple(known[handle] for handle in asked if handle in known)

    def new(self, handles: Iterable[str]) -> tuple[int, ...]:
        """Those of them who have not been told yet."""
        return tuple(colleague for colleague in self.ids(handles) if colleague not in self.told)

    def next_shift(self, *, new: bool) -> tuple[int, ...]:
        """The people of the nearest coming shift that has somebody of the staff, of the untold when `new`."""
        besides: set[str] = set()
        while coming := self.rota.next_on(self.now, besides):
            if found := self.new(coming[1]) if new else self.ids(coming[1]):
                return found
            besides.update(coming[1])
        return ()

    def last_resort(self) -> Recipients:
        chiefs = tuple(colleague.id for colleague in self.staff if colleague.is_administrator)
        return Recipients(chiefs or _ids(self.staff), True, Reason.ADMINISTRATORS)


def _on_duty(cast: _Cast) -> Recipients:
    if here := cast.ids(cast.rota.on_duty(cast.now)):
        return Recipients(here, True, Reason.ON_DUTY)
    coming = cast.next_shift(new=False)
    if not coming:
        return cast.last_resort()
    # An elevated alert waits for staffed hours: its card stands in the group, nobody is woken.
    return Recipients(coming if cast.level is Level.URGENT else (), True, Reason.NOBODY_ON_DUTY)


def _next(cast: _Cast) -> Recipients:
    if backups := cast.new(cast.rota.backups(cast.now)):
        return Recipients(backups, False, Reason.BACKUP)
    if arrived := cast.new(cast.rota.on_duty(cast.now)):  # the shift changed since the alert was raised
        return Recipients(arrived, False, Reason.ON_DUTY)
    if coming := cast.next_shift(new=True):
        return Recipients(coming, False, Reason.NEXT_SHIFT)
    return cast.last_resort()


def _group(cast: _Cast) -> Recipients:
    return Recipients(_ids(cast.staff), True, Reason.EVERYBODY)


def _fallback(cast: _Cast) -> Recipients:
    if named := cast.ids(cast.fallback):
        return Recipients(named, True, Reason.FALLBACK)
    return cast.last_resort()


_STEPS: dict[Step, Callable[[_Cast], Recipients]] = {
    Step.ON_DUTY: _on_duty,
    Step.NEXT: _next,
    Step.GROUP: _group,
    Step.FALLBACK: _fallback,
}


def _ids(staff: Iterable[Colleague]) -> tuple[int, ...]:
    return tuple(colleague.id for colleague in staff)
