"""Migrations give the schema that the stores declare, after a backup, and never touch a newer database."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import handlers
from bot.clock import ManualClock
from bot.storage import backup, migrate
from bot.storage.columns import metadata
from bot.storage.opening import open_database
from bot.storage.sealing import KeyRing
from bot.storage.sqlite import engine


def test_the_migrations_give_exactly_the_tables_that_the_stores_declare(tmp_path: Path) -> None:
    assert handlers.conversation()  # every store has been imported

    with engine(f"sqlite:///{tmp_path / 'migrated.sqlite'}").connect() as connection:
        migrate.upgrade(connection)

        assert migrate.current(connection) == migrate.newest()
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_new_database_has_the_same_tables_and_revision_as_a_migrated_one(
    tmp_path: Path, clock: ManualClock, ring: KeyRing
) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.sqlite'}"

    open_database(url, ring, clock).close()

    with engine(url).connect() as connection:
        assert migrate.current(connection) == migrate.newest()
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_current_database_is_left_alone(tmp_path: Path, clock: ManualClock, ring: KeyRing) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    open_database(url, ring, clock).close()

    opened = open_database(url, ring, clock)
    opened.close()

    assert opened.backup is None


def test_an_older_database_is_copied_before_it_is_changed(
    tmp_path: Path, clock: ManualClock, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "old.sqlite"
    open_database(f"sqlite:///{file}", ring, clock).close()
    with sqlite3.connect(file) as rows:
        rows.execute("UPDATE alembic_version SET version_num = '0000'")
    rows.close()
    monkeypatch.setattr(migrate, "upgrade", lambda connection: None)

    opened = open_database(f"sqlite:///{file}", ring, clock)
    opened.close()

    assert opened.backup is not None
    assert opened.backup.stat().st_mode & 0o077 == 0
    plain = tmp_path / "plain"
    plain.touch()
    backup.open_file(opened.backup, plain, ring)
    with sqlite3.connect(plain) as rows:
        assert rows.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
    rows.close()


def test_a_newer_database_is_refused_and_not_touched(
    tmp_path: Path, clock: ManualClock, ring: KeyRing
) -> None:
    file = tmp_path / "new.sqlite"
    open_database(f"sqlite:///{file}", ring, clock).close()
    with sqlite3.connect(file) as rows:
        rows.execute("UPDATE alembic_version SET version_num = '9999'")
    rows.close()

    with pytest.raises(migrate.DatabaseTooNew, match="9999"):
        open_database(f"sqlite:///{file}", ring, clock)


def test_the_plan_that_somebody_had_is_the_one_of_their_daily_check_in(
    tmp_path: Path, clock: ManualClock, ring: KeyRing
) -> None:
    file = tmp_path / "old.sqlite"
    with engine(f"sqlite:///{file}").connect() as connection:
        migrate.upgrade(connection, "0009")
        with connection.begin():
            connection.exec_driver_sql(
                "INSERT INTO checkin_schedule VALUES (7, '2026-03-03', 5000, 5000, '2026-03-02', 40, 'UTC', 2)"
            )

    open_database(f"sqlite:///{file}", ring, clock).close()

    with sqlite3.connect(file) as rows:
        kept = "SELECT participant_id, kind, wanted, day, due_at, last_day, last_zone, missed"
        assert rows.execute(f"{kept} FROM checkin_schedule").fetchall() == [
            (7, "daily", None, "2026-03-03", 5000, "2026-03-02", "UTC", 2)
        ]
    rows.close()
