"""Cards with a picture, as somebody with a phone in their hand sees them: one message, whatever it shows."""

from pathlib import Path

import pytest
from sqlalchemy import update

from bot.delivery.pictures import picture
from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from bot.sandbox.state import SeenMessage
from tests.builders import a_colleague, a_participant, change

CRAVING = "Riding a craving"
WAVE = "craving-wave.png"
ALT = "[A wave that rises"


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    """On the card before the wave."""
    person = await a_participant(clinic, "Sam")
    await opens(clinic, person)
    return person


async def opens(clinic: Clinic, person: Person) -> None:
    person.says("/learn")
    await clinic.settle()
    await taps(clinic, person, CRAVING)


async def taps(clinic: Clinic, person: Person, *labels: str) -> None:
    for label in labels:
        person.taps(label)
        await clinic.advance(seconds=5)


def shown(person: Person) -> list[SeenMessage]:
    return [message for message in person.chat.messages if message.is_from_bot]


def only(person: Person) -> SeenMessage:
    (message,) = shown(person)
    return message


def the_file(content: Path, name: str = WAVE) -> bytes:
    return (content / "pictures" / name).read_bytes()


async def test_a_card_with_a_picture_is_a_photo_with_its_text_and_buttons_below(
    clinic: Clinic, sam: Person, content: Path
) -> None:
    await taps(clinic, sam, "Next ›")

    assert only(sam).photo == the_file(content)
    assert only(sam).text.startswith(f"{CRAVING} · 2/8\n\nA craving is a wave\n\nThink of a wave")
    assert "<b>A craving is a wave</b>" in only(sam).html
    assert only(sam).labels == ("‹ Back", "Next ›")


async def test_going_on_and_back_leaves_one_message_in_the_chat(
    clinic: Clinic, sam: Person, content: Path
) -> None:
    first = only(sam).text
    await taps(clinic, sam, "Next ›", "Next ›")

    assert only(sam).photo is None and "· 3/8" in only(sam).text

    await taps(clinic, sam, "‹ Back")
    assert only(sam).photo == the_file(content)

    await taps(clinic, sam, "‹ Back")
    assert only(sam).photo is None and only(sam).text == first


async def test_the_older_message_goes_only_when_the_new_one_is_there(clinic: Clinic, sam: Person) -> None:
    old = only(sam).id
    clinic.sandbox.faults.reset("sendPhoto", times=None)

    await taps(clinic, sam, "Next ›")
    assert [message.id for message in shown(sam)] == [old]

    clinic.sandbox.faults.clear()
    await clinic.advance(seconds=30)
    assert only(sam).id != old and only(sam).photo


async def test_a_photo_that_may_have_arrived_is_sent_again_and_the_card_goes_on_in_the_second(
    clinic: Clinic, sam: Person
) -> None:
    clinic.sandbox.faults.lose_answers("sendPhoto")

    await taps(clinic, sam, "Next ›")
    twice = [message.photo is not None for message in shown(sam)]
    await taps(clinic, sam, "Next ›")

    assert twice == [True, True]
    assert "· 3/8" in shown(sam)[-1].text and len(shown(sam)) == 2


async def test_a_restart_between_the_new_message_and_the_old_one_leaves_no_litter(
    clinic: Clinic, sam: Person
) -> None:
    clinic.sandbox.faults.reset("deleteMessage", times=2)
    sam.taps("Next ›")
    await clinic.settle()

    await clinic.restart_bot()
    await clinic.advance(seconds=30)

    assert only(sam).photo


async def test_a_picture_is_uploaded_once_and_again_when_telegram_has_forgotten_it(
    clinic: Clinic, sam: Person, content: Path
) -> None:
    await taps(clinic, sam, "Next ›", "‹ Back", "Next ›")
    uploads = len(clinic.sandbox.world.files)
    assert uploads == 1

    clinic.sandbox.world.files.clear()
    await taps(clinic, sam, "‹ Back", "Next ›")

    assert only(sam).photo == the_file(content)


