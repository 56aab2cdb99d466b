"""The end of a check-in offers what fits the answers: one at most, never twice running, never before help."""

from pathlib import Path

import pytest

from bot.people.model import Pace, Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.builders import a_colleague, a_participant
from tests.handlers.stories import says, taps

FITS = "For a day like this"
BREATH, GROUNDING = "Body and breath", "Back to right now"


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    person = await a_participant(clinic, "Sam", pace=Pace.MORE)
    await says(clinic, person, "/start")
    return person


async def checks_in(clinic: Clinic, person: Person, **answers: str) -> str:
    """Through today's check-in: `stress="8"` taps that, everything else is fine; gives what is said at the end."""
    usual = {
        "mood": "7",
        "craving": "1",
        "stress": "2",
        "drink or use": "No",
        "safe": "Yes",
        "sleep": "8 hours",
    }
    given = usual | answers
    await says(clinic, person, "/checkin")
    for _ in range(12):
        screen = person.chat.last
        if "Not today" in screen.labels:
            break
        asked = next((part for part in given if part in screen.text and len(screen.labels) > 1), None)
        if asked is None and "Skip" in screen.labels:
            await taps(clinic, person, ("Skip",))
        elif asked is None:
            break
        else:
            wanted = given[asked]
            label = next(label for label in screen.labels if label == wanted or label.startswith(wanted))
            await taps(clinic, person, (label,))
    return person.chat.last.text


async def test_high_stress_leads_to_the_body_and_the_breath(clinic: Clinic, sam: Person) -> None:
    said = await checks_in(clinic, sam, stress="8")

    assert f"{FITS}, here is something short that may help:\n{BREATH}" in said
    await taps(clinic, sam, ("Read · 5 min",))
    assert sam.chat.last.text.startswith(f"{BREATH} · 1/")


async def test_an_ordinary_day_leads_to_what_comes_next(clinic: Clinic, sam: Person) -> None:
    said = await checks_in(clinic, sam)

    assert FITS not in said
    assert "What stress does" in said


async def test_the_same_one_never_comes_two_days_running(clinic: Clinic, sam: Person) -> None:
    offered = []
    for _ in range(3):
        said = await checks_in(clinic, sam, stress="8")
        offered.append(next(title for title in (BREATH, GROUNDING) if title in said))
        await clinic.advance(days=1, step=1800)

    assert offered == [BREATH, GROUNDING, BREATH]


async def test_after_an_answer_for_staff_help_comes_first(clinic: Clinic, sam: Person) -> None:
    said = await checks_in(clinic, sam, **{"stress": "8", "drink or use": "Yes"})

    assert FITS not in said
    assert BREATH not in said


async def test_while_an_alert_is_open_nothing_is_suggested(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "I drank last night and I feel awful about it")

    said = await checks_in(clinic, sam, stress="8")

    assert FITS not in said


async def test_what_staff_picked_comes_before_what_fits(clinic: Clinic, sam: Person) -> None:
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    await says(clinic, ana, "/assign")
    await taps(clinic, ana, ("Pick something to read", "Stress", "Worry time", "Everybody (1)", "No day"))

    said = await checks_in(clinic, sam, stress="8")

    assert "Your team picked this" in said
    assert "Worry time" in said


async def test_the_pace_holds_for_what_fits_as_well(clinic: Clinic) -> None:
    sam = await a_participant(clinic, "Sam", pace=Pace.LIGHTER)
    await says(clinic, sam, "/start")
    said = []
    for _ in range(4):
        said.append(await checks_in(clinic, sam, stress="8"))
        await clinic.advance(days=1, step=1800)

    assert [FITS in each for each in said] == [True, True, False, False]


async def test_a_program_may_do_without_suggestions(clinic: Clinic, sam: Person, content: Path) -> None:
    (content / "suggestions.toml").unlink()
    await clinic.app.refresh_content()

    said = await checks_in(clinic, sam, stress="8")

    assert FITS not in said
    assert "What stress does" in said
