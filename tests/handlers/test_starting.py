"""Where a new participant comes from: whoever invited them is asked, and what is offered first follows from it."""

from pathlib import Path

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.builders import a_colleague, participant_of
from tests.handlers.stories import joins, taps
from tests.journeys.test_suggesting import checks_in

QUESTION = "Where does this person start from?"


async def test_from_residential_care_they_are_offered_first_what_they_need(
    clinic: Clinic, administrator: Person
) -> None:
    maya = await joins(clinic, administrator)
    assert QUESTION in administrator.chat.last.text

    await taps(clinic, administrator, ("Residential care",))

    assert "✓ Residential care" in administrator.chat.last.labels
    assert "Going home after group" in await checks_in(clinic, maya)


async def test_another_tap_changes_it(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)

    await taps(clinic, administrator, ("Residential care", "Living at home"))

    assert administrator.chat.last.labels == ("Residential care", "✓ Living at home")
    assert (await participant_of(clinic, maya)).start == "home"


async def test_whoever_says_nothing_leaves_the_course_as_it_is(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)

    assert "What stress does" in await checks_in(clinic, maya)


async def test_a_program_without_starts_does_not_ask(
    clinic: Clinic, administrator: Person, content: Path
) -> None:
    (content / "course.toml").unlink()
    await clinic.app.refresh_content()

    await joins(clinic, administrator)

    assert "has joined" in administrator.chat.last.text
    assert QUESTION not in administrator.chat.last.text
    assert not administrator.chat.last.labels


async def test_an_editor_cannot_say_where_somebody_starts(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    message = administrator.chat.last
    editor = await a_colleague(clinic, "eddie", Role.EDITOR)
    data = message.buttons[0][0].callback_data or ""

    editor.taps_data(message, data)
    await clinic.settle()

    assert (await participant_of(clinic, maya)).start == ""


async def test_the_programs_cap_holds_whatever_pace_they_chose(
    clinic: Clinic, administrator: Person, content: Path
) -> None:
    file = content / "course.toml"
    file.write_text(file.read_text().replace("most_in_a_week = 7", "most_in_a_week = 1"))
    await clinic.app.refresh_content()
    maya = await joins(clinic, administrator)
    assert "What stress does" in await checks_in(clinic, maya)

    await clinic.advance(days=1, step=1800)

    assert "What stress does" not in await checks_in(clinic, maya)
