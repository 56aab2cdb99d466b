"""/pause, /stop, /resume: from anywhere, at any time."""

from sqlalchemy import select

from bot.delivery import outbox
from bot.delivery.model import Kind, Message, State
from bot.people.store import participants
from bot.richtext import plain
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.storage.database import Tx
from tests.handlers.stories import joins, joins_staff, says, taps


async def test_a_pause_says_until_when_and_how_to_come_back(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)

    await says(clinic, maya, "/pause")
    await taps(clinic, maya, ("3 days",))

    assert "on Thursday at 10:00 am" in maya.chat.last.text
    assert "/resume" in maya.chat.last.text
    assert "988" in maya.chat.last.text
    await taps(clinic, maya, ("Come back",))
    assert "Good that you are back" in maya.chat.last.text


async def test_a_pause_ends_by_itself(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/pause")
    await taps(clinic, maya, ("1 day",))

    paused = (await clinic.run(participants))[0]
    clinic.clock.advance(24 * 3600)

    assert not paused.is_active(paused.paused_until.replace(hour=0))
    assert paused.is_active(clinic.clock.now())
    await says(clinic, maya, "/start")
    assert "next check-in" in maya.chat.last.text


async def test_stop_stops_at_once_and_says_what_is_kept(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await clinic.run(lambda tx: a_prompt_later(tx, clinic))

    await says(clinic, maya, "/stop")

    words = maya.chat.last.text
    assert "I send you nothing" in words and "Kept:" in words and "988" in words and "/resume" in words
    states = await clinic.run(
        lambda tx: [
            row.state
            for row in tx.all(select(outbox.outbox.c.state).where(outbox.outbox.c.kind == Kind.PROMPT))
        ]
    )
    assert states == [State.WITHDRAWN]


async def test_whoever_stopped_can_come_back(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/stop", "/pause", "/start")
    away = maya.chat.last.text

    await says(clinic, maya, "/resume")

    assert "Nothing comes from me" in away
    assert "Your next check-in comes" in maya.chat.last.text
    assert (await clinic.run(participants))[0].is_active(clinic.clock.now())


async def test_resume_without_a_pause_says_that_all_is_well(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)

    await says(clinic, maya, "/resume")

    assert "Nothing is paused" in maya.chat.last.text


async def test_a_forged_number_of_days_pauses_nothing(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)

    maya.taps_data(maya.chat.last, "pa:zzz")
    maya.taps_data(maya.chat.last, "pa")
    await clinic.settle()

    assert (await clinic.run(participants))[0].is_active(clinic.clock.now())


async def test_strangers_and_staff_have_nothing_to_stop(clinic: Clinic, administrator: Person) -> None:
    stranger = clinic.sandbox.person("Stranger")
    ana = await joins_staff(clinic, administrator, "ana")

    for command, words in (("/pause", "nothing to pause"), ("/stop", "nothing to stop")):
        await says(clinic, stranger, command)
        await says(clinic, ana, command)
        assert words in stranger.chat.last.text
        assert "for participants" in ana.chat.last.text


def a_prompt_later(tx: Tx, clinic: Clinic) -> None:
    from datetime import timedelta

    now, key = clinic.clock.now(), participants(tx)[0].key
    due = now + timedelta(hours=5)
    outbox.send(tx, key, Message(plain("check-in")), kind=Kind.PROMPT, now=now, due=due)


async def test_a_pause_says_when_the_next_check_in_comes(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)

    await says(clinic, maya, "/pause")
    await taps(clinic, maya, ("1 day",))

    assert "tomorrow at 10:00 am" in maya.chat.last.text
    assert "I write again" not in maya.chat.last.text  # at ten nothing comes; the check-in does, at seven


async def test_staff_hear_once_that_somebody_stopped(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "I drank last night and I feel awful about it", "/stop", "/stop")

    told = [message for message in staff_group.messages if "Alert 1 stays open" in message.text]

    assert len(told) == 1
    assert "Stopped" in maya.chat.last.text


async def test_the_card_no_longer_says_that_somebody_left_once_they_are_back(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "I drank last night and I feel awful about it", "/stop")
    assert any("has stopped the bot. The alert" in message.text for message in staff_group.messages)

    await taps(clinic, maya, ("Come back",))

    assert not any("has stopped the bot. The alert" in message.text for message in staff_group.messages)


async def test_staff_hear_that_somebody_with_an_open_alert_cannot_be_written_to(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "I drank last night and I feel awful about it")

    maya.blocks_bot()
    await clinic.settle()

    assert "I cannot write to" in staff_group.last.text
    assert "Alert 1 stays open. Please call." in staff_group.last.text


async def test_away_is_said_as_it_is_with_the_way_back(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/stop", "/checkin")
    stopped = maya.chat.last
    await says(clinic, maya, "/help")
    helped = maya.chat.last.text
    await says(clinic, maya, "good evening")

    assert "pause" not in stopped.text and stopped.labels == ("Come back",)
    assert "/resume" in helped
    assert "/resume" in maya.chat.last.text and "/checkin" not in maya.chat.last.text


async def test_a_stranger_who_pauses_is_not_told_about_stopping(clinic: Clinic) -> None:
    stranger = clinic.sandbox.person("Stranger")

    await says(clinic, stranger, "/pause")

    assert "nothing to pause" in stranger.chat.last.text
