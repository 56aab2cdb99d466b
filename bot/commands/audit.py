"""`handrail audit`: what was done, by whom and when; and whether the chain of entries holds.

It reads a fresh backup rather than the database, so that it works while the bot runs, too.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bot.clock import SystemClock
from bot.commands.backup import a_backup
from bot.config import read
from bot.people import audit
from bot.storage import backup
from bot.storage.database import Tx
from bot.storage.keyring import key_ring
from bot.storage.opening import open_database

T = TypeVar("T")


def list_entries(path: Path | None, environ: Mapping[str, str], form: str) -> int:
    """Every entry, oldest first; as JSON one object a line."""
    for entry in _read(path, environ, audit.entries):
        at = entry.at.isoformat(timespec="seconds")
        if form == "json":
            values = {"at": at, "actor": entry.actor, "action": entry.action, "subject": entry.subject}
            print(json.dumps(values, ensure_ascii=False))
        else:
            print(f"{at}  {entry.actor:<16} {entry.action:<28} {entry.subject}".rstrip())
    return 0


def verify(path: Path | None, environ: Mapping[str, str]) -> int:
    """0 when the chain holds; 1, and the first entry that breaks it, when it does not."""
    count, broken = _read(path, environ, lambda tx: (len(audit.entries(tx)), audit.first_break(tx)))
    if broken is None:
        print(f"The chain holds: {count} {'entry' if count == 1 else 'entries'}.")
        return 0
    print(f"The chain is broken at {broken}")
    return 1


def _read(path: Path | None, environ: Mapping[str, str], unit: Callable[[Tx], T]) -> T:
    config = read(path, environ)
    ring, made = key_ring(config), a_backup(config)
    with backup.plain_file(made.parent) as scratch:
        backup.open_file(made, scratch, ring)
        opened = open_database(f"sqlite:///{scratch}", ring, SystemClock(), made.parent)
        try:
            result: T = opened.database.submit(unit).result()
            return result
        finally:
            opened.close()
            scratch.with_name(f"{scratch.name}.lock").unlink(missing_ok=True)
