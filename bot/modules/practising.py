"""Practice: after a module somebody picks a time to try it, is asked once how it went, and sees what has helped.

Nobody is chased: who is away when the time comes is not asked, and a question without an answer stays one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alerts.store import open_alert_of
from bot.delivery import outbox
from bot.delivery.model import Kind
from bot.delivery.outcomes import OutcomeHandler
from bot.errors import NotFound
from bot.modules import practice_screens, practices, store, trying
from bot.modules.model import Module
from bot.modules.practices import Practice
from bot.modules.service import Shelf, in_language
from bot.modules.trying import When
from bot.people.model import Participant
from bot.people.service import People
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

GOOD_FOR = timedelta(hours=2)  # a question that could not leave for so long is not asked
PUSH_BACK = timedelta(minutes=5)  # after a row could not be acted on


@dataclass(frozen=True)
class Helped:
    """A skill with its title: how often it was tried, and how much it helped on average, 0 to 4."""

    slug: str
    title: str
    times: int
    helped: float


def card_name(row: Practice) -> str:
    """The name of the message that asks how it went."""
    return f"practice:{row.id}"


class Practising:
    """Methods take the open transaction and the instant now."""

    def __init__(self, people: People, content: Callable[[], Shelf]) -> None:
        self._people = people
        self._content = content

    def jobs(self) -> Sequence[Job]:
        return (Job("practice", practices.due, self._ask_due, _push_back),)

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {}

    # Picking a time

    def plan(self, tx: Tx, person: Participant, slug: str, when: str, now: datetime) -> bool:
        """They will be asked then; false when that time is over or lies in quiet hours. Raises `NotFound`."""
        reading = store.reading_of(tx, person.id, slug)
        if reading is None or reading.finished_at is None:
            raise NotFound("reading")
        times = trying.times(now, person)
        if when not in times:
            return False
        practices.plan(tx, person.id, slug, reading.edition, times[When(when)], now)
        return True

    # How it went

    def tried(self, tx: Tx, person: Participant, id: int, now: datetime, *, yes: bool) -> Practice:
        """The first answer stays; gives how it stands. Raises `NotFound` for somebody else's."""
        self._mine(tx, person, id)
        practices.keep_tried(tx, id, tried=yes, now=now)
        return self._mine(tx, person, id)

    def helped(self, tx: Tx, person: Participant, id: int, helped: int, now: datetime) -> Practice:
        """From 0, not at all, to 4; the first rating stays. Raises `NotFound`."""
        self._mine(tx, person, id)
        if not 0 <= helped <= trying.MOST_HELPED:
            raise NotFound("rating")
        practices.keep_helped(tx, id, helped, now)
        return self._mine(tx, person, id)

    def title(self, tx: Tx, person: Participant, row: Practice) -> str:
        module = self._module(tx, person, row)
        return module.title if module is not None else row.slug

    # What has helped

    def skills(self, tx: Tx, person: Participant) -> list[Helped]:
        """What this person has tried, ranked by their own ratings; what staff took away meanwhile is left out."""
        found = []
        for skill in trying.ranked(practices.ratings(tx, person.id)):
            module = in_language(self._content().modules.get(skill.slug, {}), person.language)
            if module is not None:
                found.append(Helped(skill.slug, module.title, skill.times, skill.helped))
        return found

    def planned(self, tx: Tx, person: Participant) -> list[str]:
        """The titles of what they are going to try."""
        return [self.title(tx, person, row) for row in practices.planned(tx, person.id)]

    # Asking

    def _ask_due(self, tx: Tx, id: int, now: datetime) -> None:
        row = practices.by_id(tx, id)
        if row is None or row.due_at is None or row.due_at > now:
            return
        person = self._person(tx, row)
        module = self._module(tx, person, row) if person is not None else None
        if person is None or module is None or not outbox.is_reachable(tx, person.key):
            practices.look_again(tx, id, None)
            return
        has_alert = open_alert_of(tx, person.key) is not None
        at = trying.ask_at(row.chosen_at, now, person, has_alert=has_alert)
        if at != now:
            practices.look_again(tx, id, at)
        elif practices.claim(tx, row, now):
            self._ask(tx, person, row, module, now)

    def _ask(self, tx: Tx, person: Participant, row: Practice, module: Module, now: datetime) -> None:
        outbox.send(
            tx,
            person.key,
            practice_screens.question(self._content().phrases, person.language, row.id, module),
            kind=Kind.PROMPT,
            now=now,
            card=card_name(row),
            expires=now + GOOD_FOR,
        )

    # Private

    def _mine(self, tx: Tx, person: Participant, id: int) -> Practice:
        row = practices.by_id(tx, id)
        if row is None or row.participant_id != person.id:
            raise NotFound("practice")
        return row

    def _person(self, tx: Tx, row: Practice) -> Participant | None:
        try:
            return self._people.participant(tx, row.participant_id)
        except NotFound:
            return None

    def _module(self, tx: Tx, person: Participant, row: Practice) -> Module | None:
        """As it was when they read it."""
        return in_language(store.edition_of(tx, row.edition), person.language)


def _push_back(tx: Tx, id: int, now: datetime) -> None:
    practices.look_again(tx, id, now + PUSH_BACK)
