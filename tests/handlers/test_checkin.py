"""The daily check-in as a person sees it: one message, question after question."""

import pytest

from bot.checkins.ledger import State
from bot.checkins.model import SKIPPED
from bot.people.model import ParticipantState
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from tests.builders import change
from tests.checkin_steps import answers, asked, ledger, says, somebody, taps

WITHOUT_WORRY = ("5", "1", "2", "No", "6 or 7")  # up to the last question, which is typed


async def test_a_check_in_is_one_message_edited_through_its_questions(clinic: Clinic):
    sam = await asked(clinic)
    first = sam.chat.last

    await taps(clinic, sam, *WITHOUT_WORRY, "Skip")

    assert first.text.startswith("Daily check-in · 1/6\n\nHow is your mood right now?")
    assert sam.chat.last.id == first.id
    assert sam.chat.last.text.startswith("Thank you.")
    assert await answers(clinic, sam) == {
        "mood": 5,
        "craving": 1,
        "stress": 2,
        "used": "no",
        "sleep": "6-or-7",
        "note": SKIPPED,
    }


async def test_the_end_offers_something_to_read(clinic: Clinic):
    sam = await asked(clinic)

    await taps(clinic, sam, *WITHOUT_WORRY, "Skip")
    await taps(clinic, sam, "Read")

    assert "1/" in sam.chat.last.text
    assert sam.chat.last.id > sam.chat.messages[0].id


async def test_a_scale_stands_in_two_rows_with_its_ends_in_words(clinic: Clinic):
    sam = await asked(clinic)

    screen = sam.chat.last

    assert "0 very low · 10 very good" in screen.text
    assert [len(row) for row in screen.buttons] == [6, 5, 2]
    assert screen.labels[-2:] == ("Skip", "Not now")


async def test_a_high_craving_brings_up_the_question_what_was_tried(clinic: Clinic):
    sam = await asked(clinic)

    await taps(clinic, sam, "5", "6", "Slow breathing", "Kept busy")
    ticked = sam.chat.last
    await taps(clinic, sam, "Kept busy", "Done")

    assert ticked.text.startswith("Daily check-in · 3/7")
    assert {"✓ Slow breathing", "✓ Kept busy"} <= set(ticked.labels)
    assert (await answers(clinic, sam))["skill"] == ("breathing",)


async def test_done_without_a_tick_asks_for_one(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "6")

    await taps(clinic, sam, "Done")

    assert sam.chat.toasts[-1].text == "Tap at least one, or skip."
    assert "skill" not in await answers(clinic, sam)


async def test_back_shows_what_was_answered_and_lets_it_be_changed(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "6")

    await taps(clinic, sam, "Back")
    marked = sam.chat.last
    await taps(clinic, sam, "2")

    assert "✓ 6" in marked.labels
    assert "How high is your stress?" in sam.chat.last.text
    assert (await answers(clinic, sam))["craving"] == 2


async def test_next_keeps_the_answer_that_was_gone_back_to(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "1")

    await taps(clinic, sam, "Back", "Next")

    assert "How high is your stress?" in sam.chat.last.text
    assert (await answers(clinic, sam))["craving"] == 1


@pytest.mark.parametrize("typed", ["7", " 7 ", "seven", "siete", "7/10", "Seven!"])
async def test_a_number_may_be_typed(clinic: Clinic, typed: str):
    sam = await asked(clinic)

    await says(clinic, sam, typed)

    assert (await answers(clinic, sam))["mood"] == 7
    assert "How strong is your craving today?" in sam.chat.last.text


async def test_the_next_question_comes_below_typed_words_and_the_old_one_goes(clinic: Clinic):
    sam = await asked(clinic)
    before = sam.chat.last

    await says(clinic, sam, "7")

    assert sam.chat.messages[-1].text.startswith("Daily check-in · 2/6")
    assert before.id not in [message.id for message in sam.chat.messages]


async def test_words_answer_yes_no_and_choices(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "1", "9")

    await says(clinic, sam, "nope", "sí", "8 hours or more")

    assert "How am I really doing?" in sam.chat.last.text
    given = await answers(clinic, sam)
    assert (given["used"], given["safe"], given["sleep"]) == ("no", "yes", "8-or-more")


async def test_what_is_not_understood_gets_one_hint_and_the_question_stays(clinic: Clinic):
    sam = await asked(clinic)

    await says(clinic, sam, "purple")

    said = [message for message in sam.chat.messages if message.is_from_bot][1:]  # after the answer to /help
    assert len(said) == 1
    assert said[0].text.startswith("I could not read that. Tap a number, or type one from 0 to 10.")
    assert "How is your mood right now?" in said[0].text
    assert await answers(clinic, sam) == {}


async def test_the_last_words_are_kept_sealed_and_end_the_check_in(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, *WITHOUT_WORRY)

    await says(clinic, sam, "tired but I cooked dinner")

    assert (await answers(clinic, sam))["note"] == "tired but I cooked dinner"
    assert sam.chat.last.text.startswith("Thank you.")
    assert (await ledger(clinic, sam))[-1].state is State.DONE


