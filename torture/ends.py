"""How one life of the program ends: at a random instant, in its start, or at one system call of its own.

`strace` (Debian's package) kills at a system call exactly: the call is not made, and no instruction follows.
"""

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

IN_START = 0.15  # of all ends come at any instant from the first instruction on
AT_A_CALL = 0.35  # of all ends, where strace is at hand
FROZEN = 0.15  # of the others are frozen first, and live on
START_SECONDS = 1.5
WORK_SECONDS = 0.8  # the end comes within so long after it began to work
MOST_FROZEN = 2.0  # seconds
# A system call of the database or the network, and how many of it a life of a few seconds makes (strace -c).
CALLS = {
    "pwrite64": 1200,
    "fdatasync": 50,
    "fsync": 3,
    "ftruncate": 4,
    "unlink": 6,
    "sendto": 120,
    "recvfrom": 150,
    "connect": 9,
}


@dataclass(frozen=True)
class End:
    """`after` seconds from the start (`in_start`) or from the first request on; `call` and `nth` for strace."""

    after: float
    in_start: bool = False
    frozen: float = 0.0
    call: str = ""
    nth: int = 0

    @property
    def under(self) -> Sequence[str]:
        """The command in front of the program that brings this end about."""
        if not self.call:
            return ()
        inject = f"inject={self.call}:signal=SIGKILL:when={self.nth}"
        # -D: strace beside the program, not above it, so that a SIGKILL of ours meets the program.
        return ("strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={self.call}", "-e", inject)


def can_kill_at_calls() -> bool:
    """Whether strace is at hand."""
    return shutil.which("strace") is not None


def choose(chance: random.Random) -> End:
    """The next end. A life that does not come to its system call is killed at a random instant."""
    kind = chance.random()
    if kind < IN_START:
        return End(chance.uniform(0, START_SECONDS), in_start=True)
    after = chance.uniform(0, WORK_SECONDS)
    if kind < IN_START + AT_A_CALL and can_kill_at_calls():
        call = chance.choice(sorted(CALLS))
        return End(after + WORK_SECONDS, call=call, nth=1 + int(CALLS[call] * chance.random() ** 2))
    frozen = chance.uniform(0, MOST_FROZEN) if chance.random() < FROZEN else 0.0
    return End(after, frozen=frozen)
