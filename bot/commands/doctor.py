"""`handrail doctor`: is everything that Handrail stands on as it should be? Each finding has its mend.

Changes nothing. While the program runs the database is its own (SQLite may not be opened twice): then the program's
status file speaks for it, and what cannot be seen is said.
"""

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from bot import status
from bot.clock import SystemClock
from bot.commands.asking import Asking, TelegramAway, TelegramSaysNo, TokenRefused, why_group_is_deaf
from bot.commands.findings import STATUS_OLD, Finding, Format, note, of_program, ok, problem, show, warning
from bot.config import Config, key_id, read
from bot.errors import HandrailError, Problems
from bot.intake.webhook_address import WebhookAddress
from bot.status import Standing
from bot.storage import backup, sqlite
from bot.storage.database import Database
from bot.storage.migrate import current, newest
from bot.storage.sealing import KeyRing, Sealer
from bot.storage.secrets import sealer_of
from bot.storage.turns import DatabaseInUse
from bot.vitals import LEAST_FREE

CLOCK_WARNING, CLOCK_PROBLEM = timedelta(seconds=10), timedelta(minutes=2)
DISK_WARNING = 0.10

MANY_WAITING = 100
ERROR_IS_NEWS = timedelta(hours=1)


@dataclass
class _Case:
    """What the looks share: the settings, and what earlier ones have learned."""

    config: Config
    asking: Asking
    path: Path | None
    bot: dict[str, Any] | None = None
    standing: Standing | None = None
    is_running: bool = False


Look = Callable[[_Case], Iterator[Finding]]


def doctor(path: Path | None, environ: Mapping[str, str], fmt: Format, out: TextIO) -> int:
    """Print every finding; exit status 1 when one is a problem."""
    try:
        config = read(path, environ)
    except Problems as error:
        faults = [problem("configuration", str(fault), "Mend it there.") for fault in error.problems]
        return show(faults, fmt, out, secrets=())
    token = config.telegram.token.get_secret_value()
    case = _Case(config, Asking(config.telegram.base_url, token), path)
    findings = [finding for look in _LOOKS for finding in look(case)]
    address = WebhookAddress.of(config.telegram.webhook_url or "", token)
    secrets = (token, token.partition(":")[2], address.path, address.secret, *config.security.ring)
    return show(findings, fmt, out, secrets=secrets)


# Telegram


def _token(case: _Case) -> Iterator[Finding]:
    try:
        case.bot = case.asking.ask("getMe")
    except TokenRefused as error:
        yield problem("token", str(error), "Write it into the token's file, then start again.")
    except (TelegramAway, TelegramSaysNo) as error:
        yield problem(
            "Telegram", str(error), "Messages wait meanwhile and none is lost; try again in a minute."
        )
    else:
        yield ok("token", f"Telegram knows @{case.bot['username']}.")


def _privacy(case: _Case) -> Iterator[Finding]:
    if case.bot is None:
        return
    if case.bot.get("can_read_all_group_messages"):
        mend = "@BotFather: /setprivacy, Enable; then take the bot out of its groups and add it again."
        yield warning("privacy mode", "It is off: the bot is sent all that is written in its groups.", mend)
    else:
        yield ok("privacy mode", "It is on: groups are not read.")


def _clock(case: _Case) -> Iterator[Finding]:
    if case.bot is None or case.asking.date is None:
        yield note("clock", "Telegram's time is not known, so this computer's was not compared.")
        return
    off = abs(datetime.now(UTC) - case.asking.date)
    words = f"It is {round(off.total_seconds())} s off Telegram's."
    mend = "timedatectl set-ntp true"
    if off > CLOCK_PROBLEM:
        yield problem("clock", words, mend)
    elif off > CLOCK_WARNING:
        yield warning("clock", words, mend)
    else:
        yield ok("clock", words)


def _receiving(case: _Case) -> Iterator[Finding]:
    if case.bot is None:
        return
    try:
        info = case.asking.ask("getWebhookInfo")
    except HandrailError as error:
        yield note("updates", str(error))
        return
    telegram = case.config.telegram
    if waiting := int(info.get("pending_update_count", 0)):
        say = warning if waiting >= MANY_WAITING else note
        yield say("updates", f"{waiting} wait at Telegram, which keeps them for 24 hours.", "handrail run")
    if telegram.mode == "polling":
        yield from _polling(info)
    else:
        wanted = WebhookAddress.of(telegram.webhook_url or "", telegram.token.get_secret_value()).url
        yield from _webhook(info, wanted)


def _polling(info: dict[str, Any]) -> Iterator[Finding]:
    if info.get("url"):
        mend = "handrail run takes it away at its start. If another program set it, get a new token."
        yield warning("updates", "A webhook is set for this token, and telegram.mode is polling.", mend)
    else:
        yield ok("updates", "They are fetched by long polling; no webhook is set.")


