"""Bring a database to the newest schema, with a backup first when there is something to lose."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import HandrailError
from bot.storage.columns import metadata

FOLDER = Path(__file__).with_name("migrations")


class DatabaseTooNew(HandrailError):
    """This database was made by a newer Handrail. Install that version, or restore the backup made before it:"""


class Moved(HandrailError):
    """This program was moved to PostgreSQL: set database.url. To come back, `handrail restore` an older backup."""


class HalfCopied(HandrailError):
    """The copy into this database is not finished. Run `handrail migrate --to` again, from where it comes."""


COPYING, MOVED = "-copying", "-moved"  # behind the revision of a database that nobody may work with


def newest() -> str:
    """The revision this program needs: the last file in migrations/versions, which sort by name."""
    return max(file.stem.split("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> str | None:
    """The revision the database is at, or None when it is empty."""
    with connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(connection: Connection, back_up: Callable[[Connection], Path | None]) -> Path | None:
    """Upgrade to `newest()`; gives the backup that was made first, if any was. Raises `DatabaseTooNew`."""
    at, wanted = current(connection), newest()
    if at == wanted:
        return None
    if at is not None and at.endswith(MOVED):
        raise Moved()
    if at is not None and at.endswith(COPYING):
        raise HalfCopied()
    if at is not None and at > wanted:
        raise DatabaseTooNew(at)
    if at is None:
        create(connection, wanted)
        return None
    saved = back_up(connection)
    upgrade(connection)
    return saved


def create(connection: Connection, revision: str) -> None:
    """A new database gets today's tables at once; a test holds that the migrations lead to the same."""
    with connection.begin():
        metadata.create_all(connection)
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


def set_revision(connection: Connection, revision: str) -> None:
    with connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run every migration that this database has not had yet, up to that revision."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER))
    command.upgrade(config, to)
