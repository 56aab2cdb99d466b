"""What is past the time it is kept is gone after the next night, is counted in the morning, and nothing else is."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.people import audit
from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.storage import sqlite
from bot.storage.columns import metadata
from bot.storage.database import Tx
from handlers import conversation
from tests.alert_scenes import URGENT
from tests.builders import a_colleague, a_participant, participant_of
from tests.handlers.stories import answers_a_checkin, says

YEARS = timedelta(days=6 * 365 + 10)


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    made = Clinic(tmp_path, conversation(), content=content)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def sam(clinic: Clinic, staff_group: Group) -> Person:
    """Has answered, and an alert about him was closed, and another one came after it."""
    sam = await a_participant(clinic, "Sam")
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    await says(clinic, sam, "/start")
    await answers_a_checkin(clinic, sam, "a quiet day")
    await says(clinic, sam, URGENT)
    await says(clinic, ana, "/start", "/claim 1", "/note 1 seen", "/resolve 1 reached")
    await says(clinic, sam, URGENT)
    await says(clinic, ana, "/claim 2", "/resolve 2 reached")
    return sam


async def count(clinic: Clinic, *names: str) -> list[int]:
    def unit(tx: Tx) -> list[int]:
        return [len(tx.all(select(metadata.tables[name]))) for name in names]

    found: list[int] = await clinic.run(unit)
    return found


async def aged(clinic: Clinic, by: timedelta, *places: str) -> None:
    """As if these instants lay that much further back."""

    def unit(tx: Tx) -> None:
        for place in places:
            table, _, column = place.partition(".")
            found = metadata.tables[table].c[column]
            for row in tx.all(select(found).distinct().where(found.is_not(None))):
                tx.execute(
                    update(metadata.tables[table]).where(found == row[0]).values({column: row[0] - by})
                )

    await clinic.run(unit)


OLD = ("checkin.ended_at", "concern.at", "alert.closed_at")


async def test_old_answers_and_alerts_go_in_the_night_and_the_morning_says_how_many(
    clinic: Clinic, sam: Person, staff_group: Group
) -> None:
    await aged(clinic, YEARS, *OLD)
    before = await count(clinic, "checkin_answer", "concern", "alert_note")
    assert all(before)

    await clinic.advance(hours=24, step=600)

    assert await count(clinic, "checkin_answer", "concern", "alert_note") == [0, 0, 0]
    assert (await count(clinic, "alert"))[0] == 1  # the newest keeps the numbers going
    said = [message.text for message in staff_group.messages if message.is_from_bot]
    assert any("Removed, past the time" in text for text in said)


async def test_what_is_not_old_stays(clinic: Clinic, sam: Person, staff_group: Group) -> None:
    before = await count(clinic, "checkin", "checkin_answer", "concern", "alert", "alert_note", "participant")

    await clinic.advance(hours=24, step=600)

    after = await count(clinic, "checkin", "checkin_answer", "concern", "alert", "alert_note", "participant")
    assert all(now >= then for now, then in zip(after, before, strict=True))
    assert not any("Removed, past the time" in message.text for message in staff_group.messages)


async def test_the_words_of_an_open_alert_stay_however_old(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, URGENT)
    await aged(clinic, YEARS, "concern.at")

    await clinic.advance(hours=24, step=600)

    assert (await count(clinic, "concern"))[0] >= 1


async def test_somebody_who_left_long_ago_is_erased_without_a_message(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/stop")
    await aged(clinic, timedelta(days=731), "participant.left_at")
    seen = len(sam.chat.messages)

    await clinic.advance(hours=24, step=600)

    assert await count(clinic, "participant", "concern", "checkin") == [0, 0, 0]
    assert len(sam.chat.messages) == seen


async def test_whoever_came_back_is_not_erased(clinic: Clinic, sam: Person) -> None:
    await says(clinic, sam, "/stop", "/resume")
    await clinic.advance(hours=24, step=600)

    assert (await participant_of(clinic, sam)).code


async def test_the_audit_holds_after_its_oldest_entries_went(clinic: Clinic, sam: Person) -> None:
    entries = (await count(clinic, "audit"))[0]
    clinic.clock.step(YEARS.total_seconds())

    await clinic.advance(hours=24, step=3600)

    assert (await count(clinic, "audit"))[0] < entries
    assert await clinic.run(audit.first_break) is None


async def test_the_file_gives_its_freed_pages_back(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "handrail.sqlite"

    def fill(tx: Tx) -> None:
        tx.connection.exec_driver_sql("CREATE TABLE much (words TEXT)")
        tx.connection.exec_driver_sql("INSERT INTO much VALUES (zeroblob(4000000))")

    await clinic.run(fill)
    await clinic.app.services.database.apart(sqlite.empty_log)
    full = sizes(file)
    await clinic.run(lambda tx: tx.connection.exec_driver_sql("DROP TABLE much"))

    await clinic.advance(hours=24, step=3600)
    await clinic.app.services.database.apart(sqlite.empty_log)

    assert sizes(file) < full - 3_000_000


def sizes(file: Path) -> int:
    return file.stat().st_size


def test_a_database_from_before_is_rebuilt_once_so_that_it_can_shrink(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.sqlite", isolation_level=None)) as rows:
        rows.execute("PRAGMA journal_mode=WAL")
        rows.execute("CREATE TABLE some (words TEXT)")

        sqlite.shrink(rows)

        assert rows.execute("PRAGMA auto_vacuum").fetchone() == (sqlite.INCREMENTAL,)


async def test_a_night_is_done_once_also_after_a_restart(clinic: Clinic, sam: Person) -> None:
    await clinic.advance(hours=24, step=600)
    await aged(clinic, YEARS, *OLD)

    await clinic.restart_bot()
    await clinic.tick()

    assert (await count(clinic, "concern"))[0] >= 1
    setting = metadata.tables["program_setting"]
    row = await clinic.run(lambda tx: tx.first(select(setting).where(setting.c.name == "retention")))
    opened = await clinic.run(lambda tx: tx.unseal("program_setting", "value", "retention", row.value_sealed))
    assert json.loads(opened)["day"] == "2026-03-03"