async def test_a_picture_that_telegram_refuses_is_said_in_words_and_reading_goes_on(
    clinic: Clinic, sam: Person
) -> None:
    await clinic.run(lambda tx: tx.execute(update(picture).values(data=b"no picture at all")))

    await taps(clinic, sam, "Next ›")

    assert only(sam).photo is None
    assert only(sam).text.startswith(ALT) and "Think of a wave" in only(sam).text
    assert only(sam).labels == ("‹ Back", "Next ›")

    await taps(clinic, sam, "Next ›")
    assert "· 3/8" in only(sam).text and ALT not in only(sam).text


async def test_a_check_question_with_a_picture_keeps_it_when_it_is_answered(
    clinic: Clinic, content: Path
) -> None:
    for lang in ("en", "es"):
        file = content / "modules" / lang / "riding-a-craving.md"
        words = file.read_text("utf-8").replace("\n![", "\n\\![", 1)
        words = "\n".join(line for line in words.split("\n") if not line.startswith("\\!["))
        heading = "## Check yourself\n" if lang == "en" else "## Una pregunta para ti\n"
        file.write_text(words.replace(heading, f"{heading}![A wave](pictures/{WAVE})\n\n"), "utf-8")
    await clinic.app.refresh_content()
    person = await a_participant(clinic, "Kim")
    await opens(clinic, person)
    await taps(clinic, person, *["Next ›"] * 6)
    question = only(person)

    await taps(clinic, person, "B")

    assert question.photo and only(person).photo
    assert only(person).id == question.id and "From 8 to 6" in only(person).text
    assert only(person).labels == ("‹ Back", "Next ›")


async def test_a_reading_keeps_its_picture_when_staff_change_or_remove_the_file(
    clinic: Clinic, sam: Person, content: Path
) -> None:
    before = the_file(content)
    for lang in ("en", "es"):
        file = content / "modules" / lang / "riding-a-craving.md"
        file.write_text(file.read_text("utf-8").replace(WAVE, "slow-breath.png"), "utf-8")
    (content / "pictures" / WAVE).unlink()
    await clinic.app.refresh_content()

    await taps(clinic, sam, "Next ›")
    assert only(sam).photo == before

    other = await a_participant(clinic, "Kim")
    await opens(clinic, other)
    await taps(clinic, other, "Next ›")
    assert only(other).photo == the_file(content, "slow-breath.png")


async def test_a_picture_that_is_saved_anew_is_live_for_whoever_begins(clinic: Clinic, content: Path) -> None:
    fresh = the_file(content, "stress-pot.png")
    (content / "pictures" / WAVE).write_bytes(fresh)
    await clinic.app.refresh_content()

    person = await a_participant(clinic, "Kim")
    await opens(clinic, person)
    await taps(clinic, person, "Next ›")

    assert only(person).photo == fresh


async def test_another_language_has_the_same_picture_above_its_own_words(
    clinic: Clinic, sam: Person, content: Path
) -> None:
    await change(clinic, sam, language="es")

    await taps(clinic, sam, "Next ›")

    assert only(sam).photo == the_file(content)
    assert "Las ganas son una ola" in only(sam).text


async def test_the_list_comes_back_from_a_picture_and_an_old_tap_does_no_harm(
    clinic: Clinic, sam: Person
) -> None:
    await taps(clinic, sam, "Next ›")
    old = only(sam)

    sam.says("/learn")
    await clinic.advance(seconds=5)
    sam.taps_data(old, old.buttons[0][1].callback_data or "")
    await clinic.advance(seconds=5)

    assert len(shown(sam)) == 1


async def test_staff_look_at_the_pictures_too(clinic: Clinic, content: Path) -> None:
    ruth = await a_colleague(clinic, "Ruth", Role.FACILITATOR)
    await opens(clinic, ruth)

    await taps(clinic, ruth, "Next ›")

    assert shown(ruth)[-1].photo == the_file(content)
    assert "· 2/8" in shown(ruth)[-1].text
