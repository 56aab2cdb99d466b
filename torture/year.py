"""A clinic's year on a clock that is moved by hand: does what was due add up with what was sent or left out?

Fifty people in twenty zones, both changes of the clocks, restarts, hours without the program, a Telegram that loses
or refuses some of what is sent, people who block the bot, move, and say worrying things. What was due is counted by
`zoneinfo` alone. The first week goes over HTTP, the rest within the process. The database lies in memory where there
is a place for that: what a power cut leaves is not asked here.
Run: `python -m torture.year [--days 365] [--http-days 7] [--people 50] [--seed 1]`.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time as steady
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from benchmarks.people import add_one
from bot.alerts.store import alert, notice
from bot.checkins.rhythm import APART, DAILY
from bot.checkins.store import checkin
from bot.delivery import outbox
from bot.logs import set_up
from bot.people.model import Colleague, Participant, Role
from bot.people.store import add_colleague, save_participant
from bot.sandbox import NO_LIMITS
from bot.sandbox.clinic import Clinic
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.people import Person
from bot.sandbox.process import ROOT
from bot.storage.database import Tx
from handlers import conversation
from torture.every_day import due_on

BEGIN = datetime(2026, 1, 15, 12, tzinfo=UTC)
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "America/St_Johns", "America/Mexico_City",
    "America/Bogota", "America/Santiago", "Europe/London", "Europe/Madrid", "Africa/Casablanca", "Asia/Kolkata",
    "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
)  # fmt: skip
WEEK = timedelta(days=7)
TIMES = tuple(time(hour, minute) for hour in range(8, 22) for minute in (0, 30))
STEP = timedelta(minutes=30)
FAULTY = 0.005  # of the requests, for each kind of trouble
TROUBLE = (FaultKind.ERROR_BEFORE, FaultKind.ERROR_AFTER, FaultKind.ANSWER_LOST, FaultKind.CUT_BODY)
URGENT = "I do not want to be alive anymore"
A_STEP = STEP / timedelta(days=1)
OFTEN = {"answers": 0.3, "worries": 0.01, "blocks": 0.01, "moves": 0.003}  # for each person and day
RESTARTS = 0.15  # a day
LONGEST_AWAY = 8.0  # hours
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
EVERY_DAY = (
    '[{"handle": "ana", "days": ["mon","tue","wed","thu","fri","sat","sun"], "from": "00:00", "to": "00:00"}]'
)


@dataclass
class Ledger:
    """What came of it. `wrong` is empty when all adds up."""

    due: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    alerts: int = 0
    restarts: int = 0
    messages: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Year:
    """One run. `folder` gets the database; after `http_days` messages go without HTTP."""

    def __init__(
        self, folder: Path, *, days: int, people: int, seed: int, begin: datetime = BEGIN, http_days: int = 0
    ) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a run that can be repeated
        settings = {"HANDRAIL_STAFF__SHIFTS": EVERY_DAY}
        self._clinic = Clinic(
            folder,
            conversation(),
            content=ROOT / "content",
            start=begin,
            settings=settings,
            limits=NO_LIMITS,
        )
        self._begin, self._days, self._count = begin, days, people
        self._direct_from = begin + timedelta(days=http_days)
        self._people: dict[int, Person] = {}
        self._members: dict[int, Participant] = {}
        self._movers: set[int] = set()
        self._ledger = Ledger()

    async def run(self) -> Ledger:
        began, clinic = steady.monotonic(), self._clinic
        await clinic.start()
        self._ana = clinic.sandbox.person("Ana")
        people = [clinic.sandbox.person(f"P{number}") for number in range(self._count)]
        for person in (self._ana, *people):
            clinic.sandbox.world.chats[person.id].has_started = True
        await clinic.run(lambda tx: self._join(tx, people))
        for kind in TROUBLE:
            for method in ("sendMessage", "editMessageText"):
                clinic.sandbox.faults.add(Fault(kind, method, None, FAULTY, status=502))
        end = self._begin + timedelta(days=self._days)
        while clinic.clock.now() < end:
            if not clinic.is_direct and clinic.clock.now() >= self._direct_from:
                clinic.is_direct = True
                await clinic.restart_bot()
            await self._step()
        clinic.sandbox.faults.clear()
        await clinic.advance(hours=1, step=60)
        await self._look(clinic.clock.now())
        await clinic.stop()
        self._ledger.messages = len(clinic.sandbox.ledger.sends)
        self._ledger.seconds = steady.monotonic() - began
        return self._ledger

    def _join(self, tx: Tx, people: list[Person]) -> None:
        now = self._clinic.clock.now()
        key = outbox.know_chat(tx, self._ana.id, is_group=False)
        add_colleague(
            tx, Colleague(tx.new_id(), key, "ana", frozenset({Role.FACILITATOR}), "en", True), "Ana", now
        )
        for number, person in enumerate(people):
            quiet = {} if number % 2 else {"quiet_from": time(0), "quiet_to": time(0)}
            member = add_one(
                tx, self._clinic.app, person.id, now, zone=ZONES[number % len(ZONES)],
                checkin_time=self._chance.choice(TIMES), **quiet,
            )  # fmt: skip
            self._people[member.id], self._members[member.id] = person, member

    # What happens

    async def _step(self) -> None:
        clinic = self._clinic
        if self._chance.random() < RESTARTS * A_STEP:
            await clinic.stop_bot()
            clinic.clock.advance(self._chance.uniform(0, LONGEST_AWAY) * 3600)
            await clinic.start_bot()
            self._ledger.restarts += 1
        for member_id, person in self._people.items():
            await self._lives(member_id, person)
        now = clinic.clock.now()
        ahead = STEP - timedelta(seconds=now.timestamp() % STEP.total_seconds()) + timedelta(seconds=1)
        await clinic.advance(seconds=ahead.total_seconds(), step=STEP.total_seconds())
        for row in await clinic.run(lambda tx: tx.all(select(alert).where(alert.c.closed_at.is_(None)))):
            self._ana.says(f"/claim {row.number}")
            self._ana.says(f"/resolve {row.number} reached")

    async def _lives(self, member_id: int, person: Person) -> None:
        is_blocked = self._clinic.sandbox.world.chats[person.id].is_blocked
        if is_blocked:
            if self._chance.random() < A_STEP:
                person.unblocks_bot()
            return
        if self._chance.random() < OFTEN["answers"] * A_STEP:
            self._answer(person)
        if self._chance.random() < OFTEN["worries"] * A_STEP:
            person.says(URGENT)
        if self._chance.random() < OFTEN["blocks"] * A_STEP:
            person.blocks_bot()
        if self._chance.random() < OFTEN["moves"] * A_STEP:
            await self._move(member_id)

    def _answer(self, person: Person) -> None:
        world = self._clinic.sandbox.world
        newest = islice(reversed(world.chats[person.id].messages.values()), 3)
        for message in map(world.seen, newest):
            found = [b.callback_data for row in message.buttons for b in row if b.callback_data]
            answers = [data for data in found if data.startswith("ci-answer:")]
            if answers:
                person.taps_data(message, self._chance.choice(answers))
                return

    async def _move(self, member_id: int) -> None:
        moved = replace(self._members[member_id], zone=self._chance.choice(ZONES))
        self._members[member_id] = moved
        self._movers.add(member_id)

        def unit(tx: Tx) -> None:
            save_participant(tx, moved)
            self._clinic.app.services.checkins.rescheduled(tx, moved, self._clinic.clock.now())

        await self._clinic.run(unit)

    # What came of it

    async def _look(self, end: datetime) -> None:
        rows = await self._clinic.run(lambda tx: tx.all(select(checkin)))
        by_member: dict[int, list[Row[Any]]] = {member: [] for member in self._members}
        for row in rows:
            by_member[row.participant_id].append(row)
            if row.name == DAILY:
                self._ledger.rows[_what_became_of(row)] += 1
        for member_id, mine in by_member.items():
            daily = [row for row in mine if row.name == DAILY]
            self._ledger.wrong += self._wrong_days(member_id, daily, end)
            self._ledger.wrong += self._crowded(member_id, mine)
        if sum(self._ledger.rows.values()) != self._ledger.due:
            self._ledger.wrong.append(f"{self._ledger.due} were due, {dict(self._ledger.rows)} are kept")
        await self._look_at_alerts()

    def _wrong_days(self, member_id: int, rows: list[Row[Any]], end: datetime) -> list[str]:
        member, days = self._members[member_id], Counter(row.day for row in rows)
        found = [f"{member.code}: {count} check-ins on {day}" for day, count in days.items() if count > 1]
        if (
            member_id in self._movers
        ):  # which days they had depends on when they moved: none twice, and no gap
            have = sorted(date.fromisoformat(day) for day in days)
            self._ledger.due += len(have)
            gaps = [later for earlier, later in pairwise(have) if (later - earlier).days > 2]
            return found + [f"{member.code} moved, and had no check-in before {day}" for day in gaps]
        wanted = _days_due(member, self._begin, end)
        self._ledger.due += len(wanted)
        found += [f"{member.code}: no check-in on {day}" for day in sorted(wanted - days.keys())]
        return found + [
            f"{member.code}: a check-in on {day}, not due" for day in sorted(days.keys() - wanted)
        ]

    def _crowded(self, member_id: int, rows: list[Row[Any]]) -> list[str]:
        """A weekly check-in comes once a week, and an hour at least after any other."""
        code = self._members[member_id].code
        weekly = sorted(date.fromisoformat(row.day) for row in rows if row.name != DAILY)
        found = [
            f"{code}: weekly on {day} and {later}" for day, later in pairwise(weekly) if later - day < WEEK
        ]
        sent = sorted((row.sent_at, row.name) for row in rows if row.sent_at is not None)
        return found + [
            f"{code}: {name} at {at}, {at - before} after another"
            for (before, _), (at, name) in pairwise(sent)
            if name != DAILY and at - before < APART
        ]

    async def _look_at_alerts(self) -> None:
        alerts = await self._clinic.run(lambda tx: tx.all(select(alert)))
        told = await self._clinic.run(lambda tx: tx.all(select(notice).where(notice.c.state == "sent")))
        late = self._clinic.clock.now() - timedelta(minutes=5)
        waits = select(outbox.outbox).where(
            outbox.outbox.c.ended_at.is_(None),
            outbox.outbox.c.due_at < late,
            outbox.outbox.c.operation != "delete",
        )
        stuck = await self._clinic.run(lambda tx: tx.all(waits))
        heard = {row.alert_id for row in told}
        self._ledger.alerts = len(alerts)
        self._ledger.wrong += [f"alert {row.number} reached nobody" for row in alerts if row.id not in heard]
        self._ledger.wrong += [f"row {row.id} ({row.kind}) is stuck" for row in stuck]


def _what_became_of(row: Row[Any]) -> str:
    if row.state.startswith("skipped"):
        return str(row.state)
    return {"sent": "sent", "unknown": "sent, perhaps", "not-sent": "not sent", "waiting": "waiting"}[
        row.delivery
    ]


def _days_due(member: Participant, begin: datetime, end: datetime) -> set[str]:
    first = begin.date() - timedelta(days=1)
    days = (first + timedelta(days=number) for number in range((end - begin).days + 3))
    dues = ((day, due_on(day, member.checkin_time, member.zone)) for day in days)
    return {day.isoformat() for day, due in dues if due is not None and begin < due <= end}


def report(ledger: Ledger, days: int, people: int) -> str:
    rows = ", ".join(f"{name} {count}" for name, count in sorted(ledger.rows.items()))
    lines = [f"WRONG: {words}" for words in ledger.wrong[:30]]
    lines += [
        f"check-ins due {ledger.due:,} = {rows}",
        f"year: {days} days, {people} people, {ledger.restarts} restarts, {ledger.alerts} alerts, "
        f"{ledger.messages:,} messages, {len(ledger.wrong)} wrong, {ledger.seconds:.0f} s",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="year", description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--http-days", type=int, default=7)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    set_up("error", "text")
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        made = Year(
            Path(folder),
            days=options.days,
            people=options.people,
            seed=options.seed,
            http_days=options.http_days,
        )
        ledger = asyncio.run(made.run())
    print(report(ledger, options.days, options.people))
    return 1 if ledger.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
