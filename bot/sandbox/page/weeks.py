"""The weeks before: check-ins as the bot keeps them once they are over, written in bulk.

A month of taps would take the bot half a minute's work. What stays of them is the same: a row of the ledger, its
answers on their definition, what staff were told, and the last screen in the chat.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.alerts.model import Subject
from bot.checkins import records, screens, store
from bot.checkins.desk import SOURCE, card, described
from bot.checkins.ledger import Checkin, State, answered, arrived
from bot.checkins.model import Answer, CheckinDefinition, Kind, concerns
from bot.checkins.records import answer
from bot.checkins.screens import Reader
from bot.delivery.model import Message
from bot.delivery.outbox import card_message
from bot.people.model import Participant
from bot.sandbox.page.past import Past
from bot.sandbox.people import Person


@dataclass(frozen=True)
class Day:
    """Somebody's check-in of one day; no answers when it was missed."""

    person: Person
    who: Participant
    day: date
    due: datetime
    answers: dict[str, Answer]


class Weeks:
    """Collects rows, and writes them at the end."""

    def __init__(self, past: Past, definition: CheckinDefinition) -> None:
        self._past = past
        self._definition = definition
        self._answers: list[dict[str, Any]] = []
        self._cards: list[dict[str, Any]] = []

    def add(self, day: Day, *, after: timedelta) -> None:
        """That day's check-in, answered `after` so long, or closed by itself."""
        past = self._past
        past.clock.advance((day.due - past.clock.now()).total_seconds())
        sent = arrived(self._row(day), day.due, self._definition, surely=True)
        if day.answers:
            past.clock.advance(after.total_seconds())
            row = self._done(day, sent)
        else:
            row = replace(sent, state=State.EXPIRED, reminded_at=sent.remind_at, ended_at=sent.expires_at)
            closed = screens.closed(self._reader(day), row, day.due + timedelta(days=1), day.due)
            self._show(day, row, closed)
        store.add(past.tx, row)

    def write(self) -> None:
        """Put down what was collected."""
        records.keep_definition(self._past.tx, self._definition, self._past.clock.now())
        for table, rows in ((answer, self._answers), (card_message, self._cards)):
            if rows:
                self._past.tx.execute(insert(table), rows)

    def _row(self, day: Day) -> Checkin:
        return Checkin(
            id=self._past.tx.new_id(),
            participant_id=day.who.id,
            name=self._definition.name,
            day=day.day,
            revision=self._definition.revision,
            due_at=day.due,
            expires_at=day.due + timedelta(hours=self._definition.expire_after_hours),
        )

    def _done(self, day: Day, row: Checkin) -> Checkin:
        now, last = self._past.clock.now(), [*day.answers][-1]
        for asked in self._definition.questions:
            if asked.id in day.answers:
                given = day.answers[asked.id]
                self._answers.append(records.answer_row(self._past.tx, row, asked, given, now))
        raised = self._raise(day, row, now)
        question = self._definition.question(last)
        if question is not None and question.kind is Kind.TEXT and isinstance(day.answers[last], str):
            day.person.says(str(day.answers[last]))
            self._past.sandbox.world.queue.drop_all()
        done = replace(
            answered(row, now, self._definition), state=State.DONE, position=last, raised=raised, ended_at=now
        )
        self._show(day, done, screens.done(self._reader(day), self._definition))
        return done

    def _raise(self, day: Day, row: Checkin, now: datetime) -> frozenset[str]:
        """Staff hear of the same answers as on any day."""
        services, told = self._past.services, set[str]()
        for rule in concerns(services.content.rules, day.answers):
            told.add(rule.id)
            services.alerts.raise_concern(
                self._past.tx,
                Subject(day.who.key, day.who, day.who.language),
                level=rule.level,
                category=rule.category,
                rule=rule.id,
                source=SOURCE,
                words=described(self._definition.question(rule.condition.question), day.answers),
                now=now,
            )
        return frozenset(told)

    def _show(self, day: Day, row: Checkin, message: Message) -> None:
        shown = self._past.say(day.person.id, message)
        self._cards.append({"name": card(row), "chat_key": day.who.key, "message_id": shown})

    def _reader(self, day: Day) -> Reader:
        return Reader(self._past.services.content.phrases, day.who.language, day.who.zone)
