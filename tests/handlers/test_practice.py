"""Trying a skill, as somebody sees it who has just read about it; and what has helped them, in `/skills`."""

from typing import Any

import pytest

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.alert_scenes import URGENT
from tests.builders import a_colleague, a_participant, change
from tests.handlers.stories import says, taps

BREATH = "Body and breath"
ASKED = "A small look back"


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    return await joined(clinic, "Sam")


async def joined(clinic: Clinic, name: str, **chosen: Any) -> Person:
    person = await a_participant(clinic, name, **chosen)
    await says(clinic, person, "/start")
    return person


async def reads(clinic: Clinic, person: Person, title: str = BREATH) -> None:
    """All of it, up to the question when to try it."""
    await says(clinic, person, "/learn")
    await taps(clinic, person, (title,))
    while "Skip" not in person.chat.last.labels:
        labels = person.chat.last.labels
        await taps(clinic, person, ("Next ›" if "Next ›" in labels else labels[0],))
    await taps(clinic, person, ("Skip",))


async def tries(clinic: Clinic, person: Person, title: str, helped: str) -> None:
    await reads(clinic, person, title)
    await taps(clinic, person, ("In an hour",))
    await clinic.advance(minutes=61)
    await taps(clinic, person, ("Yes, I tried it", helped))


def asked(person: Person) -> list[str]:
    texts = [message.text for message in person.chat.messages if message.is_from_bot]
    return [text for text in texts if text.startswith(ASKED)]


async def test_they_pick_a_time_are_asked_once_and_say_how_much_it_helped(
    clinic: Clinic, sam: Person
) -> None:
    await reads(clinic, sam)
    assert "When would you like to try it?" in sam.chat.last.text
    assert sam.chat.last.labels[:4] == ("In an hour", "Tonight", "Tomorrow", "Not now")

    await taps(clinic, sam, ("In an hour",))
    assert "I will ask you in about an hour" in sam.chat.last.text
    assert asked(sam) == []

    await clinic.advance(minutes=61)
    assert BREATH in asked(sam)[0]
    assert "Try today" in asked(sam)[0]

    await taps(clinic, sam, ("Yes, I tried it", "3"))
    assert f"{BREATH}: 3 of 4" in sam.chat.last.text

    await says(clinic, sam, "/skills")
    assert f"{BREATH}\n●●●○ · tried: 1" in sam.chat.last.text

    await taps(clinic, sam, (BREATH,))
    assert sam.chat.last.text.startswith(f"{BREATH} · 1/")


async def test_nobody_is_chased(clinic: Clinic, sam: Person) -> None:
    await reads(clinic, sam)
    await taps(clinic, sam, ("Tonight",))

    await clinic.restart_bot()
    await clinic.advance(days=4, step=900)

    assert len(asked(sam)) == 1


async def test_not_now_asks_nothing(clinic: Clinic, sam: Person) -> None:
    await reads(clinic, sam)
    await taps(clinic, sam, ("Not now",))
    await clinic.advance(days=3, step=900)

    assert asked(sam) == []
    assert f"You read all of {BREATH}" in "".join(message.text for message in sam.chat.messages)


async def test_not_yet_is_fine_and_is_not_rated(clinic: Clinic, sam: Person) -> None:
    await reads(clinic, sam)
    await taps(clinic, sam, ("In an hour",))
    await clinic.advance(minutes=61)
    await taps(clinic, sam, ("Not yet",))

    assert "That is all right" in sam.chat.last.text
    assert not sam.chat.last.labels
    await says(clinic, sam, "/skills")
    assert "Nothing is here yet" in sam.chat.last.text


async def test_what_helped_most_stands_first(clinic: Clinic, sam: Person) -> None:
    await tries(clinic, sam, BREATH, "1")
    assert "Your group may know another way" in sam.chat.last.text
    await tries(clinic, sam, "Worry time", "4")

    await says(clinic, sam, "/skills")

    assert sam.chat.last.labels[:2] == ("Worry time", BREATH)


