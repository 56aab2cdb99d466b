"""A program without its network, and two workers whose reads and writes come in any order.

The workers are the program's own `Sender` and jobs; what Telegram does is decided by whoever plays. Nothing waits: a
unit of work is run, the clock is moved by hand.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Row, delete, select

from benchmarks.people import add_one
from bot.alerts.model import Subject
from bot.alerts.store import alert, notice
from bot.app import App
from bot.checkins.store import checkin
from bot.clock import ManualClock
from bot.config import read
from bot.delivery import claims, outbox
from bot.delivery.model import Kind, Message, Operation, Outcome, Parcel, Result, State
from bot.delivery.sender import Sender
from bot.people.model import Colleague, Participant, Role
from bot.people.settings import program_setting
from bot.people.store import add_colleague, save_participant
from bot.richtext import plain
from bot.sandbox.clinic import START, TOKEN
from bot.sandbox.process import ROOT
from bot.scheduling.jobs import Job
from bot.screening.model import Category, Level
from bot.storage.columns import metadata
from bot.storage.database import Tx
from bot.storage.sealing import new_key
from bot.storage.secrets import program_secret
from handlers import conversation
from tests.databases import database_url

T = TypeVar("T")
PEOPLE, STAFF = (8_000_000_001, 8_000_000_002), ("ana", "ben")
JOBS = ("alerts", "open check-ins", "tend check-ins")
SOON = timedelta(minutes=2)  # the longest pause after an attempt is one


@dataclass
class Worker:
    """One process: what it has in hand, what Telegram answered it, and the rows it has read as due."""

    sender: Sender
    hand: list[Parcel] = field(default_factory=list)
    answered: list[tuple[Parcel, Result]] = field(default_factory=list)
    due: list[tuple[Job, int, datetime]] = field(default_factory=list)


class World:
    """One database, used again by each example: `clear` empties it."""

    def __init__(self, folder: Path) -> None:
        settings = {
            "HANDRAIL_TELEGRAM__TOKEN": TOKEN,
            "HANDRAIL_DATABASE__URL": database_url(folder),
            "HANDRAIL_CONTENT__PATH": str(ROOT / "content"),
            "HANDRAIL_CONTENT__CACHE": str(folder / "content.last-good"),
            "HANDRAIL_SECURITY__KEYS": new_key(),
            "HANDRAIL_STAFF__ADMINISTRATORS": "9000000000",
        }
        self.clock = ManualClock(START)
        self.app = App(read(None, settings), self.clock, conversation())
        self.database = self.app.services.database
        self.jobs = [job for job in self.app.ticker._jobs if job.name in JOBS]
        self.workers: list[Worker] = []
        self.arrived: list[Row[Any]] = []
        self.people: list[Participant] = []

    def close(self) -> None:
        self.app._opened.close()

    def unit(self, work: Callable[[Tx], T]) -> T:
        done: T = self.database.submit(work).result()
        return done

    def clear(self) -> None:
        """As on the first day: two people who have joined, and two colleagues on duty."""
        self.workers = [self.new_worker(), self.new_worker()]
        self.arrived = []
        self.clock.step((START - self.clock.now()).total_seconds())
        self.people = self.unit(self._set_up)

    def new_worker(self) -> Worker:
        made = Sender(self.database, self.app.services.bot, self.clock)
        made._handlers = self.app.sender._handlers
        self.unit(lambda tx: claims.clock_was_put_back(tx, self.clock.now()))  # as each start does
        return Worker(made)

    def _set_up(self, tx: Tx) -> list[Participant]:
        for table in metadata.sorted_tables:
            if table not in (program_secret, program_setting):
                tx.execute(delete(table))
        now = self.clock.now()
        for number, handle in enumerate(STAFF):
            key = outbox.know_chat(tx, 9_000_000_000 + number, is_group=False)
            colleague = Colleague(tx.new_id(), key, handle, frozenset({Role.FACILITATOR}), "en", active=True)
            add_colleague(tx, colleague, handle.title(), now)
        at = (now + timedelta(hours=1)).time()
        never = {"quiet_from": time(0), "quiet_to": time(0)}
        return [add_one(tx, self.app, who, now, zone="UTC", checkin_time=at, **never) for who in PEOPLE]

    # What happens

    def say(self, person: int, kind: Kind, number: int) -> None:
        def work(tx: Tx) -> None:
            expires = self.clock.now() + timedelta(hours=2) if kind is Kind.PROMPT else None
            message = Message(plain(str(number)))
            outbox.send(
                tx, self.people[person].key, message, kind=kind, now=self.clock.now(), expires=expires
            )

        self.unit(work)

    def worry(self, person: int, level: Level) -> None:
        def work(tx: Tx) -> None:
            who = self.people[person]
            subject = Subject(who.key, who, "en")
            self.app.services.alerts.raise_concern(
                tx, subject, level=level, category=Category.SUICIDE, rule="model", source="message",
                words="words", now=self.clock.now(),
            )  # fmt: skip

        self.unit(work)

    def change_time(self, person: int, minutes: int) -> None:
        """Somebody sets their check-in's time anew."""

        def work(tx: Tx) -> None:
            now = self.clock.now()
            at = (now + timedelta(minutes=minutes)).time().replace(second=0, microsecond=0)
            self.people[person] = replace(self.people[person], checkin_time=at)
            save_participant(tx, self.people[person])
            self.app.services.checkins.rescheduled(tx, self.people[person], now)

        self.unit(work)

    def claim(self, worker: Worker) -> None:
        most = 3 - len(worker.hand)
        if most > 0:
            worker.hand += self.unit(lambda tx: worker.sender._claimed(tx, most)).parcels

    def telegram(self, worker: Worker, which: int, outcome: Outcome, *, has_arrived: bool) -> None:
        """A parcel in hand is carried; it may arrive without the worker knowing."""
        parcel = worker.hand.pop(which)
        if has_arrived and parcel.operation is Operation.SEND:
            row = self.unit(lambda tx: tx.first(select(outbox.outbox).where(outbox.outbox.c.id == parcel.id)))
            assert row is not None
            self.arrived.append(row)
        number = len(self.arrived) + 1
        result = Result(outcome, message_id=number, retry_after=2.0)
        worker.answered.append((parcel, result))

    def settle(self, worker: Worker, which: int) -> None:
        parcel, result = worker.answered.pop(which)
        self.unit(lambda tx: worker.sender._follow_up(tx, worker.sender._settle(tx, parcel, result)))

    def look(self, worker: Worker) -> None:
        """The tick's first half."""
        now = self.clock.now()
        worker.due = self.unit(lambda tx: [(job, row, now) for job in self.jobs for row in job.due(tx, now)])

    def act(self, worker: Worker) -> None:
        """The tick's second half, for one row."""
        job, row, now = worker.due.pop(0)
        self.unit(lambda tx: job.act(tx, row, now))

    def take(self, colleague: int) -> None:
        """A colleague takes the oldest open alert."""

        def work(tx: Tx) -> None:
            alerts = self.app.services.alerts
            waiting = [each for each in alerts.desk.open_alerts(tx) if each.state == "open"]
            by = self.app.services.people.colleagues(tx)[colleague]
            if waiting:
                alerts.desk.claim(tx, waiting[0], by, self.clock.now())

        self.unit(work)

    def set_clock(self, seconds: float) -> None:
        """Somebody sets the computer's clock; each sender has read it within the last second."""
        for worker in self.workers:
            worker.sender._last_now = max(worker.sender._last_now or START, self.clock.now())
        self.clock.step(seconds)

    # What is

    def rows(self, table: Any) -> list[Row[Any]]:
        return list(self.unit(lambda tx: tx.all(select(table).order_by(*table.primary_key.columns))))

    def calm(self) -> None:
        """Every process ends and one begins; Telegram answers well; two hours pass."""
        self.workers = [self.new_worker()]
        worker = self.workers[0]
        for _ in range(40):
            self.clock.advance(31)
            for _ in range(30):
                self.claim(worker)
                if not worker.hand:
                    break
                while worker.hand:
                    self.telegram(worker, 0, Outcome.SENT, has_arrived=True)
                while worker.answered:
                    self.settle(worker, 0)
                self.clock.advance(1.1)
            else:
                raise AssertionError("it does not come to rest")

    def wrong_at_any_time(self) -> list[str]:
        """What must never be, whatever happens."""
        prompts: defaultdict[int, int] = defaultdict(int)
        for row in self.arrived:
            prompts[row.id] += row.kind == Kind.PROMPT
        found = [f"prompt {row} arrived {count} times" for row, count in prompts.items() if count > 1]
        days: defaultdict[Any, int] = defaultdict(int)
        for row in self.rows(checkin):
            days[row.participant_id, row.name, row.day] += 1
        found += [f"{count} check-ins on {day}" for day, count in days.items() if count > 1]
        told: defaultdict[Any, int] = defaultdict(int)
        for row in self.rows(notice):
            told[row.alert_id, row.round, row.recipient] += 1
        found += [f"notice {each} was written {count} times" for each, count in told.items() if count > 1]
        return found + self._out_of_order()

    def _out_of_order(self) -> list[str]:
        first: dict[str, list[int]] = defaultdict(list)
        for row in self.arrived:
            if (row.id not in first[row.stream] and row.created_at == row.due_at) or row.attempt > 1:
                first[row.stream].append(row.id)
        found = []
        for stream, ids in first.items():
            firsts = list(dict.fromkeys(ids))
            if firsts != sorted(firsts):
                found.append(f"stream {stream}: {firsts}")
        return found

    def wrong_at_rest(self) -> list[str]:
        """What must be once it is calm: everything that was committed has arrived or has ended for a reason."""
        arrived = {row.id for row in self.arrived}
        found = []
        for row in self.rows(outbox.outbox):
            is_late = row.due_at <= self.clock.now() or (row.attempt and row.due_at > self.clock.now() + SOON)
            if row.ended_at is None and is_late:
                found.append(f"row {row.id} ({row.kind}, {row.state}) is stuck")
            elif row.state == State.SENT and row.operation == Operation.SEND and row.id not in arrived:
                found.append(f"row {row.id} ({row.kind}) is said to have arrived, and has not")
            elif row.state == State.UNKNOWN and row.kind != Kind.PROMPT:
                found.append(f"row {row.id} ({row.kind}) was given up")
        told = {row.alert_id for row in self.rows(notice)}
        found += [f"alert {row.number} was told to nobody" for row in self.rows(alert) if row.id not in told]
        return found
