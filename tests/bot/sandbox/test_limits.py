"""Limits: all chats, one chat, one group; with the seconds to wait in the words, the body and the header."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import ManualClock
from bot.sandbox import Limits, Sandbox
from bot.sandbox.errors import ApiError
from bot.sandbox.limits import RateLimiter


def limiter(**limits) -> tuple[RateLimiter, ManualClock]:
    clock = ManualClock(datetime(2026, 3, 2, tzinfo=UTC))
    return RateLimiter(clock, Limits(**limits)), clock


def accepted(rate: RateLimiter, chat_id: int, *, group: bool = False) -> bool:
    try:
        rate.charge(chat_id, group=group)
    except ApiError:
        return False
    return True


def test_a_rested_chat_takes_a_burst_and_then_one_a_second():
    rate, clock = limiter(per_chat_burst=3)

    burst = [accepted(rate, 1) for _ in range(5)]
    clock.advance(1)
    later = [accepted(rate, 1) for _ in range(2)]

    assert burst == [True, True, True, False, False] and later == [True, False]


def test_thirty_a_second_over_all_chats_in_a_sliding_second():
    rate, clock = limiter()

    first = [accepted(rate, chat) for chat in range(31)]
    clock.advance(0.9)
    early = accepted(rate, 100)
    clock.advance(0.1)

    assert first == [True] * 30 + [False] and not early and accepted(rate, 100)


def test_twenty_a_minute_in_a_group():
    rate, clock = limiter()

    first = [accepted(rate, -1, group=True) for _ in range(21)]
    clock.advance(59)
    with pytest.raises(ApiError) as refused:
        rate.charge(-1, group=True)
    clock.advance(1)

    assert first == [True] * 20 + [False] and refused.value.parameters == {"retry_after": 1}
    assert accepted(rate, -1, group=True)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.0, 0.01, 0.3, 1.0, 2.5])), max_size=80))
def test_waiting_as_long_as_told_is_always_enough(story):
    rate, clock = limiter(per_second=5, per_chat_burst=2)
    for chat, pause in story:
        clock.advance(pause)
        try:
            rate.charge(chat, group=False)
        except ApiError as refused:
            clock.advance(refused.parameters["retry_after"])
            rate.charge(chat, group=False)


async def test_a_refusal_says_how_long_to_wait_and_is_in_the_ledger(clock, http):
    async with Sandbox(clock, limits=Limits(per_chat_burst=1)) as sandbox:
        ana = sandbox.person("Ana")
        ana.says("hi")
        url, body = f"{sandbox.base_url}{sandbox.token}/sendMessage", {"chat_id": ana.id, "text": "x"}
        async with http.post(url, json=body):
            pass
        async with http.post(url, json=body) as answer:
            refusal = await answer.json()

        assert answer.status == 429 and answer.headers["Retry-After"] == "1"
        assert refusal == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        assert len(sandbox.ledger.too_many) == 1 and len(sandbox.ledger.sends) == 1
