"""The watch that every test with a clinic stands under sees what it is there to see."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import telegram

from bot.clock import ManualClock
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from tests.discretion import Tee, assert_discreet

TYPED = "I am\nnot sleeping at all, I'm scared 😟"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(ManualClock(datetime(2026, 3, 2, 15, tzinfo=UTC)), TOKEN) as made:
        yield made


@pytest.fixture
def zed(sandbox: Sandbox) -> Person:
    person = sandbox.person("Zed", id=700_000_042)
    for text in (TYPED, "Zed", "7", "claimed", "/help_now my zither"):
        person.says(text)
    return person


@pytest.mark.parametrize(
    "line",
    [
        'answer="I am not sleeping at all"',
        'answer="… SLEEPING  at all, i’m"',
        r'{"text": "I am\nnot sleeping\n"}',
        "reader Zed wrote",
        'words="my zither"',
        "person 700000042 is away",
        f"polling bot{TOKEN}",
    ],
)
def test_a_leak_into_the_log_is_seen(sandbox: Sandbox, zed: Person, line: str) -> None:
    with pytest.raises(AssertionError):
        assert_discreet(sandbox, f"12:00 INFO {line}\n")


@pytest.mark.parametrize("line", ["alert 7 claimed", "sleeping for 3 seconds", "not at all: scared"])
def test_the_programs_own_words_are_no_leak(sandbox: Sandbox, zed: Person, line: str) -> None:
    assert_discreet(sandbox, line)


async def test_a_leak_into_a_group_is_seen(sandbox: Sandbox, zed: Person) -> None:
    chief = sandbox.person("Chief")
    group = sandbox.group("Staff", administrators=[chief]).add_bot(chief)
    bot = telegram.Bot(TOKEN, base_url=sandbox.base_url)

    async with bot:
        await bot.send_message(group.id, f"blue heron 412 wrote: {TYPED}")

    with pytest.raises(AssertionError, match="of Zed is in the group"):
        assert_discreet(sandbox, "")


def test_the_log_of_a_test_is_what_the_clinic_logs(clinic: Clinic, log: Tee) -> None:
    assert "handrail runs" in log.getvalue()
