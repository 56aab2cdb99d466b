"""What goes wrong between the program and Telegram in one life: a few kinds of trouble, each now and then."""

import random
from collections.abc import Callable

from bot.sandbox.faults import Fault, FaultKind, Faults

CALM = 0.15  # of all lives have no trouble at all
SENDS = ("sendMessage", "editMessageText")


def _sends(kind: FaultKind, probability: float, **more: float) -> list[Fault]:
    return [
        Fault(kind, method, None, probability, status=int(more.get("status", 502)), seconds=more.get("seconds", 0))
        for method in SENDS
    ]  # fmt: skip


def _polls(kind: FaultKind, probability: float) -> list[Fault]:
    return [Fault(kind, "getUpdates", None, probability)]


TROUBLES: dict[str, Callable[[], list[Fault]]] = {
    "429": lambda: _sends(FaultKind.TOO_MANY, 0.01, seconds=1),
    "502, not done": lambda: _sends(FaultKind.ERROR_BEFORE, 0.08),
    "500, done": lambda: _sends(FaultKind.ERROR_AFTER, 0.08, status=500),
    "done, answer lost": lambda: _sends(FaultKind.ANSWER_LOST, 0.08),
    "reset, not done": lambda: _sends(FaultKind.RESET, 0.08),
    "done, answer cut": lambda: _sends(FaultKind.CUT_BODY, 0.08),
    "hangs": lambda: _sends(FaultKind.HANG, 0.05),
    "slow": lambda: _sends(FaultKind.DELAY, 0.3, seconds=0.1),
    "getUpdates lost": lambda: _polls(FaultKind.ANSWER_LOST, 0.1),
    "getUpdates cut": lambda: _polls(FaultKind.CUT_BODY, 0.1),
    "getUpdates 502": lambda: _polls(FaultKind.ERROR_BEFORE, 0.1),
}


def change(faults: Faults, chance: random.Random) -> list[str]:
    """New weather; whatever hung is let go. Gives what kinds of trouble there are now."""
    faults.clear()
    if chance.random() < CALM:
        return []
    names = chance.sample(sorted(TROUBLES), 3)
    for name in names:
        for fault in TROUBLES[name]():
            faults.add(fault)
    faults.duplicate_updates(None, 0.1)
    return names
