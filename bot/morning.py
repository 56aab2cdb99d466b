"""The morning message: once a day the staff group reads what is open, who is quiet, and whether everything runs.

Codes and counts only, never anybody's words. What is counted is the business of `alerts` and `checkins`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.alerts.model import MorningFacts as AlertFacts
from bot.alerts.model import OpenAlert, WatchItem
from bot.alerts.service import Alerts
from bot.checkins.service import CheckIns, MorningFacts
from bot.config import Config
from bot.delivery.model import Message
from bot.delivery.outcomes import OutcomeHandler
from bot.library import Library
from bot.people import settings
from bot.people.service import People
from bot.phrases import Phrases
from bot.retention import take_report
from bot.richtext import Rich, joined, plain
from bot.scheduling.calendar import instant, local_day
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

DAY = timedelta(days=1)
PUSH_BACK = timedelta(minutes=5)
LINES_AT_MOST = 20  # of one kind: more is not read at 8:30


@dataclass(frozen=True)
class Report:
    """All that the message says."""

    alerts: AlertFacts
    checkins: MorningFacts
    content_problems: int
    screener_works: bool
    removed: int = 0  # rows of people that retention took away last night

    @property
    def is_calm(self) -> bool:
        lists: tuple[Sequence[object], ...] = (
            self.alerts.open,
            self.alerts.watch,
            self.checkins.quiet,
            self.checkins.unreachable,
            self.checkins.worn_out,
            self.checkins.past_cut_off,
        )
        counts = (
            self.alerts.raised
            + self.checkins.too_late
            + self.content_problems
            + len(self.alerts.absent)
            + self.removed
        )
        return not any(lists) and not counts and self.screener_works


class Morning:
    """Due at `program.morning_message` on the program's clock; a late start still sends it the same day."""

    def __init__(
        self, config: Config, people: People, alerts: Alerts, checkins: CheckIns, library: Library
    ) -> None:
        self._zone = config.program.timezone
        self._at = config.program.morning_message
        self._people = people
        self._alerts = alerts
        self._checkins = checkins
        self._library = library
        self._asleep: tuple[datetime, datetime] | None = None  # nothing is due between these

    def jobs(self) -> Sequence[Job]:
        return (Job("morning message", self._due, self._send, self._later),)

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {}

    def _due(self, tx: Tx, now: datetime) -> Sequence[int]:
        """Asks the database once a day; in between, the next instant is remembered."""
        if self._asleep is not None and self._asleep[0] <= now < self._asleep[1]:
            return ()
        today = local_day(now, self._zone)
        last = _day(settings.get(tx, settings.MORNING))
        if last is None or last > today + DAY:  # a new program, or a clock that was wrong
            return (0,)
        due = self._instant(today)
        if last < today and due <= now:
            return (0,)
        self._asleep = (now, due if due > now and last < today else self._instant(today + DAY))
        return ()

    def _send(self, tx: Tx, _row: int, now: datetime) -> None:
        today = local_day(now, self._zone)
        last = _day(settings.get(tx, settings.MORNING))
        if last is None or last > today + DAY:
            # A program that is set up at noon has nothing to say about its morning.
            begun = self._instant(today) <= now
            settings.put(tx, settings.MORNING, (today if begun else today - DAY).isoformat())
            return
        if last >= today or self._instant(today) > now:
            return
        settings.put(tx, settings.MORNING, today.isoformat())
        report = self._report(tx, self._instant(last), now)
        phrases = self._library.current.phrases
        self._alerts.notify_staff(
            tx, lambda language: message(phrases, language, report), now, dedupe=f"morning:{today}"
        )

    def _later(self, _tx: Tx, _row: int, now: datetime) -> None:
        self._asleep = (now, now + PUSH_BACK)

    def _report(self, tx: Tx, since: datetime, now: datetime) -> Report:
        problems = [problem for problem in self._library.problems if not problem.warning]
        return Report(
            alerts=self._alerts.morning_facts(tx, since, now),
            checkins=self._checkins.morning_facts(tx, since, now),
            content_problems=len(problems),
            screener_works=self._library.current.screener is not None,
            removed=take_report(tx),
        )

    def _instant(self, day: date) -> datetime:
        """The morning of that day, or of the first one after it that the calendar has."""
        while (at := instant(day, self._at, self._zone)) is None:
            day += DAY
        return at


