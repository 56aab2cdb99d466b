"""The demo in the terminal: every step as expected, and an honest end when one is not."""

import asyncio
import io
from dataclasses import replace
from typing import Any

from bot.sandbox import demo_text
from handlers import conversation


def _played(chosen: Any) -> tuple[int, str]:
    out = io.StringIO()
    return demo_text.play(out, chosen), out.getvalue()


async def test_the_day_goes_as_expected() -> None:
    status, transcript = await asyncio.to_thread(_played, conversation())

    assert transcript.rstrip().rpartition("\n")[2].endswith("steps, all as expected")
    assert status == 0


async def test_a_step_that_goes_wrong_is_named_and_ends_with_1() -> None:
    silent = replace(conversation(), register=lambda application, services: None)

    status, transcript = await asyncio.to_thread(_played, silent)

    assert status == 1
    assert "demo: " in transcript
    assert "all as expected" not in transcript
