"""Ten thousand check-ins wait, Telegram's limits are strict, and people write worrying things meanwhile.

How long the first 3,000 take against the limit of 30 a second, how many 429 there were, and how long somebody on duty
waits for each alert. The bot is a process of its own. Run: `python -m benchmarks.fan_out [measured] [waiting]`.
"""

import asyncio
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import App
from bot.clock import SystemClock
from bot.config import read
from bot.delivery import outbox
from bot.delivery.model import Kind, Message
from bot.logs import set_up
from bot.richtext import plain
from bot.sandbox import Sandbox
from bot.sandbox.clinic import TOKEN
from bot.sandbox.limits import Limits
from bot.sandbox.process import BotProcess, until
from bot.storage.database import Tx
from handlers import conversation
from torture.cast import Cast, gather, move_in, settings_for
from torture.checks import first_told

PER_SECOND = 30
BETWEEN_ALERTS = 3.0  # seconds: the staff group carries about a third of these, so private chats must
TEXT = "I want to kill myself tonight"


async def let_wait(settings: dict[str, str], people: list[int]) -> None:
    """A prompt for each, due now."""
    app, now = App(read(None, settings), SystemClock(), conversation()), datetime.now(UTC)

    def unit(tx: Tx) -> None:
        for person in people:
            key = outbox.know_chat(tx, person, is_group=False)
            message, expires = Message(plain("How are you today?")), now + timedelta(hours=4)
            outbox.send(tx, key, message, kind=Kind.PROMPT, now=now, expires=expires)

    await app.services.database.run(unit)
    await app.stop()


async def measured(count: int, waiting: int) -> str:
    async with Sandbox(SystemClock(), token=TOKEN, limits=Limits(per_chat_burst=1)) as sandbox:
        cast = gather(sandbox, worried=int(count / PER_SECOND / BETWEEN_ALERTS) + 1, prompts=[])
        people = [sandbox.person(f"Waiting {number}").id for number in range(waiting)]
        for person in people:
            sandbox.world.chats[person].has_started = True
        with tempfile.TemporaryDirectory() as folder:
            settings = settings_for(sandbox, cast, Path(folder), f"sqlite:///{folder}/handrail.sqlite")
            await move_in(settings, cast)
            await let_wait(settings, people)
            process = BotProcess(settings, Path(folder) / "log")
            await process.start()
            try:
                return await watched(sandbox, cast, set(people), count)
            finally:
                await process.terminate()


async def watched(sandbox: Sandbox, cast: Cast, people: set[int], count: int) -> str:
    def arrived() -> list[float]:
        return [send.steady for send in sandbox.ledger.sends if send.chat_id in people]

    await until(lambda: len(sandbox.ledger.sends) > 0)
    said: dict[int, float] = {}
    chance, worried = random.Random(1), iter(cast.worried)
    while len(arrived()) < count:
        person = next(worried, None)
        if person is not None:
            said[len(said) + 1] = time.time()
            person.says(TEXT)
        await asyncio.sleep(BETWEEN_ALERTS * chance.uniform(0.5, 1.5))
    sent = sorted(send.steady for send in sandbox.ledger.sends)
    took = arrived()[count - 1] - sent[0]
    among = sum(steady <= arrived()[count - 1] for steady in sent)  # alerts and cards take places too
    ideal = (among - 1) / PER_SECOND
    told = first_told(sandbox, [cast.group.id, *(person.id for person in cast.staff)])
    waits = sorted(told[number] - at for number, at in said.items() if number in told)
    return (
        f"fan-out, {len(people):,} check-ins waiting, strict limits:\n"
        f"  {among:,} messages in {took:.1f} s, {count:,} of them check-ins; at {PER_SECOND} a second "
        f"{ideal:.1f} s: {took / ideal:.3f} of it\n"
        f"  429 earned: {len(sandbox.ledger.too_many)}\n"
        f"  from a worrying message to its first notice, {len(waits)} of {len(said)} alerts: "
        f"median {waits[len(waits) // 2]:.2f} s, 99 % within {waits[int(len(waits) * 0.99)]:.2f} s"
    )


def main() -> None:
    set_up("error", "text")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    waiting = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    print(asyncio.run(measured(count, waiting)))


if __name__ == "__main__":
    main()
