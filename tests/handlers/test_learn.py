"""`/learn`, as somebody with a phone in their hand sees it."""

from pathlib import Path

import pytest

from bot.people.model import Pace, Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.builders import a_colleague, a_participant, change

STRESS = "What stress does"


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    return await a_participant(clinic, "Sam")


async def says(clinic: Clinic, person: Person, text: str) -> None:
    person.says(text)
    await clinic.settle()


async def taps(clinic: Clinic, person: Person, *labels: str) -> None:
    for label in labels:
        person.taps(label)
        await clinic.settle()


async def reads_to_the_question(clinic: Clinic, person: Person) -> None:
    """Next, Next ..., answering the check question with the first answer, up to the reflection question."""
    while "Skip" not in person.chat.last.labels and "Done" not in person.chat.last.labels:
        labels = person.chat.last.labels
        await taps(clinic, person, "Next ›" if "Next ›" in labels else labels[0])


def said_by_bot(person: Person) -> list[str]:
    return [message.text for message in person.chat.messages if message.is_from_bot]


async def test_the_list_shows_tracks_and_modules_and_a_tap_opens_one(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/learn")

    assert "Stress" in sam.chat.last.text
    assert f"○ {STRESS}" in sam.chat.last.text

    await taps(clinic, sam, STRESS)

    assert sam.chat.last.text.startswith(f"{STRESS} · 1/")
    assert len(said_by_bot(sam)) == 1


async def test_next_and_back_turn_the_cards_in_one_message(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS)
    first = sam.chat.last.text

    await taps(clinic, sam, "Next ›")
    second = sam.chat.last.text
    await taps(clinic, sam, "‹ Back")

    assert f"{STRESS} · 2/" in second
    assert sam.chat.last.text == first
    assert len(said_by_bot(sam)) == 1


async def test_where_one_left_off_survives_a_restart_and_days(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS, "Next ›", "Next ›")
    left_at = sam.chat.last.text

    await clinic.restart_bot()
    await clinic.advance(days=3, step=3600)
    await says(clinic, sam, "/learn")

    assert "Go on: card 3 of" in sam.chat.last.labels[0]
    assert "· 3/" in sam.chat.last.text

    await taps(clinic, sam, "Go on")

    assert sam.chat.last.text == left_at


async def test_the_check_question_answers_kindly_either_way(clinic: Clinic, content: Path) -> None:
    replies = []
    for number in (0, 1):
        person = await a_participant(clinic, f"Reader{number}")
        await says(clinic, person, "/learn")
        await taps(clinic, person, STRESS)
        while "Next ›" in person.chat.last.labels:
            await taps(clinic, person, "Next ›")
        await taps(clinic, person, person.chat.last.labels[number])
        replies.append(person.chat.last.text)
        assert "Next ›" in person.chat.last.labels

    assert sum("fits best" in reply for reply in replies) <= 1
    assert all("wrong" not in reply.lower() for reply in replies)


async def test_the_reflection_is_typed_privately_and_kept_sealed(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS)
    await reads_to_the_question(clinic, sam)
    assert "private" in sam.chat.last.text

    await says(clinic, sam, "My jaw gets tight")

    assert sam.chat.last.text.startswith("Saved. Thank you.")
    assert f"✓ You read all of {STRESS}" in sam.chat.last.text
    question = next(message for message in sam.chat.messages if message.is_from_bot)
    assert not question.labels


async def test_the_reflection_can_be_skipped(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS)
    await reads_to_the_question(clinic, sam)
    await taps(clinic, sam, "Skip")

    assert "You read all of" in sam.chat.last.text

    await taps(clinic, sam, "‹ All")

    assert f"✓ {STRESS}" in sam.chat.last.text


async def test_somebody_who_only_taps_never_has_to_type(clinic: Clinic) -> None:
    person = await a_participant(clinic, "Tappy", taps_only=True)
    await says(clinic, person, "/learn")
    await taps(clinic, person, STRESS)
    await reads_to_the_question(clinic, person)

    await taps(clinic, person, "Done")

    assert "You read all of" in person.chat.last.text


async def test_words_typed_when_no_question_is_open_are_not_taken_for_an_answer(
    clinic: Clinic, sam: Person
) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS, "Next ›")

    await says(clinic, sam, "hello there")

    assert not any("Saved" in text for text in said_by_bot(sam))


