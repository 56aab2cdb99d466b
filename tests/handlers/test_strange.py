"""Voice, stickers and the like: a kind sentence, a line for staff, and no flood."""

import pytest

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from handlers.strange import has_no_words, is_foreign
from tests.builders import a_colleague
from tests.checkin_steps import answers, asked, says, somebody, taps

KIND = "I can only read typed words. Staff will see that you sent something."


@pytest.mark.parametrize(
    "kind", ["voice", "video_note", "photo", "sticker", "document", "location", "contact", "poll", "dice"]
)
async def test_what_is_no_text_gets_a_kind_sentence(clinic: Clinic, kind: str):
    sam = await somebody(clinic)

    sam.sends(kind)
    await clinic.settle()

    assert sam.chat.last.text.startswith(KIND)
    assert "/help_now" in sam.chat.last.text


async def test_staff_read_in_the_morning_that_somebody_must_look(clinic: Clinic, staff_group: Group):
    sam = await somebody(clinic)
    sam.sends_voice()
    await clinic.settle()

    await clinic.advance(hours=23, step=1800)

    assert "Worth a look: 1" in staff_group.chat.last.text


async def test_ten_stickers_get_one_answer(clinic: Clinic):
    sam = await somebody(clinic)

    for _ in range(10):
        sam.sends_sticker()
    await clinic.settle()

    assert [message.text.startswith(KIND) for message in sam.chat.messages].count(True) == 1


async def test_a_sticker_two_minutes_later_is_answered_again(clinic: Clinic):
    sam = await somebody(clinic)
    sam.sends_sticker()
    await clinic.advance(minutes=2)

    sam.sends_sticker()
    await clinic.settle()

    assert [message.text.startswith(KIND) for message in sam.chat.messages].count(True) == 2


async def test_four_thousand_emoji_are_no_words(clinic: Clinic):
    sam = await somebody(clinic)

    await says(clinic, sam, "🌊" * 2000)

    assert sam.chat.last.text.startswith(KIND)


async def test_a_single_emoji_is_a_greeting(clinic: Clinic):
    sam = await somebody(clinic)

    await says(clinic, sam, "🙂")

    assert sam.chat.last.text.startswith("I am a bot, so I cannot chat.")


async def test_a_language_nobody_reads_is_said_to_be_so(clinic: Clinic):
    sam = await somebody(clinic)

    await says(clinic, sam, "мне сегодня очень тяжело")

    assert sam.chat.last.text.startswith("I cannot read this language yet.")


async def test_an_answer_in_such_a_language_is_kept(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "1", "2", "No", "6 or 7")

    await says(clinic, sam, "мне сегодня очень тяжело")

    assert (await answers(clinic, sam))["note"] == "мне сегодня очень тяжело"


async def test_a_sticker_does_not_disturb_an_open_check_in(clinic: Clinic):
    sam = await asked(clinic)

    sam.sends_sticker()
    await clinic.settle()
    await taps(clinic, sam, "5")

    assert await answers(clinic, sam) == {"mood": 5}


async def test_a_caption_that_worries_gets_the_crisis_reply_and_nothing_else(
    clinic: Clinic, staff_group: Group
):
    sam = await somebody(clinic)

    sam.sends_photo("I want to kill myself tonight")
    await clinic.settle()

    assert "988" in sam.chat.last.text
    assert not any(message.text.startswith("I can only") for message in sam.chat.messages)


async def test_visitors_and_staff_are_not_told_that_staff_will_see_it(clinic: Clinic):
    visitor, ana = clinic.sandbox.person("Kim"), await a_colleague(clinic, "ana", Role.FACILITATOR)

    visitor.sends_sticker()
    ana.sends_sticker()
    await clinic.settle()

    assert visitor.chat.last.text == "I can only read typed words. If you need help now: /help_now"
    assert ana.chat.last.text == "I can only read typed words."


async def test_a_visitors_language_is_named_for_what_it_is(clinic: Clinic):
    visitor = clinic.sandbox.person("Kim")

    await says(clinic, visitor, "שלום לכולם")

    assert visitor.chat.last.text == "I cannot read this language yet. If you need help now: /help_now"


@pytest.mark.parametrize("text", ["a" * 4096, "\u202egnirts\u202c", "\u200b\u200b", "a\x00b", "<b>&", "/"])
async def test_a_text_of_any_shape_is_answered_kindly(clinic: Clinic, text: str):
    sam, ana = await somebody(clinic), await a_colleague(clinic, "ana", Role.FACILITATOR)

    await says(clinic, sam, text)
    await says(clinic, ana, text)

    assert sam.chat.last.text.startswith("I am a bot, so I cannot chat.")
    assert ana.chat.last.text == "I did not get that. /help shows what I can do."


@pytest.mark.parametrize(
    "command", ["/claim 1", "/invite", "/staff_group", "/test_alert", "/who x", "/content"]
)
async def test_whom_a_command_is_not_for_is_told_what_is(clinic: Clinic, command: str):
    sam = await somebody(clinic)

    await says(clinic, sam, command)

    assert sam.chat.last.text == "That is not for your role here. /help shows what is."


@pytest.mark.parametrize("command", ["/checkin", "/resume"])
async def test_staff_are_not_told_to_join(clinic: Clinic, command: str):
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)

    await says(clinic, ana, command)

    assert ana.chat.last.text == "That is for participants. /help shows what you can do here."


@pytest.mark.parametrize(
    ("command", "answered"),
    [
        ("/checkin 7", "Daily check-in · 1/6"),
        ("/pause for ever", "For how long?"),
        ("/settings name Bo", "Your settings"),
        ("/learn stress", "Things to read"),
        ("/help me", "I am a bot. This is what I do"),
        ("/start !!!", "Good to see you. You are in."),
        ("/chekin", "I do not know that command. Did you mean /checkin?"),
        ("/ayuda", "I do not know that command."),
    ],
)
async def test_what_stands_behind_a_command_stops_it_not(clinic: Clinic, command: str, answered: str):
    sam = await somebody(clinic)

    await says(clinic, sam, command)

    assert sam.chat.last.text.startswith(answered)


async def test_in_a_foreign_group_no_command_is_answered(clinic: Clinic):
    sam = await somebody(clinic)
    group = clinic.sandbox.group("Friends", administrators=[sam]).add_bot(sam)

    for command in ("/start", "/help", "/checkin", "/help_now", "/alerts", "/settings", "/stop"):
        sam.says(f"{command}@{clinic.sandbox.username}", in_=group)
    await clinic.settle()

    assert not [message for message in group.messages if message.is_from_bot]


async def test_in_a_group_nothing_is_said(clinic: Clinic, staff_group: Group):
    before = len(staff_group.chat.messages)

    clinic.administrators[0].sends_sticker(in_=staff_group)
    await clinic.settle()

    assert len(staff_group.chat.messages) == before + 1


@pytest.mark.parametrize("text", ["🙂", "7", "ok 🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", ""])
def test_few_signs_or_any_word_are_words(text: str):
    assert not has_no_words(text)


def test_a_wall_of_signs_has_no_words():
    assert has_no_words("?!" * 10)


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("¿cómo estás, señor?", False),
        ("привет", True),
        ("ok, привет всем", True),
        ("123 🙂", False),
        ("", False),
    ],
)
def test_letters_tell_a_language_nobody_reads(text: str, foreign: bool):
    assert is_foreign(text) is foreign
