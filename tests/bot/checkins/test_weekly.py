"""The weekly check-in: one sitting a week, and what its pulse leads to when somebody is worn out."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.checkins.ledger import State
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.bot.checkins.test_kinds import A_GOOD_DAY, rows, turns_on
from tests.builders import participant_of
from tests.checkin_steps import ledger, says, somebody, taps

SUNDAY = date(2026, 3, 8)
WEEKLY_AT = datetime(2026, 3, 8, 21, 0, tzinfo=UTC)  # 17:00 in New York, on the day its clocks went forward
REST = ("Skip",) * 9  # the measure and the question
WORN_OUT = ("Yes", "No", "No", "Yes", *REST)
WELL = ("No", "No", "Yes", "No", *REST)
LESS = "For two weeks I send you less"


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    """Is asked at nine in the morning, and has the weekly one on the screen."""
    person = await somebody(clinic, checkin_time=time(9))
    await clinic.until(WEEKLY_AT - timedelta(hours=9), step=3600)
    await says(clinic, person, "/checkin")
    await taps(clinic, person, *A_GOOD_DAY)
    await clinic.until(WEEKLY_AT)
    return person


async def is_eased(clinic: Clinic, person: Person) -> bool:
    return (await participant_of(clinic, person)).is_eased(clinic.clock.now())


def reminders_since(person: Person, since: datetime) -> list[datetime]:
    return [
        happening.at
        for happening in person.chat.history
        if happening.at >= since
        and happening.message is not None
        and "Your check-in is still here" in happening.message.text
    ]


async def next_week(clinic: Clinic, person: Person) -> None:
    await clinic.until(WEEKLY_AT + timedelta(days=7, hours=-9), step=3600)
    await says(clinic, person, "/checkin")
    await taps(clinic, person, *A_GOOD_DAY)
    await clinic.until(WEEKLY_AT + timedelta(days=7))


async def test_it_is_one_sitting_on_sunday_beside_a_daily_one_that_is_done(clinic: Clinic, sam: Person):
    first = sam.chat.last.text
    await taps(clinic, sam, *WELL)

    assert first.startswith("Your week · 1/13")
    assert sam.chat.last.text.startswith("Thank you. That was your week")
    assert await rows(clinic, sam, "weekly") == [(SUNDAY, State.DONE)]


async def test_two_signs_send_less_offer_rest_and_are_said_to_staff_by_code(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *WORN_OUT)
    thanks = sam.chat.last
    person = await participant_of(clinic, sam)
    now = clinic.clock.now()

    facts = await clinic.run(
        lambda tx: clinic.app.services.checkins.morning_facts(tx, now - timedelta(days=1), now)
    )
    await taps(clinic, sam, "Read")

    assert LESS in thanks.text
    assert await is_eased(clinic, sam)
    assert facts.worn_out == [person.code]
    assert sam.chat.last.text.startswith("Go at your own pace")


async def test_one_sign_changes_nothing(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *WELL)

    assert LESS not in sam.chat.last.text
    assert not await is_eased(clinic, sam)


async def test_whoever_skips_everything_is_left_as_they_are(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *["Skip"] * 13)

    assert sam.chat.last.text.startswith("Thank you. That was your week")
    assert not await is_eased(clinic, sam)


async def test_signs_count_when_the_rest_is_left_undone(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *WORN_OUT[:4])

    await clinic.advance(hours=21, step=900)

    assert (SUNDAY, State.EXPIRED) in await rows(clinic, sam, "weekly")
    assert await is_eased(clinic, sam)


async def test_a_better_week_brings_the_usual_back(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *WORN_OUT)
    await next_week(clinic, sam)

    await taps(clinic, sam, *WELL)

    assert "I send you as much as before" in sam.chat.last.text
    assert not await is_eased(clinic, sam)


async def test_less_ends_by_itself_after_two_weeks(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *WORN_OUT)

    await clinic.advance(days=14, step=7200)

    assert not await is_eased(clinic, sam)


async def test_a_pace_of_ones_own_choice_ends_it_at_once(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *WORN_OUT)
    await says(clinic, sam, "/settings")
    shown = sam.chat.last.text

    await taps(clinic, sam, "Reading", "usual")

    assert "usual (half of it for now)" in shown
    assert "half of it" not in sam.chat.last.text
    assert not await is_eased(clinic, sam)


async def test_meanwhile_nothing_is_reminded_of_and_the_evening_one_rests(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *WORN_OUT)
    await turns_on(clinic, sam)

    await clinic.advance(days=2, step=900)

    assert {state for _, state in await rows(clinic, sam)} == {State.SKIPPED_EASED}
    assert not reminders_since(sam, WEEKLY_AT)
    assert (await rows(clinic, sam, "daily"))[-1][0] == SUNDAY + timedelta(days=2)


async def test_it_comes_after_the_daily_one_of_its_day(clinic: Clinic):
    kim = await somebody(clinic, "Kim", checkin_time=time(17, 30))
    await clinic.until(WEEKLY_AT + timedelta(minutes=35), step=1800)
    first = kim.chat.last.text
    await taps(clinic, kim, *A_GOOD_DAY)
    await clinic.advance(minutes=70)

    prompts = [row.sent_at for row in await ledger(clinic, kim) if row.day == SUNDAY]

    assert first.startswith("Daily check-in · 1/6")
    assert kim.chat.last.text.startswith("Your week · 1/13")
    assert prompts[1] - prompts[0] >= timedelta(hours=1)


async def test_the_own_week_is_shown_above_the_question_for_oneself(clinic: Clinic, sam: Person):
    await taps(clinic, sam, *WELL[:4], *["Skip"] * 8)

    shown = sam.chat.last.text

    assert "Your week, Monday to Sunday\nDays you checked in: 1 of 7" in shown
    assert "Mood: – – – – – – 8\n······▇" in shown
    assert "Craving: – – – – – – 0\n······▁" in shown
    assert "take with you" in shown


async def test_whoever_only_taps_sees_their_week_at_the_end(clinic: Clinic):
    kim = await somebody(clinic, "Kim", checkin_time=time(9), taps_only=True)
    await clinic.until(WEEKLY_AT - timedelta(hours=9), step=7200)
    await says(clinic, kim, "/checkin")
    await taps(clinic, kim, *A_GOOD_DAY[:5])
    await clinic.until(WEEKLY_AT)

    await taps(clinic, kim, *WELL[:4], *["Skip"] * 8)

    assert kim.chat.last.text.startswith("Thank you. That was your week")
    assert "Mood: – – – – – – 8" in kim.chat.last.text
