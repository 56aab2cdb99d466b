"""The whole: on the real clock, stopping at once, keeping its port and its people."""

import asyncio
import time

import aiohttp

from bot.clock import SystemClock
from bot.sandbox import Sandbox


async def test_stopping_does_not_wait_for_a_held_poll(until):
    sandbox = Sandbox(SystemClock())
    await sandbox.start()
    async with aiohttp.ClientSession() as http:
        url = f"{sandbox.base_url}{sandbox.token}/getUpdates?timeout=50"
        poll = asyncio.create_task(http.get(url).__aenter__())
        await until(lambda: sandbox.poll_is_waiting)
        before = time.monotonic()

        await sandbox.stop()

        assert time.monotonic() - before < 2
        assert isinstance((await asyncio.gather(poll, return_exceptions=True))[0], aiohttp.ClientError)


async def test_it_comes_back_on_the_same_port_with_everybody_in_it(clock, http):
    sandbox = Sandbox(clock)
    await sandbox.start()
    address = sandbox.address
    ana = sandbox.person("Ana")
    ana.says("still here")
    await sandbox.stop()
    await sandbox.start()

    async with http.get(f"{sandbox.base_url}{sandbox.token}/getUpdates") as answer:
        updates = (await answer.json())["result"]

    assert sandbox.address == address and updates[0]["message"]["text"] == "still here"
    await sandbox.stop()


async def test_a_strange_update_may_wait_before_the_start(clock):
    sandbox = Sandbox(clock)

    sandbox.faults.malformed_update({"message": 7})

    assert sandbox.waiting_updates == 1
