"""Which check-in comes next, for each person and kind: the plans that the ticker acts on.

A plan is found anew when somebody joins, comes back, moves, or chooses otherwise, and when staff change a file.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.checkins import store
from bot.checkins.desk import Desk
from bot.checkins.ledger import FARTHEST
from bot.checkins.model import CheckinDefinition
from bot.checkins.rhythm import AS_CHOSEN, Rhythm
from bot.checkins.store import Plan
from bot.people.model import Participant, ParticipantState
from bot.scheduling.calendar import instant, local_day, next_checkin
from bot.storage.database import Tx

LOOK_AHEAD = FARTHEST - timedelta(days=1)
"""A plan farther off is looked at before its time, so that one made by a wrong clock is found."""


class Plans:
    """Keeps a plan for each person and each kind of check-in that the content has."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def make(self, tx: Tx, person: Participant, now: datetime) -> None:
        """Find every next check-in anew: somebody joined, came back, or changed time or zone."""
        known = {plan.kind: plan for plan in store.plans_of(tx, person.id)}
        for definition in self._desk.kinds():
            self._make_one(tx, person, definition, known.pop(definition.name, None), now)
        for gone in known.values():
            store.change_plan(tx, gone, _nothing_due(gone))

    def refresh(self, tx: Tx, person: Participant, now: datetime) -> None:
        """Take up what staff changed about when check-ins come; what is due this moment is left to be asked."""
        known = {plan.kind: plan for plan in store.plans_of(tx, person.id)}
        for definition in self._desk.kinds():
            plan = known.pop(definition.name, None)
            if plan is not None and definition.rhythm == AS_CHOSEN and _stands(plan, now):
                look_at = min(plan.due_at or now, now + LOOK_AHEAD)
                store.change_plan(tx, plan, replace(plan, look_at=look_at))
            elif plan is None or not (plan.is_due(now) and definition.rhythm.is_on(plan.wanted)):
                self._make_one(tx, person, definition, plan, now)
        for gone in known.values():
            store.change_plan(tx, gone, _nothing_due(gone))

    def drop(self, tx: Tx, person: Participant) -> None:
        """Nothing is due any more."""
        for plan in store.plans_of(tx, person.id):
            store.change_plan(tx, plan, _nothing_due(plan))

    def choose(self, tx: Tx, person: Participant, kind: str, now: datetime, *, wanted: bool) -> None:
        """The person wants this kind of check-in, or no longer."""
        self.refresh(tx, person, now)
        plan, definition = store.plan_of(tx, person.id, kind), self._desk.kind(kind)
        if plan is None or definition is None:
            return
        chosen = replace(plan, wanted=wanted)
        store.change_plan(tx, plan, _next(person, definition.rhythm, chosen, now))

    def taken_early(self, tx: Tx, person: Participant, kind: str, day: date, now: datetime) -> None:
        """The check-in of that day has begun by the person's own wish: it does not come again."""
        definition, known = self._desk.kind(kind), store.plan_of(tx, person.id, kind)
        if definition is None:
            return
        held = replace(
            known or Plan(person.id, kind, person.zone), last_day=day, last_at=now, zone=person.zone
        )
        following = _next(person, definition.rhythm, held, now)
        if known is None:
            store.add_plan(tx, following)
        else:
            store.change_plan(tx, known, following)

    def move_on(
        self, tx: Tx, person: Participant, plan: Plan, done: Plan, rhythm: Rhythm, after: datetime
    ) -> bool:
        """The next one after `done`; false when another worker was first."""
        return store.change_plan(tx, plan, _next(person, rhythm, done, after))

    def _make_one(
        self,
        tx: Tx,
        person: Participant,
        definition: CheckinDefinition,
        known: Plan | None,
        now: datetime,
    ) -> None:
        if known is not None and _steps_aside(known, person, definition.rhythm, now):
            return
        if known is not None:
            following = _next(person, definition.rhythm, _sane(known, person, now), now)
            if following != known:
                store.change_plan(tx, known, following)
            return
        first = Plan(person.id, definition.name, person.zone)
        if definition.rhythm.weekday is not None:  # somebody who is new has no week yet to look back on
            first = replace(first, last_day=local_day(now, person.zone))
        store.add_plan(tx, _next(person, definition.rhythm, first, now))


def planned(person: Participant, rhythm: Rhythm, last: Plan, after: datetime) -> Plan:
    """The plan with the next check-in after that instant."""
    moved = last.zone != person.zone
    day, due = next_checkin(
        after,
        rhythm.hour(person),
        person.zone,
        last_day=last.last_day,
        last_at=last.last_at if moved else None,
        weekday=rhythm.weekday,
    )
    return replace(last, day=day, due_at=due, look_at=min(due, after + LOOK_AHEAD))


def _next(person: Participant, rhythm: Rhythm, last: Plan, after: datetime) -> Plan:
    """The next one, or none for whoever has stopped or does not want this kind."""
    if person.state is ParticipantState.STOPPED or not rhythm.is_on(last.wanted):
        return _nothing_due(last)
    return planned(person, rhythm, last, after)


def _steps_aside(plan: Plan, person: Participant, rhythm: Rhythm, now: datetime) -> bool:
    """Its hour has come, and it waits for another check-in: it is not put off to another day."""
    if rhythm.at is None or plan.day is None or plan.due_at is None or not rhythm.is_on(plan.wanted):
        return False
    due = instant(plan.day, rhythm.hour(person), person.zone)
    return due is not None and due <= now < plan.due_at <= rhythm.latest(due)


def _stands(plan: Plan, now: datetime) -> bool:
    """It is ahead, and not so far that a clock that was wrong made it: no file can change when it comes."""
    return plan.due_at is not None and now < plan.due_at <= now + FARTHEST


def _nothing_due(plan: Plan) -> Plan:
    return replace(plan, day=None, due_at=None, look_at=None)


def _sane(plan: Plan, person: Participant, now: datetime) -> Plan:
    """Without a last check-in that lies in the future, left there by a clock that was wrong."""
    ahead = plan.last_day is not None and plan.last_day > local_day(now, person.zone) + timedelta(days=1)
    return replace(plan, last_day=None, last_at=None) if ahead else plan
