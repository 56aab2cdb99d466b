"""Somebody sets the computer's clock while the program runs: the tick goes on."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, tzinfo

import apscheduler.schedulers.base
import pytest

from bot.clock import SystemClock
from bot.sandbox.process import until
from bot.scheduling.ticker import Ticker
from bot.storage.database import Database


class Steps:
    """How far the computer's clock was set forward (or back), and everything that asks it the time."""

    def __init__(self) -> None:
        self.by = timedelta(0)
        steps = self

        class Stepped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + steps.by

        class Clock(SystemClock):
            def now(self) -> datetime:
                return super().now() + steps.by

        self.datetime, self.clock = Stepped, Clock()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    made = Steps()
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", made.datetime)
    return made


@pytest.fixture
async def ticker(database: Database, steps: Steps) -> AsyncIterator[Ticker]:
    made = Ticker(database, steps.clock, [])
    made.start()
    yield made
    await made.stop()


@pytest.mark.parametrize("hours", [-1, 1])
async def test_the_tick_goes_on_within_seconds_of_a_clock_that_is_set(
    ticker: Ticker, steps: Steps, hours: int
) -> None:
    await until(lambda: ticker.last_tick is not None)

    steps.by = timedelta(hours=hours)
    set_at = steps.clock.monotonic()

    await until(lambda: (ticker.last_tick or 0) > set_at + 1.5, seconds=15)
