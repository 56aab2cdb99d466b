"""The ladder of alerts: when it climbs and whom each step tells."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.model import (
    LADDER,
    Colleague,
    Patience,
    Reason,
    Recipients,
    Step,
    first_deadline,
    later_deadline,
    next_step,
    recipients,
    reopen_deadline,
)
from bot.alerts.rota import Rota, Shift
from bot.screening.model import Level
from bot.settings import AlertSettings

ANA, BEN, CLEO, CHIEF = (
    Colleague(1, "ana"),
    Colleague(2, "ben"),
    Colleague(3, "cleo"),
    Colleague(4, "chief", is_administrator=True),
)
STAFF = (ANA, BEN, CLEO, CHIEF)
WEEKDAYS = frozenset(range(5))
ROTA = Rota(
    (
        Shift("ana", WEEKDAYS, time(8), time(16)),
        Shift("ben", WEEKDAYS, time(16), time(20)),
        Shift("cleo", WEEKDAYS, time(8), time(12), backup=True),
    ),
    zone="UTC",
)
NO_ROTA = Rota(zone="UTC")
MORNING = datetime(2026, 7, 1, 9, tzinfo=UTC)
AFTERNOON = datetime(2026, 7, 1, 13, tzinfo=UTC)
NIGHT = datetime(2026, 7, 1, 23, tzinfo=UTC)
PATIENCE = Patience()
HOUR = timedelta(hours=1)


def test_an_urgent_alert_climbs_after_ten_minutes_at_any_hour() -> None:
    assert first_deadline(Level.URGENT, NIGHT, ROTA, PATIENCE) - NIGHT == HOUR / 6
    assert later_deadline(Level.URGENT, NIGHT, ROTA, Patience(repeat=20)) - NIGHT == HOUR / 3


def test_an_elevated_alert_waits_four_staffed_hours() -> None:
    assert first_deadline(Level.ELEVATED, MORNING, ROTA, PATIENCE) == MORNING + 4 * HOUR
    assert first_deadline(Level.ELEVATED, NIGHT, ROTA, PATIENCE) == datetime(2026, 7, 2, 12, tzinfo=UTC)
    assert later_deadline(Level.ELEVATED, NIGHT, ROTA, PATIENCE) == datetime(2026, 7, 2, 8, 10, tzinfo=UTC)


def test_without_shifts_an_elevated_alert_waits_plain_hours() -> None:
    assert first_deadline(Level.ELEVATED, NIGHT, NO_ROTA, PATIENCE) == NIGHT + 4 * HOUR


def test_a_claimed_alert_opens_again_after_its_level() -> None:
    assert reopen_deadline(Level.URGENT, NIGHT, PATIENCE) == NIGHT + HOUR
    assert reopen_deadline(Level.ELEVATED, NIGHT, PATIENCE) == NIGHT + 24 * HOUR


def test_the_waits_come_from_the_configuration() -> None:
    assert Patience.of(AlertSettings()) == PATIENCE
    assert Patience.of(AlertSettings(urgent_minutes=3)).urgent == 3


def test_the_ladder_climbs_in_order_and_its_last_step_repeats() -> None:
    assert [next_step(step) for step in LADDER] == [Step.NEXT, Step.GROUP, Step.FALLBACK, Step.FALLBACK]
    assert next_step(Step.ON_DUTY, (Step.ON_DUTY, Step.FALLBACK)) is Step.FALLBACK
    assert next_step(Step.ON_DUTY, (Step.ON_DUTY,)) is Step.ON_DUTY


def test_a_step_taken_out_of_the_configuration_leads_to_the_last() -> None:
    assert next_step(Step.NEXT, (Step.ON_DUTY, Step.GROUP)) is Step.GROUP


def test_first_those_on_duty_and_the_group() -> None:
    told = recipients(Step.ON_DUTY, Level.URGENT, ROTA, MORNING, STAFF)

    assert told == Recipients((ANA.id,), True, Reason.ON_DUTY)


def test_at_night_an_urgent_alert_wakes_the_next_shift() -> None:
    told = recipients(Step.ON_DUTY, Level.URGENT, ROTA, NIGHT, STAFF)

    assert told == Recipients((ANA.id,), True, Reason.NOBODY_ON_DUTY)


def test_at_night_an_elevated_alert_stands_in_the_group_and_wakes_nobody() -> None:
    told = recipients(Step.ON_DUTY, Level.ELEVATED, ROTA, NIGHT, STAFF)

    assert told == Recipients((), True, Reason.NOBODY_ON_DUTY)


def test_then_the_backup_in_private() -> None:
    told = recipients(Step.NEXT, Level.URGENT, ROTA, MORNING, STAFF, told=[ANA.id])

    assert told == Recipients((CLEO.id,), False, Reason.BACKUP)


def test_without_a_backup_the_next_shift() -> None:
    told = recipients(Step.NEXT, Level.URGENT, ROTA, AFTERNOON, STAFF, told=[ANA.id])

    assert told == Recipients((BEN.id,), False, Reason.NEXT_SHIFT)


def test_who_came_on_duty_since_is_told_before_a_later_shift() -> None:
    told = recipients(
        Step.NEXT, Level.URGENT, ROTA, datetime(2026, 7, 1, 17, tzinfo=UTC), STAFF, told=[ANA.id]
    )

    assert told == Recipients((BEN.id,), False, Reason.ON_DUTY)


def test_when_the_whole_rota_was_told_administrators_are_next() -> None:
    told = recipients(Step.NEXT, Level.URGENT, ROTA, AFTERNOON, STAFF, told=[ANA.id, BEN.id, CLEO.id])

    assert told == Recipients((CHIEF.id,), True, Reason.ADMINISTRATORS)


def test_then_everybody_and_the_group_again() -> None:
    told = recipients(Step.GROUP, Level.URGENT, ROTA, NIGHT, STAFF, told=[ANA.id])

    assert told == Recipients((1, 2, 3, 4), True, Reason.EVERYBODY)


def test_last_the_fallback_by_handle_else_administrators() -> None:
    named = recipients(Step.FALLBACK, Level.URGENT, ROTA, NIGHT, STAFF, fallback=["Cleo", "gone"])
    unnamed = recipients(Step.FALLBACK, Level.URGENT, ROTA, NIGHT, STAFF, fallback=["gone"])

    assert named == Recipients((CLEO.id,), True, Reason.FALLBACK)
    assert unnamed == Recipients((CHIEF.id,), True, Reason.ADMINISTRATORS)


def test_without_a_rota_administrators_are_told() -> None:
    for step in (Step.ON_DUTY, Step.NEXT):
        assert recipients(step, Level.ELEVATED, NO_ROTA, NIGHT, STAFF).private == (CHIEF.id,)


def test_a_rota_of_people_who_left_counts_as_none() -> None:
    told = recipients(Step.ON_DUTY, Level.URGENT, ROTA, MORNING, (CHIEF,))

    assert told == Recipients((CHIEF.id,), True, Reason.ADMINISTRATORS)


def test_the_next_shift_of_somebody_who_left_is_passed_over() -> None:
    told = recipients(Step.ON_DUTY, Level.URGENT, ROTA, NIGHT, (BEN, CHIEF))

    assert told == Recipients((BEN.id,), True, Reason.NOBODY_ON_DUTY)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("level", [Level.ELEVATED, Level.URGENT])
def test_without_a_staff_group_everybody_is_told_in_private(step: Step, level: Level) -> None:
    told = recipients(step, level, ROTA, NIGHT, STAFF, has_group=False)

    assert told == Recipients((1, 2, 3, 4), False, Reason.NO_GROUP)


@given(
    st.sampled_from(Step),
    st.sampled_from([Level.ELEVATED, Level.URGENT]),
    st.sampled_from([ROTA, NO_ROTA]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.lists(st.sampled_from(STAFF), unique=True),
    st.lists(st.sampled_from(["ana", "gone"])),
    st.lists(st.integers(1, 4)),
    st.booleans(),
)
def test_nobody_is_never_the_answer(
    step: Step,
    level: Level,
    rota: Rota,
    now: datetime,
    staff: list[Colleague],
    fallback: list[str],
    told: list[int],
    has_group: bool,
) -> None:
    found = recipients(step, level, rota, now, staff, fallback=fallback, told=told, has_group=has_group)

    assert found.private or found.group
    assert set(found.private) <= {colleague.id for colleague in staff}
    assert len(found.private) == len(set(found.private))
    assert has_group or found.private or not staff
