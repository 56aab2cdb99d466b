"""How staff pace the course: each fault with its line and what to do, and what follows from a start."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.errors import Problem
from bot.modules.course import Course, read_course
from bot.modules.pacing import Place, may_offer, next_slug
from bot.people.model import Pace, Participant, ParticipantState
from bot.reading import Source

NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)
GOOD = """\
most_in_a_week = 3

[[starts]]
id = "residential"
title.en = "Residential care"
title.es = "Tratamiento residencial"
lighter_for_days = 14
first = ["sleep", "routine"]
"""
MODULES = ("anger", "routine", "sleep")


def course_of(folder: Path, text: str) -> tuple[Course, list[Problem]]:
    path = folder / "course.toml"
    path.write_text(text, "utf-8")
    return read_course(Source.of(path), MODULES, ("en", "es"))


def somebody(start: str) -> Participant:
    return Participant(
        id=1,
        key="k",
        code="blue heron 412",
        language="en",
        zone="America/New_York",
        checkin_time=time(18),
        quiet_from=time(22),
        quiet_to=time(8),
        pace=Pace.MORE,
        taps_only=False,
        state=ParticipantState.ACTIVE,
        paused_until=None,
        consent_version="1",
        joined_at=NOW,
        start=start,
    )


def test_from_residential_care_people_begin_gently_and_with_what_they_need_first(tmp_path: Path) -> None:
    course, problems = course_of(tmp_path, GOOD)

    assert problems == []
    assert course.first_for(somebody("residential")) == ("sleep", "routine")
    assert course.pace_of(somebody("residential"), NOW + timedelta(days=13)) is Pace.LIGHTER
    assert course.pace_of(somebody("residential"), NOW + timedelta(days=14)) is Pace.MORE


@pytest.mark.parametrize("start", ["", "somewhere-that-staff-took-away"])
def test_without_a_start_the_course_goes_its_usual_way(tmp_path: Path, start: str) -> None:
    course, _ = course_of(tmp_path, GOOD)

    assert course.first_for(somebody(start)) == ()
    assert course.pace_of(somebody(start), NOW) is Pace.MORE


def test_the_programs_cap_and_the_persons_pace_both_hold() -> None:
    today = NOW.date()
    three = [today - timedelta(days=back) for back in (1, 2, 3)]

    assert may_offer(Pace.MORE, today, three, cap=4)
    assert not may_offer(Pace.MORE, today, three, cap=3)
    assert not may_offer(Pace.LIGHTER, today, three[:2], cap=7)


def test_what_comes_first_is_offered_in_its_order_then_the_tracks_take_turns() -> None:
    shelf = [Place("anger", "stress", 1), Place("routine", "stress", 2), Place("sleep", "life-skills", 1)]
    done: list[str] = []
    while (slug := next_slug(shelf, [], done, first=("sleep", "gone", "routine"))) is not None:
        done.append(slug)

    assert done == ["sleep", "routine", "anger"]


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ("most_in_a_week = 3", "most_in_a_week = 9", 1, "most_in_a_week", "7"),
        ("most_in_a_week = 3", "most_in_week = 3", 1, "not known", "most_in_a_week"),
        ('"sleep", ', '"sleap", ', 8, 'no module "sleap"', "Did you mean `sleep`?"),
        ('"sleep", ', '"routine", ', 8, "twice", "Keep one"),
        ('title.es = "Tratamiento residencial"\n', "", 5, "no text in `es`", "title.es"),
        ('"Residential care"', f'"{"x" * 41}"', 5, "41 characters", "under 40"),
        ("lighter_for_days = 14", "lighter_for_days = 900", 7, "lighter_for_days", "90"),
        ('id = "residential"', 'id = "Res Care"', 4, "id", ""),
    ],
)
def test_a_fault_is_named_with_its_line_and_mend(
    tmp_path: Path, old: str, new: str, line: int, what: str, mend: str
) -> None:
    assert old in GOOD
    course, problems = course_of(tmp_path, GOOD.replace(old, new))

    assert course == Course()
    found = [problem for problem in problems if what in problem.what]
    assert found, problems
    assert found[0].line == line, problems
    assert mend in found[0].what + found[0].mend
