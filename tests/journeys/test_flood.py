"""More alerts than the staff group can carry: private chats take over, and the group catches up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.limits import Limits
from bot.sandbox.people import Person
from handlers import conversation
from tests.alert_scenes import ANA_BY_DAY_BEN_IN_THE_EVENING, URGENT
from tests.builders import a_colleague, a_participant
from torture.checks import first_told

COUNT = 40
STEP = 0.1  # seconds of the moved clock between two looks


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    settings = {"HANDRAIL_STAFF__SHIFTS": ANA_BY_DAY_BEN_IN_THE_EVENING}
    made = Clinic(
        tmp_path, conversation(), content=content, settings=settings, limits=Limits(per_chat_burst=1)
    )
    await made.start()
    yield made
    await made.stop()


async def live(clinic: Clinic, seconds: float) -> None:
    """Time passes evenly, as for people: nothing is waited for."""
    for _ in range(round(seconds / STEP)):
        clinic.clock.advance(STEP)
        for _ in range(6):
            await asyncio.sleep(0.001)


async def test_forty_urgent_replies_in_a_minute_reach_somebody_within_seconds(clinic: Clinic) -> None:
    chief = clinic.administrators[0]
    group = clinic.sandbox.group("River House staff", administrators=[chief])
    group.add_bot(chief)
    chief.says("/start")
    chief.says(f"/staff_group@{clinic.sandbox.username}", in_=group)
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    people: list[Person] = [await a_participant(clinic, f"P{number}") for number in range(COUNT)]
    await clinic.settle()
    said = {}

    for number, person in enumerate(people, start=1):
        said[number] = clinic.clock.now().timestamp()
        person.says(URGENT)
        await live(clinic, 1.5)
    await live(clinic, 20)

    told = first_told(clinic.sandbox, [group.id, ana.id, chief.id])
    waits = sorted(told[number] - said[number] for number in said)
    assert waits[-1] <= 3.0
    assert clinic.sandbox.ledger.too_many == []

    await live(clinic, 100)

    assert set(first_told(clinic.sandbox, [group.id])) == set(said)
    assert clinic.sandbox.ledger.too_many == []
