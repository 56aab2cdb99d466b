"""What `handrail doctor` says: findings, and how they are shown to a person or to a script."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal, TextIO

from bot.invariants import INVARIANTS, LOOK
from bot.status import Status

STATUS_OLD = timedelta(minutes=3)  # a status file older than that belongs to a program that hangs

Format = Literal["text", "json"]


class State(StrEnum):
    """`note`: worth knowing, such as what could not be looked at and why."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `mend` is what to do or the command to run; empty when nothing is to do."""

    about: str
    state: State
    what: str
    mend: str = ""


SIGNS = {State.OK: "✓", State.NOTE: "·", State.WARNING: "!", State.PROBLEM: "✗"}


def ok(about: str, what: str) -> Finding:
    return Finding(about, State.OK, what)


def note(about: str, what: str, mend: str = "") -> Finding:
    return Finding(about, State.NOTE, what, mend)


def warning(about: str, what: str, mend: str) -> Finding:
    return Finding(about, State.WARNING, what, mend)


def problem(about: str, what: str, mend: str) -> Finding:
    return Finding(about, State.PROBLEM, what, mend)


def of_program(said: Status) -> Iterator[Finding]:
    """What the running program wrote about itself."""
    for name, sentence in said.failing.items():
        yield problem("program", f"{sentence} ({name})", INVARIANTS.get(name, LOOK))
    if not said.failing:
        all_held = f"all {len(INVARIANTS)} things that must hold did at {said.at:%H:%M} UTC"
        yield ok("program", f"It runs as process {said.pid} and does its work: {all_held}.")


def show(findings: Iterable[Finding], fmt: Format, out: TextIO, *, secrets: Iterable[str]) -> int:
    """Print them, secrets masked; exit status 1 when there is a problem."""
    found = [_masked(finding, [secret for secret in secrets if secret]) for finding in findings]
    if fmt == "json":
        print(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=2), file=out)
    else:
        _show_text(found, out)
    return 1 if any(finding.state is State.PROBLEM for finding in found) else 0


def _show_text(found: list[Finding], out: TextIO) -> None:
    for finding in found:
        print(f"{SIGNS[finding.state]} {finding.about}: {finding.what}", file=out)
        if finding.mend:
            print(f"    → {finding.mend}", file=out)
    problems, warnings = (sum(f.state is state for f in found) for state in (State.PROBLEM, State.WARNING))
    print(f"\n{_count(problems, 'problem')}, {_count(warnings, 'warning')}.", file=out)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _masked(finding: Finding, secrets: list[str]) -> Finding:
    what, mend = finding.what, finding.mend
    for secret in secrets:
        what, mend = what.replace(secret, "…"), mend.replace(secret, "…")
    return Finding(finding.about, finding.state, what, mend)
