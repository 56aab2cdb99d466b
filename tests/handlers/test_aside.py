"""An update that cannot be processed is a concern until somebody looked."""

import pytest

from bot.intake.dispatch import Work
from bot.intake.facts import Facts
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.screening.model import NOTHING, Category, Evidence, Finding, Level
from handlers.aside import put_aside
from tests.alert_scenes import Scene, set_up

URGENT_FINDING = Finding(Level.URGENT, (Category.SUICIDE,), (Evidence("some.rule", 0, 4),))


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


async def aside(scene: Scene, person: Person, finding: Finding, *, chat_id: int = 0) -> None:
    facts = Facts(1, chat_id or person.id, person.id, not chat_id, "broken words", "en")
    services, now = scene.clinic.app.services, scene.clinic.clock.now()
    await scene.clinic.run(lambda tx: put_aside(Work(tx, now, facts, finding), services))
    await scene.clinic.settle()


async def test_the_person_gets_a_kind_word_and_staff_an_alert(scene: Scene) -> None:
    await aside(scene, scene.sam, NOTHING)

    assert "I could not read your last message, but I kept it." in scene.sam.chat.last.text
    assert "elevated\nA message could not be read" in scene.group_cards()[0].text
    await scene.says(scene.ana, "/reveal 1")
    assert "broken words" in scene.ana.chat.last.text


async def test_urgent_words_in_it_get_the_crisis_card(scene: Scene) -> None:
    await aside(scene, scene.sam, URGENT_FINDING)

    assert "988" in scene.sam.chat.last.text
    assert "URGENT" in scene.group_cards()[0].text


async def test_a_visitor_gets_numbers_or_a_kind_word_and_no_alert(scene: Scene) -> None:
    visitor = scene.clinic.sandbox.person("Vi")
    visitor.says("/start")
    await scene.clinic.settle()

    await aside(scene, visitor, NOTHING)
    assert "Please try again." in visitor.chat.last.text
    await aside(scene, visitor, URGENT_FINDING)
    assert "988" in visitor.chat.last.text
    assert scene.group_cards() == []


async def test_staff_and_groups_raise_nothing(scene: Scene) -> None:
    await aside(scene, scene.ana, URGENT_FINDING)
    await aside(scene, scene.sam, URGENT_FINDING, chat_id=scene.group.id)

    assert scene.group_cards() == []