async def test_who_only_taps_is_not_asked_to_type(clinic: Clinic):
    sam = await asked(clinic, taps_only=True)

    await taps(clinic, sam, *WITHOUT_WORRY)

    assert sam.chat.last.text.startswith("Thank you.")
    assert "note" not in await answers(clinic, sam)


async def test_spanish_speakers_are_asked_in_spanish(clinic: Clinic):
    sam = await asked(clinic, language="es")

    await says(clinic, sam, "morado")

    assert "¿Cómo está tu ánimo en este momento?" in sam.chat.last.text
    assert sam.chat.last.text.startswith("No pude leer eso.")


async def test_a_second_tap_on_an_answered_question_changes_nothing(clinic: Clinic):
    sam = await asked(clinic)
    screen = sam.chat.last
    five, six = (next(b for row in screen.buttons for b in row if b.text == label) for label in ("5", "6"))
    await taps(clinic, sam, "5")

    sam.taps_data(screen, six.callback_data or "")
    sam.taps_data(screen, five.callback_data or "")
    await clinic.settle()

    assert await answers(clinic, sam) == {"mood": 5}
    assert sam.chat.toasts[-1].text == "You have answered that. Back lets you change it."
    assert "How strong is your craving today?" in sam.chat.last.text


async def test_two_taps_at_once_on_one_screen_keep_the_first(clinic: Clinic):
    sam = await asked(clinic)

    sam.taps("5")
    sam.taps("6")
    await clinic.settle()

    assert await answers(clinic, sam) == {"mood": 5}
    assert "How strong is your craving today?" in sam.chat.last.text


async def test_a_tap_on_a_copy_further_up_takes_the_copy_away(clinic: Clinic):
    sam = await asked(clinic)
    older = sam.chat.last
    await says(clinic, sam, "7")

    sam.taps_data(older, older.buttons[0][0].callback_data or "")
    await clinic.settle()

    assert await answers(clinic, sam) == {"mood": 7}
    assert "How strong is your craving today?" in sam.chat.last.text


async def test_a_tap_on_yesterdays_check_in_says_that_it_is_closed(clinic: Clinic):
    sam = await asked(clinic)
    screen = sam.chat.last
    await clinic.advance(hours=11, step=900)

    sam.taps_data(screen, screen.buttons[0][0].callback_data or "")
    await clinic.settle()

    assert sam.chat.toasts[-1].text == "This check-in is closed."
    assert await answers(clinic, sam) == {}


async def test_nobody_else_can_tap_a_check_in(clinic: Clinic):
    sam, ana = await asked(clinic, "Sam"), await somebody(clinic, "Ana")
    data = sam.chat.last.buttons[0][0].callback_data or ""

    ana.taps_data(ana.chat.last, data)
    await clinic.settle()

    assert await answers(clinic, sam) == {}
    assert "mood" not in ana.chat.last.text


@pytest.mark.parametrize(
    "data", ["ci-answer", "ci-answer:zz", "ci-answer:1:mood:3", "ci-later:1:x", "ci-go:?"]
)
async def test_a_forged_button_is_answered_and_does_nothing(clinic: Clinic, data: str):
    sam = await asked(clinic)

    sam.taps_data(sam.chat.last, data)
    await clinic.settle()

    assert sam.chat.toasts[-1].text
    assert await answers(clinic, sam) == {}


async def test_an_answer_that_was_never_a_button_is_refused(clinic: Clinic):
    sam = await asked(clinic)
    data = (sam.chat.last.buttons[0][0].callback_data or "").rpartition(":")[0]

    sam.taps_data(sam.chat.last, f"{data}:zz")
    await clinic.settle()

    assert await answers(clinic, sam) == {}


async def test_not_now_asks_again_in_an_hour(clinic: Clinic):
    sam = await asked(clinic)

    await taps(clinic, sam, "Not now", "In 1 hour")
    waiting = sam.chat.last
    await clinic.advance(minutes=61)

    assert waiting.text == "OK. I will ask again today at 7:00 pm."
    assert sam.chat.last.text.startswith("Here is your check-in, as you asked.")
    assert waiting.id not in [message.id for message in sam.chat.messages]


async def test_not_now_may_mean_tonight(clinic: Clinic):
    sam = await asked(clinic)

    await taps(clinic, sam, "Not now", "Tonight, 8:00 pm")
    await clinic.advance(minutes=121)

    assert sam.chat.last.text.startswith("Here is your check-in, as you asked.")


async def test_what_was_put_off_can_be_started_sooner(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, "Not now", "In 1 hour", "Start now", "5")

    await clinic.advance(minutes=61)

    assert "How strong is your craving today?" in sam.chat.last.text
    assert not sam.chat.last.text.startswith("Here is")


