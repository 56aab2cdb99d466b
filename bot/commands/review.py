"""`handrail screen --review`: wrong alarms and missed concerns, for whoever edits the phrase lists.

Shown are those that today's content still judges as it should not. The cases come out of a fresh backup rather than
the database, so that it works while the bot runs; their words are shown here and nowhere else.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from bot.alerts.cases import Case, CaseKind, collected
from bot.commands.copies import from_copy
from bot.config import read
from bot.richtext import strip_controls
from bot.scheduling.calendar import local_day
from bot.screening.content import read as read_content
from bot.screening.model import Finding, Level
from bot.screening.screener import Screener


def review(
    path: Path | None, environ: Mapping[str, str], content: Path | None, out: TextIO, problems: TextIO
) -> int:
    """List the cases that wait, oldest first. `content` is another folder than the configuration's.

    Gives the exit status: 0, or 1 when the content is broken; its problems are then on `problems`.
    """
    config = read(path, environ)
    screener, found = read_content(content or config.content.path)
    for problem in found:
        print(problem, file=problems)
    if screener is None:
        return 1
    cases = from_copy(config, collected)
    judged = [(case, screener.screen(case.words)) for case in cases]
    waiting = [(case, finding) for case, finding in judged if _is_wrong(case, finding)]
    for number, (case, finding) in enumerate(waiting, 1):
        print("\n".join(_lines(number, case, finding, screener, config.program.timezone)), file=out)
    print(_summary(len(waiting), len(cases) - len(waiting)), file=out)
    return 0


def _is_wrong(case: Case, finding: Finding) -> bool:
    """Whether today's content still judges it as staff said it should not."""
    is_raised = finding.level >= Level.ELEVATED
    return is_raised if case.kind is CaseKind.WRONG_ALARM else not is_raised


def _lines(number: int, case: Case, finding: Finding, screener: Screener, zone: str) -> Sequence[str]:
    now = _said(finding.level, tuple(dict.fromkeys(evidence.rule for evidence in finding.evidence)))
    then = _said(case.level, case.rules) if case.kind is CaseKind.WRONG_ALARM else "no alert"
    return (
        f"{number}. {case.kind}, {local_day(case.at, zone)}",
        f"   “{' '.join(strip_controls(case.words).split())}”",
        f"   then: {then}",
        f"   today: {now}",
        *(f"     {step}" for step in screener.explain(case.words)[1:-1]),
        "",
    )


def _said(level: Level, rules: tuple[str, ...]) -> str:
    return f"{level.word} by {', '.join(rules)}" if rules else level.word


def _summary(waiting: int, right: int) -> str:
    if not waiting + right:
        return "No cases yet. Wrong alarms and /missed collect them."
    shown = f"{waiting} {'case waits' if waiting == 1 else 'cases wait'}"
    return f"{shown}; {right} more {'is' if right == 1 else 'are'} judged rightly by today's content."
