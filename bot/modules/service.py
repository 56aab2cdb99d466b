"""Modules: reading them card by card, the question at the end, and what is offered next.

A reading stays on the edition it began with, whatever becomes of the files, and where somebody stands is a
row: a restart, or a week, changes nothing. Whether words are worrying is heard elsewhere, before they come here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery import outbox, pictures
from bot.delivery.model import Kind
from bot.delivery.outcomes import OutcomeHandler
from bot.errors import NotFound
from bot.modules import assignments, pacing, practices, screens, store, trying
from bot.modules.course import Course
from bot.modules.model import Module
from bot.modules.pacing import Begun, Offer, Place
from bot.modules.screens import Entry, Page, Progress
from bot.modules.store import DONE, NOT_TODAY, READ, Edition, Reading
from bot.people.model import Participant
from bot.people.service import People
from bot.phrases import Phrases
from bot.richtext import strip_controls
from bot.scheduling.calendar import local_day
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

ANSWER_WITHIN = timedelta(hours=12)  # what is typed later is hardly an answer to the question any more


class Shelf(Protocol):
    """What modules need of the content."""

    @property
    def modules(self) -> Mapping[str, Mapping[str, Module]]: ...

    @property
    def pictures(self) -> Mapping[str, bytes]: ...

    @property
    def phrases(self) -> Phrases: ...

    @property
    def course(self) -> Course: ...


class ModuleGone(NotFound):
    """There is no such module, and nobody has begun it."""


def card_name(person: Participant) -> str:
    """The name of the one message in which this person reads."""
    return f"learn:{person.id}"


class Modules:
    """Everything about reading. Methods take the open transaction and the instant now."""

    def __init__(self, people: People, content: Callable[[], Shelf]) -> None:
        self._people = people
        self._content = content

    def jobs(self) -> Sequence[Job]:
        return ()

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {}

    # The list

    def shelf(self, tx: Tx, person: Participant) -> list[Entry]:
        """Everything there is to read, with this person's progress; nothing is asked on that screen."""
        readings = {reading.slug: reading for reading in store.readings_of(tx, person.id)}
        store.stop_asking(tx, person.id)
        assigned = {waiting.slug for waiting in assignments.unfinished(tx, person.id)}
        entries = [
            replace(
                self._entry(tx, module, readings.get(module.slug), person.language),
                is_assigned=module.slug in assigned,
            )
            for module in self._ordered(person.language)
        ]
        return [*entries, *self._entries_of_removed(tx, readings, entries, person.language)]

    def begun_last(self, tx: Tx, person: Participant) -> str:
        """The slug of what they are in the middle of, or an empty string."""
        begun = self._begun(store.readings_of(tx, person.id))
        return max(begun, key=lambda one: one.last_at).slug if begun else ""

    def titles(self, language: str) -> list[Entry]:
        """Everything there is to read, without anybody's progress: for staff."""
        return [_new_entry(module) for module in self._ordered(language)]

    # Reading

    def open(self, tx: Tx, person: Participant, slug: str, now: datetime) -> Page:
        """Go on where the person left off, or begin; what was read to its end begins again.

        Raises `ModuleGone`.
        """
        reading = store.reading_of(tx, person.id, slug)
        if reading is None or reading.state == DONE:
            reading = self._begin(tx, person, slug, now)
        store.answer_offer(tx, person.id, slug, READ, now)
        assignments.opened(tx, person.id, slug, now)
        return self._shown(tx, person, self._at(tx, person, reading, reading.position, now), now)

    def turn(self, tx: Tx, person: Participant, slug: str, to: int, now: datetime) -> Page:
        """One card on or back; the page is stale when the tap was not about where they are.

        Raises `ModuleGone`.
        """
        reading = store.reading_of(tx, person.id, slug)
        if reading is None or reading.state == DONE or not self._may_turn(tx, person, reading, to):
            return self._mended(tx, person, slug, reading, now)
        return self._shown(tx, person, self._at(tx, person, reading, to, now), now)

    def answer(self, tx: Tx, person: Participant, slug: str, at: int, option: int, now: datetime) -> Page:
        """Answer the check question; the first answer stays. Raises `ModuleGone`."""
        reading = store.reading_of(tx, person.id, slug)
        if reading is None or reading.state == DONE or reading.position != at or reading.answered is not None:
            return self._mended(tx, person, slug, reading, now)
        card = self._page(tx, person, reading).card
        if card is None or card.check is None or option not in range(len(card.check.options)):
            return self._mended(tx, person, slug, reading, now)
        return self._shown(tx, person, store.save(tx, replace(reading, answered=option, last_at=now)), now)

    def skip(self, tx: Tx, person: Participant, slug: str, now: datetime) -> Page:
        """Leave the reflection question unanswered and finish. Raises `ModuleGone`."""
        reading = store.reading_of(tx, person.id, slug)
        if reading is None or reading.state == DONE or self._page(tx, person, reading).card is not None:
            return self._mended(tx, person, slug, reading, now)
        return self._shown(tx, person, self._finished(tx, reading, now), now)

    def reflect(self, tx: Tx, person: Participant, text: str, now: datetime, *, urgent: bool = False) -> bool:
        """Take typed words as the answer to the reflection question; false when none is open.

        The words are sealed, the question stays above them without buttons, and the answer comes below. After
        `urgent` words, whose crisis reply has been said, nothing more is asked for.
        """
        words = strip_controls(text).strip()
        reading = store.asking(tx, person.id, now - ANSWER_WITHIN)
        if reading is None or not words:
            return False
        module = self._page(tx, person, reading).module
        store.add_reflection(tx, reading, words, now)
        shown = self._shown(tx, person, self._finished(tx, reading, now), now)
        phrases, lang, card = self._content().phrases, person.language, card_name(person)
        outbox.retire(tx, person.key, card, screens.asked(phrases, lang, module), now=now)
        saved = screens.saved_only(phrases, lang)
        message = saved if urgent else screens.done(phrases, lang, shown, saved=True)
        outbox.send(tx, person.key, message, kind=Kind.TALK, now=now, card=card)
        return True

    def ended(self, tx: Tx, person: Participant, slug: str, now: datetime) -> Page:
        """The end of a module that was read, with nothing more asked about it. Raises `ModuleGone`."""
        reading = store.reading_of(tx, person.id, slug)
        if reading is None or reading.state != DONE:
            return self._mended(tx, person, slug, reading, now)
        return replace(self._shown(tx, person, reading, now), times=())

    def browse(self, tx: Tx, slug: str, language: str, at: int, answered: int | None = None) -> Page:
        """A card of today's module for staff, who only look: nothing of them is stored. Raises `ModuleGone`."""
        module = in_language(self._content().modules.get(slug, {}), language)
        if module is None:
            raise ModuleGone(slug)
        at = max(0, min(at, len(module.cards)))
        self.keep_pictures(tx, [module])
        check = module.cards[at].check if at < len(module.cards) else None
        known = answered if check is not None and answered in range(len(check.options)) else None
        return Page(module, at, known, is_kept=False)

    def keep_pictures(self, tx: Tx, modules: Iterable[Module]) -> None:
        """What the cards show stays for as long as somebody may read them, whatever becomes of the files."""
        files = self._content().pictures
        shown = {card.picture.key for module in modules for card in module.cards if card.picture}
        pictures.keep(tx, {key: files[key] for key in shown & files.keys()})

    # What is offered

    def next_offer(
        self, tx: Tx, person: Participant, now: datetime, *, fitting: Sequence[str] = ()
    ) -> Offer | None:
        """What may be offered to read now, within the pace the person chose; None when nothing.

        First what staff assigned, then the best of what is `fitting` after the answers of today, then what comes
        next. An offer of today that nobody has answered is given again, so that a screen can be drawn twice.
        """
        if not person.is_active(now):
            return None
        today = local_day(now, person.zone)
        ledger = store.offers_since(tx, person.id, today - pacing.WEEK)
        made = next((line for line in ledger if line.day == today), None)
        if made is not None:
            again = self._fitting(tx, person, (made.slug,)) if made.slug in fitting else None
            return (again or self._offer(tx, person, made.slug)) if made.answer is None else None
        course = self._content().course
        pace, days = course.pace_of(person, now), [line.day for line in ledger]
        eased = person.is_eased(now)
        if not pacing.may_offer(pace, today, days, cap=course.most_in_a_week, eased=eased):
            return None
        yesterday = {line.slug for line in ledger if line.day == today - timedelta(days=1)}
        fits = self._fitting(tx, person, fitting, yesterday=yesterday)
        return self._assigned(tx, person) or fits or self._next(tx, person)

    def offered(self, tx: Tx, person: Participant, offer: Offer, now: datetime) -> None:
        """The offer is being shown: it counts for today, once however often it is shown."""
        today = local_day(now, person.zone)
        assignments.shown(tx, person.id, offer.slug, now)
        if not any(line.day == today for line in store.offers_since(tx, person.id, today)):
            store.add_offer(tx, person.id, offer.slug, today, now)

    def offer_of(self, tx: Tx, person: Participant, slug: str) -> Offer | None:
        """This module as it would be offered, though it was read before; None when it is not there any more."""
        module = in_language(self._content().modules.get(slug, {}), person.language)
        if module is None:
            return None
        entry = self._entry(tx, module, store.reading_of(tx, person.id, slug), person.language)
        assigned = assignments.of(tx, person.id, slug)
        waits = assigned is not None and assigned.finished_at is None
        return Offer(slug, entry.title, entry.minutes, entry.at, entry.of, is_assigned=waits)

    def decline(self, tx: Tx, person: Participant, slug: str, now: datetime) -> bool:
        """Not today; false when that was answered before."""
        return store.answer_offer(tx, person.id, slug, NOT_TODAY, now)

    def accept(self, tx: Tx, person: Participant, slug: str, now: datetime) -> bool:
        """They want to read it; false when the offer was answered before."""
        is_first = assignments.opened(tx, person.id, slug, now)
        return store.answer_offer(tx, person.id, slug, READ, now) or is_first

    # Private: from rows to pages

    def _begin(self, tx: Tx, person: Participant, slug: str, now: datetime) -> Reading:
        modules = self._content().modules.get(slug)
        if not modules:
            raise ModuleGone(slug)
        self.keep_pictures(tx, modules.values())
        return store.begin(tx, person.id, slug, store.keep_edition(tx, slug, modules, now), now)

    def _at(self, tx: Tx, person: Participant, reading: Reading, to: int, now: datetime) -> Reading:
        """On that card; the question after the last one waits for words, unless the person only taps."""
        module = self._module(tx, person, reading)
        store.stop_asking(tx, person.id)
        asks = to >= len(module.cards) and not person.taps_only
        moved = replace(reading, position=to, asked_at=now if asks else None, last_at=now)
        return store.save(tx, moved)

    def _may_turn(self, tx: Tx, person: Participant, reading: Reading, to: int) -> bool:
        """One step, or where they are already (a double tap); the check question is not jumped over."""
        module = self._module(tx, person, reading)
        if not 0 <= to <= len(module.cards) or abs(to - reading.position) > 1:
            return False
        return not (to > module.check_at and reading.answered is None)

    def _finished(self, tx: Tx, reading: Reading, now: datetime) -> Reading:
        ended = replace(
            reading, state=DONE, finished_at=reading.finished_at or now, asked_at=None, last_at=now
        )
        assignments.finished(tx, reading.participant_id, reading.slug, now)
        return store.save(tx, ended)

    def _mended(self, tx: Tx, person: Participant, slug: str, reading: Reading | None, now: datetime) -> Page:
        if reading is None:
            return replace(self.open(tx, person, slug, now), is_stale=True)
        return replace(self._shown(tx, person, reading, now), is_stale=True)

    def _shown(self, tx: Tx, person: Participant, reading: Reading, now: datetime) -> Page:
        page = self._page(tx, person, reading)
        if not page.is_done:
            return page
        has_chosen = practices.was_planned(tx, person.id, reading.slug, reading.last_at)
        times = () if has_chosen else tuple(trying.times(now, person))
        return replace(page, next=self._next(tx, person), times=times)

    def _page(self, tx: Tx, person: Participant, reading: Reading) -> Page:
        module = self._module(tx, person, reading)
        return Page(
            module,
            min(reading.position, len(module.cards)),
            answered=reading.answered,
            is_done=reading.state == DONE,
            taps_only=person.taps_only,
        )

    def _module(self, tx: Tx, person: Participant, reading: Reading) -> Module:
        module = in_language(store.edition_of(tx, reading.edition), person.language)
        if module is None:
            raise ModuleGone(reading.slug)
        return module

    # Private: the shelf

    def _ordered(self, language: str) -> list[Module]:
        spoken = {slug: in_language(each, language) for slug, each in self._content().modules.items()}
        modules = {slug: module for slug, module in spoken.items() if module is not None}
        places = (Place(slug, module.track, module.order) for slug, module in modules.items())
        return [modules[place.slug] for place in pacing.in_order(places)]

    def _entry(self, tx: Tx, module: Module, reading: Reading | None, language: str) -> Entry:
        if reading is None:
            return _new_entry(module)
        if reading.finished_at is not None:
            return replace(_new_entry(module), progress=Progress.DONE)
        held = in_language(store.edition_of(tx, reading.edition), language) or module
        at = min(reading.position + 1, len(held.cards))
        return replace(_new_entry(held), progress=Progress.BEGUN, at=at, of=len(held.cards))

    def _entries_of_removed(
        self, tx: Tx, readings: Mapping[str, Reading], listed: Sequence[Entry], language: str
    ) -> list[Entry]:
        """Modules that staff took away while this person was in the middle of them."""
        known = {entry.slug for entry in listed}
        entries = []
        for slug, reading in readings.items():
            held = in_language(store.edition_of(tx, reading.edition), language)
            if slug not in known and reading.finished_at is None and held is not None:
                entries.append(self._entry(tx, held, reading, language))
        return entries

    def _begun(self, readings: Sequence[Reading]) -> list[Begun]:
        return [Begun(one.slug, one.last_at) for one in readings if one.finished_at is None]

    def _assigned(self, tx: Tx, person: Participant) -> Offer | None:
        """What staff picked and this person has not finished, the most urgent first."""
        offers = (self.offer_of(tx, person, row.slug) for row in assignments.unfinished(tx, person.id))
        return next((offer for offer in offers if offer is not None), None)

    def _fitting(
        self, tx: Tx, person: Participant, fitting: Sequence[str], *, yesterday: Collection[str] = ()
    ) -> Offer | None:
        known = [slug for slug in fitting if slug in self._content().modules]
        read = {row.slug for row in store.readings_of(tx, person.id) if row.finished_at} if known else set()
        slug = pacing.best_fitting(known, read, yesterday)
        offer = self.offer_of(tx, person, slug) if slug else None
        return replace(offer, fits=True) if offer else None

    def _next(self, tx: Tx, person: Participant) -> Offer | None:
        if (assigned := self._assigned(tx, person)) is not None:
            return assigned
        readings = store.readings_of(tx, person.id)
        done = {reading.slug for reading in readings if reading.finished_at is not None}
        modules = self._ordered(person.language)
        places = [Place(module.slug, module.track, module.order) for module in modules]
        first = self._content().course.first_for(person)
        slug = pacing.next_slug(places, self._begun(readings), done, first=first)
        return self._offer(tx, person, slug) if slug else None

    def _offer(self, tx: Tx, person: Participant, slug: str) -> Offer | None:
        """Unless it has been read meanwhile, and nobody assigned it again."""
        offer, reading = self.offer_of(tx, person, slug), store.reading_of(tx, person.id, slug)
        is_read = reading is not None and reading.finished_at is not None
        return None if is_read and offer is not None and not offer.is_assigned else offer


def _new_entry(module: Module) -> Entry:
    return Entry(module.slug, module.track, module.title, module.minutes)


def in_language(modules: Edition, language: str) -> Module | None:
    """The module in that language, else in the first there is."""
    return modules.get(language) or next(iter(modules.values()), None)
