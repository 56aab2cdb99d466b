"""Promise 1 against SIGKILL: real processes, the real clock, real HTTP."""

import random
import sqlite3
import time
from pathlib import Path

from bot.sandbox import Person, Sandbox
from bot.sandbox.process import BotProcess, until

PEOPLE = 40
KILLS = 6


def answered(people: list[Person]) -> int:
    return sum(any(message.is_from_bot for message in person.chat.messages) for person in people)


async def test_no_message_is_lost_or_acted_on_twice_by_kills_at_random(
    sandbox: Sandbox, process: BotProcess, database: Path
) -> None:
    chance = random.Random(7)
    people = [sandbox.person(f"P{number}") for number in range(PEOPLE)]
    batch = PEOPLE // (KILLS + 1) + 1

    for kill in range(KILLS):
        await process.start()
        before = answered(people)
        for person in people[kill * batch : (kill + 1) * batch]:
            person.says("/help")
        wanted = min(before + chance.randrange(0, batch), PEOPLE)
        await until(lambda wanted=wanted: answered(people) >= wanted)
        await process.kill()
    await process.start()
    for person in people[KILLS * batch :]:
        person.says("/help")
    await until(lambda: answered(people) == PEOPLE)
    status = await process.terminate()

    with sqlite3.connect(database) as rows:
        processed = rows.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall()
        replies = rows.execute("SELECT count(*) FROM outbox GROUP BY chat_key").fetchall()
        integrity = rows.execute("PRAGMA integrity_check").fetchone()
    rows.close()
    assert status == 0
    assert processed == [("done", PEOPLE)]
    assert [count for (count,) in replies] == [1] * PEOPLE
    assert integrity == ("ok",)


async def test_sigterm_ends_cleanly_within_five_seconds(sandbox: Sandbox, process: BotProcess) -> None:
    person = sandbox.person("Ana")
    await process.start()
    person.says("/help")
    await until(lambda: answered([person]) == 1)

    asked = time.monotonic()
    status = await process.terminate()

    assert status == 0
    assert time.monotonic() - asked < 5
