"""/missed: words that should have raised an alert are collected; sealed, exported and erased with their person."""

import json

import pytest

from bot.alerts.cases import collected
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from tests.alert_scenes import Scene, bot_texts, set_up
from tests.builders import participant_of
from tests.handlers.stories import says, taps

WORDS = "the purple kite has its string cut"


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


@pytest.fixture
async def code(scene: Scene) -> str:
    return (await participant_of(scene.clinic, scene.sam)).code


async def test_the_words_are_kept_and_noted_and_raise_no_alert(scene: Scene, code: str) -> None:
    await says(scene.clinic, scene.ana, f"/missed {code} {WORDS}")

    assert "kept sealed" in scene.ana.chat.last.text
    assert "raises no alert" in scene.ana.chat.last.text
    assert [case.words for case in await scene.clinic.run(collected)] == [WORDS]
    assert f"ana: missed concern {code}" in await scene.audited()
    assert scene.group_cards() == []


async def test_it_is_no_line_of_the_morning_message(scene: Scene, code: str) -> None:
    await says(scene.clinic, scene.ana, f"/missed {code} {WORDS}")

    await scene.clinic.advance(hours=26, step=3600)

    assert not any(code in seen.text for seen in scene.group.messages)


@pytest.mark.parametrize("said", ["/missed", "/missed {code}", "/missed kite"])
async def test_without_a_code_and_words_it_says_how(scene: Scene, code: str, said: str) -> None:
    await says(scene.clinic, scene.ana, said.format(code=code))

    assert "Send the code and the words" in scene.ana.chat.last.text
    assert await scene.clinic.run(collected) == []


async def test_an_unknown_code_is_said(scene: Scene) -> None:
    await says(scene.clinic, scene.ana, f"/missed blue heron 999 {WORDS}")

    assert await scene.clinic.run(collected) == []
    assert "code" in scene.ana.chat.last.text


async def test_the_person_sees_it_in_their_export(scene: Scene, code: str) -> None:
    await says(scene.clinic, scene.ana, f"/missed {code} {WORDS}")

    await says(scene.clinic, scene.sam, "/export")

    files = {(seen.file_name or "").rpartition(".")[2]: seen.data or b"" for seen in scene.sam.chat.messages}
    assert json.loads(files["json"])["concern"][0]["words"] == WORDS
    assert "Written down by staff" in files["html"].decode()


async def test_erasing_the_person_erases_it(scene: Scene, code: str) -> None:
    await says(scene.clinic, scene.ana, f"/missed {code} {WORDS}")

    await says(scene.clinic, scene.sam, "/delete")
    await taps(scene.clinic, scene.sam, ("Remove everything",))

    assert await scene.clinic.run(collected) == []


async def test_participants_have_no_such_command(scene: Scene, code: str) -> None:
    await says(scene.clinic, scene.sam, f"/missed {code} {WORDS}")

    assert await scene.clinic.run(collected) == []
    assert "kept sealed" not in "\n".join(bot_texts(scene.sam))
