"""The people of a torture run, in the sandbox and in the program's database, and the program's settings.

Some join before it begins and say worrying things; some only have check-ins, due one after the other while the kills
go on; some ask for `/help` and `/privacy` in turn, so that the order of their replies can be seen.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from benchmarks.people import add_one
from bot.app import App
from bot.clock import SystemClock
from bot.config import read
from bot.delivery import outbox
from bot.people.model import Colleague, Role
from bot.people.store import add_colleague
from bot.sandbox import Person, Sandbox
from bot.sandbox.clinic import TOKEN
from bot.sandbox.groups import Group
from bot.sandbox.process import ROOT
from bot.storage.database import Tx
from bot.storage.sealing import new_key
from handlers import conversation

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HANDLES = ("ana", "ben")
NEVER_QUIET = {"quiet_from": time(0), "quiet_to": time(0)}


@dataclass(frozen=True)
class Cast:
    """Who is there. `due` is when each of `prompted` has their check-in, by Telegram id."""

    administrator: Person
    staff: Sequence[Person]
    group: Group
    worried: Sequence[Person]
    prompted: Sequence[Person]
    walkers: Sequence[Person]
    visitors: Sequence[Person]
    due: dict[int, datetime]


def gather(
    sandbox: Sandbox, *, worried: int, prompts: Sequence[datetime], walkers: int = 6, visitors: int = 0
) -> Cast:
    """The people, each with a chat that the bot may write to."""
    administrator = sandbox.person("Admin")
    staff = [sandbox.person(handle.title()) for handle in HANDLES]
    group = sandbox.group("River House staff", members=staff, administrators=[administrator])
    prompted = [sandbox.person(f"Prompted {number}") for number in range(len(prompts))]
    cast = Cast(
        administrator=administrator,
        staff=staff,
        group=group,
        worried=[sandbox.person(f"Worried {number}") for number in range(worried)],
        prompted=prompted,
        walkers=[sandbox.person(f"Walker {number}") for number in range(walkers)],
        visitors=[sandbox.person(f"Visitor {number}") for number in range(visitors)],
        due={person.id: at for person, at in zip(prompted, prompts, strict=True)},
    )
    for person in (administrator, *staff, *cast.worried, *prompted, *cast.walkers):
        sandbox.world.chats[person.id].has_started = True
    group.add_bot(administrator)
    return cast


def settings_for(sandbox: Sandbox, cast: Cast, folder: Path, database_url: str) -> dict[str, str]:
    """The environment of `handrail run`; what it keeps beside the database is in `folder`."""
    shifts = [
        {"handle": handle, "days": EVERY_DAY, "from": "00:00", "to": "00:00", "backup": handle != "ana"}
        for handle in HANDLES
    ]
    return {
        "HANDRAIL_TELEGRAM__TOKEN": TOKEN,
        "HANDRAIL_TELEGRAM__BASE_URL": sandbox.base_url,
        "HANDRAIL_DATABASE__URL": database_url,
        "HANDRAIL_DATABASE__FOLDER": str(folder),
        "HANDRAIL_CONTENT__PATH": str(ROOT / "content"),
        "HANDRAIL_CONTENT__CACHE": str(folder / "content.last-good"),
        "HANDRAIL_SECURITY__KEYS": new_key(),
        "HANDRAIL_STAFF__ADMINISTRATORS": str(cast.administrator.id),
        "HANDRAIL_STAFF__CHAT_ID": str(cast.group.id),
        "HANDRAIL_STAFF__SHIFTS": json.dumps(shifts),
        "HANDRAIL_ALERTS__URGENT_MINUTES": "1",  # so that ladders climb while the kills go on
        "HANDRAIL_ALERTS__REPEAT_MINUTES": "5",
        "HANDRAIL_LOGS__LEVEL": "warning",
    }


async def move_in(settings: dict[str, str], cast: Cast) -> None:
    """Write everybody who has joined into a new database."""
    app = App(read(None, settings), SystemClock(), conversation())
    await app.services.database.run(lambda tx: _add_all(tx, app, cast))
    await app.stop()


def _add_all(tx: Tx, app: App, cast: Cast) -> None:
    now = datetime.now(UTC)
    outbox.know_chat(tx, cast.group.id, is_group=True)
    for person, handle in zip(cast.staff, HANDLES, strict=True):
        key = outbox.know_chat(tx, person.id, is_group=False)
        colleague = Colleague(tx.new_id(), key, handle, frozenset({Role.FACILITATOR}), "en", active=True)
        add_colleague(tx, colleague, handle.title(), now)
    for person in cast.prompted:
        at = cast.due[person.id]
        add_one(tx, app, person.id, now, zone="UTC", checkin_time=at.time(), **NEVER_QUIET)
    yesterday = (now - timedelta(hours=1)).time().replace(microsecond=0)  # due in 23 hours: not while we look
    for person in (*cast.worried, *cast.walkers):
        add_one(tx, app, person.id, now, zone="UTC", checkin_time=yesterday, **NEVER_QUIET)
