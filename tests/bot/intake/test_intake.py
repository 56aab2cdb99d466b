"""Promise 1: what Telegram handed over is processed exactly once in effect, and what cannot be stops nobody."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import telegram
from sqlalchemy import select

from bot.intake import inbox
from bot.intake.poller import salvaged
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.people import Person
from bot.services import Services
from handlers import conversation, register_all
from handlers.chat import Chat
from handlers.routing import Routes
from tests.discretion import Tee


class Breakable:
    """The real conversation with two commands more: one echoes, one raises as often as it is told to."""

    def __init__(self) -> None:
        self.failures = 0

    def register(self, application: Any, services: Services) -> None:
        routes = Routes(application, services)
        routes.command("echo", lambda chat: chat.say(chat.t("refused.other") + f" {chat.words}"))
        routes.command("boom", self.boom)
        register_all(application, services)

    def boom(self, chat: Chat) -> None:
        chat.say(chat.t("refused.other") + " half done")
        if self.failures:
            self.failures -= 1
            raise ValueError("boom")


@pytest.fixture
def breakable() -> Breakable:
    return Breakable()


@pytest.fixture
async def clinic(tmp_path: Path, content: Path, breakable: Breakable) -> AsyncIterator[Clinic]:
    made = Clinic(tmp_path, replace(conversation(), register=breakable.register), content=content)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def ana(clinic: Clinic) -> Person:
    return clinic.sandbox.person("Ana")


def echoes(person: Person) -> list[str]:
    return [message.text.rpartition(" ")[2] for message in person.chat.messages if message.is_from_bot]


async def test_one_persons_messages_are_answered_in_order(clinic: Clinic, ana: Person) -> None:
    for number in range(12):
        ana.says(f"/echo {number}")
    await clinic.settle()

    assert echoes(ana) == [str(number) for number in range(12)]


async def test_an_update_that_comes_twice_has_its_effect_once(clinic: Clinic, ana: Person) -> None:
    clinic.sandbox.faults.duplicate_updates(times=3)

    for number in range(3):
        ana.says(f"/echo {number}")
    await clinic.settle()
    ana.says("/echo last")
    await clinic.settle()

    assert echoes(ana) == ["0", "1", "2", "last"]


async def test_what_came_while_the_bot_was_away_is_answered_when_it_is_back(
    clinic: Clinic, ana: Person
) -> None:
    await clinic.stop_bot()
    for number in range(5):
        ana.says(f"/echo {number}")

    await clinic.start_bot()

    assert echoes(ana) == ["0", "1", "2", "3", "4"]
    assert clinic.sandbox.waiting_updates == 0


async def test_a_body_is_blanked_once_it_is_processed(clinic: Clinic, ana: Person) -> None:
    ana.says("/echo secret")
    await clinic.settle()

    rows = await clinic.run(lambda tx: tx.all(select(inbox.inbox)))

    assert rows
    assert all(row.state == inbox.DONE and row.body_sealed is None for row in rows)


async def test_a_handler_that_raises_once_leaves_nothing_half_done(
    clinic: Clinic, ana: Person, breakable: Breakable
) -> None:
    breakable.failures = 1

    ana.says("/boom")
    await clinic.settle()

    assert echoes(ana) == ["done"]


async def test_what_cannot_be_processed_is_kept_aside_and_later_messages_go_on(
    clinic: Clinic, ana: Person, breakable: Breakable
) -> None:
    breakable.failures = 99

    ana.says("/boom")
    ana.says("/echo after")
    await clinic.settle()

    rows = await clinic.run(lambda tx: tx.all(select(inbox.inbox.c.state)))
    assert [row.state for row in rows].count(inbox.ASIDE) == 1
    assert echoes(ana)[-1] == "after"
    assert len(echoes(ana)) == 2  # and a kind word about the first


@pytest.mark.parametrize(
    "malformed",
    [
        {"message": "nonsense"},
        {"message": {"message_id": 1}},
        {"callback_query": {"id": 7}},
        {"message": {"message_id": 1, "date": "x", "chat": {"id": 5, "type": "private"}, "text": 4}},
        {"something_new": {}},
        "this is no JSON at all",
    ],
)
async def test_a_malformed_update_stops_nobody(clinic: Clinic, ana: Person, malformed: Any) -> None:
    clinic.sandbox.faults.malformed_update(malformed)
    ana.says("/echo after")

    await clinic.settle()

    assert echoes(ana) == ["after"]


def test_an_unreadable_answer_gives_up_only_what_is_unreadable() -> None:
    body = b'{"ok":true,"result":[{"update_id":1,"x":1},{"update_id":2,"x":}, {"update_id":3,"x":3}]}'

    found = salvaged(body)

    assert [update["update_id"] for update in found] == [1, 2, 3]
    assert [("unreadable" in update) for update in found] == [False, True, False]


async def test_telegram_away_at_the_start_stops_nothing(clinic: Clinic, ana: Person) -> None:
    await clinic.stop_bot()
    clinic.sandbox.faults.down()
    await clinic.start_bot()

    clinic.sandbox.faults.up()
    ana.says("/echo back")
    await clinic.settle()

    assert echoes(ana) == ["back"]


async def test_a_refused_token_is_said_clearly_and_tried_again(
    clinic: Clinic, ana: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await clinic.stop_bot()
    clinic.sandbox.faults.fail("getMe", status=401)

    await clinic.start_bot()
    ana.says("/echo back")
    await clinic.advance(minutes=3)

    assert echoes(ana) == ["back"]
    assert "Telegram refuses the token" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>502 Bad Gateway</html>",
        b'{"ok": true, "result": [{"update_id": ' + b"9" * 5000 + b"}]}",
        b'{"ok": true, "result": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"ok": true, "result": [{"update_id": 1000000000000000000000000000000, "message": {}}]}',
        b'{"ok": true, "result": [{"update_id": "7"}, {"update_id": null}, 5]}',
    ],
    ids=[
        "a page of a proxy",
        "a number without end",
        "nested too deeply",
        "a number beyond the database",
        "no number",
    ],
)
async def test_an_answer_that_cannot_be_stored_does_not_end_the_polling(
    clinic: Clinic, ana: Person, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, odd = clinic.app.receiver._transport.post, [answer] * 4

    async def once_odd(url: str, *given: Any, **named: Any) -> tuple[int, bytes]:
        if url.endswith("/getUpdates") and odd:
            return 200, odd.pop()
        return await post(url, *given, **named)

    monkeypatch.setattr(clinic.app.receiver._transport, "post", once_odd)
    ana.says("/echo before")
    await clinic.settle()

    ana.says("/echo after")
    await clinic.settle()

    assert not odd
    assert "after" in ana.chat.last.text


async def test_against_a_second_program_it_pauses_longer_and_longer(clinic: Clinic, log: Tee) -> None:
    bot = telegram.Bot(TOKEN, base_url=clinic.sandbox.base_url)
    pauses: list[float] = []
    async with bot:
        for number in range(1, 6):
            before = clinic.clock.monotonic()
            await bot.get_updates(offset=-number)
            await clinic.settle()
            pauses.append(clinic.clock.monotonic() - before)

    assert pauses[0] < 2
    assert pauses[-1] > 15
    assert log.getvalue().count("another program polls with this token; only one may run") == 5


async def test_what_waits_behind_the_update_in_hand_comes_again_after_the_next_start(
    clinic: Clinic, ana: Person
) -> None:
    for number in range(50):
        ana.says(f"/echo {number}")
    await clinic.restart_bot()
    await clinic.settle()

    assert echoes(ana) == [str(number) for number in range(50)]
