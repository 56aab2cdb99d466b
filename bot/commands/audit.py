"""`handrail audit`: what was done, by whom and when; and whether the chain of entries holds.

It reads a fresh backup rather than the database, so that it works while the bot runs, too.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from bot.commands.copies import from_copy
from bot.config import read
from bot.people import audit


def list_entries(path: Path | None, environ: Mapping[str, str], form: str) -> int:
    """Every entry, oldest first; as JSON one object a line."""
    for entry in from_copy(read(path, environ), audit.entries):
        at = entry.at.isoformat(timespec="seconds")
        if form == "json":
            values = {"at": at, "actor": entry.actor, "action": entry.action, "subject": entry.subject}
            print(json.dumps(values, ensure_ascii=False))
        else:
            print(f"{at}  {entry.actor:<16} {entry.action:<28} {entry.subject}".rstrip())
    return 0


def verify(path: Path | None, environ: Mapping[str, str]) -> int:
    """0 when the chain holds; 1, and the first entry that breaks it, when it does not."""
    count, broken = from_copy(read(path, environ), lambda tx: (len(audit.entries(tx)), audit.first_break(tx)))
    if broken is None:
        print(f"The chain holds: {count} {'entry' if count == 1 else 'entries'}.")
        return 0
    print(f"The chain is broken at {broken}")
    return 1
