"""/settings: everything chosen when joining can be changed, by taps in one message."""

from datetime import timedelta

from bot.people.store import participants
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.checkin_steps import answers, asked, next_at, somebody
from tests.handlers.stories import a_participant_link, joins, joins_staff, opens, says, taps


async def test_each_setting_can_be_changed_by_taps_in_one_message(
    clinic: Clinic, administrator: Person
) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")
    before = sum(message.is_from_bot for message in maya.chat.messages)

    await taps(clinic, maya, ("Time zone", "United States", "Pacific (US)"))
    await taps(clinic, maya, ("Check-in time", "Earlier", "9 am"))
    await taps(clinic, maya, ("Quiet hours", "No quiet hours"))
    await taps(clinic, maya, ("Reading", "More"))
    await taps(clinic, maya, ("Taps or words", "Taps and words"))

    shown = maya.chat.last.text
    for words in ("Pacific (US)", "9:00 am", "No quiet hours", "Reading: more", "taps and words"):
        assert words in shown
    assert sum(message.is_from_bot for message in maya.chat.messages) == before


async def test_the_name_is_typed_and_shown(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")
    await taps(clinic, maya, ("Taps or words", "Taps and words", "Name"))

    await says(clinic, maya, "Em")

    assert "Name: Em\n" in maya.chat.last.text


async def test_the_language_changes_everything_at_once(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")

    await taps(clinic, maya, ("Language", "Español"))

    assert any("Tus ajustes" in message.text for message in maya.chat.messages)
    assert "Guardado." in maya.chat.toasts[-1].text


async def test_a_typed_time_is_taken_where_times_are_offered(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")
    await taps(clinic, maya, ("Check-in time",))

    await says(clinic, maya, "7:30 pm")

    assert "Check-in: 7:30 pm" in maya.chat.last.text


async def test_a_check_in_within_quiet_hours_is_said_to_come_after_them(
    clinic: Clinic, administrator: Person
) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")

    await taps(clinic, maya, ("Check-in time", "Later", "Later", "11 pm"))

    assert "so it comes at 8:00 am" in maya.chat.last.text


async def test_back_changes_nothing(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")
    before = maya.chat.last.text

    for label in (
        "Name",
        "Language",
        "Time zone",
        "Check-in time",
        "Quiet hours",
        "Reading",
        "Taps or words",
    ):
        await taps(clinic, maya, (label, "Back"))

    assert maya.chat.last.text == before


async def test_a_forged_zone_is_not_taken(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")

    for data in (
        "se:zone:z:Nowhere/Land",
        "se:time:t:2560",
        "se:pace:lots",
        "se:lang:xx",
        "se:agree:yes",
        "se",
    ):
        maya.taps_data(maya.chat.last, data)
    await clinic.settle()

    person = (await clinic.run(participants))[0]
    assert (person.zone, person.language, person.pace) == ("America/New_York", "en", "usual")


async def test_staff_can_change_their_language_and_nothing_else(
    clinic: Clinic, administrator: Person
) -> None:
    ana = await joins_staff(clinic, administrator, "ana")

    await says(clinic, ana, "/settings")
    labels = ana.chat.last.labels
    await taps(clinic, ana, ("Language", "Español"))

    assert labels == ("Language",)
    assert "Nombre corto: ana" in ana.chat.last.text


async def test_strangers_are_told_that_settings_come_with_joining(
    clinic: Clinic, administrator: Person
) -> None:
    stranger, joining = clinic.sandbox.person("Stranger"), clinic.sandbox.person("Maya")
    await opens(clinic, joining, await a_participant_link(clinic, administrator))

    await says(clinic, stranger, "/settings")
    await says(clinic, joining, "/settings")

    assert "people who have joined" in stranger.chat.last.text
    assert "when you have joined" in joining.chat.last.text


async def test_what_is_typed_after_the_check_in_has_come_is_its_answer_and_no_name(clinic: Clinic):
    sam = await somebody(clinic)
    due = await next_at(clinic, sam)
    assert due is not None
    await clinic.until(due - timedelta(minutes=5))
    await says(clinic, sam, "/settings")
    await taps(clinic, sam, ("Name",))
    await clinic.advance(minutes=6)

    await says(clinic, sam, "5")

    assert "2/6" in sam.chat.last.text
    assert (await answers(clinic, sam))["mood"] == 5


async def test_whoever_goes_on_with_something_else_leaves_the_open_setting(clinic: Clinic):
    sam = await asked(clinic)
    await says(clinic, sam, "/settings")
    await taps(clinic, sam, ("Name", "5"))

    await says(clinic, sam, "1")

    assert (await answers(clinic, sam))["craving"] == 1


async def test_where_only_buttons_help_the_settings_say_so(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")
    await taps(clinic, maya, ("Quiet hours",))

    await says(clinic, maya, "midnight to six")

    assert "tap one of the buttons" in maya.chat.last.text


async def test_a_language_nobody_reads_is_no_place_but_something_to_look_at(
    clinic: Clinic, administrator: Person
) -> None:
    maya = await joins(clinic, administrator)
    await says(clinic, maya, "/settings")
    await taps(clinic, maya, ("Time zone",))

    await says(clinic, maya, "мне плохо сегодня")

    assert "Staff will see that you wrote" in maya.chat.last.text