async def test_an_old_button_is_mended_with_where_the_reader_is_now(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS)
    message = sam.chat.last
    stale = next(button.callback_data for button in message.buttons[-1] if button.text == "Next ›")
    await taps(clinic, sam, "Next ›", "Next ›", "Next ›")
    there = sam.chat.last.text

    sam.taps_data(message, stale or "")
    await clinic.settle()

    assert sam.chat.toasts[-1].text == "You are here now."
    assert sam.chat.last.text == there


async def test_a_double_tap_turns_one_card(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS)

    sam.taps("Next ›")
    sam.taps("Next ›")
    await clinic.settle()

    assert f"{STRESS} · 2/" in sam.chat.last.text


@pytest.mark.parametrize(
    "data",
    [
        "rdt:what",
        "rdt:stress-what-it-does",
        "rdt:stress-what-it-does:zz",
        "rda:x:0:9",
        "rda:x:0:-1",
        "rdt:x:-1",
        "rdo",
        "rdo:",
    ],
)
async def test_a_forged_or_broken_button_leads_nowhere_bad(clinic: Clinic, sam: Person, data: str) -> None:
    await says(clinic, sam, "/learn")

    sam.taps_data(sam.chat.last, data)
    await clinic.settle()

    assert sam.chat.toasts
    assert sam.chat.last.text.startswith(("Things to read", STRESS))


async def test_there_is_one_message_to_read_in_and_it_comes_to_the_end_of_the_chat(
    clinic: Clinic, sam: Person
) -> None:
    await says(clinic, sam, "/learn")
    await says(clinic, sam, "/learn")

    assert len(said_by_bot(sam)) == 1
    assert sam.chat.messages[-1].labels


async def test_a_reading_keeps_its_words_when_staff_edit_or_remove_the_file(
    clinic: Clinic, sam: Person, content: Path
) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS)
    first = sam.chat.last.text
    for lang in ("en", "es"):
        (content / "modules" / lang / "stress-what-it-does.md").unlink()
    await clinic.app.refresh_content()

    await says(clinic, sam, "/learn")
    await taps(clinic, sam, "Go on")

    assert sam.chat.last.text == first

    other = await a_participant(clinic, "Kim")
    await says(clinic, other, "/learn")

    assert STRESS not in other.chat.last.text


async def test_a_module_that_is_gone_leads_back_to_the_list(
    clinic: Clinic, sam: Person, content: Path
) -> None:
    await says(clinic, sam, "/learn")
    for lang in ("en", "es"):
        (content / "modules" / lang / "stress-what-it-does.md").unlink()
    await clinic.app.refresh_content()

    await taps(clinic, sam, STRESS)

    assert "not here any more" in sam.chat.toasts[-1].text
    assert STRESS not in sam.chat.last.text


async def test_another_language_shows_the_same_card(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, STRESS, "Next ›")
    await change(clinic, sam, language="es")

    await says(clinic, sam, "/learn")
    await taps(clinic, sam, "Seguir: tarjeta 2 de")

    assert "· 2/" in sam.chat.last.text
    assert "Sigue ›" in sam.chat.last.labels


async def test_staff_can_look_at_every_card_and_nothing_is_kept(clinic: Clinic) -> None:
    editor = await a_colleague(clinic, "eddie", Role.EDITOR)

    await says(clinic, editor, "/learn")
    await taps(clinic, editor, STRESS)
    while "Next ›" in editor.chat.last.labels:
        await taps(clinic, editor, "Next ›")
    await taps(clinic, editor, "Done")

    assert "You read all of" in editor.chat.last.text
    await taps(clinic, editor, "‹ All")
    assert "✓" not in editor.chat.last.text


async def test_a_visitor_is_told_that_this_is_for_people_who_joined(clinic: Clinic) -> None:
    visitor = clinic.sandbox.person("Val")

    await says(clinic, visitor, "/learn")

    assert STRESS not in visitor.chat.last.text
    assert not visitor.chat.last.labels


async def test_an_old_offer_opens_once_and_then_points_below(clinic: Clinic, sam: Person) -> None:
    await change(clinic, sam, pace=Pace.MORE)
    await says(clinic, sam, "/learn")
    message = sam.chat.last

    for _ in range(2):
        sam.taps_data(message, "rdy:stress-what-it-does")
        await clinic.settle()

    assert f"{STRESS} · 1/" in sam.chat.last.text
    assert len(said_by_bot(sam)) == 1
