"""`/preview`: what editors see before people do. Marked, lifeless, and leaving nothing behind."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.storage.columns import metadata
from bot.storage.database import Tx
from handlers import conversation
from tests.builders import a_colleague, a_participant


@pytest.fixture
async def eva(clinic: Clinic) -> Person:
    return await a_colleague(clinic, "eva", Role.EDITOR)


async def says(clinic: Clinic, person: Person, text: str) -> list[str]:
    """What the bot answers to that."""
    before = len(person.chat.messages)
    person.says(text)
    await clinic.advance(seconds=30, step=1)
    return [message.text for message in person.chat.messages[before:] if message.is_from_bot]


async def taps(clinic: Clinic, person: Person, label: str) -> list[str]:
    before = len(person.chat.messages)
    person.taps(label)
    await clinic.advance(seconds=30, step=1)
    return [message.text for message in person.chat.messages[before:] if message.is_from_bot]


async def rows(clinic: Clinic) -> dict[str, int]:
    """How many rows there are in each table of what people do."""

    def unit(tx: Tx) -> dict[str, int]:
        passing = {"inbox", "outbox", "chat", "card", "picture", "throttle", "program_setting"}
        return {
            table.name: len(tx.all(select(table)))
            for table in metadata.sorted_tables
            if table.name not in passing
        }

    found: dict[str, int] = await clinic.run(unit)
    return found


async def test_every_card_comes_in_order_marked_with_each_answer_shown_and_nothing_is_kept(
    clinic: Clinic, eva: Person
) -> None:
    before = await rows(clinic)

    said = await says(clinic, eva, "/preview riding-a-craving")

    assert all(text.startswith("PREVIEW") for text in said)
    cards = [text for text in said if "Riding a craving · " in text]
    assert [
        int(text.partition(" · ")[2][0]) for text in said if text.startswith("PREVIEW\n\nRiding a craving · ")
    ] == [*range(1, 9)]
    assert len(cards) == 8 + 3  # the check question once more for each answer
    assert any(
        "after the answer “The wave is going down”" in text and "Yes, that fits best." in text
        for text in said
    )
    assert "Draft: nobody has signed it yet." in said[0]
    assert said[-1].startswith("PREVIEW: that was all of Riding a craving")
    assert await rows(clinic) == before


async def test_a_card_s_picture_is_shown_above_its_marked_words(
    clinic: Clinic, content: Path, eva: Person
) -> None:
    await says(clinic, eva, "/preview riding-a-craving es")

    (shown,) = [message for message in eva.chat.messages if message.photo]
    assert shown.photo == (content / "pictures" / "craving-wave.png").read_bytes()
    assert "Las ganas son una ola" in shown.text


async def test_a_button_of_a_preview_does_nothing_and_says_so(clinic: Clinic, eva: Person) -> None:
    await says(clinic, eva, "/preview riding-a-craving")
    before, texts = await rows(clinic), [message.text for message in eva.chat.messages]
    card = next(message for message in eva.chat.messages if "Riding a craving · 7/8" in message.text)

    assert card.labels == ("A", "B", "C", "‹ Back")
    eva.taps_data(card, card.buttons[0][1].callback_data)
    await clinic.settle()

    assert eva.chat.toasts[-1].text == "This is a preview: buttons do nothing here."
    assert [message.text for message in eva.chat.messages] == texts
    assert await rows(clinic) == before


async def test_a_title_will_do_for_a_name_and_a_language_may_follow(clinic: Clinic, eva: Person) -> None:
    said = await says(clinic, eva, "/preview Riding a craving ES")

    assert said[0].startswith("PREVIEW of Surfear las ganas")
    assert any("Surfear las ganas · 1/8" in text for text in said)
    assert "See it in English" in eva.chat.last.labels


async def test_a_spanish_editor_gets_the_spanish_one_under_spanish_marks(clinic: Clinic, eva: Person) -> None:
    await says(clinic, eva, "/settings")
    await taps(clinic, eva, "Language")
    await taps(clinic, eva, "Español")

    said = await says(clinic, eva, "/preview daily")

    assert all(text.startswith("VISTA PREVIA") for text in said)
    assert any("se pregunta solo después de craving: 4–7" in text for text in said)
    assert any("⚠ No: URGENTE" in text and "¿Estás a salvo en este momento?" in text for text in said)


async def test_a_check_in_shows_each_question_and_when_it_is_asked_and_opens_nothing(
    clinic: Clinic, eva: Person
) -> None:
    before = await rows(clinic)

    said = await says(clinic, eva, "/preview daily")

    questions = [text for text in said if "Daily check-in · " in text]
    assert len(questions) == 8
    assert any("mood: 0–4 or skipped / craving: 8–10 or skipped / stress: 8–10" in text for text in said)
    assert any("⚠ No: URGENT\n⚠ skipped: watch" in text for text in said)
    await clinic.advance(days=1, step=3600)
    assert await rows(clinic) == before


async def test_without_a_name_there_is_a_list_to_tap_and_a_way_back_to_it(
    clinic: Clinic, eva: Person
) -> None:
    (said,) = await says(clinic, eva, "/preview")

    assert "What would you like to see?" in said
    assert {"Daily check-in", "Riding a craving"} <= set(eva.chat.last.labels)

    await taps(clinic, eva, "Riding a craving")
    await taps(clinic, eva, "See it in Español")
    assert eva.chat.last.text.startswith("PREVIEW: that was all of Surfear las ganas")

    (again,) = await taps(clinic, eva, "‹ All")
    assert again == said


async def test_a_mistyped_name_is_answered_with_the_nearest(clinic: Clinic, eva: Person) -> None:
    (said,) = await says(clinic, eva, "/preview ridng a carving")

    assert said == "There is no module or check-in of that name. Did you mean:"
    assert eva.chat.last.labels[0] == "Riding a craving"
    assert len(eva.chat.last.labels) <= 3

    (said,) = await says(clinic, eva, "/preview xyzzy")

    assert said == "There is no module or check-in of that name. This is what there is:"
    assert {"Daily check-in", "Riding a craving"} <= set(eva.chat.last.labels)


async def test_a_language_alone_is_the_list_in_that_language(clinic: Clinic, eva: Person) -> None:
    await says(clinic, eva, "/preview es")

    assert {"Chequeo del día", "Surfear las ganas"} <= set(eva.chat.last.labels)
    assert (await taps(clinic, eva, "Chequeo del día"))[0].startswith("PREVIEW of Chequeo del día")


async def test_while_a_file_is_broken_the_last_good_version_is_shown_and_said_to_be_so(
    clinic: Clinic, content: Path, eva: Person
) -> None:
    file = content / "modules" / "en" / "sleep.md"
    file.write_text(file.read_text().replace("minutes: ", "minuets: "))
    await clinic.app.refresh_content()

    said = await says(clinic, eva, "/preview sleep")

    assert "this is the last version that was right" in said[0]
    assert any("When sleep will not come · 1/" in text for text in said)


async def test_what_nobody_is_offered_before_it_is_signed_can_be_seen_by_editors(
    tmp_path: Path, content: Path
) -> None:
    settings = {"HANDRAIL_CONTENT__REQUIRE_SIGNATURE": "true"}
    clinic = Clinic(tmp_path, conversation(), content=content, settings=settings)
    await clinic.start()
    eva = await a_colleague(clinic, "eva", Role.EDITOR)

    assert "Riding a craving" not in " ".join(await says(clinic, eva, "/learn"))
    said = await says(clinic, eva, "/preview riding-a-craving")

    assert "Draft: nobody has signed it yet." in said[0]
    assert any("Riding a craving · 1/8" in text for text in said)
    await clinic.stop()


async def test_an_edit_is_seen_as_soon_as_it_runs(clinic: Clinic, content: Path, eva: Person) -> None:
    file = content / "modules" / "en" / "sleep.md"
    file.write_text(file.read_text().replace("title: When sleep will not come", "title: Nights"))
    await clinic.app.refresh_content()

    said = await says(clinic, eva, "/preview nights")

    assert said[0].startswith("PREVIEW of Nights")


async def test_only_roles_that_see_content_may_and_only_in_private(
    clinic: Clinic, staff_group: Group, administrator: Person, eva: Person
) -> None:
    sam = await a_participant(clinic, "Sam")
    finn = await a_colleague(clinic, "finn", Role.FACILITATOR)
    sue = await a_colleague(clinic, "sue", Role.SUPERVISOR)

    for person in (sam, finn):
        answer = " ".join(await says(clinic, person, "/preview daily"))
        assert "PREVIEW" not in answer
        assert answer
    for person in (sue, administrator):
        assert (await says(clinic, person, "/preview daily"))[0].startswith("PREVIEW")
    heard = len(staff_group.messages)
    administrator.says(f"/preview@{clinic.sandbox.username} daily", in_=staff_group)
    await clinic.settle()
    said = [message.text for message in staff_group.messages[heard:] if message.is_from_bot]
    assert not [text for text in said if "PREVIEW" in text]


async def test_a_button_of_what_is_gone_says_so_kindly(clinic: Clinic, content: Path, eva: Person) -> None:
    await says(clinic, eva, "/preview")
    for lang in ("en", "es"):
        (content / "modules" / lang / "family.md").unlink()
    await clinic.app.refresh_content()

    assert await taps(clinic, eva, "Family and old hurts") == []
    assert eva.chat.toasts[-1].text
