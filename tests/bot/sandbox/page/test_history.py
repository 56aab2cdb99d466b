"""Thirty days of history: as the bot would have kept them, and nothing of them still under way."""

from datetime import timedelta

from sqlalchemy import func, select

from bot.alerts.store import open_alerts
from bot.checkins.records import answer, definition
from bot.checkins.rhythm import DAILY
from bot.checkins.store import checkin, schedule
from bot.delivery.outbox import card_message
from bot.modules.store import reading
from bot.people import audit
from bot.people.store import participants
from bot.sandbox.page.demo import Demo, weekday
from bot.storage.database import Tx
from tests.bot.sandbox.page.conftest import TUESDAY, named


def _count(tx: Tx, table: object) -> int:
    return int(tx.scalar(select(func.count()).select_from(table)))  # type: ignore[call-overload]


async def test_four_participants_have_thirty_days_of_check_ins_behind_them(demo: Demo) -> None:
    found = await demo.run(lambda tx: (len(participants(tx)), _count(tx, checkin), _count(tx, answer)))

    people, checkins, answers = found
    assert (people, checkins) == (4, 120)
    assert answers > 500


async def test_every_answer_stands_on_a_definition_that_is_kept(demo: Demo) -> None:
    used = await demo.run(lambda tx: {row.revision for row in tx.all(select(answer.c.revision).distinct())})
    kept = await demo.run(lambda tx: {row.revision for row in tx.all(select(definition.c.revision))})

    assert used
    assert used <= kept


async def test_help_is_one_tap_away_for_everybody_of_the_past(demo: Demo) -> None:
    assert named(demo, "Maya").chat.keyboard == (("Help now",),)
    assert named(demo, "Luis").chat.keyboard == (("Ayuda ahora",),)


async def test_words_of_the_past_are_sealed(demo: Demo) -> None:
    rows = await demo.run(lambda tx: tx.all(select(answer.c.value, answer.c.words_sealed)))

    assert any(row.words_sealed is not None for row in rows)
    assert all(row.value is None for row in rows if row.words_sealed is not None)


async def test_alerts_of_the_past_are_closed_and_audited_in_an_unbroken_chain(demo: Demo) -> None:
    still_open = await demo.run(open_alerts)
    broken = await demo.run(audit.first_break)
    actions = await demo.run(lambda tx: {(entry.actor, entry.action) for entry in audit.entries(tx)})

    assert still_open == []
    assert broken is None
    assert {("ana", "claim"), ("ben", "claim")} <= actions


async def test_the_next_check_ins_are_planned_for_today(demo: Demo) -> None:
    daily = select(schedule.c.day).where(schedule.c.kind == DAILY)
    rows = await demo.run(lambda tx: tx.all(daily))

    assert {row.day for row in rows} == {TUESDAY.isoformat()}


async def test_old_cards_are_where_the_chat_shows_them(demo: Demo) -> None:
    rows = await demo.run(
        lambda tx: tx.all(select(card_message).where(card_message.c.name.like("checkin:%")))
    )
    shown = {message.id for person in demo.participants for message in person.chat.messages}

    assert len(rows) == 120
    assert {row.message_id for row in rows} <= shown


async def test_somebody_has_read_modules_to_their_end(demo: Demo) -> None:
    rows = await demo.run(lambda tx: tx.all(select(reading.c.state)))

    assert {row.state for row in rows} == {"done"}


async def test_this_morning_ran_for_real_and_telegram_never_refused(demo: Demo) -> None:
    sandbox = demo.clinic.sandbox

    assert "Good morning" in demo.group.last.text
    assert demo.group.last.date.date() == TUESDAY
    assert not sandbox.ledger.refusals


async def test_the_first_check_in_of_the_day_goes_to_the_first_participant(demo: Demo) -> None:
    await demo.do(demo.to_next_checkin)

    assert "1/" in named(demo, "Maya").chat.last.text


def test_on_a_weekend_the_demo_plays_on_the_friday_before() -> None:
    friday = TUESDAY + timedelta(days=3)

    assert weekday(TUESDAY) == TUESDAY
    assert {weekday(friday + timedelta(days=days)) for days in range(3)} == {friday}
