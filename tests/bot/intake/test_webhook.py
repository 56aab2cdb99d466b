"""The webhook: nothing is confirmed before it is stored, and only Telegram is heard."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.config import read
from bot.errors import Problems
from bot.intake.webhook_address import WebhookAddress
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.process import until
from handlers import conversation
from tests.bot.free_port import free_address
from tests.builders import a_participant
from tests.discretion import Tee, assert_discreet


class Brought:
    """A clinic whose updates are brought, and what a stranger at its door can send."""

    def __init__(self, clinic: Clinic, url: str) -> None:
        self.clinic = clinic
        self.address = WebhookAddress.of(url, TOKEN)

    async def post(self, body: bytes, *, secret: str | None = None, path: str = "") -> aiohttp.ClientResponse:
        secret = self.address.secret if secret is None else secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        base = self.address.url.removesuffix(self.address.path)
        async with aiohttp.ClientSession() as session:
            return await session.post(
                base + (path or self.address.path), data=io.BytesIO(body), headers=headers
            )


def an_update(number: int, text: str = "hello", person: int = 5) -> dict[str, Any]:
    sender = {"id": person, "is_bot": False, "first_name": "Kim"}
    chat = {"id": person, "type": "private", "first_name": "Kim"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1772463600, "from": sender, "chat": chat, "text": text},
    }


@pytest.fixture
async def brought(tmp_path: Path, content: Path, log: Tee) -> AsyncIterator[Brought]:
    listen = free_address()
    settings = {
        "HANDRAIL_HTTP__LISTEN": listen,
        "HANDRAIL_TELEGRAM__MODE": "webhook",
        "HANDRAIL_TELEGRAM__WEBHOOK_URL": f"http://{listen}",
    }
    clinic = Clinic(tmp_path, conversation(), content=content, settings=settings)
    await clinic.start()
    made = Brought(clinic, f"http://{listen}")
    yield made
    await clinic.stop()
    assert_discreet(clinic.sandbox, log.getvalue())
    assert made.address.secret not in log.getvalue()
    assert made.address.path not in log.getvalue()


async def test_a_conversation_goes_by_webhook_as_by_polling(brought: Brought) -> None:
    sam = await a_participant(brought.clinic)

    sam.says("/help_now")
    await brought.clinic.settle()

    assert "988" in sam.chat.last.text


async def test_what_was_written_while_the_bot_was_away_is_brought_once(brought: Brought) -> None:
    sam = await a_participant(brought.clinic)
    await brought.clinic.stop_bot()
    sam.says("/help_now")

    await brought.clinic.start_bot()
    await brought.clinic.advance(minutes=2)

    assert [seen.is_from_bot for seen in sam.chat.messages].count(True) == 1


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 64, "ñ"])
async def test_who_does_not_know_the_secret_is_not_heard(brought: Brought, secret: str) -> None:
    kim = brought.clinic.sandbox.person("Kim", id=5)

    answer = await brought.post(json.dumps(an_update(900)).encode(), secret=secret or "")
    await brought.clinic.settle()

    assert answer.status == 403
    assert kim.chat.messages == []


async def test_another_path_is_nothing(brought: Brought) -> None:
    assert (await brought.post(b"{}", path="/telegram/")).status == 404
    assert (await brought.post(b"{}", path="/telegram/" + "0" * 32)).status == 404


async def test_a_body_over_a_mebibyte_is_refused(brought: Brought) -> None:
    assert (await brought.post(b"x" * (1024 * 1024 + 1))).status == 413


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"message": {}}', b'{"update_id": -1}'])
async def test_what_is_no_update_is_refused_and_stops_nothing(brought: Brought, body: bytes) -> None:
    assert (await brought.post(body)).status == 400

    assert (await brought.post(json.dumps(an_update(901)).encode())).status == 200


async def test_an_unreadable_update_with_a_number_is_kept(brought: Brought) -> None:
    assert (await brought.post(b'{"update_id": 902, "message": {"text": "ab')).status == 200


async def test_the_same_update_twice_has_one_effect(brought: Brought) -> None:
    kim = brought.clinic.sandbox.person("Kim", id=5)
    kim.says("/start")
    await brought.clinic.settle()
    before = len(kim.chat.messages)
    body = json.dumps(an_update(903, "/help_now")).encode()

    assert [(await brought.post(body)).status for _ in range(2)] == [200, 200]
    await brought.clinic.settle()

    assert len(kim.chat.messages) == before + 1


@pytest.mark.sqlite
async def test_a_database_that_is_away_makes_telegram_keep_the_update(brought: Brought) -> None:
    database = brought.clinic.app.services.database
    sam = await a_participant(brought.clinic)
    await database.apart(lambda connection: connection.execute("PRAGMA query_only=ON"))

    answer = await brought.post(json.dumps(an_update(904)).encode())
    sam.says("/help_now")
    await until(lambda: brought.clinic.sandbox.webhook_is_pausing)
    await database.apart(lambda connection: connection.execute("PRAGMA query_only=OFF"))
    await brought.clinic.advance(minutes=1)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "988" in sam.chat.last.text


async def test_a_webhook_that_somebody_removed_is_set_again(brought: Brought) -> None:
    async with aiohttp.ClientSession() as session:
        await session.post(f"{brought.clinic.sandbox.base_url}{TOKEN}/deleteWebhook")
    sam = await a_participant(brought.clinic)
    sam.says("/help_now")

    brought.clinic.clock.advance(31)
    await until(lambda: brought.clinic.sandbox.webhook_is_set)
    await brought.clinic.settle()

    assert "988" in sam.chat.last.text


async def test_going_back_to_polling_removes_the_webhook(
    brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    await brought.clinic.stop_bot()
    monkeypatch.setitem(brought.clinic._settings, "HANDRAIL_TELEGRAM__MODE", "polling")
    sam = brought.clinic.sandbox.person("Sam")
    sam.says("/help_now")

    await brought.clinic.start_bot()
    await brought.clinic.advance(minutes=1)

    assert not brought.clinic.sandbox.webhook_is_set
    assert "988" in sam.chat.last.text


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "telegram.webhook_url is missing"),
        ({"WEBHOOK_URL": "http://bot.example.org"}, "does not begin with https://"),
        ({"WEBHOOK_URL": "bot.example.org"}, "is not a web address"),
        ({"WEBHOOK_URL": "https://bot.example.org"}, "http.listen is missing"),
    ],
)
def test_a_webhook_needs_an_address_and_a_listener(settings: dict[str, str], why: str) -> None:
    environ = {f"HANDRAIL_TELEGRAM__{key}": value for key, value in settings.items()}
    environ |= {
        "HANDRAIL_TELEGRAM__TOKEN": TOKEN,
        "HANDRAIL_STAFF__ADMINISTRATORS": "1",
        "HANDRAIL_TELEGRAM__MODE": "webhook",
    }

    with pytest.raises(Problems, match=why):
        read(None, environ)


def test_the_path_and_the_secret_do_not_show_the_token() -> None:
    address = WebhookAddress.of("https://bot.example.org", TOKEN)

    assert len(address.secret) == 64 and len(address.path) == len("/telegram/") + 32
    assert TOKEN not in address.url and TOKEN.partition(":")[2] not in address.url + address.secret
    assert address != WebhookAddress.of("https://bot.example.org", TOKEN + "x")
    assert address.secret not in repr(address)
