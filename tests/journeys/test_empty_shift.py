"""A rota with a name on it that nobody has: those hours are not staffed, and staff are told of the gap."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from handlers import conversation
from tests.alert_scenes import URGENT, bot_texts
from tests.builders import a_colleague, a_participant
from tests.conftest import Tee

GHOST_BY_DAY_ANA_AT_NIGHT = (
    '[{"handle": "ghost", "days": ["mon","tue","wed"], "from": "08:00", "to": "18:00"},'
    ' {"handle": "ana", "days": ["mon","tue","wed"], "from": "18:00", "to": "22:00"}]'
)
NEXT_MORNING = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    """It is Monday, 10:00 in New York: the hour of somebody who is not on the team."""
    settings = {"HANDRAIL_STAFF__SHIFTS": GHOST_BY_DAY_ANA_AT_NIGHT}
    made = Clinic(tmp_path, conversation(), content=content, settings=settings)
    await made.start()
    yield made
    await made.stop()


async def test_a_person_is_not_told_that_staff_are_there(clinic: Clinic, staff_group: Group) -> None:
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    sam = await a_participant(clinic, "Sam")
    ana.says("/start")
    sam.says("/start")
    await clinic.settle()

    sam.says(URGENT)
    await clinic.settle()

    said = "\n".join(bot_texts(sam))
    assert "6:00 pm" in said  # when somebody does read
    assert any("URGENT" in text for text in bot_texts(ana))  # the next on shift is woken all the same


async def test_staff_read_of_the_gap_in_the_morning_and_the_log_says_it(
    clinic: Clinic, staff_group: Group, log: Tee
) -> None:
    await a_colleague(clinic, "ana", Role.FACILITATOR)

    await clinic.until(NEXT_MORNING, step=1800)

    assert "not on the team: ghost" in staff_group.chat.last.text
    assert "on the rota, but not on the team" in log.getvalue()
    assert "ghost" in log.getvalue()


async def test_the_hours_in_the_consent_are_those_that_somebody_works(
    clinic: Clinic, staff_group: Group
) -> None:
    await a_colleague(clinic, "ana", Role.FACILITATOR)
    sam = await a_participant(clinic, "Sam")
    sam.says("/privacy")
    await clinic.settle()

    said = "\n".join(bot_texts(sam))
    assert "6:00 pm–10:00 pm" in said
    assert "8:00 am" not in said
