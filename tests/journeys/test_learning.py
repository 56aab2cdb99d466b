"""A week of reading: offered after the check-in at the pace that was chosen, read in pieces, finished days later."""

import pytest

from bot.people.model import Pace
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.builders import a_participant

URGENT = "I want to kill myself tonight"


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    person = await a_participant(clinic, "Sam", pace=Pace.MORE)
    await says(clinic, person, "/start")
    return person


async def says(clinic: Clinic, person: Person, text: str) -> None:
    person.says(text)
    await clinic.settle()


async def taps(clinic: Clinic, person: Person, *labels: str) -> None:
    for label in labels:
        person.taps(label)
        await clinic.settle()


async def checks_in(clinic: Clinic, person: Person) -> None:
    """Through today's check-in by the shortest way."""
    await says(clinic, person, "/checkin")
    for _ in range(20):
        labels = person.chat.last.labels
        if "Skip" in labels:
            await taps(clinic, person, "Skip")
        elif "Yes" in labels:
            await taps(clinic, person, "Yes")
        else:
            return


async def reads_to_the_question(clinic: Clinic, person: Person) -> None:
    while "Skip" not in person.chat.last.labels:
        labels = person.chat.last.labels
        await taps(clinic, person, "Next ›" if "Next ›" in labels else labels[0])


async def test_a_module_is_offered_after_the_check_in_read_in_pieces_and_finished(
    clinic: Clinic, sam: Person
) -> None:
    await checks_in(clinic, sam)
    assert "What stress does" in sam.chat.last.text

    await taps(clinic, sam, "Read · 4 min", "Next ›", "Next ›")
    left_at = sam.chat.last.text
    await clinic.restart_bot()
    await clinic.advance(days=1, step=600)

    await checks_in(clinic, sam)
    await taps(clinic, sam, "Go on: card 3")
    assert sam.chat.last.text == left_at

    await reads_to_the_question(clinic, sam)
    await says(clinic, sam, "My shoulders go up")
    assert "You read all of What stress does" in sam.chat.last.text


async def test_not_today_is_taken_for_an_answer(clinic: Clinic, sam: Person) -> None:
    await checks_in(clinic, sam)
    thanks = sam.chat.last

    await taps(clinic, sam, "Not today")

    assert not sam.chat.message(thanks.id).labels
    assert "/learn" in sam.chat.toasts[-1].text

    await clinic.advance(days=1, step=600)
    await checks_in(clinic, sam)
    assert "What stress does" in sam.chat.last.text


async def test_a_worrying_reflection_is_kept_answered_and_told_to_staff(
    clinic: Clinic, sam: Person, staff_group: Group
) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, "What stress does")
    await reads_to_the_question(clinic, sam)

    await says(clinic, sam, URGENT)

    texts = [message.text for message in sam.chat.messages if message.is_from_bot]
    assert any("988" in text for text in texts)
    assert "Saved. The rest can wait." in texts
    assert not any("You read all of" in text for text in texts)
    group = "\n".join(message.text for message in staff_group.messages)
    assert "Alert 1" in group
    assert URGENT not in group
