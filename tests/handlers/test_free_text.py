"""Typed words that nothing waits for, and whatever else nobody took."""

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from tests.builders import a_colleague
from tests.checkin_steps import answers, asked, says, somebody, taps


async def test_small_talk_gets_one_short_answer_of_what_the_bot_can_do(clinic: Clinic):
    sam = await somebody(clinic)
    before = len(sam.chat.messages)

    await says(clinic, sam, "hello there")

    assert len(sam.chat.messages) == before + 2
    assert sam.chat.last.text.startswith("I am a bot, so I cannot chat.")
    assert "/help_now" in sam.chat.last.text


async def test_after_a_crisis_reply_nothing_more_is_said(clinic: Clinic, staff_group: Group):
    sam = await somebody(clinic)

    await says(clinic, sam, "I want to kill myself tonight")

    assert "988" in sam.chat.last.text
    assert not any("I cannot chat" in message.text for message in sam.chat.messages)


async def test_a_visitor_is_told_how_to_join(clinic: Clinic):
    visitor = clinic.sandbox.person("Kim")

    await says(clinic, visitor, "hi")

    assert "open the link" in visitor.chat.last.text


async def test_staff_are_pointed_to_help(clinic: Clinic):
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)

    await says(clinic, ana, "hi")

    assert ana.chat.last.text == "I did not get that. /help shows what I can do."


async def test_a_mistyped_command_is_guessed(clinic: Clinic):
    sam = await somebody(clinic)

    await says(clinic, sam, "/chekin")

    assert "Did you mean /checkin?" in sam.chat.last.text


async def test_an_unknown_command_is_mended_without_naming_what_staff_can_do(clinic: Clinic):
    sam = await somebody(clinic)

    await says(clinic, sam, "/revael 12")

    assert sam.chat.last.text.startswith("I do not know that command.")
    assert "reveal" not in sam.chat.last.text


async def test_an_unknown_button_is_answered(clinic: Clinic):
    sam = await somebody(clinic)

    sam.taps_data(sam.chat.last, "no-such-button:1")
    await clinic.settle()

    assert sam.chat.toasts[-1].text


async def test_a_forwarded_text_is_nobodys_answer(clinic: Clinic):
    sam = await asked(clinic)

    sam.forwards("7")
    await clinic.settle()

    assert await answers(clinic, sam) == {}


async def test_an_edit_never_changes_a_stored_answer(clinic: Clinic):
    sam = await asked(clinic)
    sent = sam.says("7")
    await clinic.settle()

    sam.edits(sent, "3")
    await clinic.settle()

    assert await answers(clinic, sam) == {"mood": 7}


async def test_groups_are_not_answered(clinic: Clinic, staff_group: Group):
    admin = clinic.administrators[0]
    before = len(staff_group.chat.messages)

    admin.says("good morning all", in_=staff_group)
    await clinic.settle()

    assert len(staff_group.chat.messages) == before + 1


async def test_an_open_check_in_is_answered_before_a_module(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, "5")

    await says(clinic, sam, "2")

    assert (await answers(clinic, sam))["craving"] == 2


async def test_a_new_consent_is_asked_for_before_anything_is_kept(clinic: Clinic):
    sam = await asked(clinic, consent_version="2020-01")

    await taps(clinic, sam, "5")
    await says(clinic, sam, "7")

    assert await answers(clinic, sam) == {}
    assert "7" not in sam.chat.last.text.split()[:1]
    assert "Next" in " ".join(sam.chat.last.labels) or "I agree" in sam.chat.last.labels
