"""The keys of a program: those of its configuration, or of its key file, which the very first start makes."""

from pathlib import Path

import structlog

from bot.config import Config
from bot.errors import HandrailError
from bot.storage import sqlite
from bot.storage.sealing import KeyRing, make_key_file

log = structlog.get_logger(__name__)


class KeyFileMissing(HandrailError):
    """There is a database but no key to open it. Put the key file back, or set security.keys:"""


def key_ring(config: Config) -> KeyRing:
    """The configured keys; a new program gets a key file of its own at its first start."""
    keys = list(config.security.ring)
    if not keys:
        keys = [_first_key(config.security.keys_file, sqlite.file_of(config.database.url))]
    return KeyRing(keys)


def _first_key(file: Path, database: Path) -> str:
    if database.exists():
        raise KeyFileMissing(f"database {database}, key file {file}.")
    make_key_file(file)
    log.warning("a new key file was made; keep a copy apart from the backups", file=file.name)
    return file.read_text(encoding="ascii").strip()
