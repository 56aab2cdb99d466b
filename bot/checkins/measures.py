"""The weekly measure as staff see it: scores and what changed, in private and audited; codes in the morning.

How answers are added up is `scoring`. What somebody wrote in words is never part of it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.checkins import records, store
from bot.checkins.desk import Desk
from bot.checkins.ledger import Checkin
from bot.checkins.model import Answers, CheckinDefinition, SubScale
from bot.checkins.scoring import Score, changes, score
from bot.people import audit
from bot.people.model import Colleague, Participant, Right
from bot.people.service import People
from bot.phrases import Phrases
from bot.richtext import Rich, joined
from bot.storage.database import Tx

TWO = 2  # the last one, and the one before it


class Measures:
    """Reads what was answered; keeps nothing of its own."""

    def __init__(self, desk: Desk, people: People) -> None:
        self._desk = desk
        self._people = people

    def look(self, tx: Tx, person: Participant, by: Colleague, now: datetime) -> Rich:
        """The newest measure and its changes, for the asker's private chat; audited. Raises `NotAllowed`."""
        self._people.require(by, Right.SEE_PEOPLE)
        audit.note(tx, audit.Entry(now, by.handle, "measure", person.code))
        phrases, lang = self._desk.phrases, by.language
        parts = [
            part
            for kind in self._desk.kinds()
            if kind.sub_scales
            for part in self._of_kind(tx, person, kind, phrases, lang)
        ]
        return joined(parts or [phrases.text("measure.none", lang, code=person.code)])

    def past_cut_off(self, tx: Tx, since: datetime) -> Sequence[str]:
        """The codes of those whose measure since then has a score past its cut-off."""
        found = set()
        for kind in self._desk.kinds():
            rows = store.begun_since(tx, kind.name, since) if kind.sub_scales else []
            found |= {row.participant_id for row in rows if self._is_past(tx, row, kind.sub_scales)}
        return sorted(self._people.participant(tx, id).code for id in found)

    def _is_past(self, tx: Tx, row: Checkin, sub_scales: Sequence[SubScale]) -> bool:
        definition, answers = records.definition_of(tx, row.revision), records.answers_of(tx, row.id)
        return any(score(one, definition, answers).is_past_cut_off for one in sub_scales)

    def _of_kind(
        self, tx: Tx, person: Participant, kind: CheckinDefinition, phrases: Phrases, lang: str
    ) -> Iterator[Rich]:
        rows = store.last_begun(tx, person.id, kind.name, TWO)
        if not rows:
            return
        definition, answers = records.definition_of(tx, rows[0].revision), records.answers_of(tx, rows[0].id)
        before: Answers = records.answers_of(tx, rows[1].id) if len(rows) == TWO else {}
        day = rows[0].day.isoformat()
        yield phrases.text("measure.title", lang, code=person.code, title=kind.titled(lang), day=day)
        lines = []
        for one in kind.sub_scales:
            old = score(one, definition, before).value if before else None
            lines.append(_line(score(one, definition, answers), old, phrases, lang))
        yield joined(lines, "\n")
        changed = [
            phrases.text(
                "measure.change",
                lang,
                question=change.question.asked(lang),
                before=change.before,
                now=change.now,
            )
            for change in changes(definition, before, answers)
        ]
        if changed:
            yield joined([phrases.text("measure.changed", lang), *changed], "\n")


def _line(score: Score, before: int | None, phrases: Phrases, lang: str) -> Rich:
    """ "Use: 3 of 8, before: 1 · past the cut-off"."""
    title = score.sub_scale.titled(lang)
    if score.value is None:
        return phrases.text("measure.no-score", lang, title=title)
    values: dict[str, str | int] = {"title": title, "value": score.value, "most": score.most}
    if before is None:
        line = phrases.text("measure.score", lang, **values)
    else:
        line = phrases.text("measure.score-before", lang, **values, before=before)
    return line + " · " + phrases.text("measure.past", lang) if score.is_past_cut_off else line
