"""/staff_group and /content."""

from pathlib import Path

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.alert_scenes import URGENT
from tests.builders import a_colleague
from tests.checkin_steps import somebody
from tests.handlers.stories import joins_staff, says


async def staff_group_key(clinic: Clinic) -> str | None:
    return await clinic.run(clinic.app.services.people.staff_group)


async def test_an_administrators_command_makes_a_group_the_staff_group(
    clinic: Clinic, staff_group: Group
) -> None:
    assert "This is the staff group now" in staff_group.last.text
    assert await staff_group_key(clinic) is not None


async def test_adding_the_bot_is_not_enough(clinic: Clinic, administrator: Person) -> None:
    group = clinic.sandbox.group("Some group", administrators=[administrator])

    group.add_bot(administrator)
    await clinic.settle()

    assert "send /staff_group" in group.last.text
    assert await staff_group_key(clinic) is None


async def test_a_strangers_command_does_nothing(clinic: Clinic) -> None:
    stranger = clinic.sandbox.person("Stranger")
    group = clinic.sandbox.group("Elsewhere", administrators=[stranger])
    group.add_bot(stranger)

    stranger.says(f"/staff_group@{clinic.sandbox.username}", in_=group)
    stranger.says(f"/content@{clinic.sandbox.username}", in_=group)
    await clinic.settle()

    assert not any(message.is_from_bot and message.kind == "text" for message in group.messages)
    assert await staff_group_key(clinic) is None


async def test_a_facilitator_cannot_move_the_staff_group(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    ana = await joins_staff(clinic, administrator, "ana")
    before = await staff_group_key(clinic)
    group = clinic.sandbox.group("Ana's group", administrators=[ana])
    group.add_bot(ana)

    ana.says(f"/staff_group@{clinic.sandbox.username}", in_=group)
    await clinic.settle()

    assert await staff_group_key(clinic) == before


async def test_an_anonymous_administrator_is_asked_to_act_as_themselves(
    clinic: Clinic, administrator: Person
) -> None:
    group = clinic.sandbox.group("Staff", administrators=[administrator])
    group.add_bot(administrator)

    administrator.says_anonymously(f"/staff_group@{clinic.sandbox.username}", in_=group)
    await clinic.settle()

    assert "Remain anonymous" in group.last.text
    assert await staff_group_key(clinic) is None


async def test_another_group_takes_over_and_the_old_one_is_told(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    other = clinic.sandbox.group("New staff", administrators=[administrator])
    other.add_bot(administrator)

    administrator.says(f"/staff_group@{clinic.sandbox.username}", in_=other)
    await clinic.settle()

    assert "This is the staff group now" in other.last.text
    assert "Another group" in staff_group.last.text


async def test_content_shows_what_runs_and_each_problem_with_its_line(
    clinic: Clinic, administrator: Person, staff_group: Group, content: Path
) -> None:
    administrator.says(f"/content@{clinic.sandbox.username}", in_=staff_group)
    await clinic.settle()
    fine = staff_group.last.text
    daily = content / "checkins" / "daily.toml"
    daily.write_text(daily.read_text().replace('kind = "scale"', 'kind = "scal"', 1))
    await clinic.app.refresh_content()

    administrator.says(f"/content@{clinic.sandbox.username}", in_=staff_group)
    await clinic.settle()

    assert "No problems" in fine and "today at 10:00 am" in fine
    assert "daily.toml:" in staff_group.last.text


async def test_content_is_for_supervisors_editors_and_administrators(
    clinic: Clinic, administrator: Person
) -> None:
    ana = await joins_staff(clinic, administrator, "ana")
    eva = await joins_staff(clinic, administrator, "eva", "Editor")

    await says(clinic, ana, "/content")
    await says(clinic, eva, "/content")

    assert "not for your role" in ana.chat.last.text
    assert "No problems" in eva.chat.last.text


async def test_a_command_for_the_private_chat_says_so_to_staff_and_to_nobody_else(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    guest, name = clinic.sandbox.person("Guest"), clinic.sandbox.username
    for person in (ana, guest):
        staff_group.adds(person, by=administrator)
    await clinic.settle()
    before = len(staff_group.messages)

    for text in (f"/invite@{name}", f"/foo@{name}", "/help@another_bot"):
        for person in (ana, guest):
            person.says(text, in_=staff_group)
    await clinic.settle()

    said = [message.text for message in staff_group.messages[before:] if message.is_from_bot]
    assert said == ["/invite is for our private chat. Open my name, and send it there."]


async def test_old_cards_in_a_group_that_is_not_the_staff_group_any_more_say_so(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    await says(clinic, await somebody(clinic), URGENT)
    new = clinic.sandbox.group("New staff group", administrators=[administrator]).add_bot(administrator)
    administrator.says(f"/staff_group@{clinic.sandbox.username}", in_=new)
    await clinic.settle()

    administrator.taps("I have this", in_=staff_group)
    await clinic.settle()

    assert "gets no alerts any more" in staff_group.toasts[-1].text
    assert "/alerts" in staff_group.toasts[-1].text
