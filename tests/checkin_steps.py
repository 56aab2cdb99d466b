"""Steps that tests of check-ins share: somebody who gets them, and a look into the ledger."""

from datetime import datetime
from typing import Any

from bot.checkins import records, store
from bot.checkins.ledger import Checkin
from bot.checkins.model import Answer
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from bot.storage.database import Tx
from tests.builders import a_participant, participant_of


async def somebody(clinic: Clinic, first_name: str = "Sam", **chosen: Any) -> Person:
    """Has joined now, and the first check-in is planned."""
    person = await a_participant(clinic, first_name, **chosen)
    participant = await participant_of(clinic, person)
    person.says("/help")  # a bot may write only to somebody who has written first
    await clinic.settle()
    await clinic.run(lambda tx: clinic.app.services.checkins.joined(tx, participant, clinic.clock.now()))
    return person


async def asked(clinic: Clinic, first_name: str = "Sam", **chosen: Any) -> Person:
    """Has the first question of the day on the screen."""
    person = await somebody(clinic, first_name, **chosen)
    due = await next_at(clinic, person)
    assert due is not None
    await clinic.until(due)
    return person


async def next_at(clinic: Clinic, person: Person) -> datetime | None:
    participant = await participant_of(clinic, person)
    now = clinic.clock.now()
    found: datetime | None = await clinic.run(
        lambda tx: clinic.app.services.checkins.next_at(tx, participant, now)
    )
    return found


async def ledger(clinic: Clinic, person: Person) -> list[Checkin]:
    """All rows of that person, oldest first."""
    participant = await participant_of(clinic, person)

    def unit(tx: Tx) -> list[Checkin]:
        of_person = store.checkin.c.participant_id == participant.id
        rows = tx.all(store.checkin.select().where(of_person).order_by(store.checkin.c.day))
        found = [store.by_id(tx, row.id) for row in rows]
        return [row for row in found if row is not None]

    rows: list[Checkin] = await clinic.run(unit)
    return rows


async def answers(clinic: Clinic, person: Person) -> dict[str, Answer]:
    """What that person has answered in the newest check-in."""
    newest = (await ledger(clinic, person))[-1]
    found: dict[str, Answer] = await clinic.run(lambda tx: records.answers_of(tx, newest.id))
    return found


async def taps(clinic: Clinic, person: Person, *labels: str) -> None:
    """One tap after another, each after the screen has changed."""
    for label in labels:
        person.taps(label)
        await clinic.settle()


async def says(clinic: Clinic, person: Person, *texts: str) -> None:
    for text in texts:
        person.says(text)
        await clinic.settle()
