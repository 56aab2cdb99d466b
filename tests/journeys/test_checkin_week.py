"""A week of check-ins as one person lives it: a restart half way, a night, a pause, a worry, a silence."""

from datetime import UTC, datetime, timedelta

from bot.checkins.ledger import State
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from tests.builders import participant_of
from tests.checkin_steps import answers, ledger, says, somebody, taps
from tests.handlers.stories import joins

MONDAY = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # 18:00 in New York
DAY = timedelta(days=1)


async def test_a_week_with_a_restart_a_pause_a_worry_and_a_silence(clinic: Clinic, staff_group: Group):
    sam = await somebody(clinic)
    code = (await participant_of(clinic, sam)).code

    # Monday: interrupted by a restart, finished after it.
    await clinic.until(MONDAY, step=1800)
    await taps(clinic, sam, "6", "2")
    await clinic.restart_bot()
    await taps(clinic, sam, "3", "No", "6 or 7")
    await says(clinic, sam, "good day, I called my sister")
    assert (await answers(clinic, sam))["note"] == "good day, I called my sister"

    # Tuesday: put off until tonight, then answered.
    await clinic.until(MONDAY + DAY, step=1800)
    await taps(clinic, sam, "Not now", "Tonight")
    await clinic.until(MONDAY + DAY + timedelta(hours=2), step=1800)
    await taps(clinic, sam, "5", "1", "2", "No", "8 hours", "Skip")

    # Wednesday: a bad day. Staff know at once, and only of the kind of worry.
    await clinic.until(MONDAY + 2 * DAY, step=1800)
    await taps(clinic, sam, "1", "9", "8", "No", "No")
    assert "URGENT" in staff_group.chat.last.text
    assert code in staff_group.chat.last.text
    assert "9" not in staff_group.chat.last.text.replace(code, "")
    number = staff_group.chat.last.text.split()[1].strip("·:")
    await says(clinic, clinic.administrators[0], f"/claim {number}", f"/resolve {number} reached")

    # Thursday and Friday: silence, and one reminder each day at most.
    await clinic.until(MONDAY + 5 * DAY - timedelta(hours=1), step=1800)
    states = [row.state for row in await ledger(clinic, sam)]
    assert states == [State.DONE, State.DONE, State.EXPIRED, State.EXPIRED, State.EXPIRED]
    mornings = [m.text for m in staff_group.chat.messages if m.text.startswith("Good morning.")]
    assert f"{code}: 2" in mornings[-1]


async def test_from_the_invitation_to_the_first_check_in(clinic: Clinic, staff_group: Group):
    maya = await joins(clinic, clinic.administrators[0])

    await clinic.advance(hours=10, step=900)

    assert maya.chat.last.text.startswith("Daily check-in · 1/5")


async def test_two_people_do_not_get_in_each_others_way(clinic: Clinic):
    sam, ana = await somebody(clinic, "Sam"), await somebody(clinic, "Ana", language="es")
    await clinic.until(MONDAY, step=1800)

    for one in ("3", "4"):
        sam.taps(one)
        ana.says(one)
    await clinic.settle()

    assert await answers(clinic, sam) == {"mood": 3}  # the second tap was on the screen of the first
    assert await answers(clinic, ana) == {"mood": 3, "craving": 4}
