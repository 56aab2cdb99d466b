"""One update through python-telegram-bot's handlers, inside one open transaction on the writer thread.

`Application.process_update` is a coroutine, but no handler of ours awaits, so it runs to its end by one
`send(None)`. It swallows a handler's exception; the handlers' adapter therefore raises `RolledBack`, which is not
an `Exception`, and the transaction is undone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import Application

from bot.intake.facts import Facts
from bot.screening.model import Finding
from bot.storage.database import Tx


class RolledBack(BaseException):
    """A handler raised; its `__cause__` says what."""


class NobodyHandled(RuntimeError):
    """No handler took the update; the catch-all is missing."""


@dataclass(frozen=True)
class Answer:
    """A tap to be answered after the commit. `text` is shown as a toast, or a box when `alert` is true."""

    query_id: str
    text: str = ""
    alert: bool = False


@dataclass
class Work:
    """What a handler is given besides the update: the transaction, the instant, what screening found.

    `shared` is for what the handlers of one update have in common.
    """

    tx: Tx
    now: datetime
    facts: Facts
    finding: Finding
    answers: list[Answer] = field(default_factory=list)
    handled: bool = False
    shared: dict[type, object] = field(default_factory=dict)


_work: ContextVar[Work] = ContextVar("work")


def current_work() -> Work:
    """The work in hand; only inside `dispatch`."""
    return _work.get()


def dispatch(application: "Application[Any, Any, Any, Any, Any, Any]", raw: Any, work: Work) -> list[Answer]:
    """Let the handlers act on a raw update. Raises what parsing or a handler raised."""
    update = Update.de_json(raw, application.bot)
    with _in_hand(work):
        running = application.process_update(update)
        try:
            running.send(None)
        except StopIteration:
            pass
        except RolledBack as error:
            raise error.__cause__ or error from None
        else:
            running.close()
            raise RuntimeError("a handler awaited something")
    if not work.handled:
        raise NobodyHandled()
    return work.answers


@contextmanager
def _in_hand(work: Work) -> Iterator[None]:
    token = _work.set(work)
    try:
        yield
    finally:
        _work.reset(token)
