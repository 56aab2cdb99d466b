"""Bring a database to the newest schema, with a backup first when there is something to lose."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import HandrailError
from bot.storage.columns import metadata

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


def migrate(connection: Connection, back_up: Callable[[Connection], Path]) -> Path | None:
    """Upgrade to `newest()`; gives the backup that was made first, if any. Raises `DatabaseTooNew`."""
    at, wanted = current(connection), newest()
    if at == wanted:
        return None
    if at is not None and at > wanted:
        raise DatabaseTooNew(at)
    if at is None:
        _create(connection, wanted)
        return None
    saved = back_up(connection)
    upgrade(connection)
    return saved


def _create(connection: Connection, revision: str) -> None:
    """A new database gets today's tables at once; a test holds that the migrations lead to the same."""
    with connection.begin():
        metadata.create_all(connection)
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


def upgrade(connection: Connection) -> None:
    """Run every migration that this database has not had yet."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER))
    command.upgrade(config, "head")
