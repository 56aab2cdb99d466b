"""More alerts than the staff group can carry: private chats take over, and the group catches up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.limits import Limits
from bot.sandbox.people import Person
from handlers import conversation
from tests.alert_scenes import ANA_BY_DAY_BEN_IN_THE_EVENING, URGENT
from tests.builders import a_colleague, a_participant
from torture.checks import first_told

COUNT = 40


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    settings = {"HANDRAIL_STAFF__SHIFTS": ANA_BY_DAY_BEN_IN_THE_EVENING}
    made = Clinic(
        tmp_path, conversation(), content=content, settings=settings, limits=Limits(per_chat_burst=1)
    )
    await made.start()
    yield made
    await made.stop()


async def test_forty_urgent_replies_in_a_minute_reach_somebody_within_seconds(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    people: list[Person] = [await a_participant(clinic, f"P{number}") for number in range(COUNT)]
    await clinic.settle()
    said = {}

    for number, person in enumerate(people, start=1):
        said[number] = clinic.clock.now().timestamp()
        person.says(URGENT)
        await clinic.live(seconds=1.5)
    await clinic.live(seconds=20)

    told = first_told(clinic.sandbox, [staff_group.id, ana.id, administrator.id])
    waits = sorted(told[number] - said[number] for number in said)
    assert waits[-1] <= 2.0
    assert clinic.sandbox.ledger.too_many == []

    await clinic.live(seconds=100)

    assert set(first_told(clinic.sandbox, [staff_group.id])) == set(said)
    assert clinic.sandbox.ledger.too_many == []
