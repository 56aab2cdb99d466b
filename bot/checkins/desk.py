"""What jobs and conversation share: the definition a check-in runs on, its message, its end, its concerns.

Takes no decision of its own about time: `schedule` does, and `turn` for what a person taps or types.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.alerts.model import Subject
from bot.alerts.service import Alerts
from bot.alerts.store import open_alert_of
from bot.checkins import records, screens, store
from bot.checkins.ledger import Checkin, Hours, State, question_shown, without_typing
from bot.checkins.model import (
    Answer,
    Answers,
    CheckinDefinition,
    Kind,
    Question,
    Rule,
    Skipped,
    concerns,
    visible,
)
from bot.checkins.rhythm import DAILY
from bot.checkins.screens import Asked, Reader
from bot.checkins.suggestions import Suggestion, fitting
from bot.checkins.week import DAYS, Week, line_of
from bot.delivery import outbox
from bot.delivery.model import Message
from bot.people.model import Participant
from bot.people.service import People
from bot.phrases import Phrases
from bot.reading import in_language
from bot.scheduling.calendar import local_day
from bot.screening.model import Level
from bot.storage.database import Tx

PROMPT, REMINDER = "checkin.prompt", "checkin.reminder"  # topics of the outbox
SOURCE = "checkin"


class Shelf(Protocol):
    """What is needed of the content in use."""

    @property
    def checkins(self) -> Mapping[str, CheckinDefinition]: ...
    @property
    def rules(self) -> Sequence[Rule]: ...
    @property
    def suggestions(self) -> Sequence[Suggestion]: ...
    @property
    def phrases(self) -> Phrases: ...


def card(row: Checkin) -> str:
    """The name of the message that a check-in is shown in."""
    return f"checkin:{row.id}"


def subject(tx: Tx, row: Checkin) -> str:
    """What a prompt is about: the check-in, and the older message that it replaces (0: none)."""
    return f"{row.id}:{outbox.card_message_id(tx, card(row)) or 0}"


def hours_of(person: Participant) -> Hours:
    return Hours(person.zone, person.quiet_from, person.quiet_to)


class Desk:
    """Everything about check-ins that needs the content and the alerts."""

    def __init__(self, alerts: Alerts, people: People, content: Callable[[], Shelf]) -> None:
        self._alerts = alerts
        self._people = people
        self._content = content

    @property
    def phrases(self) -> Phrases:
        return self._content().phrases

    def reader(self, person: Participant) -> Reader:
        return Reader(self._content().phrases, person.language, person.zone)

    def kinds(self) -> Sequence[CheckinDefinition]:
        """The check-ins as staff have them now, the daily one first."""
        kinds = [one for one in self._content().checkins.values() if one.variant is None]
        return sorted(kinds, key=lambda one: (one.name != DAILY, one.name))

    def kind(self, name: str) -> CheckinDefinition | None:
        return next((one for one in self.kinds() if one.name == name), None)

    def to_ask(self, person: Participant, kind: CheckinDefinition, now: datetime) -> CheckinDefinition | None:
        """What this person is asked as that kind; None when there is nothing in it to ask them."""
        days_here = (local_day(now, person.zone) - local_day(person.joined_at, person.zone)).days
        instead = (
            one
            for one in self._content().checkins.values()
            if one.variant is not None and one.variant.holds(kind.name, days_here)
        )
        # Under the name of its kind: to the records, the rules and the plan it is the same check-in.
        asked = replace(next(instead, kind), name=kind.name)
        return asked if self._asked_of(person, asked).questions else None

    def definition(self, tx: Tx, person: Participant, row: Checkin) -> CheckinDefinition:
        """What this check-in runs on, whatever staff have changed since."""
        return self._asked_of(person, records.definition_of(tx, row.revision))

    def asked(self, tx: Tx, person: Participant, row: Checkin) -> Asked | None:
        """What is on the screen; None when nothing is left to ask."""
        definition = self.definition(tx, person, row)
        answers = records.answers_of(tx, row.id)
        shown = question_shown(definition, answers, row.position)
        if shown is None:
            return None
        return Asked(row, definition, answers, shown, self._week_above(tx, person, row, shown))

    def _week_above(self, tx: Tx, person: Participant, row: Checkin, shown: Question) -> Week | None:
        kind = self.kind(row.name)
        is_here = kind is not None and kind.own_week is not None and kind.own_week.above == shown.id
        return self.own_week(tx, person, row) if is_here else None

    def own_week_at_end(
        self, tx: Tx, person: Participant, row: Checkin, definition: CheckinDefinition
    ) -> Week | None:
        """For whoever was not asked the question above which it stands."""
        kind = self.kind(row.name)
        if kind is None or kind.own_week is None or definition.question(kind.own_week.above) is not None:
            return None
        return self.own_week(tx, person, row)

    def own_week(self, tx: Tx, person: Participant, row: Checkin) -> Week | None:
        """The person's seven days up to that check-in's; None for a kind that does not show them."""
        kind, daily = self.kind(row.name), self.kind(DAILY)
        if kind is None or kind.own_week is None or daily is None:
            return None
        rows = store.begun_between(tx, person.id, DAILY, row.day - timedelta(days=DAYS - 1), row.day)
        days = {one.day: records.answers_of(tx, one.id) for one in rows}
        lines = [
            line_of(question, in_language(title, person.language), days, row.day)
            for id, title in kind.own_week.scales.items()
            if (question := daily.question(id)) is not None
        ]
        return Week(row.day, len(days), lines)

    def edit(self, tx: Tx, person: Participant, row: Checkin, message: Message, now: datetime) -> None:
        outbox.edit(tx, person.key, card(row), message, now=now)

    def next_at(self, tx: Tx, person: Participant, now: datetime, kind: str = DAILY) -> datetime | None:
        """When the next check-in of that kind comes; None when none is planned."""
        plan = store.plan_of(tx, person.id, kind)
        if plan is None or plan.due_at is None or not person.is_active(now):
            return None
        return hours_of(person).awake(plan.due_at)

    def end(self, tx: Tx, person: Participant, row: Checkin, state: State, now: datetime) -> None:
        """Close a live check-in that was not finished; its answers are kept and looked at."""
        definition = self.definition(tx, person, row)
        row = self.raise_concerns(tx, person, row, definition, now)
        self.feel_pulse(tx, person, row, definition, now)
        ended = replace(row, state=state, ended_at=now, set_aside=False, picked=())
        store.save(tx, ended)
        for topic in (PROMPT, REMINDER):
            outbox.withdraw(tx, topic=topic, subject=subject(tx, row), now=now)
        if outbox.card_message_id(tx, card(row)) is not None:
            self.edit(tx, person, ended, self.closed(tx, person, ended, now), now)
        if state is State.EXPIRED and row.is_missed:
            store.missed_one_more(tx, person.id, row.name)

    def closed(self, tx: Tx, person: Participant, row: Checkin, now: datetime) -> Message:
        """What stands in place of a check-in that is over."""
        return screens.closed(self.reader(person), row, self.next_at(tx, person, now, row.name), now)

    def raise_concerns(
        self,
        tx: Tx,
        person: Participant,
        row: Checkin,
        definition: CheckinDefinition,
        now: datetime,
        *,
        only_urgent: bool = False,
    ) -> Checkin:
        """Tell `alerts` of each rule that the answers meet, once; gives the row that remembers it."""
        if row.begun_at is None:
            return row
        answers = _counted(definition, records.answers_of(tx, row.id))
        subject = Subject(person.key, person, person.language)
        told = set(row.raised)
        for rule in concerns(self._content().rules, answers):
            if rule.id in told or (only_urgent and rule.level is not Level.URGENT):
                continue
            told.add(rule.id)
            self._alerts.raise_concern(
                tx,
                subject,
                level=rule.level,
                category=rule.category,
                rule=rule.id,
                source=SOURCE,
                words=described(definition.question(rule.condition.question), answers),
                now=now,
            )
        return replace(row, raised=frozenset(told))

    def fitting(
        self, tx: Tx, person: Participant, row: Checkin, definition: CheckinDefinition
    ) -> Sequence[str]:
        """The modules that the answers call for; none when staff must see to something first."""
        told = {rule.id for rule in self._content().rules if rule.level >= Level.ELEVATED}
        if row.raised & told or open_alert_of(tx, person.key) is not None:
            return ()
        answers = _counted(definition, records.answers_of(tx, row.id))
        return fitting(self._content().suggestions, answers)

    def feel_pulse(
        self, tx: Tx, person: Participant, row: Checkin, definition: CheckinDefinition, now: datetime
    ) -> None:
        """Send less to whoever is worn out, and as much as they chose to whoever no longer is."""
        worn_out = self.is_worn_out(tx, row, definition)
        if worn_out is not None and (worn_out or person.is_eased(now)):
            self._people.ease(tx, person, now if worn_out else None)

    def is_worn_out(self, tx: Tx, row: Checkin, definition: CheckinDefinition) -> bool | None:
        """What the answers say; None when this kind does not ask for it, or nothing of it was answered."""
        kind = self.kind(row.name)
        if kind is None or kind.pulse is None:
            return None
        return kind.pulse.is_worn_out(_counted(definition, records.answers_of(tx, row.id)))

    def rest(self, row: Checkin) -> str:
        """The module for somebody who is worn out."""
        kind = self.kind(row.name)
        return kind.pulse.module if kind is not None and kind.pulse is not None else ""

    def needs_staff_at_once(self, before: Checkin, after: Checkin) -> bool:
        """Whether an urgent rule was met between the two."""
        urgent = {rule.id for rule in self._content().rules if rule.level is Level.URGENT}
        return bool((after.raised - before.raised) & urgent)

    @staticmethod
    def _asked_of(person: Participant, definition: CheckinDefinition) -> CheckinDefinition:
        return without_typing(definition) if person.taps_only else definition


def described(question: Question | None, answers: Answers) -> str:
    """An answer in a few words for staff: "craving 9/10", "safe: no"."""
    if question is None:
        return ""
    given = answers.get(question.id)
    if question.kind is Kind.SCALE:
        return f"{question.id} {given}/{question.maximum}"
    if given is None or isinstance(given, Skipped):
        return question.id
    if isinstance(given, tuple):
        return f"{question.id}: {', '.join(given)}"
    return f"{question.id}: {given}"


def _counted(definition: CheckinDefinition, answers: Answers) -> dict[str, Answer]:
    """The answers to questions that are still shown: going back may have taken one away."""
    shown = {question.id for question in visible(definition, answers)}
    return {question: given for question, given in answers.items() if question in shown}
