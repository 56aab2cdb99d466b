"""`/healthz`, `/readyz` and `/metrics` tell the truth and nothing about anybody."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from bot.alerts.store import alert
from bot.sandbox.clinic import Clinic
from bot.sandbox.process import ROOT
from bot.storage.database import Tx
from bot.web import AddressTaken
from handlers import conversation
from tests.alert_scenes import URGENT
from tests.bot.free_port import free_address
from tests.builders import a_participant


@pytest.fixture
def address() -> str:
    return free_address()


@pytest.fixture
async def clinic(tmp_path: Path, content: Path, address: str) -> AsyncIterator[Clinic]:
    made = Clinic(tmp_path, conversation(), content=content, settings={"HANDRAIL_HTTP__LISTEN": address})
    await made.start()
    yield made
    await made.stop()


async def asked(address: str, path: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}") as answer:
        return answer.status, await answer.json()


async def metrics(address: str) -> dict[str, float]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
        return {
            sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }


async def test_a_working_program_is_ready(clinic: Clinic, address: str) -> None:
    await clinic.advance(minutes=2)

    assert await asked(address, "/healthz") == (200, {"ok": True})
    status, facts = await asked(address, "/readyz")
    assert (status, facts["why"], facts["database_writes"]) == (200, [], True)


async def test_a_program_that_has_just_started_has_heard_from_telegram(clinic: Clinic, address: str) -> None:
    _, facts = await asked(address, "/readyz")

    assert facts["seconds_since"]["updates"] is not None


async def test_a_program_that_gets_no_updates_is_not_ready(clinic: Clinic, address: str) -> None:
    await clinic.advance(minutes=2)
    clinic.sandbox.faults.down()

    await clinic.advance(minutes=5)

    status, facts = await asked(address, "/readyz")
    assert status == 503
    assert facts["ready"] is False
    assert "The last word from Telegram was" in facts["why"][0]
    assert (await asked(address, "/healthz"))[0] == 200


async def test_a_message_that_does_not_leave_is_said(clinic: Clinic, address: str) -> None:
    sam = await a_participant(clinic)
    sam.says("/help_now")
    await clinic.settle()
    clinic.sandbox.faults.fail("sendMessage", times=None)
    sam.says("/help_now")

    await clinic.advance(minutes=4)

    status, facts = await asked(address, "/readyz")
    assert status == 503
    assert any("has not left" in why for why in facts["why"])
    assert facts["outbox_oldest_due_seconds"] > 120


async def test_a_database_that_takes_no_writes_is_said(clinic: Clinic, address: str) -> None:
    await clinic.advance(minutes=2)
    await clinic.app.services.database.apart(lambda connection: connection.execute("PRAGMA query_only=ON"))
    clinic.clock.advance(2)

    status, facts = await asked(address, "/readyz")
    await clinic.app.services.database.apart(lambda connection: connection.execute("PRAGMA query_only=OFF"))

    assert status == 503
    assert facts["database_writes"] is False
    assert "takes no writes" in facts["why"][0]


async def test_an_open_alert_that_nobody_moves_is_said(clinic: Clinic, address: str) -> None:
    sam = await a_participant(clinic)
    sam.says(URGENT)
    await clinic.settle()

    def forget(tx: Tx) -> None:
        tx.execute(update(alert).values(next_at=clinic.clock.now() - timedelta(minutes=5)))

    await clinic.run(forget)
    clinic.clock.advance(2)

    status, facts = await asked(address, "/readyz")
    assert status == 503
    assert facts["alerts_overdue"] == 1


async def test_metrics_count_without_naming_anybody(clinic: Clinic, address: str) -> None:
    sam = await a_participant(clinic, "Samantha")
    sam.says(URGENT)
    await clinic.settle()
    await clinic.advance(minutes=1)

    found = await metrics(address)

    assert found["handrail_alerts_open urgent"] == 1
    assert found["handrail_participants active"] == 1
    assert found["handrail_updates_received_total"] >= 1
    assert found["handrail_messages_total sent"] >= 2
    assert found["handrail_ready"] == found["handrail_database_writable"] == 1
    assert found["process_resident_memory_bytes"] > 0
    assert not any(str(sam.id) in name or "Samantha" in name for name in found)


async def test_every_metric_is_in_the_operators_table(clinic: Clinic, address: str) -> None:
    sam = await a_participant(clinic)
    sam.says(URGENT)
    await clinic.advance(minutes=2)
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/metrics") as answer:
        shown = set(re.findall(r"^# TYPE (handrail_\S+)", await answer.text(), re.MULTILINE))

    documented = set(re.findall(r"`(handrail_\w+)", (ROOT / "docs" / "operating.md").read_text()))

    assert documented == shown


async def test_an_address_that_is_taken_is_one_clear_sentence(
    clinic: Clinic, address: str, tmp_path: Path, content: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    second = Clinic(other, conversation(), content=content, settings={"HANDRAIL_HTTP__LISTEN": address})

    with pytest.raises(AddressTaken, match="Is another Handrail running"):
        await second.start()
