"""The team as it changes: leaving loses everything at once, and somebody can always run the program."""

from pathlib import Path

import pytest

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from handlers import conversation
from tests.alert_scenes import URGENT, Scene, bot_texts, set_up
from tests.builders import a_colleague
from tests.discretion import Tee
from tests.handlers.stories import joins_staff, link_in, says, taps


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


async def leaves(scene: Scene, handle: str) -> None:
    await says(scene.clinic, scene.chief, f"/staff remove {handle}")
    await taps(scene.clinic, scene.chief, (f"Remove {handle.title()}",))


async def test_the_list_shows_everybody_and_how_to_change_it(scene: Scene) -> None:
    await says(scene.clinic, scene.chief, "/staff")

    text = scene.chief.chat.last.text
    assert "Ana: Facilitator" in text
    assert "Ben: Supervisor" in text
    assert "/staff remove" in text


async def test_a_colleague_who_leaves_loses_everything_and_their_alert_opens_again(scene: Scene) -> None:
    clinic = scene.clinic
    await says(clinic, scene.sam, URGENT)
    await says(clinic, scene.ana, "/claim 1")

    await leaves(scene, "ana")

    assert any("no longer on the team" in text for text in bot_texts(scene.ana))
    assert not any("Taken by Ana" in card.text for card in scene.group_cards())
    assert "open" in (await listing(scene)).lower()
    assert any("left the team" in seen.text for seen in scene.group.messages)
    seen = len(scene.ana.chat.messages)
    await says(clinic, scene.ana, "/alerts", "/reveal 1", "/claim 1", "/who 1")
    assert not [text for text in bot_texts(scene.ana) if "Alert 1" in text]
    assert URGENT not in "".join(message.text for message in scene.ana.chat.messages[seen:])
    assert "chief: removed ana" in [
        entry.replace(entry.partition(":")[0], "chief") for entry in await scene.audited()
    ]


async def listing(scene: Scene) -> str:
    await says(scene.clinic, scene.ben, "/alerts")
    return scene.ben.chat.last.text


async def test_an_alert_goes_to_others_at_once_when_the_only_one_told_leaves(scene: Scene) -> None:
    clinic = scene.clinic
    await says(clinic, scene.sam, URGENT)

    for handle in ("ana", "ben"):
        await leaves(scene, handle)

    told = [text for text in bot_texts(scene.chief) if "Alert 1" in text]
    assert told


async def test_the_last_administrator_cannot_be_removed_or_demoted(scene: Scene, clinic: Clinic) -> None:
    chief = scene.chief
    handle = await handle_of(scene)

    await says(clinic, chief, f"/staff remove {handle}")
    await taps(clinic, chief, ("Remove",))
    assert "configuration" in chief.chat.last.text

    await says(clinic, chief, f"/staff role {handle} editor")
    assert "configuration" in chief.chat.last.text
    await says(clinic, chief, "/staff")
    assert "Administrator" in chief.chat.last.text


async def handle_of(scene: Scene) -> str:
    await says(scene.clinic, scene.chief, "/staff")
    line = next(line for line in scene.chief.chat.last.text.splitlines() if "Administrator" in line)
    return line.partition(":")[0]


async def test_somebody_with_another_role_can_do_what_that_role_can(scene: Scene) -> None:
    clinic = scene.clinic

    await says(clinic, scene.chief, "/staff role ana supervisor")
    await says(clinic, scene.ana, "/test_alert")
    assert "Your role has changed" in "".join(bot_texts(scene.ana))
    assert "drill" in "".join(bot_texts(scene.ana)).lower() or "test" in "".join(bot_texts(scene.ana)).lower()

    await says(clinic, scene.chief, "/staff role ana editor")
    await says(clinic, scene.sam, URGENT)
    assert "Alert 2" not in "".join(bot_texts(scene.ana))


async def test_removing_has_a_command_twin(scene: Scene) -> None:
    await says(scene.clinic, scene.chief, "/staff remove ana now")

    assert "no longer on the team" in scene.chief.chat.last.text or "has left the team" in "".join(
        bot_texts(scene.chief)
    )
    await says(scene.clinic, scene.ana, "/alerts")
    assert "Open alerts" not in scene.ana.chat.last.text


async def test_unknown_names_and_roles_are_said(scene: Scene) -> None:
    await says(scene.clinic, scene.chief, "/staff remove leo")
    assert "Nobody on the team" in scene.chief.chat.last.text

    await says(scene.clinic, scene.chief, "/staff role ana pope")
    assert "no such role" in scene.chief.chat.last.text


async def test_only_administrators_change_the_team(scene: Scene) -> None:
    await says(scene.clinic, scene.ben, "/staff remove ana")

    assert "Remove Ana" not in scene.ben.chat.last.labels


async def test_an_invited_administrator_can_leave_while_another_stays(scene: Scene) -> None:
    leo = await joins_staff(scene.clinic, scene.chief, "leo", role="Administrator")

    await leaves(scene, "leo")

    await says(scene.clinic, leo, "/staff")
    assert "The team" not in leo.chat.last.text


