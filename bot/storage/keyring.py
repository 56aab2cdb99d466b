"""The keys of a program: those of its configuration, or of its key file, which the very first start makes."""

import structlog

from bot.config import Config
from bot.errors import HandrailError
from bot.storage.sealing import KeyRing, make_key_file

log = structlog.get_logger(__name__)


class KeyFileMissing(HandrailError):
    """There is a database but no key to open it. Put the key file back, or set security.keys:"""


def key_ring(config: Config) -> KeyRing:
    """The configured keys; a new program gets a key file of its own at its first start."""
    keys = list(config.security.ring)
    if not keys:
        keys = [_first_key(config)]
    return KeyRing(keys)


def _first_key(config: Config) -> str:
    file, database = config.security.keys_file, config.database.file
    if config.database.is_postgresql:  # which other machines may have filled, under the keys that are theirs
        raise KeyFileMissing(f"key file {file}. `handrail setup` makes the first one.")
    if database.exists():
        raise KeyFileMissing(f"database {database}, key file {file}.")
    make_key_file(file)
    log.warning("a new key file was made; keep a copy apart from the backups", file=file.name)
    return file.read_text(encoding="ascii").strip()
