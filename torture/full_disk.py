"""The disk is full while people write: the program keeps running, loses nothing, and goes on when there is room.

A small tmpfs, mounted in a namespace of this process only, holds the database. Run: `python -m torture.full_disk`.
"""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.sandbox import NO_LIMITS, Sandbox
from bot.sandbox.clinic import TOKEN
from bot.sandbox.process import BotProcess, until
from torture.cast import gather, move_in, settings_for
from torture.checks import Evidence, first_told, violations
from torture.kept import look, still_to_leave
from torture.life import URGENT, Life

SIZE = "24m"
PEOPLE = 12
FULL_SECONDS = 8.0
INSIDE = "HANDRAIL_TORTURE_INSIDE"


def fill(folder: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


async def tried(disk: Path, logs: Path) -> list[str]:
    """What is wrong afterwards; prints what happened."""
    async with Sandbox(SystemClock(), token=TOKEN, limits=NO_LIMITS) as sandbox:
        cast = gather(sandbox, worried=PEOPLE, prompts=[])
        url = f"sqlite:///{disk / 'handrail.sqlite'}"
        settings = settings_for(sandbox, cast, disk, url)
        await move_in(settings, cast)
        life, process = Life(sandbox, cast, random.Random(1)), BotProcess(settings, logs / "log")  # noqa: S311
        await process.start()
        try:
            await until(lambda: sandbox.poll_is_waiting)
            ballast, sent = fill(disk), len(sandbox.ledger.sends)
            for person in cast.worried:
                person.says(URGENT[0])
                life.done.worrying[person.id] += 1
            await asyncio.sleep(FULL_SECONDS)
            wrong = [] if process.is_running else ["the program has ended"]
            if sandbox.waiting_updates < PEOPLE:
                wrong.append(
                    f"{PEOPLE - sandbox.waiting_updates} updates were confirmed, and could not be stored"
                )
            said_meanwhile = len(sandbox.ledger.sends) - sent
            ballast.unlink()
            began = time.monotonic()
            staff = [cast.group.id, *(person.id for person in cast.staff)]
            await until(lambda: len(first_told(sandbox, staff)) == PEOPLE, seconds=90)
            took = time.monotonic() - began
            await until(lambda: not sandbox.waiting_updates and still_to_leave(url) == 0, seconds=90)
            await process.terminate()
        finally:
            if process.is_running:
                await process.kill()
        found = Evidence(sandbox, cast, life.done, await asyncio.to_thread(look, settings), datetime.now(UTC))
        wrong += violations(found)
        print(
            f"full disk: {PEOPLE} worrying messages, {FULL_SECONDS:.0f} s without room, {said_meanwhile} answers; "
            f"{len(found.kept.alerts)} alerts {took:.1f} s after there was room, {len(wrong)} wrong"
        )
        return wrong


def inside() -> int:
    """In the namespace: mount, try, and leave; the mount goes with the namespace."""
    with tempfile.TemporaryDirectory() as place:
        disk, logs = Path(place) / "disk", Path(place) / "logs"
        disk.mkdir()
        logs.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)]
        if subprocess.run(mount, check=False, stderr=subprocess.DEVNULL).returncode:  # noqa: S603
            print("full disk: left out, since nothing may be mounted here")
            return 0
        try:
            wrong = asyncio.run(tried(disk, logs))
        finally:
            subprocess.run(["umount", str(disk)], check=False)  # noqa: S603, S607
        for words in wrong:
            print(f"WRONG: {words}")
        return 1 if wrong else 0


def main() -> int:
    if os.environ.get(INSIDE):
        return inside()
    unshare = shutil.which("unshare")
    if unshare is None:
        print("full disk: left out, since there is no unshare (util-linux)")
        return 0
    command = [unshare, "--map-root-user", "--mount", sys.executable, "-m", "torture.full_disk"]
    ended = subprocess.run(command, check=False, env={**os.environ, INSIDE: "1"}, stderr=subprocess.PIPE)  # noqa: S603
    if ended.returncode and b"unshare" in ended.stderr:
        print("full disk: left out, since no namespace may be made here")
        return 0
    sys.stderr.buffer.write(ended.stderr)
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
