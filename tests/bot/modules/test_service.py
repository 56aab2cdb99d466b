"""Reading, reflecting and being offered something, on a real database."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.modules import store
from bot.modules.pacing import Offer
from bot.modules.screens import Page
from bot.modules.service import ModuleGone, Modules
from bot.people.model import Pace, ParticipantState
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.builders import a_participant, change, participant_of

SLUG = "stress-what-it-does"
OTHER = "triggers-three-kinds"
SEALED = "SELECT words_sealed FROM reflection"


@pytest.fixture
async def sam(clinic: Clinic) -> Person:
    return await a_participant(clinic, "Sam")


async def do(clinic: Clinic, person: Person, action: str, *args: Any, **options: Any) -> Any:
    """Call a method of the service for this person, now."""
    participant, now = await participant_of(clinic, person), clinic.clock.now()
    method = getattr(clinic.app.services.modules, action)
    return await clinic.run(lambda tx: method(tx, participant, *args, now, **options))


async def read_through(clinic: Clinic, person: Person, slug: str) -> Page:
    """To the end, with the last question skipped."""
    page: Page = await do(clinic, person, "open", slug)
    while page.card is not None:
        if page.card.check and page.answered is None:
            page = await do(clinic, person, "answer", slug, page.at, 0)
        page = await do(clinic, person, "turn", slug, page.at + 1)
    ended: Page = await do(clinic, person, "skip", slug)
    return ended


async def offer_today(clinic: Clinic, person: Person) -> Offer | None:
    """As the end of a check-in does it."""
    offer: Offer | None = await do(clinic, person, "next_offer")
    if offer is not None:
        await do(clinic, person, "offered", offer)
    return offer


async def to_the_question(clinic: Clinic, person: Person, slug: str = SLUG) -> None:
    page: Page = await do(clinic, person, "open", slug)
    while page.card is not None:
        if page.card.check and page.answered is None:
            page = await do(clinic, person, "answer", slug, page.at, 0)
        page = await do(clinic, person, "turn", slug, page.at + 1)


async def reflections(clinic: Clinic, person: Person) -> list[tuple[str, str]]:
    participant = await participant_of(clinic, person)
    found: list[tuple[str, str]] = await clinic.run(lambda tx: store.reflections_of(tx, participant.id))
    return found


async def test_the_check_question_cannot_be_jumped_over(clinic: Clinic, sam: Person) -> None:
    page = await do(clinic, sam, "open", SLUG)
    while not page.card.check:
        page = await do(clinic, sam, "turn", SLUG, page.at + 1)

    jumped = await do(clinic, sam, "turn", SLUG, page.at + 1)

    assert jumped.is_stale
    assert jumped.at == page.at


async def test_the_first_answer_stays(clinic: Clinic, sam: Person) -> None:
    page = await do(clinic, sam, "open", SLUG)
    while not page.card.check:
        page = await do(clinic, sam, "turn", SLUG, page.at + 1)

    first = await do(clinic, sam, "answer", SLUG, page.at, 1)
    second = await do(clinic, sam, "answer", SLUG, page.at, 0)

    assert (first.answered, first.is_stale) == (1, False)
    assert (second.answered, second.is_stale) == (1, True)


@pytest.mark.parametrize("option", [-1, 99])
async def test_an_answer_that_is_none_is_not_kept(clinic: Clinic, sam: Person, option: int) -> None:
    page = await do(clinic, sam, "open", SLUG)
    while not page.card.check:
        page = await do(clinic, sam, "turn", SLUG, page.at + 1)

    shown = await do(clinic, sam, "answer", SLUG, page.at, option)

    assert shown.is_stale
    assert shown.answered is None


async def test_what_was_read_stays_read_when_it_is_read_again(clinic: Clinic, sam: Person) -> None:
    await read_through(clinic, sam, SLUG)

    again = await do(clinic, sam, "open", SLUG)

    participant = await participant_of(clinic, sam)
    entries = await clinic.run(lambda tx: clinic.app.services.modules.shelf(tx, participant))
    assert (again.at, again.answered) == (0, None)
    assert [entry.progress.value for entry in entries if entry.slug == SLUG] == ["done"]


async def test_a_reflection_is_kept_sealed_and_ends_the_module(clinic: Clinic, sam: Person) -> None:
    await to_the_question(clinic, sam)

    assert await do(clinic, sam, "reflect", "My jaw\u200b gets tight")
    assert not await do(clinic, sam, "reflect", "and this is not part of it")

    assert await reflections(clinic, sam) == [(SLUG, "My jaw gets tight")]
    bodies = await clinic.run(lambda tx: [bytes(row[0]) for row in tx.all(text(SEALED))])
    assert not any(b"jaw" in body for body in bodies)


async def test_words_that_come_much_later_are_not_taken_for_the_answer(clinic: Clinic, sam: Person) -> None:
    await to_the_question(clinic, sam)
    await clinic.advance(hours=13, step=3600)

    assert not await do(clinic, sam, "reflect", "good morning")


async def test_words_typed_after_leaving_the_question_are_not_taken_for_the_answer(
    clinic: Clinic, sam: Person
) -> None:
    await to_the_question(clinic, sam)
    await do(clinic, sam, "open", OTHER)

    assert not await do(clinic, sam, "reflect", "something else")
    assert await reflections(clinic, sam) == []


async def test_after_an_urgent_reflection_nothing_more_is_asked(clinic: Clinic, sam: Person) -> None:
    sam.says("/learn")
    await clinic.settle()
    await to_the_question(clinic, sam)

    await do(clinic, sam, "reflect", "I do not want to be here", urgent=True)
    await clinic.settle()

    assert sam.chat.last.text == "Saved. The rest can wait."
    assert not sam.chat.last.labels
    assert len(await reflections(clinic, sam)) == 1


async def test_an_unknown_module_is_refused_by_name(clinic: Clinic, sam: Person) -> None:
    with pytest.raises(ModuleGone):
        await do(clinic, sam, "open", "no-such-thing")


async def test_an_edited_file_is_read_by_those_who_begin_after_the_edit(
    clinic: Clinic, sam: Person, content: Path
) -> None:
    before = await do(clinic, sam, "open", SLUG)
    for lang in ("en", "es"):
        file = content / "modules" / lang / f"{SLUG}.md"
        file.write_text(file.read_text("utf-8").replace("\n## ", "\n## New: ", 1), "utf-8")
    await clinic.app.refresh_content()
    kim = await a_participant(clinic, "Kim")

    kept = await do(clinic, sam, "turn", SLUG, 0)
    fresh = await do(clinic, kim, "open", SLUG)

    assert kept.card.title == before.card.title
    assert fresh.card.title == f"New: {before.card.title}"


async def test_offers_alternate_and_continue_what_was_begun(clinic: Clinic, sam: Person) -> None:
    first = await offer_today(clinic, sam)
    assert first is not None
    assert (first.slug, first.at) == (SLUG, 0)
    await do(clinic, sam, "open", SLUG)
    await do(clinic, sam, "turn", SLUG, 1)
    await clinic.advance(days=1, step=3600)

    second = await offer_today(clinic, sam)
    assert second is not None
    assert (second.slug, second.at) == (SLUG, 2)
    await read_through(clinic, sam, SLUG)
    await clinic.advance(days=1, step=3600)

    third = await offer_today(clinic, sam)
    assert third is not None
    assert third.slug == OTHER


async def test_todays_offer_is_given_again_until_it_is_answered(clinic: Clinic, sam: Person) -> None:
    first = await offer_today(clinic, sam)
    assert first is not None

    assert await offer_today(clinic, sam) == first
    assert await do(clinic, sam, "decline", first.slug)
    assert not await do(clinic, sam, "decline", first.slug)
    assert await offer_today(clinic, sam) is None


@pytest.mark.parametrize(("pace", "most"), [(Pace.LIGHTER, 2), (Pace.USUAL, 4), (Pace.MORE, 7)])
async def test_a_week_of_offers_keeps_the_pace(clinic: Clinic, sam: Person, pace: Pace, most: int) -> None:
    await change(clinic, sam, pace=pace)
    made = 0
    for _ in range(7):
        offer = await offer_today(clinic, sam)
        made += offer is not None
        clinic.clock.advance(24 * 3600)

    assert made == most


async def test_the_day_is_the_persons_own(clinic: Clinic, sam: Person) -> None:
    """17:00 UTC on Monday and 02:00 UTC on Tuesday are one day in Los Angeles and two in Madrid."""
    await change(clinic, sam, pace=Pace.MORE, zone="America/Los_Angeles")
    kim = await a_participant(clinic, "Kim", pace=Pace.MORE, zone="Europe/Madrid")
    for person in (sam, kim):
        offer = await offer_today(clinic, person)
        assert offer is not None
        await do(clinic, person, "decline", offer.slug)

    clinic.clock.advance(11 * 3600)

    assert await offer_today(clinic, sam) is None
    assert await offer_today(clinic, kim) is not None


async def test_nothing_is_offered_after_everything_was_read_or_to_somebody_who_left(
    clinic: Clinic, sam: Person
) -> None:
    kim = await a_participant(clinic, "Kim")
    await change(clinic, kim, state=ParticipantState.STOPPED)
    for slug in [entry.slug for entry in clinic.app.services.modules.titles("en")]:
        await read_through(clinic, sam, slug)

    assert await offer_today(clinic, sam) is None
    assert await offer_today(clinic, kim) is None


async def test_nobody_reads_in_anybody_elses_book(clinic: Clinic, sam: Person) -> None:
    kim = await a_participant(clinic, "Kim")
    await do(clinic, sam, "open", SLUG)
    await do(clinic, sam, "turn", SLUG, 1)

    page = await do(clinic, kim, "open", SLUG)

    assert page.at == 0


async def test_there_is_nothing_for_the_ticker_to_do(clinic: Clinic) -> None:
    modules: Modules = clinic.app.services.modules

    assert list(modules.jobs()) == []
    assert dict(modules.outcomes()) == {}
