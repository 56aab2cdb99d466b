"""Once a minute the program looks at itself: it calls outside only while all holds, and tells administrators once."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Update, delete, update

from bot import auditor, vitals
from bot.alerts.store import alert, concern, notice
from bot.backups import Backups
from bot.checkins.store import checkin, schedule
from bot.delivery.model import Kind, State
from bot.delivery.outbox import outbox
from bot.intake.inbox import inbox
from bot.invariants import INVARIANTS
from bot.people.store import participant
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from bot.storage.database import Tx
from handlers import conversation
from tests.alert_scenes import URGENT
from tests.bot.free_port import free_address
from tests.builders import a_participant
from tests.checkin_steps import asked, somebody


class Watcher:
    """The outside service: counts the calls, and may refuse them."""

    def __init__(self) -> None:
        self.calls = 0
        self.status = 200
        self.answers = asyncio.Event()
        self.answers.set()
        self.address = free_address()

    async def called(self, request: web.Request) -> web.Response:
        self.calls += 1
        assert await request.read() == b""
        await self.answers.wait()
        return web.Response(status=self.status)


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    made, app = Watcher(), web.Application()
    app.add_routes([web.get("/check-7", made.called)])
    runner = web.AppRunner(app)
    await runner.setup()
    host, _, port = made.address.rpartition(":")
    await web.TCPSite(runner, host, int(port)).start()
    yield made
    await runner.cleanup()


@pytest.fixture
def address() -> str:
    return free_address()


@pytest.fixture
async def clinic(tmp_path: Path, content: Path, watcher: Watcher, address: str) -> AsyncIterator[Clinic]:
    settings = {
        "HANDRAIL_HEALTH__PING_URL": f"http://{watcher.address}/check-7",
        "HANDRAIL_HTTP__LISTEN": address,
    }
    made = Clinic(tmp_path, conversation(), content=content, settings=settings)
    await made.start()
    made.administrators[0].says("/start")
    await made.settle()
    yield made
    await made.stop()


def told(person: Person) -> list[str]:
    return [
        m.text for m in person.chat.messages if "not working as I should" in m.text or "is over" in m.text
    ]


async def failing(address: str) -> tuple[int, list[str]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/readyz") as answer:
        return answer.status, (await answer.json())["failing"]


async def test_a_program_that_is_well_calls_once_a_minute(clinic: Clinic, watcher: Watcher) -> None:
    await clinic.advance(minutes=5, seconds=30)  # what the bot says in between takes time of its own

    assert watcher.calls == 5


async def test_somebody_who_refuses_the_call_disturbs_nothing(clinic: Clinic, watcher: Watcher) -> None:
    watcher.status = 500
    sam = await a_participant(clinic)

    await clinic.advance(minutes=2)
    sam.says("/help_now")
    await clinic.settle()

    assert "988" in sam.chat.last.text
    assert told(clinic.administrators[0]) == []


async def test_somebody_who_never_answers_the_call_is_not_waited_for(
    clinic: Clinic, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditor, "PING_SECONDS", 0.05)
    watcher.answers.clear()

    await clinic.advance(minutes=3, seconds=30)
    watcher.answers.set()

    assert watcher.calls == 3
    assert told(clinic.administrators[0]) == []


async def test_a_look_that_breaks_calls_nobody_and_the_next_one_does(
    clinic: Clinic, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_backups: Backups, _now: object) -> str:
        raise RuntimeError

    with monkeypatch.context() as broken_once:
        broken_once.setattr(Backups, "overdue", broken)
        await clinic.advance(minutes=2)
    assert watcher.calls == 0

    await clinic.advance(minutes=2, seconds=30)
    assert watcher.calls == 2


async def test_a_silent_telegram_stops_the_calls_and_is_not_told_here(
    clinic: Clinic, watcher: Watcher
) -> None:
    clinic.sandbox.faults.down()
    await clinic.advance(minutes=5)
    before = watcher.calls

    await clinic.advance(minutes=5)
    assert watcher.calls == before

    clinic.sandbox.faults.up()
    await clinic.advance(minutes=5)
    assert watcher.calls > before
    assert told(clinic.administrators[0]) == []


async def an_urgent_alert(clinic: Clinic) -> None:
    sam = await somebody(clinic)
    sam.says(URGENT)
    await clinic.settle()


LONG_AGO = timedelta(minutes=30)


def broken(name: str, clinic: Clinic) -> Update:
    """A statement that breaks what must hold."""
    past = clinic.clock.now() - LONG_AGO
    return {
        "untold": update(alert).values(next_at=None, opened_at=past),
        "leases": update(outbox)
        .where(outbox.c.kind == Kind.CRISIS)
        .values(ended_at=None, state="lost", lease_until=past, due_at=past + 2 * LONG_AGO, attempt=0),
        "inbox": update(inbox).values(state="ready", received_at=past),
        "unheard": update(concern).values(alert_id=None),
        "schedule": update(schedule).values(look_at=None, due_at=None),
    }[name]


MENDED = {
    "untold": update(alert).values(next_at=None, closed_at=alert.c.opened_at, state="resolved"),
    "leases": update(outbox)
    .where(outbox.c.kind == Kind.CRISIS)
    .values(lease_until=None, ended_at=outbox.c.created_at, state=State.SENT),
    "inbox": update(inbox).values(state="done"),
    "unheard": delete(concern),
    "schedule": update(participant).values(state="stopped"),
}


@pytest.mark.parametrize("name", ["untold", "leases", "inbox", "unheard", "schedule"])
async def test_what_does_not_hold_is_told_once_and_its_end_too(
    clinic: Clinic, watcher: Watcher, address: str, name: str
) -> None:
    await an_urgent_alert(clinic)
    statement = broken(name, clinic)
    administrator = clinic.administrators[0]
    await clinic.run(lambda tx: tx.execute(statement))

    await clinic.advance(minutes=3)
    before = watcher.calls
    assert await failing(address) == (503, [name])
    assert len(told(administrator)) == 1
    if name != "inbox":  # a new start would process it
        await clinic.restart_bot()
    await clinic.advance(minutes=3)
    assert len(told(administrator)) == 1
    assert watcher.calls == before

    await clinic.run(lambda tx: tx.execute(MENDED[name]))
    await clinic.advance(minutes=3)

    assert "That is over." in told(administrator)[-1]
    assert len(told(administrator)) == 2
    assert await failing(address) == (200, [])
    assert watcher.calls > before


async def test_an_alert_of_which_nobody_was_told_is_seen(clinic: Clinic, address: str) -> None:
    await an_urgent_alert(clinic)
    past = clinic.clock.now() - LONG_AGO

    def unit(tx: Tx) -> None:
        tx.execute(
            update(alert).values(opened_at=past, state="claimed", next_at=clinic.clock.now() + LONG_AGO)
        )
        tx.execute(delete(notice))

    await clinic.run(unit)
    await clinic.advance(minutes=2)

    assert await failing(address) == (503, ["untold"])


async def test_an_alert_whose_only_message_is_nowhere_is_seen(clinic: Clinic, address: str) -> None:
    await an_urgent_alert(clinic)
    now = clinic.clock.now()

    def unit(tx: Tx) -> None:
        tx.execute(update(alert).values(opened_at=now - LONG_AGO, next_at=now + LONG_AGO))
        tx.execute(update(notice).values(state="waiting"))

    await clinic.run(unit)
    await clinic.advance(minutes=2)

    assert await failing(address) == (503, ["untold"])


async def test_a_check_in_that_is_pushed_back_again_and_again_is_seen(clinic: Clinic, address: str) -> None:
    await asked(clinic)
    now = clinic.clock.now()

    def unit(tx: Tx) -> None:
        tx.execute(update(schedule).values(due_at=now - LONG_AGO, look_at=now + timedelta(minutes=4)))
        tx.execute(update(checkin).values(expires_at=now - LONG_AGO, wake_at=now + timedelta(minutes=4)))

    await clinic.run(unit)
    await clinic.advance(minutes=2)
    assert await failing(address) == (503, ["schedule"])

    await clinic.advance(minutes=5)
    assert await failing(address) == (200, [])


async def test_each_invariant_has_its_gauge_and_its_sentence(clinic: Clinic, address: str) -> None:
    await an_urgent_alert(clinic)
    await clinic.run(lambda tx: tx.execute(broken("untold", clinic)))
    await clinic.advance(minutes=2)

    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://{address}/metrics") as answer:
            shown = re.findall(r'^handrail_failing\{what="(\w+)"\} (\d)', await answer.text(), re.MULTILINE)
        async with session.get(f"http://{address}/readyz") as answer:
            why = (await answer.json())["why"]

    assert dict(shown) == {name: "1" if name == "untold" else "0" for name in INVARIANTS}
    assert [words for words in why if "Look at /alerts in Telegram" in words] == why


async def test_a_full_disk_is_told(
    clinic: Clinic, watcher: Watcher, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vitals, "LEAST_FREE", 1.0)

    await clinic.advance(minutes=3)

    assert await failing(address) == (503, ["disk"])
    assert "The disk is almost full" in told(clinic.administrators[0])[0]


@pytest.mark.sqlite
async def test_backups_that_are_not_made_are_told(
    tmp_path: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"HANDRAIL_DATABASE__BACKUP_EVERY_HOURS": "1"}
    clinic = Clinic(tmp_path, conversation(), content=content, settings=settings)
    await clinic.start()
    clinic.administrators[0].says("/start")
    await clinic.settle()

    async def refused(_backups: Backups) -> Path:
        raise OSError("no")

    monkeypatch.setattr(Backups, "make", refused)
    await clinic.advance(hours=5, step=300)

    assert (
        len([words for words in told(clinic.administrators[0]) if "No backup was made for hours" in words])
        == 1
    )
    await clinic.stop()


@pytest.mark.sqlite
async def test_a_database_that_took_nothing_for_minutes_is_told_afterwards(
    clinic: Clinic, watcher: Watcher, address: str
) -> None:
    database = clinic.app.services.database
    await clinic.advance(minutes=1)
    await database.apart(lambda connection: connection.execute("PRAGMA query_only=ON"))
    for _ in range(4):
        clinic.clock.advance(60)
        await clinic.app.auditor.look()
    before = watcher.calls
    assert "database" in (await failing(address))[1]

    await database.apart(lambda connection: connection.execute("PRAGMA query_only=OFF"))
    await clinic.advance(minutes=3)

    said = clinic.administrators[0].chat.messages
    assert len([m for m in said if "I could not store anything" in m.text]) == 1
    assert watcher.calls > before
