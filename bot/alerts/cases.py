"""Cases for whoever edits the phrase lists: alerts closed as wrong, and concerns that raised none.

A case is a concern like any other: sealed, exported and erased with its person, removed when concerns are. What
today's phrase lists say of each is shown by `handrail screen --review`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, or_, select

from bot.alerts import store
from bot.alerts.desk import Desk
from bot.alerts.model import Outcome
from bot.people import audit
from bot.people.model import Colleague, Participant, Right
from bot.screening.model import NOTHING, Level
from bot.storage.database import Tx


class CaseKind(StrEnum):
    """What the screener did that it should not have done."""

    WRONG_ALARM = "wrong alarm"
    MISSED = "missed"


@dataclass(frozen=True)
class Case:
    """Words that were judged wrongly. `level` and `rules` are what was said of them then."""

    kind: CaseKind
    at: datetime
    level: Level
    rules: tuple[str, ...]
    words: str


class Cases:
    """What staff do to collect them. A wrong alarm needs nothing more than being closed as one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def missed(self, tx: Tx, person: Participant, words: str, by: Colleague, now: datetime) -> None:
        """Keep words that should have raised an alert; audited. It raises none now: a colleague knows already."""
        self._desk.people.require(by, Right.SEE_PEOPLE)
        store.add_concern(
            tx, person.key, person.id, NOTHING, words=words, source=store.MISSED, alert_id=None, now=now
        )
        audit.note(tx, audit.Entry(now, by.handle, "missed concern", person.code))


def collected(tx: Tx) -> list[Case]:
    """Every case that is kept, oldest first."""
    concern, alert = store.concern, store.alert
    is_wrong = and_(
        alert.c.outcome == Outcome.WRONG_ALARM, ~alert.c.is_drill, concern.c.level >= int(Level.ELEVATED)
    )
    query = (
        select(concern)
        .outerjoin(alert, alert.c.id == concern.c.alert_id)
        .where(concern.c.words_sealed.is_not(None), or_(is_wrong, concern.c.source == store.MISSED))
        .order_by(concern.c.at, concern.c.id)
    )
    return [_case(tx, row) for row in tx.all(query) if row.source == store.MISSED or _rules_in_words(row)]


def _case(tx: Tx, row: Row[Any]) -> Case:
    kind = CaseKind.MISSED if row.source == store.MISSED else CaseKind.WRONG_ALARM
    words = tx.unseal("concern", "words", row.id, row.words_sealed)
    return Case(kind, row.at, Level(row.level), _rules_in_words(row), words)


def _rules_in_words(row: Row[Any]) -> tuple[str, ...]:
    """The rules that spoke of a place in the words; an answer by button has none, and is no phrase list's fault."""
    return tuple(dict.fromkeys(rule for rule, start, end in json.loads(row.evidence) if end > start))
