"""Participants, colleagues and what each role may do. Pure rules; SQL is in the stores."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


class Role(StrEnum):
    """A colleague's role; a participant has none of these."""

    FACILITATOR = "facilitator"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """One thing that staff may do. Every action checks its right in the database when it is used."""

    HANDLE_ALERTS = "handle alerts"
    SEE_PEOPLE = "see people"  # reveal, who, reply
    INVITE_PARTICIPANTS = "invite participants"
    ASSIGN = "assign reading"
    DISCHARGE = "discharge"  # end somebody's time in the program, and take them back
    INVITE_STAFF = "invite staff"
    MANAGE_STAFF = "manage staff"  # remove colleagues, change roles
    KEEP_RECORDS = "keep records"  # export and erase for a person
    DRILL = "drill the ladder"
    SEE_CONTENT = "see content"
    RUN_PROGRAM = "run the program"  # the staff group


_CARE = {Right.HANDLE_ALERTS, Right.SEE_PEOPLE, Right.INVITE_PARTICIPANTS, Right.ASSIGN, Right.DISCHARGE}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.FACILITATOR: frozenset(_CARE),
    Role.SUPERVISOR: frozenset({*_CARE, Right.KEEP_RECORDS, Right.DRILL, Right.SEE_CONTENT}),
    Role.EDITOR: frozenset({Right.SEE_CONTENT}),
    Role.ADMINISTRATOR: frozenset(Right),
}


EASED_FOR = timedelta(days=14)
"""How long less is sent to whoever is worn out, unless they say otherwise before: two weekly pulses."""


class Pace(StrEnum):
    """How often the bot may offer something to read."""

    LIGHTER = "lighter"
    USUAL = "usual"
    MORE = "more"


class ParticipantState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Participant:
    """A person in the program. `key` stands for their private chat; `code` is what staff see in the group."""

    id: int
    key: str
    code: str
    language: str
    zone: str
    checkin_time: time
    quiet_from: time
    quiet_to: time
    pace: Pace
    taps_only: bool
    state: ParticipantState
    paused_until: datetime | None
    consent_version: str
    joined_at: datetime
    discharged_at: datetime | None = None  # by staff; they are stopped, and only staff can take them back
    start: str = ""  # where they come from, as the content names it; empty when nobody said
    eased_at: datetime | None = None  # they said they were worn out, and less is sent for a while

    def is_active(self, now: datetime) -> bool:
        """Prompts may go out: neither stopped nor paused."""
        if self.state is ParticipantState.PAUSED:
            return self.paused_until is not None and self.paused_until <= now
        return self.state is ParticipantState.ACTIVE

    def is_eased(self, now: datetime) -> bool:
        """Half as much is sent: they said that they were worn out, not long ago."""
        return self.eased_at is not None and self.eased_at <= now < self.eased_at + EASED_FOR


@dataclass(frozen=True)
class Colleague:
    """A member of staff. `handle` is their name on the rota and in the staff group."""

    id: int
    key: str
    handle: str
    roles: frozenset[Role]
    language: str
    active: bool

    def may(self, right: Right) -> bool:
        return self.active and any(right in RIGHTS[role] for role in self.roles)


def shown(handle: str) -> str:
    """A handle as people write it: "ana" is "Ana"."""
    return handle[:1].upper() + handle[1:]


@dataclass(frozen=True)
class PersonalFile:
    """What staff entered about a participant at the invite; empty where they entered nothing."""

    name: str
    chart: str
    phone: str
    contact: str
