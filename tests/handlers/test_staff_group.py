"""/staff_group and /content."""

from pathlib import Path

from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
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
