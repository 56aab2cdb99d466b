"""The rules of joining: steps, choices, names, times."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people.joining import (
    LONGEST_NAME,
    ORDER,
    QUIET,
    Draft,
    Step,
    back,
    choice,
    cleaned_name,
    forward,
    heard_at,
    is_quiet,
    pause_until,
    read_time,
    suggested_name,
)
from bot.people.model import Pace

DRAFT = Draft(invite=7, language="en")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def test_the_steps_come_in_order_after_every_page_of_the_consent() -> None:
    seen, draft = [], DRAFT

    for _ in range(len(ORDER) + 2):
        seen.append((draft.step, draft.page))
        draft = forward(draft, pages=3)

    assert seen[:4] == [(Step.CONSENT, 0), (Step.CONSENT, 1), (Step.CONSENT, 2), (Step.AGREE, 2)]
    assert [step for step, _ in seen[3:]] == list(ORDER[1:])
    assert draft.step is Step.PACE


@given(st.integers(1, 5), st.integers(0, 12))
def test_back_undoes_forward(pages: int, taps: int) -> None:
    draft = DRAFT
    for _ in range(taps):
        draft = forward(draft, pages)

    further = forward(draft, pages)

    if further != draft:
        assert back(further, pages).step is draft.step
    assert back(DRAFT, pages) == DRAFT


def test_a_draft_survives_being_kept() -> None:
    draft = Draft(7, "es", Step.QUIET, 2, True, "May 🌱", "America/Denver", time(6, 30), pace=Pace.MORE)

    assert Draft.from_state(draft.to_state()) == draft


@pytest.mark.parametrize(
    ("step", "words", "changes"),
    [
        (Step.MODE, ("taps",), {"taps_only": True}),
        (Step.MODE, ("words",), {"taps_only": False}),
        (Step.ZONE, ("z", "America/Denver"), {"zone": "America/Denver"}),
        (Step.ZONE, ("z", "../../etc/passwd"), None),
        (Step.TIME, ("t", "1830"), {"checkin_time": time(18, 30)}),
        (Step.TIME, ("t", "2460"), None),
        (Step.QUIET, ("none",), {"quiet_from": time(0), "quiet_to": time(0)}),
        (Step.QUIET, ("0",), {"quiet_from": QUIET[0][0], "quiet_to": QUIET[0][1]}),
        (Step.QUIET, ("99",), None),
        (Step.PACE, ("lighter",), {"pace": Pace.LIGHTER}),
        (Step.PACE, (), None),
        (Step.NAME, ("use",), None),
    ],
)
def test_a_tap_sets_only_what_its_step_offers(
    step: Step, words: tuple[str, ...], changes: dict[str, object] | None
) -> None:
    assert choice(step, words) == changes


@given(st.text(max_size=80))
def test_any_typed_name_is_short_visible_and_on_one_line_or_none(typed: str) -> None:
    name = cleaned_name(typed)

    if name is not None:
        assert 1 <= len(name) <= LONGEST_NAME
        assert "\n" not in name and "\u202e" not in name and name == name.strip()


def test_emoji_and_accents_are_names() -> None:
    assert cleaned_name(" José  🌱 ") == "José 🌱"
    assert cleaned_name("👩🏽‍🚀") == "👩🏽‍🚀"
    assert cleaned_name(" \u200b ") is None


def test_an_invisible_telegram_name_is_not_suggested() -> None:
    assert suggested_name("Maya") == "Maya"
    assert suggested_name("ㅤ") == ""
    assert suggested_name("…") == ""


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("7:30 pm", time(19, 30)),
        ("7pm", time(19)),
        ("12 am", time(0)),
        ("12:15 p.m.", time(12, 15)),
        ("19.30", time(19, 30)),
        ("8", time(8)),
        ("20h15", time(20, 15)),
        ("at 7 pm", time(19)),
        ("19h", time(19)),
        ("7 p. m.", time(19)),
        ("a las 7:30", time(7, 30)),
        ("a las 7 de la tarde", time(19)),
        ("8 de la noche", time(20)),
        ("7 in the evening", time(19)),
        ("7 in the morning", time(7)),
        ("las 8 de la mañana", time(8)),
        ("noon", time(12)),
        ("mediodía", time(12)),
        ("25:00", None),
        ("13 pm", None),
        ("seven", None),
        ("", None),
    ],
)
def test_typed_times_are_read_as_people_write_them(typed: str, at: time | None) -> None:
    assert read_time(typed) == at


@given(TIMES, TIMES, TIMES)
def test_a_check_in_is_never_heard_in_quiet_hours(at: time, quiet_from: time, quiet_to: time) -> None:
    heard = heard_at(at, quiet_from, quiet_to)

    assert not is_quiet(heard, quiet_from, quiet_to)
    assert heard in (at, quiet_to)


def test_a_pause_ends_at_the_same_time_of_day_over_a_change_of_the_clocks() -> None:
    friday = datetime(2026, 3, 6, 23, 0, tzinfo=UTC)  # 18:00 in New York, before the clocks go forward

    until = pause_until(friday, 3, "America/New_York")

    assert until == datetime(2026, 3, 9, 22, 0, tzinfo=UTC)  # 18:00 again
    assert until - friday == timedelta(hours=71)
