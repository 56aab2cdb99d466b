"""Fault switches: what the bot meets, and what was done nevertheless."""

import asyncio

import aiohttp
import pytest

from bot.sandbox import FaultKind


@pytest.fixture
def ana(sandbox):
    person = sandbox.person("Ana")
    person.says("hi")
    return person


async def test_a_lost_answer_was_sent_all_the_same(sandbox, ana, call):
    sandbox.faults.lose_answers("sendMessage")

    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=ana.id, text="once")

    assert ana.chat.last.text == "once"
    assert (await call("sendMessage", chat_id=ana.id, text="twice"))["ok"]


async def test_a_reset_connection_sent_nothing(sandbox, ana, call):
    sandbox.faults.reset("sendMessage")

    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=ana.id, text="once")

    assert [message.text for message in ana.chat.messages] == ["hi"]


@pytest.mark.parametrize(("after", "sent"), [(False, 0), (True, 1)])
async def test_a_server_error_comes_before_or_after_the_deed(sandbox, ana, call, after, sent):
    sandbox.faults.fail("sendMessage", status=502, after=after)

    answer = await call("sendMessage", chat_id=ana.id, text="once")

    assert answer == {"ok": False, "error_code": 502, "description": "Bad Gateway"}
    assert len(sandbox.ledger.sends) == sent and sandbox.ledger.refusals == []


async def test_a_delay_lasts_as_long_as_the_clock_says(sandbox, clock, ana, call, until):
    sandbox.faults.delay(30, "sendMessage")
    sending = asyncio.create_task(call("sendMessage", chat_id=ana.id, text="late"))
    await until(lambda: sandbox.requests_in_hand == 1)
    early = len(sandbox.ledger.sends)

    clock.advance(30)

    assert early == 0 and (await sending)["ok"]


async def test_a_hanging_request_ends_when_the_faults_are_cleared(sandbox, ana, call, until):
    sandbox.faults.hang()
    sending = asyncio.create_task(call("sendMessage", chat_id=ana.id, text="never"))
    await until(lambda: sandbox.requests_in_hand == 1)

    sandbox.faults.clear()

    with pytest.raises(aiohttp.ClientError):
        await sending
    assert sandbox.ledger.sends == []


async def test_half_an_answer_cannot_be_read(sandbox, ana, call):
    sandbox.faults.cut_bodies("sendMessage")

    with pytest.raises(ValueError, match=r"."):
        await call("sendMessage", chat_id=ana.id, text="cut")

    assert ana.chat.last.text == "cut"


async def test_telegram_can_be_down_and_up_again(sandbox, ana, call, until):
    poll = asyncio.create_task(call("getUpdates", offset=-1, timeout=30))
    held = asyncio.create_task(call("getUpdates", offset=2**40, timeout=30))
    await until(lambda: poll.done() and sandbox.poll_is_waiting)

    sandbox.faults.down()

    with pytest.raises(aiohttp.ClientError):
        await held
    with pytest.raises(aiohttp.ClientError):
        await call("getMe")
    sandbox.faults.up()
    assert (await call("getMe"))["ok"] and (await poll)["ok"]


async def test_strange_updates_come_among_the_others(sandbox, ana, call):
    sandbox.faults.malformed_update({"message": "not an object"})
    answer = await call("getUpdates")
    sandbox.faults.malformed_update("{not json")

    assert answer["result"][1]["message"] == "not an object"
    with pytest.raises(ValueError, match=r"."):
        await call("getUpdates")
    ana.says("after it")
    last = (await call("getUpdates", offset=-1))["result"][0]
    assert last["message"]["text"] == "after it"


async def test_an_update_can_come_again_after_it_was_confirmed(sandbox, ana, call):
    await call("getUpdates", offset=-1)
    sandbox.faults.duplicate_updates()
    ana.says("again")

    first = (await call("getUpdates", offset=-1))["result"][0]["update_id"]
    second = await call("getUpdates", offset=first + 1)
    third = await call("getUpdates", offset=first + 1)

    assert [update["update_id"] for update in second["result"]] == [first] and third["result"] == []
    assert sandbox.waiting_updates == 0


async def test_updates_can_overtake_each_other_and_come_shuffled(sandbox, ana, call):
    sandbox.faults.overtake()
    ana.says("one")
    ana.says("two")
    overtaken = (await call("getUpdates"))["result"]
    for number in range(20):
        ana.says(str(number))
    sandbox.faults.reorder_updates()
    shuffled = [update["update_id"] for update in (await call("getUpdates"))["result"]]
    calm = [update["update_id"] for update in (await call("getUpdates"))["result"]]

    assert [update["message"]["text"] for update in overtaken] == ["hi", "two", "one"]
    assert sorted(shuffled) == calm and shuffled != calm


async def test_chance_is_the_same_for_the_same_seed(sandbox, call):
    sandbox.faults.fail(times=None, probability=0.5)
    answers = [(await call("getMe"))["ok"] for _ in range(20)]

    assert True in answers and False in answers
    assert {kind.value for kind in FaultKind} >= {"answer_lost", "hang"}
