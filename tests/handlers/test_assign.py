"""`/assign`: a facilitator picks something to read, the person hears of it once, and who has read it can be seen."""

from pathlib import Path
from typing import Any

import pytest

from bot.people.model import Pace, ParticipantState, Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.alert_scenes import URGENT
from tests.builders import a_colleague, a_participant, change, participant_of
from tests.handlers.stories import says, taps

BREATH = "Body and breath"
SLEEP = "When sleep will not come"
FOR_GROUP = "Your group will talk about this"
PICKED = "picked for you"


@pytest.fixture
async def ana(clinic: Clinic) -> Person:
    return await a_colleague(clinic, "ana", Role.FACILITATOR)


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    return await joined(clinic, "Sam", pace=Pace.MORE)


async def joined(clinic: Clinic, name: str, **chosen: Any) -> Person:
    """Somebody who has written to the bot, so that it can write to them."""
    person = await a_participant(clinic, name, **chosen)
    await says(clinic, person, "/start")
    return person


async def gives(
    clinic: Clinic, by: Person, title: str, whom: str, day: str = "No day", *, track: str = "Stress"
) -> str:
    """Through the buttons; gives what is said at the end."""
    await says(clinic, by, "/assign")
    await taps(clinic, by, ("Pick something to read", track, title, whom, day))
    await clinic.advance(minutes=1)
    return by.chat.last.text


async def code_of(clinic: Clinic, person: Person) -> str:
    return (await participant_of(clinic, person)).code


def told(person: Person) -> list[str]:
    """Every message that said that something was picked."""
    texts = [message.text for message in person.chat.messages if message.is_from_bot]
    return [text for text in texts if text.startswith("Something to read")]


async def reads_all(clinic: Clinic, person: Person) -> None:
    while "Skip" not in person.chat.last.labels:
        labels = person.chat.last.labels
        await taps(clinic, person, ("Next ›" if "Next ›" in labels else labels[0],))
    await taps(clinic, person, ("Skip",))


async def test_one_person_hears_of_it_once_and_one_tap_opens_it(
    clinic: Clinic, ana: Person, sam: Person
) -> None:
    other = await joined(clinic, "Kim")

    said = await gives(clinic, ana, BREATH, await code_of(clinic, sam))
    await clinic.advance(hours=3, step=600)

    assert "People who will hear of it: 1." in said
    assert len(told(sam)) == 1
    assert told(other) == []
    assert BREATH in told(sam)[0]

    await taps(clinic, sam, ("Read · 5 min",))

    assert sam.chat.last.text.startswith(f"{BREATH} · 1/")


async def test_everybody_hears_the_day_on_which_the_group_talks_about_it(
    clinic: Clinic, ana: Person, sam: Person
) -> None:
    luis = await joined(clinic, "Luis", language="es")

    await gives(clinic, ana, BREATH, "Everybody (2)", "Tomorrow")

    assert FOR_GROUP + " tomorrow:" in told(sam)[0]
    assert "Tu grupo hablará de esto mañana:" in luis.chat.last.text
    assert "Leer · 5 min" in luis.chat.last.labels


async def test_who_opened_and_read_it_is_codes_in_private_and_counts_in_the_group(
    clinic: Clinic, ana: Person, sam: Person, staff_group: Group, administrator: Person
) -> None:
    kim = await joined(clinic, "Kim")
    staff_group.adds(ana, by=administrator)
    codes = [await code_of(clinic, person) for person in (sam, kim)]
    await gives(clinic, ana, BREATH, "Everybody (2)")
    await taps(clinic, sam, ("Read · 5 min",))
    await reads_all(clinic, sam)

    await says(clinic, ana, "/assign")
    await taps(clinic, ana, (BREATH,))

    assert f"✓ {codes[0]}: read it" in ana.chat.last.text
    assert f"○ {codes[1]}: told" in ana.chat.last.text

    ana.says(f"/assign@{clinic.sandbox.username}", in_=staff_group)
    await clinic.settle()

    said = staff_group.messages[-1]
    assert f"{BREATH}\nPeople: 2 · opened: 1 · read to the end: 1" in said.text
    assert "in private" in said.text
    assert not said.labels
    assert not [code for code in codes if code in said.text]


async def test_assigned_twice_is_one_message(clinic: Clinic, ana: Person, sam: Person) -> None:
    code = await code_of(clinic, sam)
    await gives(clinic, ana, BREATH, code)
    said = await gives(clinic, ana, BREATH, "Everybody (1)", "Tomorrow")
    await clinic.advance(days=3, step=900)

    assert "Had it already, so not told twice: 1" in said
    assert len(told(sam)) == 1


