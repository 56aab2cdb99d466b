"""Assigning: staff give a module to one person or to everybody, and the person hears of it once.

What is assigned stands first in line: it is what a check-in's end offers next, and the week's cap, which is there
for what the bot offers by itself, does not hold it. The day's does: on a day on which something was offered it
waits for the next one, unless the group talks about it that day. Quiet hours, a pause and an open alert hold it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.alerts.store import open_alert_of
from bot.delivery import outbox
from bot.delivery.model import Ending, Kind
from bot.delivery.model import State as Sending
from bot.delivery.outcomes import OutcomeHandler
from bot.errors import NotFound
from bot.modules import assign_screens, assignments, pacing, store
from bot.modules.assignments import Assignment, Standing
from bot.modules.pacing import Offer
from bot.modules.service import ModuleGone, Modules, Shelf
from bot.people import audit
from bot.people.model import Colleague, Participant, Right
from bot.people.service import People
from bot.scheduling.calendar import instant, local_day, quiet_ends
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

TOPIC = "assigned"
LOOK_AGAIN = timedelta(hours=6)  # while somebody is away or cannot be reached
AFTER_ALERT = timedelta(hours=1)  # help comes first; then it is looked at again
PUSH_BACK = timedelta(minutes=5)  # after a row could not be acted on
GOOD_FOR = timedelta(hours=1)  # a message that could not leave for so long is looked at anew
AGAIN_AFTER = timedelta(days=7)  # assigned again this long after they were told, they hear of it again
DAY = timedelta(days=1)
MORNING = time(9)  # on the person's clock, when something has to wait for the next day


@dataclass(frozen=True)
class Assigned:
    """What became of it, in numbers of people: who will hear of it, who had it already, who had read it."""

    told: int = 0
    had: int = 0
    read: int = 0


@dataclass(frozen=True)
class Progress:
    """How many people have a module, opened it, read it to its end."""

    slug: str
    talk_on: date | None
    people: int
    opened: int
    finished: int


class Assigning:
    """Methods take the open transaction and the instant now."""

    def __init__(self, people: People, modules: Modules, content: Callable[[], Shelf]) -> None:
        self._people = people
        self._modules = modules
        self._content = content
        people.when_somebody_leaves(self._left)

    def jobs(self) -> Sequence[Job]:
        return (Job("assignments", assignments.due, self._tell_due, _push_back),)

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {TOPIC: self._ended}

    # What staff do

    def everybody(self, tx: Tx) -> list[Participant]:
        """Whom something can be assigned to, by code."""
        return sorted(self._people.in_program(tx), key=lambda person: person.code)

    def assign(
        self,
        tx: Tx,
        slug: str,
        to: Sequence[Participant],
        by: Colleague,
        now: datetime,
        *,
        talk_on: date | None = None,
        again: bool = False,
    ) -> Assigned:
        """Give it to these people; who has read it is left in peace, unless `again`.

        Raises `NotAllowed`, `ModuleGone`.
        """
        self._people.require(by, Right.ASSIGN)
        if slug not in self._content().modules:
            raise ModuleGone(slug)
        done = [self._assign_one(tx, slug, person, by, now, talk_on, again=again) for person in to]
        subject = to[0].code if len(to) == 1 else slug
        audit.note(tx, audit.Entry(now, by.handle, "assigned reading", subject))
        return Assigned(done.count("told"), done.count("had"), done.count("read"))

    def _assign_one(
        self,
        tx: Tx,
        slug: str,
        person: Participant,
        by: Colleague,
        now: datetime,
        talk_on: date | None,
        *,
        again: bool,
    ) -> str:
        had = assignments.of(tx, person.id, slug)
        if had is not None and had.finished_at is None:
            assignments.change_day(tx, had.id, talk_on)
            if had.opened_at is not None or had.told_at is None or now - had.told_at < AGAIN_AFTER:
                return "had"
        elif not again and self._has_read(tx, person, slug):
            return "read"
        new = Assignment(tx.new_id(), person.id, slug, talk_on, by.handle, now, due_at=now)
        assignments.put(tx, new)
        return "told"

    def _has_read(self, tx: Tx, person: Participant, slug: str) -> bool:
        reading = store.reading_of(tx, person.id, slug)
        return reading is not None and reading.finished_at is not None

    def take_back(self, tx: Tx, slug: str, by: Colleague, now: datetime) -> int:
        """From whoever has not opened it; gives from how many. Raises `NotAllowed`."""
        self._people.require(by, Right.ASSIGN)
        removed = assignments.take_back(tx, slug)
        for row in removed:
            outbox.withdraw(tx, topic=TOPIC, subject=str(row.id), now=now)
        audit.note(tx, audit.Entry(now, by.handle, "took reading back", slug))
        return len(removed)

    def progress(self, tx: Tx) -> list[Progress]:
        """Every module that somebody has, newest first."""
        found: dict[str, list[Assignment]] = {}
        for standing in assignments.standings(tx):
            found.setdefault(standing.assignment.slug, []).append(standing.assignment)
        return [_progress(slug, rows) for slug, rows in found.items()]

    def standings(self, tx: Tx, slug: str) -> list[Standing]:
        """Who has it, by code, and how far they are."""
        return sorted(assignments.standings(tx, slug), key=lambda standing: standing.code)

    # Telling

    def _tell_due(self, tx: Tx, id: int, now: datetime) -> None:
        row = assignments.by_id(tx, id)
        if row is None or row.due_at is None or row.due_at > now:
            return
        person, offer = self._about(tx, row)
        if person is None or offer is None:
            assignments.nothing_to_tell(tx, id)
            return
        not_before = self._not_before(tx, person, row, now)
        if not_before > now:
            assignments.look_again(tx, id, not_before)
        elif assignments.claim(tx, row, now):
            self._tell(tx, person, row, offer, now)

    def _about(self, tx: Tx, row: Assignment) -> tuple[Participant | None, Offer | None]:
        try:
            person = self._people.participant(tx, row.participant_id)
        except NotFound:
            return None, None
        return person, self._modules.offer_of(tx, person, row.slug)

    def _not_before(self, tx: Tx, person: Participant, row: Assignment, now: datetime) -> datetime:
        """`now`, or when to look again."""
        if not person.is_active(now) or not outbox.is_reachable(tx, person.key):
            return now + LOOK_AGAIN
        if open_alert_of(tx, person.key) is not None:
            return now + AFTER_ALERT
        awake = quiet_ends(now, person.zone, person.quiet_from, person.quiet_to)
        if awake > now:
            return awake
        today = local_day(now, person.zone)
        offered = bool(store.offers_since(tx, person.id, today))
        if pacing.may_tell_assigned(today, row.talk_on, offered_today=offered):
            return now
        tomorrow = instant(today + DAY, MORNING, person.zone) or now + DAY
        return quiet_ends(max(tomorrow, now), person.zone, person.quiet_from, person.quiet_to)

    def _tell(self, tx: Tx, person: Participant, row: Assignment, offer: Offer, now: datetime) -> None:
        today = local_day(now, person.zone)
        message = assign_screens.told(
            self._content().phrases, person.language, offer, talk_on=row.talk_on, today=today
        )
        self._modules.offered(tx, person, offer, now)
        outbox.send(
            tx,
            person.key,
            message,
            kind=Kind.PROMPT,
            now=now,
            card=f"assigned:{row.id}",
            topic=TOPIC,
            subject=str(row.id),
            expires=now + GOOD_FOR,
        )

    def _ended(self, tx: Tx, ending: Ending) -> None:
        """A message that surely did not arrive is sent again when it can be."""
        if ending.state not in (Sending.SENT, Sending.UNKNOWN):
            assignments.not_told(tx, int(ending.subject), ending.at + PUSH_BACK)

    def _left(self, tx: Tx, person: Participant, now: datetime) -> None:
        assignments.tell_when_back(tx, person.id, local_day(now, person.zone), now + LOOK_AGAIN)


def _progress(slug: str, rows: Sequence[Assignment]) -> Progress:
    opened = sum(row.opened_at is not None for row in rows)
    finished = sum(row.finished_at is not None for row in rows)
    days = [row.talk_on for row in rows if row.talk_on is not None]
    return Progress(slug, max(days, default=None), len(rows), opened, finished)


def _push_back(tx: Tx, id: int, now: datetime) -> None:
    assignments.look_again(tx, id, now + PUSH_BACK)
