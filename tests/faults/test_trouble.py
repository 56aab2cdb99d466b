"""Telegram hangs, quarrels, tears its answers and sends what nobody can read: the bot goes on, and loses nothing."""

import time

import aiohttp
import pytest

from bot.sandbox import Person, Sandbox
from bot.sandbox.process import BotProcess, until
from tests.faults.conftest import Log

SECRET = "my sister found the bottle behind the piano"


def replies(person: Person) -> int:
    return sum(message.is_from_bot for message in person.chat.messages)


async def is_answered(person: Person, text: str) -> None:
    """Say something and wait for one more reply."""
    before = replies(person)
    person.says(text)
    await until(lambda: replies(person) == before + 1)


async def test_a_message_that_hangs_keeps_nobody_else_waiting_and_arrives(
    sandbox: Sandbox, process: BotProcess
) -> None:
    ana, bo = sandbox.person("Ana"), sandbox.person("Bo")
    await process.start()
    await is_answered(bo, "/help")
    sandbox.faults.hang("sendMessage")
    ana.says("/help")
    await until(lambda: sandbox.requests_in_hand > sandbox.poll_is_waiting)

    await is_answered(bo, SECRET)
    early = replies(ana)
    sandbox.faults.clear()
    await until(lambda: replies(ana) == 1)

    assert early == 0


async def test_a_poll_that_hangs_and_a_torn_one_lose_no_message(
    sandbox: Sandbox, process: BotProcess
) -> None:
    ana = sandbox.person("Ana")
    await process.start()
    await is_answered(ana, "/help")
    sandbox.faults.hang("getUpdates")
    await is_answered(ana, "/privacy")  # ends the poll that was held already; the next one hangs
    await until(lambda: sandbox.requests_in_hand == 1 and not sandbox.poll_is_waiting)
    ana.says(SECRET)
    sandbox.faults.clear()
    sandbox.faults.cut_bodies("getUpdates")

    await until(lambda: replies(ana) == 3)
    await is_answered(ana, "/help")


async def test_an_answer_that_is_torn_is_sent_again(sandbox: Sandbox, process: BotProcess) -> None:
    """What a person is told comes at least once: nobody can know whether it had arrived."""
    ana = sandbox.person("Ana")
    await process.start()
    sandbox.faults.cut_bodies("sendMessage")
    ana.says(SECRET)

    await until(lambda: replies(ana) == 2)

    assert len({message.text for message in ana.chat.messages if message.is_from_bot}) == 1
    await is_answered(ana, "/help")


async def test_what_nobody_can_read_stops_nobody(sandbox: Sandbox, process: BotProcess, logged: Log) -> None:
    ana = sandbox.person("Ana")
    await process.start()
    await is_answered(ana, "/help")

    sandbox.faults.malformed_update({"message": {"message_id": "many", "text": SECRET}})
    sandbox.faults.malformed_update(f'{{"update_id": 100000003, "message": {{"text": "{SECRET}"')

    await is_answered(ana, "/privacy")
    await is_answered(ana, "/help")
    assert SECRET not in logged.text


async def test_with_a_second_program_it_says_so_and_goes_on(
    sandbox: Sandbox, process: BotProcess, logged: Log
) -> None:
    ana = sandbox.person("Ana")
    await process.start()
    await is_answered(ana, "/help")
    await until(lambda: sandbox.poll_is_waiting)

    async with aiohttp.ClientSession() as other:
        url = f"{sandbox.base_url}{sandbox.token}/getUpdates"
        async with other.post(url, json={"offset": 2**40, "timeout": 50}) as answer:
            theirs = await answer.json()  # ended in turn by ours, which has paused and asks again

    assert theirs["error_code"] == 409
    assert "another program polls with this token; only one may run" in logged.text
    await is_answered(ana, "/privacy")


@pytest.mark.parametrize("method", ["sendMessage", "answerCallbackQuery", "getUpdates"])
async def test_told_to_stop_while_a_request_hangs_it_stops_in_time_and_loses_nothing(
    sandbox: Sandbox, process: BotProcess, method: str
) -> None:
    ana = sandbox.person("Ana")
    await process.start()
    await is_answered(ana, "/help_now")
    sandbox.faults.hang(method)
    ana.taps("Breathe with me")
    ana.says("/privacy")
    await until(lambda: sandbox.requests_in_hand > sandbox.poll_is_waiting)

    asked = time.monotonic()
    status = await process.terminate()
    took = time.monotonic() - asked
    sandbox.faults.clear()
    await process.start()

    await until(lambda: replies(ana) == 2)
    assert status == 0
    assert took < 5
    assert any("back to the numbers" in label.casefold() for m in ana.chat.messages for label in m.labels)


async def test_told_to_stop_before_telegram_ever_answered_it_stops_in_time(
    sandbox: Sandbox, process: BotProcess
) -> None:
    ana = sandbox.person("Ana")
    ana.says("/help")
    sandbox.faults.hang("getMe")
    await process.start()
    await until(lambda: sandbox.requests_in_hand > 0)

    asked = time.monotonic()
    status = await process.terminate()
    took = time.monotonic() - asked
    sandbox.faults.clear()
    await process.start()

    await until(lambda: replies(ana) == 1)
    assert status == 0
    assert took < 5