async def test_quiet_hours_hold_it(clinic: Clinic, ana: Person) -> None:
    sam = await joined(clinic, "Sam", zone="Asia/Tokyo")  # it is night there
    await gives(clinic, ana, BREATH, "Everybody (1)")
    assert told(sam) == []

    await clinic.restart_bot()
    await clinic.advance(hours=12, step=600)

    assert len(told(sam)) == 1
    assert "told" in await standing(clinic, ana)


async def standing(clinic: Clinic, by: Person) -> str:
    await says(clinic, by, "/assign")
    await taps(clinic, by, (BREATH,))
    return by.chat.last.text


async def test_whoever_has_read_it_is_left_in_peace_unless_it_is_given_again(
    clinic: Clinic, ana: Person, sam: Person
) -> None:
    await says(clinic, sam, "/learn")
    await taps(clinic, sam, (BREATH,))
    await reads_all(clinic, sam)

    said = await gives(clinic, ana, BREATH, "Everybody (1)")
    assert "Had read it already, so left in peace: 1" in said
    assert told(sam) == []

    await taps(clinic, ana, ("Give it to them again",))
    await clinic.advance(minutes=1)

    assert len(told(sam)) == 1
    await taps(clinic, sam, ("Read · 5 min",))
    assert sam.chat.last.text.startswith(f"{BREATH} · 1/")


async def test_a_person_on_a_pause_hears_of_it_when_they_are_back(
    clinic: Clinic, ana: Person, sam: Person
) -> None:
    await says(clinic, sam, "/pause")
    await taps(clinic, sam, ("1 day",))
    await gives(clinic, ana, BREATH, "Everybody (1)")
    await clinic.advance(hours=12, step=900)
    assert told(sam) == []

    await clinic.advance(hours=24, step=900)

    assert len(told(sam)) == 1


async def test_whoever_has_stopped_cannot_be_chosen(clinic: Clinic, ana: Person, sam: Person) -> None:
    await change(clinic, sam, state=ParticipantState.STOPPED)
    await says(clinic, ana, "/assign")
    await taps(clinic, ana, ("Pick something to read", "Stress", BREATH))

    assert "Nobody is in the program" in ana.chat.last.text


async def test_an_open_alert_comes_first(
    clinic: Clinic, ana: Person, sam: Person, staff_group: Group
) -> None:
    await says(clinic, sam, URGENT)
    await gives(clinic, ana, BREATH, "Everybody (1)")
    await clinic.advance(hours=2, step=600)
    assert told(sam) == []

    await says(clinic, ana, "/claim 1", "/resolve 1 reached")
    await clinic.advance(hours=2, step=600)

    assert len(told(sam)) == 1


async def test_a_second_one_waits_for_the_next_day_unless_the_group_talks_about_it_today(
    clinic: Clinic, ana: Person, sam: Person
) -> None:
    await gives(clinic, ana, BREATH, "Everybody (1)")
    await gives(clinic, ana, SLEEP, "Everybody (1)")
    assert len(told(sam)) == 1
    await gives(clinic, ana, "Worry time", "Everybody (1)", "Today")

    assert len(told(sam)) == 2
    assert "Worry time" in told(sam)[-1]
    assert "today" in told(sam)[-1]

    await clinic.advance(days=1, step=900)

    assert len(told(sam)) == 3
    assert SLEEP in told(sam)[-1]


async def test_what_was_picked_passes_a_full_week_and_counts_for_it(clinic: Clinic, ana: Person) -> None:
    sam = await joined(clinic, "Sam", pace=Pace.LIGHTER)
    for title in (BREATH, SLEEP, "Worry time"):
        await gives(clinic, ana, title, "Everybody (1)")
        await clinic.advance(days=1, step=900)

    assert len(told(sam)) == 3
    assert not await offered_at_the_end(clinic, sam)


async def offered_at_the_end(clinic: Clinic, person: Person) -> bool:
    await checks_in(clinic, person)
    return "Not today" in person.chat.last.labels


async def checks_in(clinic: Clinic, person: Person) -> None:
    await says(clinic, person, "/checkin")
    for _ in range(20):
        labels = person.chat.last.labels
        if "Skip" in labels:
            await taps(clinic, person, ("Skip",))
        elif "Yes" in labels:
            await taps(clinic, person, ("Yes",))
        else:
            return


