"""The full inbound path against the bare echo bots of two libraries, in one interleaved run.

Each bot is a process of its own and answers the same messages of people in turn. Handrail stores each message before
it is confirmed, screens it, acts in a transaction and answers through its outbox; the others only echo. Telegram's
limits on sending are off for all. Run: `python -m benchmarks.inbound [messages] [rounds]`.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.people import joined
from benchmarks.processes import cpu_seconds
from benchmarks.telegram import Telegram
from bot.logs import set_up
from bot.sandbox.clinic import TOKEN
from bot.sandbox.process import ROOT

PEOPLE = 200
TEXTS = (
    "Had an ok day, a bit tired after work.",
    "slept badly but the breathing thing helped",
    "my sister came over and we cooked together",
    "not much to say today",
    "traffic was awful, still got to group on time",
)
BOTS = {"Handrail": "unpaced", "python-telegram-bot": "echo_ptb", "aiogram": "echo_aiogram"}
LONGEST = 120


@dataclass(frozen=True)
class Run:
    """What one bot needed for all messages: CPU seconds of its process and seconds on the wall."""

    cpu: float
    wall: float


async def one_run(module: str, telegram: Telegram, environ: dict[str, str]) -> Run:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"benchmarks.peers.{module}", cwd=ROOT, env={**os.environ, **environ},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LONGEST):
            await telegram.polled()
            await asyncio.sleep(0.5)  # what start-up leaves behind is settled
            before, after = cpu_seconds(process.pid), [0.0]
            telegram.release(lambda: after.__setitem__(0, cpu_seconds(process.pid)))
            await telegram.done.wait()
    finally:
        process.terminate()
        await telegram.stop()
        await process.wait()
    return Run(after[0] - before, telegram.ended - telegram.began)


async def measured(name: str, messages: int) -> Run:
    texts = [TEXTS[number % len(TEXTS)] for number in range(messages)]
    with tempfile.TemporaryDirectory() as folder:
        people = [6_000_000_000 + number for number in range(PEOPLE)]
        telegram = Telegram(TOKEN, texts, people)
        await telegram.start()
        environ = {"TOKEN": TOKEN, "SERVER": telegram.address}
        if name == "Handrail":
            environ |= await joined(Path(folder), people, now=datetime.now(UTC))
            environ["HANDRAIL_TELEGRAM__BASE_URL"] = f"{telegram.address}/bot"
        return await one_run(BOTS[name], telegram, environ)


async def compared(messages: int, rounds: int) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {name: [] for name in BOTS}
    for _ in range(rounds):
        for name in BOTS:
            runs[name].append(await measured(name, messages))
    return runs


def table(runs: dict[str, list[Run]], messages: int) -> str:
    lines = [
        "| bot | CPU, ms an update | updates/s | rate against it | CPU against it |",
        "|---|---:|---:|---:|---:|",
    ]
    own = runs["Handrail"]
    for name, each in runs.items():
        cpu = statistics.median(run.cpu for run in each) / messages * 1000
        rate = messages / statistics.median(run.wall for run in each)
        faster = statistics.median(b.wall / a.wall for a, b in zip(own, each, strict=True))
        cheaper = statistics.median(a.cpu / b.cpu for a, b in zip(own, each, strict=True))
        lines.append(f"| {name} | {cpu:.2f} | {rate:.0f} | {faster:.2f} | {cheaper:.2f} |")
    return "\n".join(lines)


def main() -> None:
    set_up("error", "text")
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"inbound path, {messages} messages of {PEOPLE} people, {rounds} interleaved rounds (medians):\n")
    print(table(asyncio.run(compared(messages, rounds)), messages))


if __name__ == "__main__":
    main()
