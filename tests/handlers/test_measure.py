"""/measure: the weekly measure of one person, to staff in private; the morning message has codes only."""

from datetime import timedelta

from bot.morning import Report, message
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.bot.checkins.test_kinds import A_GOOD_DAY
from tests.bot.checkins.test_weekly import WEEKLY_AT
from tests.builders import participant_of
from tests.checkin_steps import says, somebody, taps
from tests.handlers.stories import joins_staff

PULSE = ("No", "No", "No", "No")


async def answers_the_week(clinic: Clinic, person: Person, *measure: str, weeks: int = 0) -> None:
    at = WEEKLY_AT + timedelta(days=7 * weeks)
    await clinic.until(at - timedelta(hours=9), step=7200)
    await says(clinic, person, "/checkin")
    await taps(clinic, person, *A_GOOD_DAY)
    await clinic.until(at)
    await taps(clinic, person, *PULSE, *measure)
    await says(clinic, person, "only mine to read")


async def test_staff_see_the_scores_and_what_changed_and_none_of_the_words(
    clinic: Clinic, administrator: Person
) -> None:
    ana = await joins_staff(clinic, administrator, "ana")
    sam = await somebody(clinic)
    code = (await participant_of(clinic, sam)).code
    await says(clinic, ana, f"/measure {code}")
    nothing = ana.chat.last.text
    await answers_the_week(clinic, sam, "0", "1", "1", "1", "Skip", "4", "4", "3")
    await answers_the_week(clinic, sam, "2", "1", "1", "1", "Skip", "Skip", "Skip", "3", weeks=1)

    await says(clinic, ana, f"/measure {code}")
    shown = ana.chat.last
    await clinic.advance(minutes=11)

    assert "has not answered" in nothing
    assert shown.text.startswith(f"{code}\nYour week, 2026-03-15")
    assert "Use: 3 of 8 (before: 1) · past the cut-off" in shown.text
    assert "Risk: 3 of 12 (before: 3)" in shown.text
    assert "What protects: no score" in shown.text
    assert "how often did you drink or use? Medicine taken as prescribed does not count. 0 → 2" in shown.text
    assert "only mine" not in shown.text
    assert shown.is_protected
    assert ana.chat.last.text != shown.text


async def test_the_morning_message_names_codes_past_a_cut_off(clinic: Clinic) -> None:
    sam = await somebody(clinic)
    person = await participant_of(clinic, sam)
    await answers_the_week(clinic, sam, "2", "1", "1", "1", "1", "4", "4", "3")
    services, now = clinic.app.services, clinic.clock.now()

    facts = await clinic.run(lambda tx: services.checkins.morning_facts(tx, now - timedelta(days=1), now))
    alerts = await clinic.run(lambda tx: services.alerts.morning_facts(tx, now - timedelta(days=1), now))
    report = Report(alerts, facts, content_problems=0, screener_works=True)

    assert facts.past_cut_off == [person.code]
    said = message(services.content.phrases, "en", report).text.text
    assert f"Weekly measure past a cut-off: 1 (in private: /measure and the code)\n{person.code}" in said


async def test_a_code_that_is_nobodys_and_none_at_all_get_a_word(
    clinic: Clinic, administrator: Person
) -> None:
    await says(clinic, administrator, "/measure")
    usage = administrator.chat.last.text

    await says(clinic, administrator, "/measure blue heron 000")

    assert "with the code" in usage
    assert administrator.chat.last.text != usage


async def test_participants_cannot_look_at_measures(clinic: Clinic) -> None:
    sam = await somebody(clinic)
    code = (await participant_of(clinic, sam)).code

    await says(clinic, sam, f"/measure {code}")

    assert code not in sam.chat.last.text
