"""What is kept about a person as a page to read: one HTML file that needs nothing else, in their language.

Everything that came from anybody is escaped. What the rows are is `ownership`.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from bot.checkins.model import CheckinDefinition, Kind, Question, Skipped, answer_from_json
from bot.phrases import Phrases
from bot.records.ownership import Kept, Row
from bot.scheduling.calendar import local_day, local_time

STYLE = """
:root { color-scheme: light dark; }
body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
th { font-weight: 600; width: 14rem; } td { white-space: pre-wrap; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } }
"""

Pairs = Iterable[tuple[str, str]]


class Page:
    """One person's page. `definition` finds a check-in as it was asked; `module` the title of a module."""

    def __init__(
        self,
        phrases: Phrases,
        language: str,
        zone: str,
        *,
        definition: Callable[[str], CheckinDefinition],
        module: Callable[[str], str],
    ) -> None:
        self._phrases = phrases
        self._lang = language
        self._zone = zone
        self._definition = definition
        self._module = module

    def html(self, kept: Kept, seen_by: Sequence[Row], *, program: str, made_at: datetime) -> str:
        """The whole file."""
        title = self._say("title", program=program)
        parts = [
            f"<h1>{escape(title)}</h1>",
            f"<p>{escape(self._say('made', when=self._when(made_at.isoformat())))}</p>",
            self._table("you", self._about(kept["participant"][0])),
            self._table("file", self._file(kept["participant"][0])),
            self._table("checkins", self._checkins(kept)),
            self._table("readings", self._readings(kept)),
            self._table("words", self._words(kept["concern"])),
            self._table("alerts", self._alerts(kept["alert"])),
            self._table("notes", self._notes(kept["alert_note"])),
            self._table(
                "seen", ((self._when(row["at"]), f"{row['actor']}: {row['action']}") for row in seen_by)
            ),
        ]
        head = (
            f'<!doctype html>\n<html lang="{escape(self._lang)}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        )
        return head + "\n".join(parts) + "\n</body>\n</html>\n"

    # The parts

    def _about(self, row: Row) -> Pairs:
        yield self._say("name"), row["name"]
        yield self._say("code"), row["code"]
        yield self._say("joined"), self._when(row["joined_at"])
        agreed = self._say(
            "agreed-line", version=row["consent_version"], when=self._when(row["consented_at"])
        )
        yield self._say("agreed"), agreed
        yield self._say("settings"), self._settings(row)

    def _settings(self, row: Row) -> str:
        return self._say(
            "settings-line",
            language=row["language"],
            zone=row["zone"],
            time=row["checkin_time"],
            since=row["quiet_from"],
            until=row["quiet_to"],
        )

    def _file(self, row: Row) -> Pairs:
        for name in ("chart", "phone", "contact"):
            if row[name]:
                yield self._say(name), row[name]

    def _checkins(self, kept: Kept) -> Pairs:
        answers: dict[int, list[Row]] = {}
        for answer in kept["checkin_answer"]:
            answers.setdefault(answer["checkin_id"], []).append(answer)
        for row in kept["checkin"]:
            lines = [self._answered(answer) for answer in answers.get(row["id"], ())]
            yield row["day"], "\n".join(lines) or self._say("unanswered")

    def _answered(self, row: Row) -> str:
        question = self._definition(row["revision"]).question(row["question_id"])
        asked = question.asked(self._lang) if question else row["question_id"]
        return f"{asked} {self._given(question, row)}"

    def _given(self, question: Question | None, row: Row) -> str:
        if row["value"] is None:
            return f"“{row['words']}”"
        value = answer_from_json(json.loads(row["value"]))
        if isinstance(value, Skipped):
            return self._say("skipped")
        if question is None or question.kind is Kind.SCALE:
            return str(value)
        if question.kind is Kind.YES_NO:
            return self._say(str(value))
        labels = {option.id: option.label(self._lang) for option in question.options}
        ids = value if isinstance(value, tuple) else (str(value),)
        return ", ".join(labels.get(each, each) for each in ids)

    def _readings(self, kept: Kept) -> Pairs:
        for row in kept["reading"]:
            state = "read-on" if row["finished_at"] else "begun-on"
            at = row["finished_at"] or row["started_at"]
            yield self._module(row["slug"]), self._say(state, when=self._when(at))
        for row in kept["assignment"]:
            at = self._when(row["assigned_at"])
            yield self._module(row["slug"]), self._say("assigned-on", when=at, handle=row["assigned_by"])
        for row in kept["practice"]:
            yield self._module(row["slug"]), self._practised(row)
        for row in kept["reflection"]:
            yield self._module(row["slug"]), f"“{row['words']}”"

    def _practised(self, row: Row) -> str:
        when = self._when(row["answered_at"] or row["chosen_at"])
        if row["helped"] is not None:
            return self._say("tried-helped", when=when, helped=row["helped"])
        key = {None: "meant-to-try", True: "tried", False: "not-tried"}[row["tried"]]
        return self._say(key, when=when)

    def _words(self, rows: Sequence[Row]) -> Pairs:
        for row in rows:
            names = [
                self._phrases.plain(f"alerts.category.{name}", self._lang)
                for name in row["categories"].split()
            ]
            judged = self._say("judged", what=", ".join(names)) if names else self._say("missed")
            yield self._when(row["at"]), f"“{row['words']}”\n{judged}" if row["words"] else judged

    def _alerts(self, rows: Sequence[Row]) -> Pairs:
        for row in rows:
            what = self._phrases.plain(f"alerts.category.{row['category']}", self._lang)
            ended = self._say("open")
            if row["closed_at"]:
                outcome = self._phrases.plain(f"alerts.outcome.{row['outcome']}", self._lang)
                ended = f"{self._when(row['closed_at'])}: {outcome}"
            yield f"{row['number']}, {self._when(row['opened_at'])}", f"{what}\n{ended}"

    def _notes(self, rows: Sequence[Row]) -> Pairs:
        for row in rows:
            kind = self._say(f"kind-{row['kind']}")
            yield self._when(row["at"]), f"{kind}: “{row['words']}”"

    # In words

    def _table(self, key: str, pairs: Pairs) -> str:
        rows = [f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in pairs]
        body = f"<table>{''.join(rows)}</table>" if rows else f"<p>{escape(self._say('nothing'))}</p>"
        return f"<h2>{escape(self._say(f'section-{key}'))}</h2>\n{body}"

    def _when(self, at: str) -> str:
        instant = datetime.fromisoformat(at)
        return f"{local_day(instant, self._zone)} {local_time(instant, self._zone):%H:%M}"

    def _say(self, key: str, **values: Any) -> str:
        return self._phrases.plain(f"records.page.{key}", self._lang, **values)
