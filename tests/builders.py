"""People who have joined already, for tests of what comes after joining."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from bot.delivery import outbox
from bot.people import invites
from bot.people.doorway import Chosen
from bot.people.model import Colleague, Pace, Participant, PersonalFile, Role
from bot.people.store import add_colleague, save_participant
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from bot.storage.database import Tx

USUAL = Chosen(
    name="Sam",
    language="en",
    zone="America/New_York",
    checkin_time=time(18, 0),
    quiet_from=time(22, 0),
    quiet_to=time(8, 0),
    pace=Pace.USUAL,
    taps_only=False,
    consent_version="2026-11",
)
NOTHING_ENTERED = PersonalFile("", "", "", "")


async def a_participant(
    clinic: Clinic, first_name: str = "Sam", *, file: PersonalFile = NOTHING_ENTERED, **chosen: Any
) -> Person:
    """Somebody who has joined, in a private chat in which nothing was said yet."""
    person = clinic.sandbox.person(first_name)
    version = clinic.app.services.content.consent.version

    def unit(tx: Tx) -> None:
        now, key = clinic.clock.now(), outbox.know_chat(tx, person.id, is_group=False)
        expires = now + timedelta(hours=1)
        token = invites.create(tx, role=None, handle="", file=file, by=1, expires_at=expires)
        invite = invites.take(tx, token, key, now)
        choices = replace(USUAL, **{"name": first_name, "consent_version": version, **chosen})
        clinic.app.services.people.join(tx, invite.id, key, choices, now)

    await clinic.run(unit)
    return person


async def a_colleague(clinic: Clinic, handle: str, role: Role, *, active: bool = True) -> Person:
    """A member of staff, in a private chat in which nothing was said yet."""
    person = clinic.sandbox.person(handle.title())

    def unit(tx: Tx) -> None:
        key = outbox.know_chat(tx, person.id, is_group=False)
        colleague = Colleague(tx.new_id(), key, handle, frozenset({role}), "en", active)
        add_colleague(tx, colleague, handle.title(), clinic.clock.now())

    await clinic.run(unit)
    return person


async def participant_of(clinic: Clinic, person: Person) -> Participant:
    """The participant behind a person's chat."""

    def unit(tx: Tx) -> Participant:
        found = clinic.app.services.people.who(tx, outbox.chat_key(tx, person.id))
        assert isinstance(found, Participant)
        return found

    found: Participant = await clinic.run(unit)
    return found


async def change(clinic: Clinic, person: Person, **values: Any) -> Participant:
    """Settings as if the person had changed them."""
    changed = replace(await participant_of(clinic, person), **values)
    await clinic.run(lambda tx: save_participant(tx, changed))
    return changed
