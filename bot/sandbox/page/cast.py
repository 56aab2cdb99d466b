"""The invented people of the demo clinic: who they are, and how they tend to answer. No one is taken from life."""

import json
from dataclasses import dataclass, field

from bot.sandbox.people import Person

ZONE = "America/New_York"
PROGRAM = "River House IOP"
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
SHIFTS = json.dumps(
    [
        {"handle": "ana", "days": WEEKDAYS, "from": "08:00", "to": "17:00"},
        {"handle": "ben", "days": WEEKDAYS, "from": "17:00", "to": "22:00"},
    ]
)


@dataclass(frozen=True)
class Habit:
    """How somebody answers one scale, from 0 to 10: on their first day, on their last, and how much it varies."""

    first: float
    last: float
    spread: float = 1.2


@dataclass
class Member:
    """A participant. `at` is the hour of their check-in, `misses` every how-manieth day they do not answer."""

    person: Person
    chart: str
    at: int
    misses: int
    habits: dict[str, Habit]
    says: tuple[str, ...]
    reads: int
    usual: Habit = field(default=Habit(5, 6))


@dataclass(frozen=True)
class Suggestion:
    """A sentence to send with one tap; `worrying` ones are marked."""

    text: str
    worrying: bool = False


@dataclass(frozen=True)
class Event:
    """On that day of the month, that member writes this; that facilitator takes it, answers, and closes it so."""

    day: int
    member: int
    says: str
    taken_by: str
    answer: str
    outcome: str


EVENTS = (
    Event(
        day=9,
        member=2,
        says="I slipped last night and had two beers",
        taken_by="ana",
        answer="Thank you for telling us. Can we talk at noon?",
        outcome="reached",
    ),
    Event(
        day=21,
        member=3,
        says="I don't want to live like this, I want to end it",
        taken_by="ben",
        answer="June, I am calling you right now. Please pick up.",
        outcome="reached",
    ),
)

SUGGESTIONS = {
    "en": (
        Suggestion("Tired today, but I went for a walk instead."),
        Suggestion("/checkin"),
        Suggestion("/learn"),
        Suggestion("I can't do this anymore. I want to die tonight.", worrying=True),
        Suggestion("I slipped last night and drank.", worrying=True),
    ),
    "es": (
        Suggestion("Hoy estoy cansado, pero salí a caminar."),
        Suggestion("/checkin"),
        Suggestion("/learn"),
        Suggestion("Ya no puedo más. Ya no quiero vivir.", worrying=True),
        Suggestion("Anoche recaí y tomé.", worrying=True),
    ),
}
STAFF_SUGGESTIONS = (Suggestion("/alerts"), Suggestion("/invite"), Suggestion("/learn"), Suggestion("/help"))
"""In a colleague's private chat."""


def members(maya: Person, luis: Person, tom: Person, june: Person) -> tuple[Member, ...]:
    """The four participants, in the order of their check-ins."""
    return (
        Member(
            maya,
            chart="C-1042",
            at=10,
            misses=11,
            habits={"mood": Habit(4, 7), "craving": Habit(7, 3), "stress": Habit(7, 4), "sleep": Habit(4, 7)},
            says=(
                "tired, but I walked instead of stopping at the store",
                "better than last week",
                "called my sister",
            ),
            reads=3,
        ),
        Member(
            luis,
            chart="C-1043",
            at=12,
            misses=13,
            habits={"mood": Habit(5, 6), "craving": Habit(4, 3), "stress": Habit(5, 5), "sleep": Habit(6, 6)},
            says=("un día tranquilo", "mucho trabajo, pero bien", "fui a la reunión"),
            reads=2,
        ),
        Member(
            tom,
            chart="C-1044",
            at=17,
            misses=6,
            habits={"mood": Habit(6, 4), "craving": Habit(4, 7), "stress": Habit(5, 7), "sleep": Habit(6, 4)},
            says=("work was a lot", "did not sleep much", "okay I guess"),
            reads=1,
        ),
        Member(
            june,
            chart="C-1045",
            at=19,
            misses=4,
            habits={"mood": Habit(5, 6), "craving": Habit(5, 5), "stress": Habit(6, 5), "sleep": Habit(5, 6)},
            says=("quiet evening", "made soup for my neighbor"),
            reads=1,
        ),
    )