async def test_the_end_of_a_check_in_offers_what_was_picked_and_then_no_message_comes(
    clinic: Clinic, ana: Person
) -> None:
    sam = await joined(clinic, "Sam", zone="Asia/Tokyo")
    await gives(clinic, ana, BREATH, "Everybody (1)")
    assert told(sam) == []

    await checks_in(clinic, sam)
    await clinic.advance(hours=12, step=600)

    assert f"Your team picked this for you to read:\n{BREATH}" in sam.chat.last.text
    assert told(sam) == []
    await taps(clinic, sam, ("Read · 5 min",))
    assert sam.chat.last.text.startswith(f"{BREATH} · 1/")


async def test_the_list_shows_what_was_picked_first(clinic: Clinic, ana: Person, sam: Person) -> None:
    await gives(clinic, ana, BREATH, "Everybody (1)")

    await says(clinic, sam, "/learn")

    assert f"Picked for you by your team\n○ {BREATH}" in sam.chat.last.text
    assert sam.chat.last.text.count(BREATH) == 1
    assert sam.chat.last.labels[0] == BREATH


async def test_what_nobody_has_opened_can_be_taken_back(clinic: Clinic, ana: Person, sam: Person) -> None:
    kim = await joined(clinic, "Kim", zone="Asia/Tokyo")
    await gives(clinic, ana, BREATH, "Everybody (2)")
    await taps(clinic, sam, ("Read · 5 min",))

    await standing(clinic, ana)
    await taps(clinic, ana, ("Take back where not opened",))
    await clinic.advance(days=1, step=900)

    assert told(kim) == []
    assert "People: 1 · opened: 1" in ana.chat.last.text


async def test_a_message_that_could_not_arrive_is_sent_when_the_chat_is_open_again(
    clinic: Clinic, ana: Person, sam: Person
) -> None:
    sam.blocks_bot()
    await gives(clinic, ana, BREATH, "Everybody (1)")
    assert told(sam) == []

    sam.unblocks_bot()
    await says(clinic, sam, "/start")
    await clinic.advance(hours=7, step=600)

    assert len(told(sam)) == 1


async def test_a_module_that_is_gone_is_not_said(clinic: Clinic, ana: Person, content: Path) -> None:
    sam = await joined(clinic, "Sam", zone="Asia/Tokyo")
    await gives(clinic, ana, BREATH, "Everybody (1)")
    for lang in ("en", "es"):
        (content / "modules" / lang / "stress-body-and-breath.md").unlink()
    for name in ("suggestions.toml", "course.toml"):  # which name it, and may be left out
        (content / name).unlink()
    await clinic.app.refresh_content()
    assert clinic.app.services.content.module("stress-body-and-breath", "en") is None

    await clinic.advance(days=1, step=900)

    assert told(sam) == []
    await says(clinic, sam, "/learn")
    assert "Picked for you" not in sam.chat.last.text


@pytest.mark.parametrize(
    "data", ["as", "as:x", "as:d:nothing:0", "as:g:stress-body-and-breath:zz:0", "as:w:sleep"]
)
async def test_a_forged_button_gives_nothing_to_anybody(
    clinic: Clinic, ana: Person, sam: Person, data: str
) -> None:
    await says(clinic, ana, "/assign")
    ana.taps_data(ana.chat.last, data)
    await clinic.advance(minutes=1)

    assert ana.chat.toasts
    assert told(sam) == []


async def test_more_people_than_fit_on_a_screen_are_turned_through(clinic: Clinic, ana: Person) -> None:
    people = [await joined(clinic, f"Person{number}") for number in range(10)]
    codes = sorted([await code_of(clinic, person) for person in people])
    await says(clinic, ana, "/assign")
    await taps(clinic, ana, ("Pick something to read", "Stress", BREATH))
    assert codes[0] in ana.chat.last.labels
    assert codes[9] not in ana.chat.last.labels

    await taps(clinic, ana, ("More ›", codes[9], "No day"))
    await clinic.advance(minutes=1)

    assert sum(len(told(person)) for person in people) == 1


async def test_an_editor_cannot_assign(clinic: Clinic, sam: Person) -> None:
    editor = await a_colleague(clinic, "eddie", Role.EDITOR)

    await says(clinic, editor, "/assign")

    assert not editor.chat.last.labels


async def test_it_is_in_the_audit_and_in_the_persons_own_copy(
    clinic: Clinic, ana: Person, sam: Person
) -> None:
    await gives(clinic, ana, BREATH, await code_of(clinic, sam))

    await says(clinic, sam, "/export")

    page, data = (message for message in sam.chat.messages if message.kind == "document")
    assert "picked for you by ana" in (page.data or b"").decode()
    assert "stress-body-and-breath" in (data.data or b"").decode()
    assert "ana: assigned reading" in (page.data or b"").decode()
