"""The days on which the clocks change, lived through the chat: one check-in a day, at the hour the person chose."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from handlers import conversation
from tests.checkin_steps import ledger, somebody

NEW_YORK = "America/New_York"
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # US clocks go forward, and back, at 2:00
DAY = timedelta(days=1)
NO_QUIET_HOURS = {"quiet_from": time(0), "quiet_to": time(0)}


async def lived(folder: Path, content: Path, around: date, **chosen: object) -> list[tuple[date, time]]:
    """The local day and time at which each check-in of three days around a change came."""
    start = datetime.combine(around - 2 * DAY, time(16), UTC)
    clinic = Clinic(folder, conversation(), content=content, start=start)
    await clinic.start()
    try:
        person: Person = await somebody(clinic, **chosen)
        await clinic.until(start + timedelta(days=3, hours=8), step=900)
        zone = ZoneInfo(str(chosen["zone"]))
        firsts = [row.sent_at for row in await ledger(clinic, person) if row.sent_at is not None]
        assert firsts, person.chat.messages
        return [
            (at.astimezone(zone).date(), at.astimezone(zone).time().replace(second=0, microsecond=0))
            for at in firsts
        ]
    finally:
        await clinic.stop()


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
async def test_it_comes_once_a_day_at_the_same_hour_of_the_wall(
    tmp_path: Path, content: Path, change: date
) -> None:
    came = await lived(tmp_path, content, change, zone=NEW_YORK, checkin_time=time(9))

    assert came == [(change - DAY, time(9)), (change, time(9)), (change + DAY, time(9))]


async def test_an_hour_that_does_not_exist_moves_to_the_next_that_does(tmp_path: Path, content: Path) -> None:
    came = await lived(tmp_path, content, SPRING, zone=NEW_YORK, checkin_time=time(2, 30), **NO_QUIET_HOURS)

    assert [day for day, _ in came] == [SPRING - DAY, SPRING, SPRING + DAY]
    assert [at for _, at in came] == [time(2, 30), time(3, 30), time(2, 30)]


async def test_an_hour_that_comes_twice_is_used_once(tmp_path: Path, content: Path) -> None:
    came = await lived(tmp_path, content, AUTUMN, zone=NEW_YORK, checkin_time=time(1, 30), **NO_QUIET_HOURS)

    assert [day for day, _ in came] == [AUTUMN - DAY, AUTUMN, AUTUMN + DAY]