def _webhook(info: dict[str, Any], wanted: str) -> Iterator[Finding]:
    if info.get("url") != wanted:
        yield problem("updates", "The webhook that is set is not this program's.", "handrail run sets it.")
        return
    at = datetime.fromtimestamp(info.get("last_error_date", 0), UTC)
    if datetime.now(UTC) - at < ERROR_IS_NEWS:
        words = str(info.get("last_error_message", "")).replace(wanted, "…")
        yield problem(
            "updates",
            f"Telegram could not bring them at {at:%H:%M} UTC: {words}",
            "Look at the certificate and the web server in front (docs/operating.md, deploy/nginx.conf).",
        )
    else:
        yield ok("updates", "They are brought by webhook.")


# This computer


def _database(case: _Case) -> Iterator[Finding]:
    if case.config.database.is_postgresql:
        yield from _on_postgresql(case)
        return
    file, ring = case.config.database.file, case.config.security.ring
    if not file.exists():
        yield note("database", "There is none yet; the first start makes it.", "handrail run")
        return
    if not ring:
        yield problem("keys", "There is a database, but no key to open it.", "Put the key file back.")
        return
    try:
        held = sqlite.lock(file)
    except DatabaseInUse:
        case.is_running = True
        yield from _running(case, status.read(status.file_for(file), KeyRing(ring)))
        return
    except OSError as error:
        yield problem("database", f"It cannot be opened here ({error.strerror}).", f"ls -l {file}")
        return
    with held:
        yield ok("program", "It does not run.")
        yield from _at_rest(case, KeyRing(ring))


def _on_postgresql(case: _Case) -> Iterator[Finding]:
    from bot.commands.doctor_postgresql import look_at  # with a driver that SQLite does not need

    seen = look_at(case.config)
    case.standing, case.is_running = seen.standing, seen.works
    yield from seen.findings


def _running(case: _Case, said: status.Status | None) -> Iterator[Finding]:
    """The database belongs to the running program, so what it wrote about itself must do."""
    verify = "handrail backup && handrail backup --verify"
    yield note("database", "It belongs to the running program and was not opened.", verify)
    if said is None or datetime.now(UTC) - said.at > STATUS_OLD:
        words = "It holds the database, but has not written its status for minutes."
        yield problem("program", words, "Look into its log, then start it again: systemctl restart handrail")
        return
    case.standing = said.standing
    yield from of_program(said)


class _OtherSchema(Exception):
    """The database is at another version's schema."""


def _at_rest(case: _Case, ring: KeyRing) -> Iterator[Finding]:
    def prepare(connection: Connection) -> Sealer:
        at = current(connection)
        if at != newest():
            raise _OtherSchema(at)
        return sealer_of(connection, ring)

    database = Database(sqlite.engine(case.config.database.url), SystemClock())
    group = case.config.staff.chat_id
    try:
        database.open(prepare)
        wrong = database.submit_apart(_integrity).result()
        case.standing = database.submit(lambda tx: Standing.of(tx, group)).result()
    except _OtherSchema as error:
        yield warning("database", f"Its schema is {error}, this version's is {newest()}.", "handrail migrate")
    except (DatabaseError, sqlite3.Error, OSError) as error:
        yield problem("database", f"It cannot be read ({type(error).__name__}).", "handrail restore")
    except HandrailError as error:
        yield problem("keys", str(error), "Put the key file back that belongs to this database.")
    else:
        if wrong:
            yield problem("database", f"It is damaged: {wrong[0]}", "handrail restore")
        else:
            yield ok("database", f"It is whole, at schema {newest()}.")
    finally:
        database.close()


def _integrity(connection: Any) -> list[str]:
    rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)").fetchall()]
    rows += [f"a row of {row[0]} points nowhere" for row in connection.execute("PRAGMA foreign_key_check")]
    return [row for row in rows if row != "ok"]


def _sqlite(case: _Case) -> Iterator[Finding]:
    if case.config.database.is_postgresql:
        return
    version = sqlite3.sqlite_version_info
    if sqlite.has_wal_reset_bug(version):
        words = f"{sqlite3.sqlite_version} can damage a database that two programs open at once."
        mend = "Handrail opens it only once. Open it with no other program, sqlite3 too, while Handrail runs."
        yield note("SQLite", words, mend)
    else:
        yield ok("SQLite", f"{sqlite3.sqlite_version}.")


def _keys(case: _Case) -> Iterator[Finding]:
    security, telegram = case.config.security, case.config.telegram
    names = [key_id(key) or "" for key in security.ring]
    if names:
        yield ok("keys", f"{', '.join(names)}; the first seals. Keep a copy apart from the backups.")
    elif not case.config.database.is_postgresql and not case.config.database.file.exists():
        yield note("keys", "There are none yet; the first start makes them.", "handrail run")
    for file in (security.keys_file, telegram.token_file, _with_secrets(case)):
        if file is not None and file.exists() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield problem("keys", f"Others on this computer can read {file.name}.", f"chmod 600 {file}")