async def test_nothing_in_quiet_hours_is_offered_for_later(clinic: Clinic):
    late = {"checkin_time": clinic.clock.now().time().replace(hour=21, minute=30)}
    sam = await asked(clinic, **late)

    await taps(clinic, sam, "Not now")

    assert sam.chat.last.text == "That is fine. It stays here until tomorrow at 7:30 am."
    assert sam.chat.last.labels == ("Start now",)


async def test_checkin_starts_todays_early_and_it_does_not_come_again(clinic: Clinic):
    sam = await somebody(clinic)
    await says(clinic, sam, "/checkin")
    await taps(clinic, sam, *WITHOUT_WORRY, "Skip")

    await clinic.advance(hours=12, step=900)

    assert len(await ledger(clinic, sam)) == 1
    assert sam.chat.last.text.startswith("Thank you.")


async def test_checkin_goes_on_where_one_left_off_at_the_bottom_of_the_chat(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "1")

    await says(clinic, sam, "/checkin")

    assert "How high is your stress?" in sam.chat.messages[-1].text
    assert len([m for m in sam.chat.messages if "Daily check-in" in m.text]) == 1


async def test_checkin_after_the_check_in_says_when_the_next_one_comes(clinic: Clinic):
    sam = await asked(clinic)
    await taps(clinic, sam, *WITHOUT_WORRY, "Skip")

    await says(clinic, sam, "/checkin")

    assert sam.chat.last.text == (
        "You have done this check-in. Thank you.\nThe next one comes tomorrow at 6:00 pm."
    )


async def test_a_check_in_that_closed_today_opens_again_with_its_answers(clinic: Clinic):
    early = {"checkin_time": clinic.clock.now().time().replace(hour=11)}
    sam = await asked(clinic, **early)
    await taps(clinic, sam, "5")
    await clinic.advance(hours=11, step=900)
    closed = sam.chat.last

    await says(clinic, sam, "/checkin")

    assert closed.text.startswith("This check-in is closed. What you answered is saved.")
    assert "How strong is your craving today?" in sam.chat.last.text
    assert len(await ledger(clinic, sam)) == 1


async def test_checkin_on_a_pause_says_how_to_come_back(clinic: Clinic):
    sam = await somebody(clinic)
    await change(clinic, sam, state=ParticipantState.STOPPED)

    await says(clinic, sam, "/checkin")

    assert "/resume" in sam.chat.last.text
    assert await ledger(clinic, sam) == []


async def test_an_urgent_answer_reaches_staff_at_once_and_the_rest_can_wait(
    clinic: Clinic, staff_group: Group
):
    sam = await asked(clinic)
    card = sam.chat.last

    await taps(clinic, sam, "5", "1", "9", "No", "No")

    assert "URGENT" in staff_group.chat.last.text
    assert sam.chat.message(card.id).text == "Saved. The rest can wait."
    assert "988" in sam.chat.last.text
    assert (await answers(clinic, sam))["safe"] == "no"


async def test_what_was_set_aside_goes_on_when_the_person_wants(clinic: Clinic, staff_group: Group):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "1", "9", "No", "No")

    await taps(clinic, sam, "Go on", "6 or 7", "Skip")

    assert (await ledger(clinic, sam))[-1].state is State.DONE


async def test_an_urgent_answer_taken_back_and_given_again_is_raised_once(clinic: Clinic, staff_group: Group):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "1", "9", "No", "No")
    cards = len(staff_group.chat.messages)

    await taps(clinic, sam, "Go on", "Back", "Yes", "Back", "No")

    assert len(staff_group.chat.messages) == cards
    assert "2 " not in staff_group.chat.last.text


async def test_a_high_craving_is_told_at_the_end_unless_it_was_changed(clinic: Clinic, staff_group: Group):
    sam, ana = await asked(clinic, "Sam"), await somebody(clinic, "Ana")
    before = len(staff_group.chat.messages)

    await taps(clinic, sam, "5", "9", "Back", "1", "2", "No", "6 or 7", "Skip")
    unchanged = len(staff_group.chat.messages)
    await says(clinic, ana, "/checkin")
    await taps(clinic, ana, "5", "9", "2", "No", "Yes", "6 or 7", "Skip")

    assert unchanged == before
    assert "Craving" in staff_group.chat.last.text or "craving" in staff_group.chat.last.text


async def test_urgent_words_are_kept_and_end_kindly(clinic: Clinic, staff_group: Group):
    sam = await asked(clinic)
    await taps(clinic, sam, *WITHOUT_WORRY)

    await says(clinic, sam, "I want to kill myself tonight")

    texts = [message.text for message in sam.chat.messages]
    assert "Saved. That was all for today." in texts
    assert not any(text.startswith("Thank you. You took") for text in texts)
    assert (await answers(clinic, sam))["note"] == "I want to kill myself tonight"


async def test_urgent_words_where_a_number_was_asked_set_the_check_in_aside(
    clinic: Clinic, staff_group: Group
):
    sam = await asked(clinic)

    await says(clinic, sam, "I want to kill myself tonight")

    texts = [message.text for message in sam.chat.messages]
    assert "Saved. The rest can wait." in texts
    assert not any("I could not read that" in text for text in texts)