def message(phrases: Phrases, language: str, report: Report) -> Message:
    """Short and scannable; one line when nothing is up."""
    if report.is_calm:
        return Message(phrases.text("morning.calm", language))
    writer = _Writer(phrases, language)
    return Message(joined([part for part in writer.parts(report) if part is not None]).cut(4000))


class _Writer:
    """The parts of one message in one language."""

    def __init__(self, phrases: Phrases, language: str) -> None:
        self._phrases = phrases
        self._language = language

    def parts(self, report: Report) -> Iterable[Rich | None]:
        yield self._text("hello")
        yield self._open(report.alerts.open)
        yield self._watch(report.alerts.watch)
        yield self._quiet(report.checkins)
        yield self._listed("pace", [plain(code) for code in report.checkins.worn_out])
        yield self._listed("measure", [plain(code) for code in report.checkins.past_cut_off])
        yield self._listed("unreachable", [plain(code) for code in report.checkins.unreachable])
        yield self._works(report)
        yield self._figures(report.alerts)

    def _open(self, alerts: Sequence[OpenAlert]) -> Rich | None:
        lines = [
            self._text(
                "open-line",
                number=alert.number,
                level=self._plain(f"alerts.level.{alert.level.word}"),
                category=self._plain(f"alerts.category.{alert.category}"),
                state=self._taken(alert),
            )
            for alert in alerts
        ]
        return self._listed("open", lines) or self._text("calm-alerts")

    def _taken(self, alert: OpenAlert) -> Rich:
        if not alert.handle:
            return self._text("nobody-has-it")
        return self._text("has-it", handle=alert.handle.capitalize())

    def _watch(self, items: Sequence[WatchItem]) -> Rich | None:
        by_code: dict[str, Counter[str]] = {}
        for item in items:
            by_code.setdefault(item.code, Counter())[item.category] += item.count
        lines = [
            self._text("watch-line", code=code, categories=self._counted(categories))
            for code, categories in by_code.items()
        ]
        return self._listed("watch", lines)

    def _counted(self, categories: Counter[str]) -> str:
        words = [
            self._plain(f"alerts.category.{category}") + (f" ×{count}" if count > 1 else "")
            for category, count in categories.items()
        ]
        return ", ".join(words)

    def _quiet(self, facts: MorningFacts) -> Rich | None:
        lines = [self._text("quiet-line", code=one.code, missed=one.missed) for one in facts.quiet]
        return self._listed("quiet", lines)

    def _works(self, report: Report) -> Rich | None:
        lines = []
        if report.checkins.too_late:
            lines.append(self._text("late", count=report.checkins.too_late))
        if report.content_problems:
            lines.append(self._text("content", count=report.content_problems))
        if report.alerts.absent:
            lines.append(self._text("absent", handles=", ".join(report.alerts.absent)))
        if not report.screener_works:
            lines.append(self._text("screener"))
        if report.removed:
            lines.append(self._text("removed", count=report.removed))
        return joined(lines, "\n") if lines else None

    def _figures(self, facts: AlertFacts) -> Rich | None:
        if not facts.raised:
            return None
        counts = {"raised": facts.raised, "wrong": facts.wrong_alarms}
        if facts.median_minutes is None:
            return self._text("figures", **counts)
        return self._text("figures-taken", **counts, minutes=round(facts.median_minutes))

    def _listed(self, key: str, lines: Sequence[Rich]) -> Rich | None:
        if not lines:
            return None
        shown = [self._text(key, count=len(lines)), *lines[:LINES_AT_MOST]]
        if len(lines) > LINES_AT_MOST:
            shown.append(self._text("more", count=len(lines) - LINES_AT_MOST))
        return joined(shown, "\n")

    def _text(self, key: str, **values: str | int | Rich) -> Rich:
        return self._phrases.text(f"morning.{key}", self._language, **values)

    def _plain(self, key: str) -> str:
        return self._phrases.plain(key, self._language)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
