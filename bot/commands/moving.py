"""`handrail migrate --to postgresql://…`: a program's database moves from its file to a PostgreSQL server."""

from collections.abc import Mapping
from pathlib import Path

import bot.app  # noqa: F401 - with it every store declares its tables
from bot.addresses import POSTGRESQL
from bot.clock import SystemClock
from bot.commands.backup import NoDatabase
from bot.config import Config, read
from bot.errors import HandrailError
from bot.settings import DatabaseSettings
from bot.storage import postgresql, sqlite
from bot.storage.keyring import key_ring
from bot.storage.moving import move
from bot.storage.opening import open_database


class OnlyToPostgresql(HandrailError):
    """A program can be moved from SQLite to PostgreSQL. Write --to postgresql://user@server/database"""


def move_to(path: Path | None, environ: Mapping[str, str], url: str) -> int:
    """Copy, check, and say what to do next. The bot must not run; an interrupted copy goes on."""
    config = read(path, environ)
    if not url.startswith(POSTGRESQL) or config.database.is_postgresql:
        raise OnlyToPostgresql()
    if not config.database.file.exists():
        raise NoDatabase(config.database.file)
    opened = open_database(
        config.database.url, key_ring(config), SystemClock(), config.database.backup_folder
    )
    opened.close()  # at this version's schema, opened by its key, and whole
    counts = _move(config, url)
    rows, tables = sum(counts.values()), len(counts)
    print(f"Moved: {rows} rows in {tables} tables, each compared with what it was.")
    print(f'Write into the configuration: [database] url = "{DatabaseSettings(url=url).shown}"')
    print(f"{config.database.file} stays as it is, and no Handrail works with it any more.")
    return 0


def _move(config: Config, url: str) -> dict[str, int]:
    turn = postgresql.Turn(url)
    turn.take()
    old, new = sqlite.engine(config.database.url), postgresql.engine(url, turn)
    try:
        with sqlite.lock(config.database.file), old.connect() as source, new.connect() as target:
            return move(source, target)
    finally:
        old.dispose()
        new.dispose()
        turn.give_back()
