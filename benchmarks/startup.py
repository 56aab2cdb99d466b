"""How long `run` takes from the command to its first long poll, and what memory it holds then.

The bot is a process of its own; the sandbox stands in for Telegram. Run: `python benchmarks/startup.py`.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.processes import cpu_seconds, resident_mb  # noqa: E402
from bot.clock import SystemClock  # noqa: E402
from bot.sandbox.clinic import TOKEN  # noqa: E402
from bot.sandbox.sandbox import Sandbox  # noqa: E402
from bot.storage.sealing import new_key  # noqa: E402

STARTS = 5
LIMIT_SECONDS = 30


def environment(folder: Path, base_url: str, key: str) -> dict[str, str]:
    return {
        **os.environ,
        "HANDRAIL_TELEGRAM__TOKEN": TOKEN,
        "HANDRAIL_TELEGRAM__BASE_URL": base_url,
        "HANDRAIL_DATABASE__URL": f"sqlite:///{folder / 'handrail.sqlite'}",
        "HANDRAIL_CONTENT__PATH": str(ROOT / "content"),
        "HANDRAIL_CONTENT__CACHE": str(folder / "content.last-good"),
        "HANDRAIL_SECURITY__KEYS": key,
        "HANDRAIL_STAFF__ADMINISTRATORS": "700000000",
        "HANDRAIL_LOGS__LEVEL": "error",
    }


async def one_start(sandbox: Sandbox, environ: dict[str, str], folder: Path) -> tuple[float, float, float]:
    """Seconds until it polls, of the clock and of computing, and megabytes then."""
    began = time.perf_counter()
    config = folder / "empty.toml"
    config.write_text("")
    command = [sys.executable, "-m", "bot", "run", "--config", str(config)]
    process = await asyncio.create_subprocess_exec(*command, env=environ, cwd=ROOT)
    try:
        while not sandbox.poll_is_waiting:
            assert process.returncode is None, "the bot has ended"
            assert time.perf_counter() - began < LIMIT_SECONDS, "the bot does not poll"
            await asyncio.sleep(0.002)
        seconds, computing = time.perf_counter() - began, cpu_seconds(process.pid)
        await asyncio.sleep(1)  # what start-up leaves behind is settled
        return seconds, computing, resident_mb(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def measured() -> list[tuple[float, float, float]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox = Sandbox(SystemClock(), token=TOKEN)
        await sandbox.start()
        environ = environment(folder, sandbox.base_url, new_key())
        results = []
        for _ in range(STARTS):
            results.append(await one_start(sandbox, environ, folder))
            while sandbox.poll_is_waiting:  # noqa: ASYNC110 - the sandbox has no event for it
                await asyncio.sleep(0.01)
        await sandbox.stop()
    return results


def main() -> None:
    first, *others = asyncio.run(measured())
    print(f"start of `run`: first (new database) {first[0]:.2f} s ({first[1]:.2f} s CPU), {first[2]:.0f} MB")
    seconds, computing, memory = (list(each) for each in zip(*others, strict=True))
    print(
        f"  later starts: median {statistics.median(seconds):.2f} s ({statistics.median(computing):.2f} s CPU)"
    )
    print(f"  and {max(memory):.0f} MB at most")


if __name__ == "__main__":
    main()
