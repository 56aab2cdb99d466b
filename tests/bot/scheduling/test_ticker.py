"""The tick, by the metronome and at its end."""

import asyncio
import threading
from datetime import datetime

import pytest

from bot.clock import SystemClock
from bot.scheduling.jobs import Job
from bot.scheduling.ticker import Ticker
from bot.storage.database import Database, Tx


async def test_stopping_lets_the_row_in_hand_finish_and_leaves_the_others(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), list[int]()

    def act(_tx: Tx, row: int, _now: datetime) -> None:
        begun.set()
        go_on.wait(5)
        done.append(row)

    job = Job("slow", due=lambda _tx, _now: [1, 2], act=act, postpone=lambda _tx, _row, _now: None)
    ticker = Ticker(database, SystemClock(), [job])
    ticker.start()
    await asyncio.to_thread(begun.wait, 5)

    stopping = asyncio.create_task(ticker.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping

    assert done == [1]
    assert not caplog.records
