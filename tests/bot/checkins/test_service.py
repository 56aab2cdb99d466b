"""When check-ins come: one a local day, never stale, never in quiet hours, whatever the clock does."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.checkins.ledger import Delivery, State
from bot.checkins.service import MorningFacts
from bot.people.model import ParticipantState
from bot.sandbox.clinic import START, Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.sandbox.state import Event
from bot.storage.database import Tx
from handlers import conversation
from tests.builders import change, participant_of
from tests.checkin_steps import answers, asked, ledger, next_at, somebody, taps

DUE = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # 18:00 in New York on the first day
REMINDER = "Your check-in is still here."


def asked_times(person: Person) -> list[datetime]:
    """When a first question was sent to that person."""
    return [
        happening.at
        for happening in person.chat.history
        if happening.by_bot
        and happening.event is Event.SENT
        and happening.message is not None
        and happening.message.text.startswith("Daily check-in · 1/")
    ]


async def days(clinic: Clinic, person: Person) -> list[tuple[date, State]]:
    return [(row.day, row.state) for row in await ledger(clinic, person)]


async def facts(clinic: Clinic) -> MorningFacts:
    now = clinic.clock.now()

    def unit(tx: Tx) -> MorningFacts:
        return clinic.app.services.checkins.morning_facts(tx, now - timedelta(days=1), now)

    found: MorningFacts = await clinic.run(unit)
    return found


async def rescheduled(clinic: Clinic, person: Person, **values: object) -> None:
    """As when the person changes settings."""
    changed = await change(clinic, person, **values)
    await clinic.run(lambda tx: clinic.app.services.checkins.rescheduled(tx, changed, clinic.clock.now()))


async def away_until(clinic: Clinic, instant: datetime) -> None:
    """The bot is off until then."""
    await clinic.stop_bot()
    clinic.clock.advance((instant - clinic.clock.now()).total_seconds())
    await clinic.start_bot()
    await clinic.tick()
    await clinic.tick()


@pytest.fixture
async def spring(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    """The clinic on the Saturday before the clocks of New York go forward."""
    made = Clinic(tmp_path, conversation(), content=content, start=datetime(2026, 3, 7, 12, tzinfo=UTC))
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def autumn(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    """The clinic on the Saturday before they go back."""
    made = Clinic(tmp_path, conversation(), content=content, start=datetime(2026, 10, 31, 12, tzinfo=UTC))
    await made.start()
    yield made
    await made.stop()


# When it opens


async def test_it_opens_at_the_persons_own_time_and_not_a_minute_before(clinic: Clinic):
    sam = await somebody(clinic)

    await clinic.until(DUE - timedelta(minutes=1), step=1800)
    before = asked_times(sam)
    await clinic.until(DUE)

    assert before == []
    assert [at.replace(microsecond=0) for at in asked_times(sam)] == [DUE]


async def test_people_in_different_zones_are_asked_at_their_own_hour(clinic: Clinic):
    east, west = await somebody(clinic, "East"), await somebody(clinic, "West", zone="America/Los_Angeles")

    await clinic.until(DUE, step=1800)

    assert asked_times(east)
    assert not asked_times(west)
    assert await next_at(clinic, west) == DUE + timedelta(hours=3)


async def test_every_day_has_one_check_in(clinic: Clinic):
    sam = await somebody(clinic)

    await clinic.advance(days=4, step=3600)

    assert [day for day, _ in await days(clinic, sam)] == [date(2026, 3, n) for n in (2, 3, 4, 5)]
    assert len(asked_times(sam)) == 4


async def test_a_restart_at_the_very_minute_does_not_ask_twice(clinic: Clinic):
    sam = await asked(clinic)

    await clinic.restart_bot()
    await clinic.tick()
    await clinic.tick()

    assert len(asked_times(sam)) == 1


async def test_a_clock_put_back_does_not_ask_twice(clinic: Clinic):
    sam = await asked(clinic)

    clinic.clock.step(-3600)
    await clinic.advance(hours=2, step=600)

    assert len(asked_times(sam)) == 1


async def test_a_clock_that_jumped_a_year_and_came_back_asks_again_the_next_day(clinic: Clinic):
    sam = await asked(clinic)
    year = timedelta(days=365).total_seconds()
    clinic.clock.step(year)
    await clinic.tick()
    await clinic.tick()

    clinic.clock.step(-year)
    await clinic.tick()
    planned = await next_at(clinic, sam)

    assert planned is not None
    assert planned <= clinic.clock.now() + timedelta(days=2)


@pytest.mark.parametrize("at", [time(2, 30), time(18, 0), time(0, 0)])
async def test_the_day_the_clocks_go_forward_has_one_check_in(spring: Clinic, at: time):
    sam = await somebody(spring, checkin_time=at, quiet_from=time(0), quiet_to=time(0))

    await spring.until(datetime(2026, 3, 10, 3, 59, tzinfo=UTC), step=1800)

    found = [day for day, _ in await days(spring, sam)]
    assert found == sorted(set(found))
    assert {date(2026, 3, 8), date(2026, 3, 9)} <= set(found)
    assert len(asked_times(sam)) == len(found)


@pytest.mark.parametrize("at", [time(1, 30), time(18, 0)])
async def test_the_day_the_clocks_go_back_has_one_check_in(autumn: Clinic, at: time):
    sam = await somebody(autumn, checkin_time=at, quiet_from=time(0), quiet_to=time(0))

    await autumn.until(datetime(2026, 11, 3, 4, 59, tzinfo=UTC), step=1800)

    found = [day for day, _ in await days(autumn, sam)]
    assert found == sorted(set(found))
    assert {date(2026, 11, 1), date(2026, 11, 2)} <= set(found)
    assert len(asked_times(sam)) == len(found)


@pytest.mark.parametrize(
    "zone", ["America/Los_Angeles", "Pacific/Honolulu", "Asia/Tokyo", "Pacific/Kiritimati"]
)
async def test_a_move_to_another_zone_brings_no_second_check_in_of_a_day(clinic: Clinic, zone: str):
    sam = await asked(clinic, quiet_from=time(0), quiet_to=time(0))

    await rescheduled(clinic, sam, zone=zone)
    await clinic.advance(days=3, step=3600)

    found = [day for day, _ in await days(clinic, sam)]
    assert found == sorted(set(found))
    first, second = asked_times(sam)[:2]
    assert second - first >= timedelta(hours=12)


async def test_a_changed_time_holds_from_the_next_check_in_on(clinic: Clinic):
    sam = await somebody(clinic)

    await rescheduled(clinic, sam, checkin_time=time(12, 0))
    await clinic.until(DUE - timedelta(hours=6))

    assert len(asked_times(sam)) == 1
    assert await next_at(clinic, sam) == DUE + timedelta(hours=18)


# Late, quiet, away


async def test_a_start_within_the_window_still_asks(clinic: Clinic):
    sam = await somebody(clinic)

    await away_until(clinic, DUE + timedelta(hours=2))

    assert len(asked_times(sam)) == 1


async def test_a_check_in_too_old_to_be_useful_is_left_out_and_counted(clinic: Clinic):
    sam = await somebody(clinic)

    await away_until(clinic, DUE + timedelta(hours=5))

    assert asked_times(sam) == []
    assert await days(clinic, sam) == [(date(2026, 3, 2), State.SKIPPED_LATE)]
    assert (await facts(clinic)).too_late == 1
    assert await next_at(clinic, sam) == DUE + timedelta(days=1)


async def test_after_three_days_away_only_todays_is_asked(clinic: Clinic):
    sam = await somebody(clinic)

    await away_until(clinic, DUE + timedelta(days=3, hours=1))
    await clinic.advance(seconds=10, step=1)

    assert len(asked_times(sam)) == 1
    assert (await days(clinic, sam))[-1] == (date(2026, 3, 5), State.OPEN)


async def test_quiet_hours_hold_a_late_check_in_until_they_end(clinic: Clinic):
    sam = await somebody(clinic, quiet_from=time(19, 0), quiet_to=time(21, 0))

    await away_until(clinic, DUE + timedelta(minutes=90))
    held = asked_times(sam)
    await clinic.until(DUE + timedelta(hours=3))

    assert held == []
    assert len(asked_times(sam)) == 1


async def test_a_check_in_held_too_long_by_quiet_hours_is_left_out(clinic: Clinic):
    sam = await somebody(clinic, checkin_time=time(21, 50))

    await away_until(clinic, DUE + timedelta(hours=4, minutes=10))

    assert await days(clinic, sam) == [(date(2026, 3, 2), State.SKIPPED_LATE)]


async def test_a_time_chosen_inside_quiet_hours_comes_when_they_end(clinic: Clinic):
    sam = await somebody(clinic, checkin_time=time(23, 0))

    await clinic.until(datetime(2026, 3, 3, 13, 1, tzinfo=UTC), step=1800)

    assert [at.hour for at in asked_times(sam)] == [13]  # 8:00 in New York


async def test_on_a_pause_nothing_comes_and_afterwards_it_does(clinic: Clinic):
    sam = await somebody(clinic)
    until = DUE + timedelta(hours=1)
    await change(clinic, sam, state=ParticipantState.PAUSED, paused_until=until)

    await clinic.until(DUE + timedelta(days=1), step=3600)

    assert await days(clinic, sam) == [
        (date(2026, 3, 2), State.SKIPPED_PAUSED),
        (date(2026, 3, 3), State.OPEN),
    ]


async def test_a_pause_closes_what_is_open(clinic: Clinic):
    sam = await asked(clinic)
    screen = sam.chat.last
    participant = await participant_of(clinic, sam)
    now = clinic.clock.now()

    await clinic.run(
        lambda tx: clinic.app.services.people.pause(tx, participant, now + timedelta(days=3), now)
    )
    await clinic.settle()

    assert sam.chat.message(screen.id).text == "This check-in is closed. That is OK."
    assert sam.chat.message(screen.id).buttons == ()


async def test_after_a_stop_nothing_is_planned_until_the_person_comes_back(clinic: Clinic):
    sam = await asked(clinic)
    participant = await participant_of(clinic, sam)
    people = clinic.app.services.people
    stopped = await clinic.run(lambda tx: people.stop(tx, participant, clinic.clock.now()))
    await clinic.advance(days=2, step=3600)
    in_between = len(asked_times(sam))

    await clinic.run(lambda tx: people.come_back(tx, stopped))
    await rescheduled(clinic, sam)
    await clinic.advance(days=1, step=3600)

    assert in_between == 1
    assert len(asked_times(sam)) == 2


async def test_a_blocked_chat_stops_nobody_else(clinic: Clinic):
    sam, ana = await somebody(clinic, "Sam"), await somebody(clinic, "Ana")
    sam.blocks_bot()

    await clinic.until(DUE, step=1800)

    assert await days(clinic, sam) == [(date(2026, 3, 2), State.SKIPPED_UNREACHABLE)]
    assert len(asked_times(ana)) == 1
    assert (await facts(clinic)).unreachable == [(await participant_of(clinic, sam)).code]


async def test_an_account_that_is_gone_is_found_out_by_the_prompt(clinic: Clinic):
    sam = await somebody(clinic)
    sam.deactivates()

    await clinic.until(DUE, step=1800)

    row = (await ledger(clinic, sam))[-1]
    assert (row.state, row.delivery) == (State.SKIPPED_UNREACHABLE, Delivery.NOT_SENT)


# Reminded, put off, expired


async def test_one_reminder_comes_in_place_of_the_question(clinic: Clinic):
    sam = await asked(clinic, checkin_time=time(12, 0))
    first = sam.chat.last

    await clinic.advance(hours=9, step=600)

    reminders = [m for m in sam.chat.messages if m.text.startswith(REMINDER)]
    assert len(reminders) == 1
    assert "How is your mood right now?" in reminders[0].text
    assert first.id not in [message.id for message in sam.chat.messages]


async def test_who_left_half_way_is_reminded_of_the_question_they_are_at(clinic: Clinic):
    sam = await asked(clinic, checkin_time=time(12, 0))
    await taps(clinic, sam, "5")

    await clinic.advance(hours=3, minutes=5, step=600)

    assert sam.chat.last.text.startswith(REMINDER)
    assert "How strong is your craving today?" in sam.chat.last.text


async def test_nobody_is_reminded_of_what_is_done(clinic: Clinic):
    sam = await asked(clinic, checkin_time=time(12, 0))
    await taps(clinic, sam, "5", "1", "2", "No", "6 or 7", "Skip")

    await clinic.advance(hours=11, step=900)

    assert not any(message.text.startswith(REMINDER) for message in sam.chat.messages)


async def test_nobody_is_reminded_in_quiet_hours(clinic: Clinic):
    sam = await asked(clinic, checkin_time=time(21, 0))

    await clinic.advance(hours=11, step=900)

    assert not any(message.text.startswith(REMINDER) for message in sam.chat.messages)


async def test_an_unanswered_check_in_closes_with_a_kind_line(clinic: Clinic):
    sam = await asked(clinic)

    await clinic.advance(hours=10, minutes=1, step=900)

    assert sam.chat.last.text == (
        "This check-in is closed. That is OK.\nThe next one comes today at 6:00 pm."
    )
    assert sam.chat.last.buttons == ()
    assert (await ledger(clinic, sam))[-1].state is State.EXPIRED


async def test_a_half_done_check_in_keeps_its_answers_and_staff_hear_of_them(
    clinic: Clinic, staff_group: Group
):
    sam = await asked(clinic)
    await taps(clinic, sam, "5", "9")

    await clinic.advance(hours=10, minutes=1, step=900)

    assert await answers(clinic, sam) == {"mood": 5, "craving": 9}
    assert "raving" in " ".join(message.text for message in staff_group.chat.messages)
    closed = [m for m in sam.chat.messages if m.text.startswith("This check-in is closed.")]
    assert "What you answered is saved." in closed[0].text


async def test_a_new_check_in_closes_the_one_before(clinic: Clinic):
    sam = await asked(clinic, quiet_from=time(0), quiet_to=time(0))

    await rescheduled(clinic, sam, checkin_time=time(1, 0))
    await clinic.advance(hours=7, minutes=5, step=900)

    assert [state for _, state in await days(clinic, sam)] == [State.EXPIRED, State.OPEN]


async def test_a_prompt_whose_fate_is_unknown_is_not_sent_again_and_not_counted_as_missed(clinic: Clinic):
    sam = await somebody(clinic)
    await clinic.until(DUE - timedelta(minutes=1), step=1800)
    clinic.sandbox.faults.lose_answers("sendMessage")

    await clinic.advance(minutes=2)
    row = (await ledger(clinic, sam))[-1]
    await taps(clinic, sam, "5")

    assert len(asked_times(sam)) == 1
    assert row.delivery is Delivery.UNKNOWN
    assert await answers(clinic, sam) == {"mood": 5}
    assert "How strong is your craving today?" in sam.chat.last.text


async def test_telegram_away_for_hours_brings_no_stale_pile(clinic: Clinic):
    sam = await somebody(clinic)
    clinic.sandbox.faults.down()
    await clinic.advance(hours=14, step=1800)

    clinic.sandbox.faults.up()
    await clinic.settle()

    assert asked_times(sam) == []
    assert (await ledger(clinic, sam))[-1].delivery is Delivery.UNKNOWN
    assert (await facts(clinic)).quiet == []


# Quiet people


async def test_two_missed_in_a_row_make_somebody_quiet(clinic: Clinic):
    sam = await somebody(clinic)
    code = (await participant_of(clinic, sam)).code

    await clinic.advance(days=1, hours=10, step=1800)
    after_one = (await facts(clinic)).quiet
    await clinic.advance(days=1, step=1800)

    assert after_one == []
    assert [(quiet.code, quiet.missed) for quiet in (await facts(clinic)).quiet] == [(code, 2)]


async def test_one_answer_ends_the_silence(clinic: Clinic):
    sam = await somebody(clinic)
    await clinic.until(DUE + timedelta(days=2), step=1800)

    await taps(clinic, sam, "5")

    assert (await facts(clinic)).quiet == []


# Content that changes


async def test_a_running_check_in_stays_on_its_revision(clinic: Clinic, content: Path):
    sam = await asked(clinic)
    file = content / "checkins" / "daily.toml"
    file.write_text(file.read_text().replace("How strong is your craving today?", "Any craving?"))
    await clinic.app.refresh_content()

    await taps(clinic, sam, "5")
    running = sam.chat.last.text
    await clinic.until(DUE + timedelta(days=1), step=3600)
    await taps(clinic, sam, "5")

    assert "How strong is your craving today?" in running
    assert "Any craving?" in sam.chat.last.text
    first, second = await ledger(clinic, sam)
    assert first.revision != second.revision


async def test_a_row_that_cannot_be_acted_on_stops_nobody(clinic: Clinic):
    sam, ana = await asked(clinic, "Sam"), await somebody(clinic, "Ana", checkin_time=time(19, 0))
    row = (await ledger(clinic, sam))[-1]

    def broken(tx: Tx) -> None:
        from bot.checkins.store import checkin

        tx.execute(checkin.update().where(checkin.c.id == row.id).values(revision="gone"))

    await clinic.run(broken)
    await clinic.advance(hours=11, step=1800)

    assert len(asked_times(ana)) == 1


def test_the_story_begins_on_a_morning_in_new_york():
    assert timedelta(hours=8) == DUE - START
