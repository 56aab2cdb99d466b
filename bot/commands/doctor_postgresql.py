"""What `handrail doctor` sees of a PostgreSQL database, which it may read beside whoever works with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import status
from bot.clock import SystemClock
from bot.commands.findings import STATUS_OLD, Finding, note, of_program, ok, problem, warning
from bot.config import Config
from bot.errors import HandrailError
from bot.status import Standing
from bot.storage import postgresql
from bot.storage.migrate import newest
from bot.storage.opening import Opened, OtherSchema, open_to_read
from bot.storage.sealing import KeyRing
from bot.storage.turns import DatabaseAway, first_line

BACKUPS = "docs/operating.md, PostgreSQL: pg_dump or pgBackRest, and a copy of the key file apart from it."


@dataclass
class Seen:
    """The findings; `standing` is None when it could not be read, `works` says that some process has the turn."""

    findings: list[Finding] = field(default_factory=list)
    standing: Standing | None = None
    works: bool = False


def look_at(config: Config) -> Seen:
    """Changes nothing."""
    seen, ring = Seen(), config.security.ring
    if not ring:
        seen.findings.append(
            problem(
                "keys", "There is no key to open the database.", "Put the key file back, or handrail setup."
            )
        )
        return seen
    try:
        opened = open_to_read(config.database.url, KeyRing(ring), SystemClock())
    except DatabaseAway as error:
        seen.findings.append(problem("database", str(error), f"psql {config.database.shown}"))
    except OtherSchema as error:
        seen.findings.append(_schema(error))
    except HandrailError as error:
        mend = "Put the key file back that belongs to this database."
        seen.findings.append(problem("keys", str(error), mend))
    else:
        _look(opened, config, seen)
        seen.findings += _program(config, KeyRing(ring), works=seen.works)
    return seen


def _program(config: Config, ring: KeyRing, *, works: bool) -> Iterator[Finding]:
    said = status.read(status.file_for(config.database.file), ring)
    if said is not None and datetime.now(UTC) - said.at <= STATUS_OLD:
        yield from of_program(said)
    elif works:
        yield ok("program", "It runs on another machine.")
    else:
        yield ok("program", "It does not run.")


def _schema(error: OtherSchema) -> Finding:
    at = error.args[0]
    if at is None:
        return note("database", "It is empty; the first start fills it.", "handrail run")
    return warning("database", f"Its schema is {at}, this version's is {newest()}.", "handrail migrate")


def _look(opened: Opened, config: Config, seen: Seen) -> None:
    try:
        database, group = opened.database, config.staff.chat_id
        seen.standing = database.submit(lambda tx: Standing.of(tx, group)).result()
        seen.works = database.submit_apart(postgresql.works).result()
        version = database.submit(lambda tx: tx.scalar(text("SHOW server_version"))).result()
        seen.findings.append(ok("database", f"It answers, at schema {newest()}; PostgreSQL {version}."))
    except DBAPIError as error:
        words = f"It cannot be read ({first_line(error)})."
        seen.findings.append(problem("database", words, f"psql {config.database.shown}"))
    finally:
        opened.close()
    seen.findings.append(note("backups", "They are PostgreSQL's own, and not looked at here.", BACKUPS))
