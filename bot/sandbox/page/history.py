"""Thirty days of an invented clinic, written before the demo opens.

Owns the story: who joins, what happens, who reads what. What the bot does in it is done by its own handlers
(`past`), the daily check-ins are written in bulk (`weeks`). Chance is seeded, and dates are counted back from the
day on which the demo is started.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.alerts.store import open_alerts
from bot.checkins.rhythm import DAILY
from bot.delivery import outbox
from bot.people.joining import Step
from bot.people.model import Colleague, Participant, PersonalFile, Role
from bot.sandbox.groups import Group
from bot.sandbox.page.answers import Answering
from bot.sandbox.page.cast import EVENTS, ZONE, Event, Member
from bot.sandbox.page.past import Past
from bot.sandbox.page.weeks import Day, Weeks
from bot.sandbox.people import Person
from bot.scheduling.calendar import instant

DAYS = 30
SET_UP, MORNING = time(8, 45), time(8, 31)  # the first day; just after the staff's morning message
READ_EVERY, MINUTES_A_CARD = 8, 1  # days between two modules


@dataclass(frozen=True)
class Staff:
    """Rosa is the administrator, Ana and Ben are the facilitators."""

    rosa: Person
    ana: Person
    ben: Person
    group: Group


def first_day(today: date) -> date:
    """The day on which the clinic was set up."""
    return today - timedelta(days=DAYS)


def at(day: date, clock: time) -> datetime:
    """That local time, or an hour later on the day on which the clocks go forward over it."""
    found = instant(day, clock, ZONE)
    return found if found is not None else at(day, clock.replace(hour=clock.hour + 1))


class History:
    """Plays the thirty days in one transaction."""

    def __init__(self, past: Past, staff: Staff, members: tuple[Member, ...], today: date) -> None:
        self._past = past
        self._staff = staff
        self._members = members
        self._today = today
        self._chance = random.Random(7)  # noqa: S311 - an invented history, the same each time
        content = past.services.content
        self._definition = content.checkins[DAILY]
        self._answering = Answering(content.rules, self._chance)
        self._weeks = Weeks(past, self._definition)

    def play(self) -> None:
        """From the day the team was set up to the end of yesterday."""
        self._set_up()
        for number in range(DAYS):
            self._day(number)
        self._weeks.write()
        now = self._past.clock.now()
        for member in self._members:
            person = self._participant(member.person)
            self._past.services.checkins.rescheduled(self._past.tx, person, now)

    # The first day

    def _set_up(self) -> None:
        past, staff = self._past, self._staff
        services, now = past.services, past.clock.now()
        administrators = services.config.staff.administrators
        services.people.ensure_administrators(past.tx, administrators, now, language="en")
        past.act(lambda: staff.rosa.says("/start"))
        past.act(lambda: staff.group.add_bot(staff.rosa))
        past.act(lambda: staff.rosa.says(f"/staff_group@{past.sandbox.username}", in_=staff.group))
        for person, handle in ((staff.ana, "ana"), (staff.ben, "ben")):
            self._colleague_joins(person, handle)
        for member in self._members:
            self._participant_joins(member)

    def _colleague_joins(self, person: Person, handle: str) -> None:
        past, rosa = self._past, self._colleague(self._staff.rosa)
        now = past.clock.now()
        token = past.services.people.invite_colleague(past.tx, Role.FACILITATOR, handle, rosa, now)
        past.act(lambda: person.opens_link(f"https://t.me/{past.sandbox.username}?start={token}"))
        past.taps(self._staff.rosa)  # "Yes, this is Ana"

    def _participant_joins(self, member: Member) -> None:
        """Up to the last question as if it had been answered; that one, and the welcome, by the bot."""
        past, ana, key = self._past, self._colleague(self._staff.ana), self._key(member.person)
        people, now = past.services.people, past.clock.now()
        file = PersonalFile("", member.chart, "555 0142", "")
        token = people.invite_participant(past.tx, file, ana, now)
        past.act(lambda: member.person.opens_link(f"https://t.me/{past.sandbox.username}?start={token}"))
        draft = people.draft(past.tx, key, past.clock.now())
        if draft is None:
            raise LookupError(f"{member.person.first_name} could not begin to join")
        chosen = replace(
            draft,
            step=Step.PACE,
            name=member.person.first_name,
            zone=ZONE,
            checkin_time=time(member.at),
            consent_version=past.services.content.consent.version,
        )
        people.keep_draft(past.tx, key, chosen, past.clock.now())
        past.act(lambda: member.person.says("/start"), after=60)
        past.taps(member.person)  # the first pace

    # A day

    def _day(self, number: int) -> None:
        day = first_day(self._today) + timedelta(days=number)
        if number:
            self._past.morning(at(day, MORNING))
        for member in self._members:
            self._check_in(member, number, day)
            if number % READ_EVERY == member.at % READ_EVERY and number // READ_EVERY < member.reads:
                self._read(member, number // READ_EVERY)
            for event in EVENTS:
                if event.day == number and self._members[event.member] is member:
                    self._happens(member, event)

    def _check_in(self, member: Member, number: int, day: date) -> None:
        answers = {}
        if (number + member.at) % member.misses:
            part = number / (DAYS - 1)
            answers = self._answering.answers(member, self._definition, part)
        due = at(day, time(member.at))
        entry = Day(member.person, self._participant(member.person), day, due, answers)
        self._weeks.add(entry, after=timedelta(seconds=self._chance.randrange(60, 900)))

    def _read(self, member: Member, which: int) -> None:
        """One module from its first card to its end, in the order in which the bot offers them."""
        past, modules = self._past, self._past.services.modules
        person = self._participant(member.person)
        entries = modules.titles(person.language)
        if which >= len(entries):
            return
        slug = entries[which].slug
        page = modules.open(past.tx, person, slug, past.clock.now())
        for place in range(1, len(page.module.cards) + 1):
            past.clock.advance(timedelta(minutes=MINUTES_A_CARD).total_seconds())
            modules.answer(past.tx, person, slug, place - 1, 0, past.clock.now())
            modules.turn(past.tx, person, slug, place, past.clock.now())
        modules.skip(past.tx, person, slug, past.clock.now())

    def _happens(self, member: Member, event: Event) -> None:
        """A worrying message, and what a facilitator makes of it."""
        past = self._past
        colleague = {"ana": self._staff.ana, "ben": self._staff.ben}[event.taken_by]
        past.act(lambda: member.person.says(event.says), after=600)
        number = open_alerts(past.tx)[-1].number
        past.act(lambda: colleague.says(f"/claim {number}"), after=140)
        past.act(lambda: colleague.says(f"/reply {number}"), after=30)
        past.act(lambda: colleague.says(event.answer), after=40)
        past.act(lambda: colleague.says(f"/resolve {number} {event.outcome}"), after=1500)

    # Who

    def _key(self, person: Person) -> str:
        return outbox.chat_key(self._past.tx, person.id)

    def _participant(self, person: Person) -> Participant:
        found = self._past.services.people.who(self._past.tx, self._key(person))
        if not isinstance(found, Participant):
            raise LookupError(f"{person.first_name} did not join")
        return found

    def _colleague(self, person: Person) -> Colleague:
        found = self._past.services.people.who(self._past.tx, self._key(person))
        if not isinstance(found, Colleague):
            raise LookupError(f"{person.first_name} is not on the team")
        return found
