"""Alerts on a real database: news for staff, floods, and workers that race."""

import pytest

from bot.alerts import store
from bot.alerts.model import AlertState
from bot.delivery.model import Message
from bot.errors import Problem
from bot.library import Refreshed
from bot.richtext import Rich
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.storage.database import Tx
from tests.alert_scenes import URGENT, Scene, bot_texts, set_up
from tests.builders import a_participant

WRONG = Problem("content/checkins/daily.toml", 12, "`mood` has no text in es.", "Write text.es.")


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


async def test_content_problems_are_told_with_file_line_and_mend_and_their_end(scene: Scene) -> None:
    alerts, now = scene.clinic.app.services.alerts, scene.clinic.clock.now()

    await scene.clinic.run(lambda tx: alerts.content_news(tx, Refreshed(problems=(WRONG,)), now))
    await scene.clinic.settle()
    assert str(WRONG) in scene.group.last.text

    await scene.clinic.run(lambda tx: alerts.content_news(tx, Refreshed(changed=True, mended=True), now))
    await scene.clinic.settle()
    assert "in order again" in scene.group.last.text


async def test_a_screener_that_is_down_is_told_once_an_hour(scene: Scene) -> None:
    alerts = scene.clinic.app.services.alerts

    async def down() -> None:
        now = scene.clinic.clock.now()
        for _ in range(3):
            await scene.clinic.run(lambda tx: alerts.screener_down(tx, "it stopped", now))
        await scene.clinic.settle()

    await down()
    assert sum("Screening" in seen.text for seen in scene.group.messages) == 1
    await scene.clinic.advance(minutes=61)
    await down()
    assert sum("Screening" in seen.text for seen in scene.group.messages) == 2


async def test_without_a_staff_group_administrators_get_the_news(clinic: Clinic) -> None:
    chief = clinic.administrators[0]
    chief.says("/start")
    await clinic.settle()
    alerts, now = clinic.app.services.alerts, clinic.clock.now()

    def unit(tx: Tx) -> None:
        for _ in range(2):
            alerts.notify_staff(tx, lambda lang: Message(Rich(f"news in {lang}")), now, dedupe="once")

    await clinic.run(unit)
    await clinic.settle()

    assert bot_texts(chief).count("news in en") == 1


async def test_without_a_staff_group_alerts_go_to_private_chats(clinic: Clinic) -> None:
    chief = clinic.administrators[0]
    chief.says("/start")
    sam = await a_participant(clinic, "Sam")
    await clinic.settle()

    sam.says(URGENT)
    await clinic.settle()

    assert any("Alert 1 · URGENT" in text for text in bot_texts(chief))
    chief.taps("I have this")
    await clinic.settle()
    assert " has this." in sam.chat.last.text


async def test_two_workers_that_see_the_same_alert_due_climb_once(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    scene.clinic.clock.advance(11 * 60)
    job, now = scene.clinic.app.services.alerts.jobs()[0], scene.clinic.clock.now()
    [row] = await scene.clinic.run(lambda tx: list(job.due(tx, now)))

    for _ in range(2):
        await scene.clinic.run(lambda tx: job.act(tx, row, now))

    found = await scene.clinic.run(lambda tx: store.alert_by(tx, id=row))
    assert found is not None
    assert (found.step, found.round) == ("next", 2)


async def test_who_read_an_older_state_changes_nothing(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)

    def unit(tx: Tx) -> tuple[bool, bool]:
        [read] = store.open_alerts(tx)
        first = store.change(tx, read, state=AlertState.CLAIMED, claimed_by=1)
        second = store.change(tx, read, state=AlertState.CLAIMED, claimed_by=2)
        return first is not None, second is not None

    assert await scene.clinic.run(unit) == (True, False)


async def test_a_flood_beyond_the_groups_limit_still_reaches_people(scene: Scene) -> None:
    people: list[Person] = [await a_participant(scene.clinic, f"P{n}") for n in range(25)]

    for person in people:
        person.says(URGENT)
    await scene.clinic.settle()

    for number in range(1, 26):
        assert any(f"Alert {number} ·" in text for text in bot_texts(scene.chief))
    assert all("988" in person.chat.last.text for person in people)
