"""Polling: offsets, waiting on the clock, expiry, one poller only."""

import asyncio

import pytest

from bot.sandbox import Sandbox

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


def texts(answer) -> list[str]:
    return [update["message"]["text"] for update in answer["result"]]


async def test_an_update_is_confirmed_by_a_higher_offset_only(sandbox, call):
    ana = sandbox.person("Ana")
    for text in ("one", "two", "three"):
        ana.says(text)

    first = await call("getUpdates", limit=2)
    again = await call("getUpdates", limit=2)
    rest = await call("getUpdates", offset=first["result"][-1]["update_id"] + 1)
    waiting = sandbox.waiting_updates
    none = await call("getUpdates", offset=rest["result"][-1]["update_id"] + 1)

    assert texts(first) == texts(again) == ["one", "two"]
    assert texts(rest) == ["three"] and waiting == 1
    assert none["result"] == [] and sandbox.waiting_updates == 0


async def test_a_negative_offset_forgets_all_but_the_last(sandbox, call):
    ana = sandbox.person("Ana")
    for text in ("one", "two", "three"):
        ana.says(text)

    answer = await call("getUpdates", offset=-1)

    assert texts(answer) == ["three"] and sandbox.waiting_updates == 1


async def test_a_long_poll_answers_as_soon_as_something_is_said(sandbox, call, until):
    ana = sandbox.person("Ana")
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await until(lambda: sandbox.poll_is_waiting)

    ana.says("hello")

    assert texts(await poll) == ["hello"] and not sandbox.poll_is_waiting


async def test_a_long_poll_ends_when_the_clock_has_passed_its_timeout(sandbox, clock, call, until):
    poll = asyncio.create_task(call("getUpdates", timeout=900))
    await until(lambda: sandbox.poll_is_waiting)

    clock.advance(49)
    await asyncio.sleep(0)
    still_waiting = sandbox.poll_is_waiting
    clock.advance(1)

    assert still_waiting and (await poll)["result"] == []


async def test_a_second_poll_ends_the_first(sandbox, call, until):
    first = asyncio.create_task(call("getUpdates", timeout=30))
    await until(lambda: sandbox.poll_is_waiting)

    second = await call("getUpdates", timeout=0)

    assert second["ok"]
    assert await first == {"ok": False, "error_code": 409, "description": CONFLICT}


@pytest.mark.parametrize(("pause", "given"), [(0.0, 1), (0.49, 1), (0.51, 3)])
async def test_asking_again_at_once_with_the_same_offset_gives_one_update(
    sandbox, clock, call, hasty, pause, given
):
    ana = sandbox.person("Ana")
    for text in ("one", "two", "three"):
        ana.says(text)
    first = await call("getUpdates")
    clock.advance(pause)

    again = await hasty("getUpdates")
    onwards = await hasty("getUpdates", offset=first["result"][0]["update_id"] + 1)

    assert texts(first) == ["one", "two", "three"]
    assert texts(again) == ["one", "two", "three"][:given]
    assert texts(onwards) == ["two", "three"]


async def test_asking_again_soon_when_there_is_nothing_waits_three_seconds(
    sandbox, clock, call, hasty, until
):
    await call("getUpdates")
    clock.advance(2.9)
    again = asyncio.create_task(hasty("getUpdates"))
    await until(lambda: sandbox.poll_is_waiting)

    clock.advance(2.9)
    await asyncio.sleep(0)
    still_waiting = sandbox.poll_is_waiting
    clock.advance(0.1)

    assert still_waiting and (await again)["result"] == []


async def test_a_conflict_soon_after_another_is_answered_three_seconds_later(sandbox, clock, hasty, until):
    async def conflict() -> "asyncio.Task[dict]":
        ended = asyncio.create_task(hasty("getUpdates", timeout=30))
        await until(lambda: sandbox.poll_is_waiting)
        await hasty("getUpdates", offset=next(offsets))
        return ended

    offsets = iter((-1, -2))
    first, second = await conflict(), await conflict()
    await until(lambda: first.done() and sandbox.requests_in_hand == 1)
    early = second.done()

    clock.advance(3)

    assert not early and (await first)["description"] == (await second)["description"] == CONFLICT


async def test_a_poll_whose_client_went_away_is_over(sandbox, call, until):
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await until(lambda: sandbox.poll_is_waiting)

    poll.cancel()

    await until(lambda: not sandbox.poll_is_waiting)


async def test_messages_are_kept_a_day_and_taps_150_seconds(sandbox, clock, call):
    ana = sandbox.person("Ana")
    ana.says("hello")
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    await call("sendMessage", chat_id=ana.id, text="One", reply_markup=keyboard)
    ana.taps("Go")

    counts = [sandbox.waiting_updates]
    for seconds in (149, 1, 86_400 - 151, 1):
        clock.advance(seconds)
        counts.append(sandbox.waiting_updates)

    assert counts == [2, 2, 1, 1, 0]


async def test_what_the_bot_does_not_ask_for_is_not_kept(sandbox, call):
    ana = sandbox.person("Ana")

    await call("getUpdates", allowed_updates=["callback_query"])
    ana.says("unheard")
    await call("getUpdates")
    ana.says("unheard too")
    await call("getUpdates", allowed_updates=[])
    ana.says("heard")

    assert texts(await call("getUpdates")) == ["heard"]


async def test_what_was_said_while_telegram_was_away_is_there_afterwards(sandbox: Sandbox, call, until):
    ana = sandbox.person("Ana")
    address = sandbox.address
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await until(lambda: sandbox.poll_is_waiting)

    await sandbox.stop()
    broken = (await asyncio.gather(poll, return_exceptions=True))[0]
    ana.says("anybody there?")
    await sandbox.start()

    assert isinstance(broken, Exception) and sandbox.address == address
    assert texts(await call("getUpdates")) == ["anybody there?"]
