"""Check-ins of several kinds beside each other: one at a time, each on its own days, and only for whom it is on."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from benchmarks.people import add_one
from bot.checkins.ledger import State
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.builders import change
from tests.checkin_steps import ledger, says, somebody, taps

DAY = date(2026, 3, 2)
DAILY_AT = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # 18:00 in New York on the first day
EVENING_AT = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)  # 20:30
A_GOOD_DAY = ("8", "0", "2", "No", "8 hours or more", "Skip")


async def turns_on(clinic: Clinic, person: Person, title: str = "Evening check-in") -> None:
    await says(clinic, person, "/settings")
    await taps(clinic, person, "More check-ins", title)


async def with_evening(clinic: Clinic, **chosen: object) -> Person:
    person = await somebody(clinic, **chosen)
    await turns_on(clinic, person)
    return person


async def rows(clinic: Clinic, person: Person, name: str = "evening") -> list[tuple[date, State]]:
    return [(row.day, row.state) for row in await ledger(clinic, person) if row.name == name]


def edit(content: Path, name: str, old: str, new: str) -> None:
    file = content / "checkins" / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


async def test_nobody_gets_an_evening_check_in_who_has_not_asked_for_it(clinic: Clinic):
    sam = await somebody(clinic)

    await clinic.until(EVENING_AT + timedelta(hours=3), step=900)

    assert await rows(clinic, sam) == []


async def test_whoever_turns_it_on_gets_it_that_evening_and_can_turn_it_off_again(clinic: Clinic):
    sam = await with_evening(clinic)
    shown = sam.chat.last.labels
    await clinic.until(DAILY_AT)
    await taps(clinic, sam, *A_GOOD_DAY)

    await clinic.until(EVENING_AT)
    first = sam.chat.last.text
    await taps(clinic, sam, "8", "0", "Rest or a meal", "Done")
    await says(clinic, sam, "the walk by the river")
    thanks = sam.chat.last.text
    await turns_on(clinic, sam)
    await clinic.until(EVENING_AT + timedelta(days=1, hours=3), step=900)

    assert "✓ Evening check-in" in shown
    assert first.startswith("Evening check-in · 1/4")
    assert thanks.startswith("Thank you. The day can end here.")
    assert await rows(clinic, sam) == [(DAY, State.DONE)]


async def test_it_waits_while_the_daily_one_is_open_and_is_left_out_for_the_day(clinic: Clinic):
    sam = await with_evening(clinic)

    await clinic.until(EVENING_AT + timedelta(minutes=30))
    waiting = await rows(clinic, sam)
    await clinic.until(EVENING_AT + timedelta(hours=3))

    assert waiting == []
    assert await rows(clinic, sam) == [(DAY, State.SKIPPED_BUSY)]
    assert await rows(clinic, sam, "daily") == [(DAY, State.OPEN)]


async def test_it_comes_an_hour_after_the_last_word_on_the_daily_one(clinic: Clinic):
    sam = await with_evening(clinic)
    await clinic.until(EVENING_AT - timedelta(minutes=5))
    await taps(clinic, sam, *A_GOOD_DAY)
    finished = clinic.clock.now()

    await clinic.until(finished + timedelta(minutes=58))
    before = sam.chat.last.text
    await clinic.advance(minutes=5)

    assert "Thank you" in before
    assert sam.chat.last.text.startswith("Evening check-in · 1/4")


async def test_it_does_not_come_within_the_hour_before_the_daily_one(clinic: Clinic):
    sam = await with_evening(clinic, checkin_time=time(21))

    await clinic.until(EVENING_AT + timedelta(minutes=35))

    assert sam.chat.last.text.startswith("Daily check-in · 1/6")
    assert await rows(clinic, sam) == []


async def test_an_hour_in_the_quiet_hours_is_an_hour_before_these(clinic: Clinic):
    sam = await with_evening(clinic, checkin_time=time(10), quiet_from=time(20), quiet_to=time(7))

    await clinic.until(EVENING_AT - timedelta(minutes=91))
    before = await rows(clinic, sam)
    await clinic.until(EVENING_AT - timedelta(minutes=89))

    assert before == []
    assert await rows(clinic, sam) == [(DAY, State.OPEN)]


async def test_the_daily_one_comes_at_its_time_and_closes_what_is_open(clinic: Clinic, content: Path):
    edit(content, "evening.toml", "expire_after_hours = 3", "expire_after_hours = 24")
    await clinic.app.refresh_content()
    sam = await with_evening(clinic, checkin_time=time(9))
    await clinic.until(EVENING_AT)

    await clinic.until(datetime(2026, 3, 3, 14, 0, tzinfo=UTC), step=900)

    assert await rows(clinic, sam) == [(DAY, State.EXPIRED)]
    assert sam.chat.last.text.startswith("Daily check-in · 1/6")


async def test_an_evening_check_in_is_never_reminded_of(clinic: Clinic):
    sam = await with_evening(clinic, checkin_time=time(9))

    await clinic.until(EVENING_AT + timedelta(hours=4))

    (row,) = await ledger(clinic, sam)
    assert (row.state, row.reminded_at) == (State.EXPIRED, None)


async def test_what_staff_turn_on_for_everybody_reaches_those_who_are_here_already(
    clinic: Clinic, content: Path
):
    sam, kim = await somebody(clinic, checkin_time=time(9)), await with_evening(clinic, first_name="Kim")
    await turns_on(clinic, kim)  # and off again

    edit(content, "evening.toml", 'starts = "off"', 'starts = "on"')
    await clinic.app.refresh_content()
    await clinic.until(EVENING_AT)

    assert await rows(clinic, sam) == [(DAY, State.OPEN)]
    assert await rows(clinic, kim) == []


async def test_a_file_that_is_gone_asks_nobody_any_more(clinic: Clinic, content: Path):
    sam = await with_evening(clinic, checkin_time=time(9))

    (content / "checkins" / "evening.toml").unlink()
    await clinic.app.refresh_content()
    await clinic.until(EVENING_AT + timedelta(hours=1))

    assert await rows(clinic, sam) == []


async def test_another_hour_in_the_file_holds_from_the_next_second_on(clinic: Clinic, content: Path):
    sam = await with_evening(clinic, checkin_time=time(9))

    edit(content, "evening.toml", '"20:30"', '"19:30"')
    await clinic.app.refresh_content()
    await clinic.until(EVENING_AT - timedelta(minutes=59))

    assert await rows(clinic, sam) == [(DAY, State.OPEN)]


async def test_the_command_goes_on_to_the_evening_when_the_daily_one_is_done(clinic: Clinic):
    sam = await with_evening(clinic)
    await says(clinic, sam, "/checkin")
    await taps(clinic, sam, *A_GOOD_DAY)
    await says(clinic, sam, "/checkin")
    too_early = sam.chat.last.text
    await clinic.until(EVENING_AT)
    await clinic.advance(hours=3, step=900)  # it has closed

    await says(clinic, sam, "/checkin")

    assert too_early.startswith("You have done this check-in.")
    assert sam.chat.last.text.startswith("Evening check-in · 1/4")


async def test_whoever_stops_gets_no_kind_and_keeps_the_choice_on_the_way_back(clinic: Clinic):
    sam = await with_evening(clinic, checkin_time=time(9))
    await says(clinic, sam, "/stop")
    await clinic.until(EVENING_AT + timedelta(hours=1), step=900)
    away = await rows(clinic, sam)

    await says(clinic, sam, "/resume")
    await clinic.until(EVENING_AT + timedelta(days=1), step=900)

    assert away == []
    assert [day for day, _ in await rows(clinic, sam)] == [date(2026, 3, 3)]


async def test_a_weekly_kind_comes_once_a_week_and_not_in_the_first_days(clinic: Clinic, content: Path):
    edit(content, "evening.toml", 'starts = "off"', 'starts = "on"\nweekday = "wednesday"')
    await clinic.app.refresh_content()
    sam = await somebody(clinic, checkin_time=time(9))

    await clinic.advance(days=17, step=3600)

    assert [day for day, _ in await rows(clinic, sam)] == [date(2026, 3, 11), date(2026, 3, 18)]


async def test_another_weekday_in_the_file_asks_nobody_twice_within_the_week(clinic: Clinic, content: Path):
    edit(content, "evening.toml", 'starts = "off"', 'starts = "on"\nweekday = "sunday"')
    await clinic.app.refresh_content()
    sam = await somebody(clinic, checkin_time=time(9))
    await clinic.until(datetime(2026, 3, 9, 4, tzinfo=UTC), step=3600)

    edit(content, "evening.toml", '"sunday"', '"tuesday"')
    await clinic.app.refresh_content()
    await clinic.advance(days=9, step=3600)

    assert [day for day, _ in await rows(clinic, sam)] == [date(2026, 3, 8), date(2026, 3, 17)]


async def test_quiet_people_are_those_who_leave_the_daily_one_unanswered(clinic: Clinic):
    sam = await somebody(clinic)
    await change(clinic, sam, checkin_time=time(9))
    await turns_on(clinic, sam)
    for day in range(3):
        await clinic.until(DAILY_AT + timedelta(days=day, hours=-9), step=3600)
        await says(clinic, sam, "/checkin")
        await taps(clinic, sam, *A_GOOD_DAY)
        await clinic.until(DAILY_AT + timedelta(days=day, hours=6), step=900)
    now = clinic.clock.now()

    facts = await clinic.run(
        lambda tx: clinic.app.services.checkins.morning_facts(tx, now - timedelta(days=1), now)
    )

    assert len(await rows(clinic, sam)) >= 2
    assert facts.quiet == []


async def test_an_edit_never_puts_off_the_daily_one_that_is_about_to_come(clinic: Clinic, content: Path):
    sam = clinic.sandbox.person("Sam")
    at = time(18, 0, 30)  # between two minutes, as no person chooses, but a plan may stand
    joined_at = clinic.clock.now()
    await clinic.run(lambda tx: add_one(tx, clinic.app, sam.id, joined_at, checkin_time=at))
    await clinic.until(DAILY_AT + timedelta(seconds=10))

    edit(content, "evening.toml", '"20:30"', '"20:45"')
    await clinic.app.refresh_content()
    await clinic.advance(seconds=40, step=5)

    assert [day for day, _ in await rows(clinic, sam, "daily")] == [DAY]
