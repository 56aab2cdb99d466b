"""/help_now: for everybody, numbers first, and a person when one is asked for."""

import pytest

from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.alert_scenes import URGENT, Scene, bot_texts, set_up


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


@pytest.fixture
def visitor(clinic: Clinic) -> Person:
    """Somebody who has not joined."""
    return clinic.sandbox.person("Vi")


async def test_numbers_come_first_for_everybody(scene: Scene, visitor: Person) -> None:
    for person in (scene.sam, visitor, scene.ana):
        await scene.says(person, "/help_now")

        assert "988" in person.chat.last.text[:120]
        assert "Breathe with me" in person.chat.last.labels
    assert "Tell staff I need a person" not in scene.ana.chat.last.labels
    assert scene.group_cards() == []


async def test_a_breath_in_place_of_the_numbers_and_back(scene: Scene) -> None:
    await scene.says(scene.sam, "/help_now")
    numbers = scene.sam.chat.last.text

    await scene.taps(scene.sam, "Breathe with me")
    assert "Breathe in" in scene.sam.chat.last.text
    await scene.taps(scene.sam, "Back to the numbers")

    assert scene.sam.chat.last.text == numbers


async def test_somebody_who_joined_can_ask_for_a_person(scene: Scene) -> None:
    await scene.says(scene.sam, "/help_now")
    await scene.taps(scene.sam, "Tell staff I need a person")

    [card] = scene.group_cards()
    assert "URGENT" in card.text
    assert "Asked for a person" in card.text
    assert "Told" in scene.sam.chat.last.text
    assert scene.sam.chat.last.labels == ("Breathe with me",)


async def test_asking_twice_makes_one_alert(scene: Scene) -> None:
    await scene.says(scene.sam, "/help_now")
    button = scene.sam.chat.last.buttons[1][0].callback_data or ""
    for _ in range(2):
        scene.sam.taps_data(scene.sam.chat.last, button)
        await scene.clinic.settle()

    [card] = scene.group_cards()
    assert "2 messages" in card.text


async def test_a_visitor_can_ask_and_staff_can_answer(scene: Scene, visitor: Person) -> None:
    await scene.says(visitor, "/help_now")
    await scene.taps(visitor, "Tell staff I need a person")
    assert "somebody who has not joined" in scene.group_cards()[0].text

    await scene.says(scene.ana, "/who 1")
    assert "has not joined" in scene.ana.chat.last.text
    await scene.says(scene.ana, "/reply 1 I am here. What is going on?")

    assert visitor.chat.last.text.startswith("Message from Ana")


async def test_a_visitors_urgent_words_stay_with_them_until_they_ask(scene: Scene, visitor: Person) -> None:
    await scene.says(visitor, URGENT)

    assert "988" in visitor.chat.last.text
    assert "Nobody at the program sees this unless" in visitor.chat.last.text
    assert scene.group_cards() == []

    await scene.taps(visitor, "Tell staff I need a person")
    assert len(scene.group_cards()) == 1


async def test_a_card_follows_the_newest_help_now(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    await scene.says(scene.sam, "/help_now")
    await scene.taps(scene.ana, "I have this", in_group=True)

    assert "Ana has this." in scene.sam.chat.last.text
    assert "My newest message is further down." in bot_texts(scene.sam)


async def test_a_forged_card_name_shows_a_card_of_ones_own(scene: Scene, visitor: Person) -> None:
    await scene.says(scene.sam, URGENT)
    await scene.says(visitor, "/help_now")
    data = scene.sam.chat.last.buttons[0][0].callback_data or ""

    visitor.taps_data(visitor.chat.last, data)
    await scene.clinic.settle()
    await scene.taps(scene.ana, "I have this", in_group=True)

    assert "Ana has this." in scene.sam.chat.last.text
    assert "Ana" not in visitor.chat.last.text


async def test_spanish_is_spoken_to_who_chose_it(scene: Scene) -> None:
    ines = scene.clinic.sandbox.person("Inés", language_code="es")

    await scene.says(ines, "/help_now")
    await scene.taps(ines, "Avisar al equipo que necesito a alguien")

    assert "988 y oprime 2" in ines.chat.last.text
    assert "El equipo" in ines.chat.last.text or "aviso" in ines.chat.last.text