async def test_the_first_rating_stays_whatever_an_old_button_says(clinic: Clinic, sam: Person) -> None:
    await reads(clinic, sam)
    await taps(clinic, sam, ("In an hour",))
    await clinic.advance(minutes=61)
    await taps(clinic, sam, ("Yes, I tried it",))
    message = sam.chat.last
    one = next(button.callback_data for button in message.buttons[0] if button.text == "1")
    await taps(clinic, sam, ("4",))

    sam.taps_data(message, one or "")
    await clinic.settle()

    assert f"{BREATH}: 4 of 4" in sam.chat.last.text


async def test_somebody_on_a_pause_is_not_asked(clinic: Clinic, sam: Person) -> None:
    await reads(clinic, sam)
    await taps(clinic, sam, ("In an hour",))
    await says(clinic, sam, "/pause")
    await taps(clinic, sam, ("1 day",))

    await clinic.advance(days=3, step=900)

    assert asked(sam) == []


async def test_an_open_alert_comes_first(clinic: Clinic, sam: Person, staff_group: Group) -> None:
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    await reads(clinic, sam)
    await taps(clinic, sam, ("In an hour",))
    await says(clinic, sam, URGENT)
    await clinic.advance(hours=2, step=600)
    assert asked(sam) == []

    await says(clinic, ana, "/claim 1", "/resolve 1 reached")
    await clinic.advance(hours=2, step=600)

    assert len(asked(sam)) == 1


async def test_a_time_that_is_over_is_said_and_another_can_be_picked(clinic: Clinic, sam: Person) -> None:
    await reads(clinic, sam)
    await clinic.advance(hours=12, step=1800)  # the night has begun

    await taps(clinic, sam, ("Tonight",))

    assert "That time is over" in sam.chat.toasts[-1].text
    await taps(clinic, sam, ("Tomorrow",))
    assert "I will ask you tomorrow" in sam.chat.last.text


async def test_planned_twice_is_asked_once(clinic: Clinic, sam: Person) -> None:
    await reads(clinic, sam)
    message = sam.chat.last
    data = [button.callback_data or "" for row in message.buttons for button in row]
    for pressed in (data[0], data[1]):
        sam.taps_data(message, pressed)
        await clinic.settle()

    await says(clinic, sam, "/skills")
    assert sam.chat.last.text.count(BREATH) == 1
    await clinic.advance(days=2, step=900)

    assert len(asked(sam)) == 1


async def test_all_of_it_is_there_in_spanish(clinic: Clinic, sam: Person) -> None:
    await reads(clinic, sam)
    await change(clinic, sam, language="es")
    await taps(clinic, sam, ("In an hour",))
    await clinic.advance(minutes=61)
    await taps(clinic, sam, ("Sí, lo probé", "2"))

    assert ": 2 de 4" in sam.chat.last.text
    await says(clinic, sam, "/skills")
    assert "●●○○ · lo probaste: 1" in sam.chat.last.text


async def test_it_is_in_their_copy_and_gone_after_delete(clinic: Clinic, sam: Person) -> None:
    await tries(clinic, sam, BREATH, "3")
    await says(clinic, sam, "/export")

    page = next(message for message in sam.chat.messages if message.kind == "document")
    assert "helped 3 of 4" in (page.data or b"").decode()


@pytest.mark.parametrize(
    "data", ["rdp:stress-body-and-breath:hour", "rdp:x:never", "prt:1:yes", "prh:zz:9", "prh"]
)
async def test_a_forged_button_changes_nothing(clinic: Clinic, sam: Person, data: str) -> None:
    await says(clinic, sam, "/learn")
    before = sam.chat.last.text

    sam.taps_data(sam.chat.last, data)
    await clinic.settle()

    assert sam.chat.toasts[-1].text
    await clinic.advance(hours=2, step=600)
    assert sam.chat.last.text == before
    assert asked(sam) == []
