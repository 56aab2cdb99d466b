"""The program with one safeguard taken away: in its real source, so that a mutant breaks when that has changed."""

import inspect
import textwrap
from typing import Any

import pytest
from sqlalchemy import UniqueConstraint, bindparam, update

from bot.alerts import ladder
from bot.checkins import planning, schedule, store
from bot.delivery import claims, model
from bot.delivery.outbox import outbox


def changed(patch: pytest.MonkeyPatch, owner: Any, name: str, old: str, new: str) -> None:
    """Put a function in place whose source has `new` where it had `old`."""
    function = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, f"{name} has changed: the mutant must be written anew"
    made: dict[str, Any] = {}
    exec(compile(source.replace(old, new), f"<mutant of {name}>", "exec"), function.__globals__, made)  # noqa: S102
    patch.setattr(owner, name, made[name])


def no_fence(patch: pytest.MonkeyPatch) -> None:
    """A result is written whoever has the row now."""
    anybody = update(outbox).where(
        outbox.c.id == bindparam("row"), bindparam("owned_by") != "", bindparam("attempted") > 0
    )
    patch.setattr(claims, "_SETTLE", anybody)


def mark_then_send(patch: pytest.MonkeyPatch) -> None:
    """A row is done as soon as it is taken."""
    old = '"state": State.SENDING'
    changed(patch, claims, "claim", old, '"state": State.SENT, "ended_at": now')


def retry_prompts(patch: pytest.MonkeyPatch) -> None:
    """A prompt that a vanished worker had in hand is sent again."""
    old = "endings = _end(tx, and_(lost, is_prompt), State.UNKNOWN, now)"
    changed(patch, claims, "_recover", old, "endings = []")


def retry_unclear_prompts(patch: pytest.MonkeyPatch) -> None:
    """A prompt whose answer was lost is sent again."""
    old = "case Outcome.UNCLEAR if not parcel.kind.at_least_once and parcel.operation is Operation.SEND:"
    changed(patch, model, "after", old, "case Outcome.UNCLEAR if False:")
    patch.setattr(claims, "after", model.after)


def no_recovery(patch: pytest.MonkeyPatch) -> None:
    """What a vanished worker had in hand stays with it."""
    changed(patch, claims, "sweep", "*_recover(tx, now), ", "")


def no_order(patch: pytest.MonkeyPatch) -> None:
    """A message may leave before an older one of its chat."""
    changed(patch, claims, "_ready_rows", "~behind.exists(),", "")
    patch.setattr(claims, "_READY_ROWS", claims._ready_rows())


def no_second_look_at_an_alert(patch: pytest.MonkeyPatch) -> None:
    """Whoever saw it due makes it climb, whatever was done since."""
    old = " or alert_id not in store.due(tx, now)"
    changed(patch, ladder.Ladder, "_act", old, "")


def no_unique_day(patch: pytest.MonkeyPatch) -> None:
    """Nothing remembers that the local day has had its check-in: not the plan, not the opening, not the table."""
    changed(patch, planning, "planned", "last_day=last.last_day", "last_day=None")
    changed(
        patch, schedule.Schedule, "_row_of",
        " or store.on_day(tx, person.id, definition.name, day) is not None", "",
    )  # fmt: skip
    unique = next(each for each in store.checkin.constraints if isinstance(each, UniqueConstraint))
    patch.setattr(store.checkin, "constraints", store.checkin.constraints - {unique})


CAUGHT_BY = {
    no_fence: "was changed by a worker that had lost it",
    mark_then_send: "is said to have arrived, and has not",
    retry_prompts: r"prompt \d+ arrived \d+ times",
    retry_unclear_prompts: r"prompt \d+ arrived \d+ times",
    no_recovery: "is stuck",
    no_order: "stream ",
    no_second_look_at_an_alert: "climbed before its time",
    no_unique_day: "2 check-ins on",
}
"""Each mutant, and what the play says when it finds it."""
