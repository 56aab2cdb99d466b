"""The fixed button: whoever has joined has help one tap away, whatever else is on the screen."""

import pytest

from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.checkin_steps import answers, asked
from tests.handlers.stories import joins

EN, ES = (("Help now",),), (("Ayuda ahora",),)


async def says(clinic: Clinic, person: Person, text: str) -> None:
    person.says(text)
    await clinic.settle()


async def test_it_comes_with_joining_and_shows_the_numbers(clinic: Clinic, staff_group: Group) -> None:
    maya = await joins(clinic, clinic.administrators[0])

    assert maya.chat.keyboard == EN

    await says(clinic, maya, "Help now")

    assert "988" in maya.chat.last.text
    assert "Tell staff I need a person" in maya.chat.last.labels


async def test_in_the_middle_of_a_check_in_it_is_help_and_no_answer(clinic: Clinic) -> None:
    sam = await asked(clinic)
    sam.taps("6")
    await clinic.settle()

    await says(clinic, sam, "help now")

    assert "988" in sam.chat.last.text
    assert await answers(clinic, sam) == {"mood": 6}


@pytest.mark.parametrize("words", ["Help now", "Ayuda ahora"])
async def test_it_is_understood_in_every_language_and_while_joining(clinic: Clinic, words: str) -> None:
    visitor = clinic.sandbox.person("Visitor")

    await says(clinic, visitor, words)

    assert "988" in visitor.chat.last.text


async def test_it_speaks_the_language_of_the_person(clinic: Clinic, staff_group: Group) -> None:
    maya = await joins(clinic, clinic.administrators[0])

    await says(clinic, maya, "/settings")
    maya.taps("Language")
    await clinic.settle()
    maya.taps("Español")
    await clinic.settle()

    assert maya.chat.keyboard == ES


async def test_who_was_there_before_gets_it_with_help_and_erasing_takes_it_away(clinic: Clinic) -> None:
    sam = await asked(clinic)
    await says(clinic, sam, "/help")
    assert sam.chat.keyboard == EN

    await says(clinic, sam, "/delete")
    sam.taps("Remove everything")
    await clinic.settle()

    assert sam.chat.keyboard == ()


async def test_staff_do_not_get_it(clinic: Clinic, staff_group: Group) -> None:
    await says(clinic, clinic.administrators[0], "/help")

    assert clinic.administrators[0].chat.keyboard == ()