async def test_whoever_is_taken_out_of_the_configuration_is_no_administrator_after_the_next_start(
    tmp_path: Path, content: Path
) -> None:
    clinic = Clinic(tmp_path, conversation(), content=content, administrators=2)
    await clinic.start()
    first, second = clinic.administrators
    await says(clinic, first, "/start")
    await says(clinic, second, "/start")

    await clinic.stop_bot()
    clinic._settings["HANDRAIL_STAFF__ADMINISTRATORS"] = str(first.id)
    await clinic.start_bot()

    assert "not an administrator any more" in "".join(bot_texts(first))
    await says(clinic, second, "/staff")
    assert "The team" not in second.chat.last.text
    await clinic.restart_bot()
    assert sum("not an administrator" in text for text in bot_texts(first)) == 1
    await clinic.stop()


async def test_a_participant_named_in_the_configuration_never_gets_staffs_alerts(
    scene: Scene, log: Tee
) -> None:
    clinic, sam = scene.clinic, scene.sam
    await clinic.stop_bot()
    clinic._settings["HANDRAIL_STAFF__ADMINISTRATORS"] += f",{sam.id}"
    await clinic.start_bot()

    await says(clinic, sam, URGENT)
    await clinic.advance(minutes=40)

    assert not [text for text in bot_texts(sam) if "Alert 1" in text]
    assert "mend staff.administrators" in log.getvalue()
    await says(clinic, sam, "/start")
    assert "You are in." in sam.chat.last.text


async def test_what_somebody_types_after_they_lost_the_role_is_refused_once(scene: Scene) -> None:
    clinic = scene.clinic
    await says(clinic, scene.sam, URGENT)
    await says(clinic, scene.ben, "/reply 1")
    await says(clinic, scene.chief, "/staff role ben editor")
    if scene.chief.chat.last.labels:
        await taps(clinic, scene.chief, (scene.chief.chat.last.labels[0],))

    await says(clinic, scene.ben, "I am here for you")
    refused = scene.ben.chat.last.text
    await says(clinic, scene.ben, "hello?")

    assert "not for your role" in refused
    assert "not for your role" not in scene.ben.chat.last.text
    assert not [text for text in bot_texts(scene.sam) if "I am here for you" in text]


async def test_only_who_takes_alerts_is_asked_to_keep_the_chat_open_for_them(scene: Scene) -> None:
    editor = await a_colleague(scene.clinic, "eva", Role.EDITOR)

    await says(scene.clinic, editor, "/start")
    await says(scene.clinic, scene.ana, "/start")

    assert "alerts for you come here" in scene.ana.chat.last.text
    assert "alerts" not in editor.chat.last.text


# New phones


async def test_a_colleague_with_a_new_phone_goes_on_there_and_the_old_chat_is_cut_off(scene: Scene) -> None:
    clinic = scene.clinic
    await says(clinic, scene.sam, URGENT)
    await says(clinic, scene.ana, "/claim 1")
    await says(clinic, scene.chief, "/relink ana")
    new = clinic.sandbox.person("Ana new")
    new.opens_link(link_in(scene.chief))
    await clinic.settle()

    await taps(clinic, scene.chief, ("Yes, this is Ana",))

    await says(clinic, new, "/resolve 1 reached")
    assert "Reached" in "".join(card.text for card in scene.group_cards())
    await says(clinic, scene.ana, "/alerts")
    assert "Alert" not in scene.ana.chat.last.text


async def test_what_happens_to_an_alert_shows_on_the_new_phone_and_not_on_the_old_one(scene: Scene) -> None:
    clinic = scene.clinic
    await says(clinic, scene.sam, URGENT)
    await says(clinic, scene.ben, "/handover 1 ana")
    await says(clinic, scene.chief, "/relink ana")
    new = clinic.sandbox.person("Ana new")
    new.opens_link(link_in(scene.chief))
    await clinic.settle()
    await taps(clinic, scene.chief, ("Yes, this is Ana",))

    await says(clinic, scene.ben, "/claim 1")

    assert any("Taken by Ben" in text for text in bot_texts(new))
    assert not any("Taken by Ben" in text for text in bot_texts(scene.ana))


async def test_an_administrator_of_the_configuration_moves_by_the_configuration(
    tmp_path: Path, content: Path
) -> None:
    clinic = Clinic(tmp_path, conversation(), content=content, administrators=2)
    await clinic.start()
    first, second = clinic.administrators
    await says(clinic, first, "/start")
    await says(clinic, second, "/start", "/staff")
    handle = next(line for line in second.chat.last.text.splitlines() if line.endswith("Administrator"))

    await says(clinic, second, f"/relink {handle.partition(':')[0]}")

    assert "configuration" in second.chat.last.text
    await clinic.stop()


async def test_a_role_without_alerts_closes_the_cards(scene: Scene) -> None:
    clinic = scene.clinic
    leo = await a_colleague(clinic, "leo", Role.FACILITATOR)
    await says(clinic, leo, "/start")
    await says(clinic, scene.sam, URGENT)
    await says(clinic, scene.ana, "/handover 1 leo")
    await says(clinic, leo, "/claim 1")
    assert any("Taken by Leo" in text for text in bot_texts(leo))

    await says(clinic, scene.chief, "/staff role leo editor")

    assert not any("Taken by Leo" in text for text in bot_texts(leo))
    assert any("no longer yours" in text for text in bot_texts(leo))
