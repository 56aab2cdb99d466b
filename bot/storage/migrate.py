"""Bring a database to the newest schema, with a backup first when there is something to lose."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import HandrailError
from bot.storage import sqlite

FOLDER = Path(__file__).with_name("migrations")


class DatabaseTooNew(HandrailError):
    """This database was made by a newer Handrail. Install that version, or restore the backup made before it:"""


def newest() -> str:
    """The revision this program needs: the last file in migrations/versions, which sort by name."""
    return max(file.stem.split("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> str | None:
    """The revision the database is at, or None when it is empty."""
    with connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(connection: Connection, file: Path) -> Path | None:
    """Upgrade to `newest()`; gives the backup that was made first, if any. Raises `DatabaseTooNew`."""
    at, wanted = current(connection), newest()
    if at == wanted:
        return None
    if at is not None and at > wanted:
        raise DatabaseTooNew(at)
    saved = _backup_before(connection, file, wanted) if at else None
    _upgrade(connection)
    return saved


def _backup_before(connection: Connection, file: Path, wanted: str) -> Path:
    saved = file.with_name(f"{file.name}.before-{wanted}")
    # VACUUM cannot run inside a transaction, and SQLAlchemy opens one for every statement.
    sqlite.backup(connection.connection.driver_connection, saved)
    return saved


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER))
    command.upgrade(config, "head")
