"""Discharges with a reason, and a new phone: the same person goes on, and the old chat is cut off at once."""

import json

import pytest

from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.alert_scenes import URGENT, Scene, bot_texts, set_up
from tests.builders import participant_of
from tests.handlers.stories import link_in, says, taps


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


async def code_of(scene: Scene) -> str:
    return (await participant_of(scene.clinic, scene.sam)).code


# Discharge


async def test_a_discharged_person_is_told_kindly_and_gets_no_prompts(scene: Scene) -> None:
    code = await code_of(scene)

    await says(scene.clinic, scene.ana, f"/discharge {code} finished the program")

    assert "is discharged" in scene.ana.chat.last.text
    assert "has come to its end" in scene.sam.chat.last.text
    assert "/help_now" in scene.sam.chat.last.text
    seen = len(scene.sam.chat.messages)
    await scene.clinic.advance(hours=48, step=3600)
    assert len(scene.sam.chat.messages) == seen
    assert f"ana: discharged {code}" in await scene.audited()


async def test_a_discharge_wants_a_reason_and_shows_it_in_the_export(scene: Scene) -> None:
    code = await code_of(scene)

    await says(scene.clinic, scene.ana, f"/discharge {code}")
    assert "the reason" in scene.ana.chat.last.text

    await says(scene.clinic, scene.ana, f"/discharge {code} moved to another town")
    await says(scene.clinic, scene.sam, "/export")
    data = next(
        message.data for message in scene.sam.chat.messages if (message.file_name or "").endswith("json")
    )
    assert json.loads(data or b"")["participant"][0]["discharge"] == "moved to another town"


async def test_a_discharged_person_is_still_heard_and_comes_back_only_by_staff(scene: Scene) -> None:
    code = await code_of(scene)
    await says(scene.clinic, scene.ana, f"/discharge {code} finished")

    await says(scene.clinic, scene.sam, "/resume")
    assert "only the staff" in scene.sam.chat.last.text
    await says(scene.clinic, scene.sam, URGENT)
    assert scene.group_cards()

    await says(scene.clinic, scene.ana, f"/readmit {code}")
    assert "Good that you are back" in scene.sam.chat.last.text
    assert f"ana: taken back in {code}" in await scene.audited()


async def test_a_code_nobody_has_is_said(scene: Scene) -> None:
    for command in ("/discharge blue heron 999 gone", "/readmit blue heron 999", "/relink blue heron 999"):
        await says(scene.clinic, scene.ana, command)
        assert "code" in scene.ana.chat.last.text.lower()


# A new phone


async def moves(scene: Scene) -> Person:
    await says(scene.clinic, scene.ana, f"/relink {await code_of(scene)}")
    new = scene.clinic.sandbox.person("Sam new")
    new.opens_link(link_in(scene.ana))
    await scene.clinic.settle()
    return new


async def test_the_person_goes_on_in_the_new_chat_and_the_old_one_is_cut_off(scene: Scene) -> None:
    code = await code_of(scene)

    new = await moves(scene)

    assert "Welcome back" in "".join(bot_texts(new))
    assert "This chat is closed" in scene.sam.chat.last.text
    assert (await participant_of(scene.clinic, new)).code == code
    await says(scene.clinic, scene.sam, "/checkin")
    assert "have joined" in scene.sam.chat.last.text
    assert f"ana: relink {code}" in await scene.audited()
    assert f"handrail: relinked {code}" in await scene.audited()
    assert f"{code} has moved" in scene.ana.chat.last.text


async def test_an_open_alert_follows_to_the_new_chat(scene: Scene) -> None:
    await says(scene.clinic, scene.sam, URGENT)

    new = await moves(scene)
    await says(scene.clinic, scene.ana, "/claim 1", "/reply 1 I am calling you now")

    said = "\n".join(bot_texts(new))
    assert "988" in said
    assert "I am calling you now" in said
    assert "I am calling you now" not in "\n".join(bot_texts(scene.sam))


async def test_such_a_link_works_once(scene: Scene) -> None:
    await moves(scene)
    thief = scene.clinic.sandbox.person("Thief")

    thief.opens_link(link_in(scene.ana))
    await scene.clinic.settle()

    assert "does not work any more" in thief.chat.last.text


async def test_a_newer_link_ends_the_older_one(scene: Scene) -> None:
    await says(scene.clinic, scene.ana, f"/relink {await code_of(scene)}")
    older = link_in(scene.ana)
    await says(scene.clinic, scene.ana, f"/relink {await code_of(scene)}")
    thief = scene.clinic.sandbox.person("Thief")

    thief.opens_link(older)
    await scene.clinic.settle()

    assert "does not work any more" in thief.chat.last.text


async def test_a_check_in_that_was_open_can_be_done_on_the_new_phone(scene: Scene) -> None:
    await says(scene.clinic, scene.sam, "/checkin")
    await taps(scene.clinic, scene.sam, ("5",))

    new = await moves(scene)
    await says(scene.clinic, new, "/checkin")

    assert "5" in new.chat.last.labels


async def test_a_deleted_staff_group_sends_alerts_to_private_chats_at_once(scene: Scene) -> None:
    scene.group.delete()
    await scene.clinic.settle()

    await says(scene.clinic, scene.sam, URGENT)

    assert any("Alert 1" in text for text in bot_texts(scene.ana))
    assert any("Alert 1" in text for text in bot_texts(scene.ben))