def _with_secrets(case: _Case) -> Path | None:
    """The configuration, when the token or a key stands in it."""
    if case.path is None or not case.path.exists():
        return None
    text = case.path.read_text(encoding="utf-8", errors="replace")
    secrets = (case.config.telegram.token.get_secret_value(), *case.config.security.ring)
    return case.path.absolute() if any(secret in text for secret in secrets) else None


def _disk(case: _Case) -> Iterator[Finding]:
    folder = next(place for place in case.config.database.file.parents if place.exists())
    usage = shutil.disk_usage(folder)
    free = usage.free / usage.total
    words = f"{free:.0%} is free, {usage.free // 2**20} MB."
    mend = f"du -xh --max-depth=1 {folder} | sort -h"
    if free < LEAST_FREE:
        yield problem("disk", words, mend)
    elif free < DISK_WARNING:
        yield warning("disk", words, mend)
    else:
        yield ok("disk", words)


def _backups(case: _Case) -> Iterator[Finding]:
    settings = case.config.database
    if settings.is_postgresql:
        return
    made = backup.backups_in(settings.backup_folder) if settings.backup_folder.is_dir() else []
    if not settings.backup_every_hours:
        mend = "Set database.backup_every_hours to 1, or call handrail backup by a timer of yours."
        yield warning("backups", "None are made by themselves.", mend)
    if not made:
        if settings.file.exists():
            yield problem("backups", f"There is none in {settings.backup_folder}.", "handrail backup")
        return
    age = datetime.now(UTC) - backup.taken_at(made[-1])
    words = f"The newest is {_hours(age)} old, in {settings.backup_folder}."
    if age > max(timedelta(hours=3 * settings.backup_every_hours), timedelta(hours=3)):
        yield problem(
            "backups", words, "handrail backup" if case.is_running else "handrail run, or handrail backup"
        )
    else:
        yield ok("backups", words)


def _hours(age: timedelta) -> str:
    minutes = round(age.total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


# The program


def _content(case: _Case) -> Iterator[Finding]:
    from bot.snapshot import read_content

    program = case.config.program
    _, found = read_content(
        case.config.content.path,
        country=program.country,
        languages=tuple(program.languages),
        default=program.language,
    )
    errors = [fault for fault in found if not fault.warning]
    if errors:
        yield problem("content", f"{len(errors)} to mend; the first: {errors[0]}", "handrail check")
    else:
        yield ok(
            "content", "No errors." if not found else f"No errors, {len(found)} warnings: handrail check"
        )


def _screener(case: _Case) -> Iterator[Finding]:
    from bot.screening.learned import BrokenWeights
    from bot.screening.learned import load as load_weights
    from bot.screening.network import BrokenNetwork
    from bot.screening.network import load as load_network

    try:
        load_weights()
        load_network()
    except (BrokenWeights, BrokenNetwork) as error:
        words = f"It is not whole: {error}. The phrase lists still screen."
        yield problem("screener", words, "Install Handrail anew: the file or the package numpy is damaged.")
    else:
        yield ok("screener", "Phrase lists, word weights and network are there.")


def _group(case: _Case) -> Iterator[Finding]:
    group = case.standing.group if case.standing else case.config.staff.chat_id
    again = "Make a group with staff only, add the bot, and send /staff_group in it."
    soon = "Done just now? The program says so within a minute: look again."
    if group is None:
        if case.standing is None:
            yield note("staff group", "Only the database knows it, and it was not read.")
        else:
            yield warning("staff group", "There is none: alerts go to private chats only.", f"{again} {soon}")
    elif case.bot is not None:
        why = why_group_is_deaf(case.asking, group, case.bot["id"])
        yield (
            problem("staff group", why, again)
            if why
            else ok("staff group", "The bot is in it and may write.")
        )


def _rota(case: _Case) -> Iterator[Finding]:
    staff = case.config.staff
    if not staff.shifts:
        mend = (
            "Write [[staff.shifts]] into the configuration (config.example.toml shows how), and start again."
        )
        yield warning("rota", "There are no shifts: nobody is ever on duty.", mend)
    if case.standing is None:
        yield note("rota", "The handles were not compared: the database was not read.")
        return
    named = {shift.handle for shift in staff.shifts} | set(staff.fallback)
    strangers = sorted(named - set(case.standing.handles))
    for handle in strangers:
        mend = f"/invite in Telegram with the handle {handle}, or correct staff.shifts and staff.fallback."
        yield problem("rota", f"No colleague has the handle {handle!r}: their alerts reach nobody.", mend)
    if named and not strangers:
        yield ok("rota", f"All {len(named)} handles are colleagues.")


_LOOKS: tuple[Look, ...] = (
    _token, _privacy, _clock, _receiving, _database, _sqlite, _keys, _disk, _backups, _content, _screener, _group,
    _rota,
)  # fmt: skip
