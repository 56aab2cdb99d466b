"""What the bot will do next: check-ins, reminders, the next step of open alerts, what waits in the outbox."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.alerts.store import open_alerts
from bot.checkins.ledger import Deed
from bot.checkins.store import live
from bot.delivery.model import OPEN
from bot.delivery.outbox import outbox
from bot.people.store import participants
from bot.scheduling.calendar import instant, local_day
from bot.services import Services
from bot.storage.database import Tx

_DEEDS = {
    Deed.SEND: "the check-in goes out, after quiet hours",
    Deed.ASK_AGAIN: "asked again, at the time the person chose",
    Deed.REMIND: "one reminder, if nothing is answered",
    Deed.EXPIRE: "the check-in closes by itself",
}


@dataclass(frozen=True)
class Next:
    """Something that will happen at that instant. `kind` is check-in, reminder, alert, message or morning."""

    at: datetime
    kind: str
    who: str
    text: str


def ahead(tx: Tx, services: Services, now: datetime) -> list[Next]:
    """Everything that is planned, soonest first."""
    found = [*_checkins(tx, services, now), *_alerts(tx), *_messages(tx), _morning(services, now)]
    return sorted(found, key=lambda item: item.at)


def next_checkin(tx: Tx, services: Services, now: datetime) -> datetime | None:
    """When the next check-in of anybody comes."""
    dues = [services.checkins.next_at(tx, person, now) for person in participants(tx)]
    return min((due for due in dues if due is not None and due > now), default=None)


def waiting(tx: Tx) -> int:
    """How many messages have not left yet."""
    states = [state.value for state in OPEN]
    return int(tx.scalar(select(func.count()).select_from(outbox).where(outbox.c.state.in_(states))) or 0)


def _checkins(tx: Tx, services: Services, now: datetime) -> list[Next]:
    found = []
    for person in participants(tx):
        for title, due in services.checkins.planned(tx, person, now):
            found.append(Next(due, "check-in", person.code, title))
        for row in live(tx, person.id):
            deed = row.deed(row.wake_at) if row.wake_at is not None else None
            if row.wake_at is not None and deed is not None:
                found.append(Next(row.wake_at, "reminder", person.code, _DEEDS[deed]))
    return found


def _alerts(tx: Tx) -> list[Next]:
    found = []
    for alert in open_alerts(tx):
        if alert.next_at is None:
            continue
        taken = alert.claimed_by is not None
        text = "opens again unless it is resolved" if taken else "climbs the ladder unless somebody takes it"
        found.append(Next(alert.next_at, "alert", f"alert {alert.number}", text))
    return found


def _messages(tx: Tx) -> list[Next]:
    """What waits in the outbox, by kind: its words are sealed."""
    states = [state.value for state in OPEN]
    rows = tx.all(
        select(outbox.c.kind, outbox.c.operation, outbox.c.due_at).where(outbox.c.state.in_(states))
    )
    counted = Counter((row.kind, row.operation) for row in rows)
    return [
        Next(
            min(row.due_at for row in rows if (row.kind, row.operation) == (kind, operation)),
            "message",
            "outbox",
            f"{count} waiting: {operation} ({kind})",
        )
        for (kind, operation), count in counted.items()
    ]


def _morning(services: Services, now: datetime) -> Next:
    zone, clock = services.config.program.timezone, services.config.program.morning_message
    days = (local_day(now, zone) + timedelta(days=number) for number in range(4))
    dues = (instant(day, clock, zone) for day in days)
    due = next(due for due in dues if due is not None and due > now)
    return Next(due, "morning", "staff group", "the morning message: codes and counts")
