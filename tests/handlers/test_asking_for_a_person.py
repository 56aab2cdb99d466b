"""What is written after "Tell staff I need a person": a number to call, or when, goes to staff with that."""

import pytest

from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.alert_scenes import ELEVATED, Scene, bot_texts, set_up
from tests.builders import change
from tests.checkin_steps import answers, asked

CALM = "please call me on 555-0100 after 6"


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


@pytest.fixture
def visitor(clinic: Clinic) -> Person:
    """Somebody who has not joined."""
    return clinic.sandbox.person("Vi")


async def asks_for_a_person(scene: Scene, person: Person) -> None:
    await scene.says(person, "/help_now")
    await scene.taps(person, "Tell staff I need a person")


async def test_calm_words_join_the_alert_and_only_reveal_shows_them(scene: Scene) -> None:
    await asks_for_a_person(scene, scene.sam)

    await scene.says(scene.sam, CALM)

    [card] = scene.group_cards()
    assert "2 messages" in card.text
    assert "Staff get this with your request" in scene.sam.chat.last.text
    assert not any("555-0100" in seen.text for seen in scene.group.messages)
    await scene.says(scene.ana, "/reveal 1")
    assert CALM in scene.ana.chat.last.text


async def test_a_visitor_gets_a_kind_word_instead_of_the_way_in(scene: Scene, visitor: Person) -> None:
    await asks_for_a_person(scene, visitor)

    await scene.says(visitor, CALM)

    assert "Staff get this with your request" in visitor.chat.last.text
    assert "open the link" not in visitor.chat.last.text
    assert "2 messages" in scene.group_cards()[0].text
    await scene.says(scene.ana, "/reveal 1")
    assert CALM in scene.ana.chat.last.text


async def test_whoever_has_the_alert_is_told_and_named(scene: Scene) -> None:
    await asks_for_a_person(scene, scene.sam)
    await scene.taps(scene.ana, "I have this", in_group=True)

    await scene.says(scene.sam, CALM)

    assert "one more message from" in scene.ana.chat.last.text
    assert "I am passing this on to Ana." in scene.sam.chat.last.text


async def test_just_after_it_was_closed_whoever_closed_it_is_told(scene: Scene) -> None:
    await asks_for_a_person(scene, scene.sam)
    await scene.says(scene.ana, "/resolve 1 reached")
    await scene.clinic.advance(minutes=29)

    await scene.says(scene.sam, CALM)

    assert "which you closed" in scene.ana.chat.last.text
    assert "I am passing this on to Ana." in scene.sam.chat.last.text
    await scene.says(scene.ana, "/reveal 1")
    assert CALM in scene.ana.chat.last.text


async def test_later_than_that_a_closed_alert_takes_no_more_words(scene: Scene, visitor: Person) -> None:
    await asks_for_a_person(scene, visitor)
    await scene.says(scene.ana, "/resolve 1 reached")
    await scene.clinic.advance(minutes=31)

    await scene.says(visitor, CALM)

    assert "open the link" in visitor.chat.last.text
    assert "2 messages" not in scene.group_cards()[0].text


async def test_an_open_alert_takes_them_the_next_day_too(scene: Scene) -> None:
    await asks_for_a_person(scene, scene.sam)
    await scene.clinic.advance(hours=20)

    await scene.says(scene.sam, CALM)

    assert "with your request" in scene.sam.chat.last.text


async def test_an_alert_that_nobody_asked_for_takes_no_calm_words(scene: Scene) -> None:
    await scene.says(scene.sam, ELEVATED)

    await scene.says(scene.sam, CALM)

    assert "I cannot chat" in scene.sam.chat.last.text
    assert "2 messages" not in scene.group_cards()[0].text


async def test_an_answer_of_a_check_in_stays_one_and_other_words_go_to_staff(scene: Scene) -> None:
    maya = await asked(scene.clinic, "Maya")
    await asks_for_a_person(scene, maya)

    await scene.says(maya, CALM)
    passed_on = maya.chat.last.text
    await scene.says(maya, "7")

    assert "Staff get this with your request" in passed_on
    assert await answers(scene.clinic, maya) == {"mood": 7}
    assert "2 messages" in scene.group_cards()[0].text


async def test_a_command_and_staffs_own_words_stay_what_they_are(scene: Scene) -> None:
    await asks_for_a_person(scene, scene.sam)

    await scene.says(scene.sam, "/settings")
    await scene.says(scene.ana, CALM)

    assert "2 messages" not in scene.group_cards()[0].text
    assert not any("with your request" in text for text in bot_texts(scene.sam) + bot_texts(scene.ana))


async def test_a_language_nobody_screens_goes_to_staff_with_it(scene: Scene, visitor: Person) -> None:
    await asks_for_a_person(scene, visitor)

    await scene.says(visitor, "Позвоните мне после шести")

    assert "with your request" in visitor.chat.last.text
    await scene.says(scene.ana, "/reveal 1")
    assert "Позвоните" in scene.ana.chat.last.text


async def test_with_nobody_reached_the_person_hears_the_truth(scene: Scene) -> None:
    for colleague in (scene.chief, scene.ana, scene.ben):
        colleague.blocks_bot()
    scene.group.remove_bot(scene.chief)
    await scene.clinic.settle()
    await asks_for_a_person(scene, scene.sam)

    await scene.says(scene.sam, CALM)

    assert "I could not reach staff yet" in scene.sam.chat.last.text


async def test_a_new_consent_waits_for_it(scene: Scene) -> None:
    await asks_for_a_person(scene, scene.sam)
    await change(scene.clinic, scene.sam, consent_version="2020-01")

    await scene.says(scene.sam, CALM)

    assert "Staff get this with your request" in scene.sam.chat.last.text


async def test_spanish_is_answered_in_spanish(scene: Scene) -> None:
    await change(scene.clinic, scene.sam, language="es")
    await scene.says(scene.sam, "/help_now")
    await scene.taps(scene.sam, "Avisar al equipo que necesito a alguien")

    await scene.says(scene.sam, "por favor llámame al 555-0100")

    assert "El equipo lo recibe junto con tu pedido" in scene.sam.chat.last.text
