"""`/healthz` and `/readyz` tell the truth and nothing about anybody."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.clinic import Clinic
from handlers import conversation


@pytest.fixture
def address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
async def clinic(tmp_path: Path, content: Path, address: str) -> AsyncIterator[Clinic]:
    made = Clinic(tmp_path, conversation(), content=content, settings={"HANDRAIL_HTTP__LISTEN": address})
    await made.start()
    yield made
    await made.stop()


async def asked(address: str, path: str) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}") as answer:
        return answer.status, await answer.json()


async def test_a_working_program_is_ready(clinic: Clinic, address: str) -> None:
    await clinic.advance(minutes=2)

    assert await asked(address, "/healthz") == (200, {"ok": True})
    assert (await asked(address, "/readyz"))[0] == 200


async def test_a_program_that_gets_no_updates_is_not_ready(clinic: Clinic, address: str) -> None:
    await clinic.advance(minutes=2)
    clinic.sandbox.faults.down()

    await clinic.advance(minutes=5)

    status, facts = await asked(address, "/readyz")
    assert status == 503
    assert facts["ready"] is False
    assert (await asked(address, "/healthz"))[0] == 200
