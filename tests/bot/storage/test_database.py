"""Units of work: committed together, undone alone, and never half."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot.clock import ManualClock
from bot.people import settings
from bot.storage.database import Database, Tx
from bot.storage.opening import open_database
from bot.storage.sealing import KeyMissing, KeyRing, new_key
from bot.storage.sqlite import DatabaseInUse


def write(name: str) -> Any:
    return lambda tx: settings.put(tx, name, "x")


async def names(database: Database) -> set[str]:
    wanted = ("one", "two", "three", "bad")
    return await database.run(lambda tx: {name for name in wanted if settings.get(tx, name)})


async def test_what_a_unit_wrote_is_there_after_it(database: Database) -> None:
    await database.run(write("one"))

    assert await names(database) == {"one"}


async def test_a_unit_that_raises_changes_nothing_and_harms_no_neighbour(database: Database) -> None:
    def bad(tx: Tx) -> None:
        settings.put(tx, "bad", "x")
        raise ValueError("no")

    results = await asyncio.gather(
        *(database.run(unit) for unit in (write("one"), bad, write("two"), bad, write("three"))),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [
        type(None),
        ValueError,
        type(None),
        ValueError,
        type(None),
    ]
    assert await names(database) == {"one", "two", "three"}


async def test_a_database_error_inside_a_group_is_only_its_own_units(database: Database) -> None:
    def twice(tx: Tx) -> None:
        row = tx.seal("program_setting", "value", "bad", "x")
        for _ in range(2):
            tx.execute(settings.program_setting.insert().values(name="bad", value_sealed=row))

    results = await asyncio.gather(
        database.run(write("one")), database.run(twice), database.run(write("two")), return_exceptions=True
    )

    assert isinstance(results[1], IntegrityError)
    assert await names(database) == {"one", "two"}


async def test_whoever_waits_for_something_is_woken_after_its_commit(database: Database) -> None:
    woken: list[str] = []
    database.after_commit("outbox", lambda: woken.append("outbox"))

    await database.run(lambda tx: tx.touched.add("outbox"))
    await database.run(write("one"))

    assert woken == ["outbox"]


@pytest.mark.sqlite
def test_a_second_process_is_refused_with_a_clear_sentence(tmp_path: Path, database: Database) -> None:
    with pytest.raises(DatabaseInUse, match="Another Handrail process"):
        open_database(f"sqlite:///{tmp_path / 'handrail.sqlite'}", KeyRing([new_key()]), database.ids._clock)


def test_a_wrong_key_is_refused_at_the_start_and_named(tmp_path: Path, clock: ManualClock) -> None:
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    secret = new_key().partition(":")[2]
    open_database(url, KeyRing([f"spring:{secret}"]), clock).close()

    with pytest.raises(KeyMissing, match="spring"):
        open_database(url, KeyRing([new_key()]), clock)

    open_database(url, KeyRing([f"spring:{secret}"]), clock).close()


@pytest.mark.sqlite
def test_the_database_file_is_private(tmp_path: Path, database: Database) -> None:
    assert (tmp_path / "handrail.sqlite").stat().st_mode & 0o077 == 0


async def test_ids_ascend_even_when_the_clock_is_put_back(database: Database, clock: ManualClock) -> None:
    first = await database.run(lambda tx: tx.new_id())
    clock.step(-3600)

    second = await database.run(lambda tx: tx.new_id())

    assert second > first


@pytest.mark.sqlite
async def test_the_safe_pragmas_are_in_force(database: Database) -> None:
    def pragmas(tx: Tx) -> list[Any]:
        wanted = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema")
        return [tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted]

    assert await database.run(pragmas) == ["wal", 2, 1, 1, 0]
