"""An alert nobody takes: it climbs, it repeats, it survives, and the person knows how it stands."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.alerts.model import Subject
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from bot.screening.model import Category, Level
from handlers import conversation
from tests.alert_scenes import (
    ANA_BY_DAY_BEN_IN_THE_EVENING,
    ELEVATED,
    URGENT,
    Scene,
    bot_texts,
    set_up,
)
from tests.builders import a_participant, participant_of

MONDAY_TEN = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 10:00 in New York
TUESDAY_TEN_PM = datetime(2026, 3, 4, 3, tzinfo=UTC)
FRIDAY_NINE_PM = datetime(2026, 3, 7, 2, tzinfo=UTC)


@pytest.fixture
async def scene(tmp_path: Path, content: Path) -> AsyncIterator[Scene]:
    """A clinic where Ana works by day and Ben in the evening, Monday to Friday."""
    shifts = {"HANDRAIL_STAFF__SHIFTS": ANA_BY_DAY_BEN_IN_THE_EVENING}
    clinic = Clinic(tmp_path, conversation(), content=content, settings=shifts)
    await clinic.start()
    chief = clinic.administrators[0]
    group = clinic.sandbox.group("River House staff", administrators=[chief])
    group.add_bot(chief)
    chief.says("/start")
    chief.says(f"/staff_group@{clinic.sandbox.username}", in_=group)
    await clinic.settle()
    yield await set_up(clinic, group)
    await clinic.stop()


def told(person: Person) -> int:
    """How many cards of alert 1 stand in a private chat, pointers to newer ones counted too."""
    return sum("Alert 1" in text for text in bot_texts(person))


async def jump(scene: Scene, when: datetime) -> None:
    scene.clinic.clock.advance((when - scene.clinic.clock.now()).total_seconds())
    await scene.clinic.settle()


async def test_on_duty_then_next_then_everybody_then_the_fallback_again_and_again(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    assert (told(scene.ana), told(scene.ben), told(scene.chief)) == (1, 0, 0)
    assert "Told Ana at 10:00 am." in scene.sam.chat.last.text

    await scene.clinic.advance(minutes=11)
    assert (told(scene.ana), told(scene.ben), told(scene.chief)) == (1, 1, 0)
    assert "Told Ben at" in scene.sam.chat.last.text

    await scene.clinic.advance(minutes=11)
    assert (told(scene.ana), told(scene.ben), told(scene.chief)) == (2, 2, 1)
    assert len(scene.group_cards()) == 2

    await scene.clinic.advance(minutes=11)
    assert told(scene.chief) == 2
    await scene.clinic.advance(minutes=11)
    assert told(scene.chief) == 3
    live = [card for card in scene.group_cards() if card.labels]
    assert len(live) == 1

    await scene.taps(scene.chief, "I have this")
    await scene.clinic.advance(minutes=30)
    assert told(scene.chief) == 3
    assert " has this." in scene.sam.chat.last.text


async def test_taken_and_left_lying_it_opens_again(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    await scene.taps(scene.ana, "I have this", in_group=True)

    await scene.clinic.advance(minutes=62)

    assert "Open again. Ana took it" in scene.group_cards()[-1].text
    assert "Told Ana at 11:0" in scene.sam.chat.last.text
    await scene.clinic.advance(minutes=11)
    assert told(scene.ben) == 1


async def test_at_night_the_person_learns_who_is_told_and_when_staff_read(scene: Scene) -> None:
    await jump(scene, TUESDAY_TEN_PM)

    await scene.says(scene.sam, URGENT)

    text = scene.sam.chat.last.text
    assert "Told Ana at 10:00 pm." in text
    assert "Nobody is on duty right now. Staff are back tomorrow at 8:00 am." in text
    assert told(scene.ana) == 1
    await scene.clinic.advance(minutes=11)
    assert told(scene.ben) == 1  # quiet hours and closed doors hold nothing that is urgent


async def test_elevated_on_friday_night_waits_for_monday_and_says_so(scene: Scene) -> None:
    await jump(scene, FRIDAY_NINE_PM)

    await scene.says(scene.sam, ELEVATED)

    assert "Staff will see this on Monday at 8:00 am." in scene.sam.chat.last.text
    assert len(scene.group_cards()) == 1
    assert (told(scene.ana), told(scene.ben)) == (0, 0)
    await scene.clinic.advance(hours=57, step=1800)  # Monday, 7:00: clocks went forward on Sunday
    assert (told(scene.ana), told(scene.ben)) == (0, 0)
    await scene.clinic.advance(hours=5.1, step=600)  # four staffed hours have passed
    assert told(scene.ana) == 1


async def test_a_restart_in_the_middle_loses_and_doubles_nothing(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    await scene.clinic.advance(minutes=5)

    await scene.clinic.restart_bot()
    await scene.clinic.advance(minutes=2)
    assert (told(scene.ana), told(scene.ben)) == (1, 0)
    await scene.clinic.advance(minutes=4)
    assert (told(scene.ana), told(scene.ben)) == (1, 1)


async def test_hours_of_downtime_cost_one_climb_not_a_pile(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)

    await scene.clinic.stop_bot()
    scene.clinic.clock.advance(5 * 3600)
    await scene.clinic.start_bot()
    await scene.clinic.tick()
    await scene.clinic.tick()

    assert (told(scene.ana), told(scene.ben)) == (1, 1)


async def test_a_clock_put_back_holds_no_alert(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)

    scene.clinic.clock.step(-2 * 3600)
    await scene.clinic.advance(minutes=1)

    assert told(scene.ben) == 1
    await scene.clinic.advance(minutes=1)
    assert told(scene.chief) == 0


async def test_an_unreachable_colleague_is_passed_over_at_once(scene: Scene) -> None:
    scene.ana.deactivates()

    await scene.says(scene.sam, URGENT)

    assert told(scene.ben) == 1
    assert "Told Ben at 10:00 am." in scene.sam.chat.last.text


async def test_without_the_group_everybody_is_told_in_private_at_once(scene: Scene) -> None:
    scene.group.delete()

    await scene.says(scene.sam, URGENT)

    assert (told(scene.ana), told(scene.ben), told(scene.chief)) == (1, 1, 1)
    assert any("taken out of the staff group" in text for text in bot_texts(scene.chief))


async def test_put_out_of_the_group_open_alerts_go_private_at_once(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)

    scene.group.remove_bot(scene.chief)
    await scene.clinic.settle()

    assert (told(scene.ana), told(scene.ben), told(scene.chief)) == (1, 1, 1)


async def test_when_nobody_can_be_reached_the_person_is_told_so(scene: Scene) -> None:
    scene.group.delete()
    for person in (scene.ana, scene.ben, scene.chief):
        person.deactivates()

    await scene.says(scene.sam, URGENT)

    assert "I could not reach staff yet." in scene.sam.chat.last.text
    await scene.clinic.advance(minutes=25)
    assert "I could not reach staff yet." in scene.sam.chat.last.text


async def test_a_handover_nobody_accepts_climbs(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    await scene.says(scene.ana, "/claim 1")
    await scene.says(scene.ana, "/handover 1 ben")
    assert "Handed to Ben" in scene.group_cards()[-1].text

    await scene.clinic.advance(minutes=22)

    assert told(scene.chief) >= 1


async def test_telegram_away_for_an_hour_delivers_one_card_each(scene: Scene) -> None:
    scene.clinic.sandbox.faults.down()
    now, services = scene.clinic.clock.now(), scene.clinic.app.services
    person = await participant_of(scene.clinic, scene.sam)
    await scene.clinic.run(
        lambda tx: services.alerts.raise_concern(
            tx,
            Subject(person.key, person, "en"),
            level=Level.URGENT,
            category=Category.UNSAFE,
            rule="not-safe",
            source="checkin",
            words="",
            now=now,
        )
    )
    await scene.clinic.advance(hours=1)
    scene.clinic.sandbox.faults.up()
    await scene.clinic.advance(minutes=2)

    assert (told(scene.ana), told(scene.ben), told(scene.chief)) == (1, 1, 1)
    assert len(scene.group_cards()) == 1


async def test_a_drill_climbs_the_whole_ladder_while_a_real_alert_is_open(scene: Scene) -> None:
    await scene.says(scene.sam, ELEVATED)
    await scene.says(scene.ben, "/test_alert")
    assert any(text.startswith("TEST Alert 2") for text in bot_texts(scene.ana))

    await scene.clinic.advance(minutes=33)

    for person in (scene.ana, scene.ben, scene.chief):
        assert any(text.startswith("TEST Alert 2") for text in bot_texts(person))
    assert "TEST" not in "".join(bot_texts(scene.sam))


async def test_what_was_promised_of_staff_is_taken_back_when_nobody_can_be_reached(scene: Scene) -> None:
    scene.group.delete()
    for person in (scene.ana, scene.ben, scene.chief):
        person.deactivates()

    await scene.says(scene.sam, ELEVATED)

    promised, truth = bot_texts(scene.sam)[-2:]
    assert "Staff will see this today." in promised
    assert "I could not reach staff yet." in truth
    await scene.clinic.advance(hours=5, step=900)
    assert bot_texts(scene.sam)[-1] == truth

    lee = await a_participant(scene.clinic, "Lee")
    await scene.says(lee, ELEVATED)
    assert not [text for text in bot_texts(lee) if "will see this" in text]
    assert "I could not reach staff yet." in lee.chat.last.text
