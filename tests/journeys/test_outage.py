"""Telegram is silent for long: staff hear of it, what nobody has is told anew, and a deaf process ends."""

import asyncio

import pytest

from bot.outage import NothingHeard
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from tests.alert_scenes import URGENT
from tests.builders import a_participant

SAID = "I did not hear from Telegram"


def told(group: Group) -> list[str]:
    return [message.text for message in group.messages if SAID in message.text]


async def silence(clinic: Clinic, **duration: float) -> None:
    clinic.sandbox.faults.down()
    await clinic.advance(step=20, **duration)
    clinic.sandbox.faults.up()
    await clinic.advance(minutes=3, step=20)


async def test_a_silence_of_more_than_an_hour_is_told_and_open_alerts_are_posted_again(
    clinic: Clinic, staff_group: Group
) -> None:
    sam = await a_participant(clinic, "Sam")
    await clinic.advance(minutes=2, step=20)
    sam.says(URGENT)
    await clinic.settle()
    cards = [message.id for message in staff_group.messages if "URGENT" in message.text]

    await silence(clinic, minutes=75)

    assert len(told(staff_group)) == 1 and "24 hours" not in told(staff_group)[0]
    newest = [message for message in staff_group.messages if "URGENT" in message.text][-1]
    assert newest.id not in cards and "I have this" in newest.labels


async def test_a_short_silence_is_not_told(clinic: Clinic, staff_group: Group) -> None:
    await clinic.advance(minutes=2, step=20)

    await silence(clinic, minutes=40)

    assert told(staff_group) == []


async def test_a_night_without_the_program_is_told_at_its_start(clinic: Clinic, staff_group: Group) -> None:
    await clinic.advance(minutes=2, step=20)
    await clinic.stop_bot()
    clinic.clock.advance(30 * 3600)

    await clinic.start_bot()
    await clinic.advance(minutes=2, step=20)

    assert len(told(staff_group)) == 1 and "24 hours" in told(staff_group)[0]


async def test_a_process_that_hears_nothing_for_90_seconds_ends(clinic: Clinic) -> None:
    watching = asyncio.create_task(clinic.app.outage.watch(asyncio.Event()))
    await clinic.advance(minutes=5, step=15)
    assert not watching.done()

    clinic.sandbox.faults.down()
    await clinic.advance(minutes=3, step=15)

    with pytest.raises(NothingHeard, match="90 seconds"):
        await watching
