"""What people answered, and the definitions that were ever used: the tables and the SQL on them.

Words are sealed. Answers and running check-ins point to a definition by its revision, whatever staff change later.
"""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    insert,
    select,
)

from bot.checkins.ledger import Checkin
from bot.checkins.model import Answer, CheckinDefinition, Kind, Question, answer_from_json, answer_to_json
from bot.storage.columns import Instant, SealedText, metadata
from bot.storage.database import Tx

answer = Table(
    "checkin_answer",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("checkin_id", BigInteger, nullable=False),
    Column("question_id", String(32), nullable=False),
    Column("value", Text),
    Column("words_sealed", SealedText),
    Column("revision", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("checkin_id", "question_id"),
)

definition = Table(
    "checkin_definition",
    metadata,
    Column("revision", String(16), primary_key=True),
    Column("name", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("first_used_at", Instant, nullable=False),
)


def keep_answer(tx: Tx, row: Checkin, question: Question, given: Answer, now: datetime) -> None:
    """The answer to that question, in place of an earlier one. Words are sealed."""
    where = and_(answer.c.checkin_id == row.id, answer.c.question_id == question.id)
    tx.execute(delete(answer).where(where))
    tx.execute(insert(answer).values(**answer_row(tx, row, question, given, now)))


def answer_row(tx: Tx, row: Checkin, question: Question, given: Answer, now: datetime) -> dict[str, Any]:
    """The answer as it is kept, by column."""
    key = tx.new_id()
    is_words = question.kind is Kind.TEXT and isinstance(given, str)
    return {
        "id": key,
        "checkin_id": row.id,
        "question_id": question.id,
        "value": None if is_words else json.dumps(answer_to_json(given)),
        "words_sealed": tx.seal("checkin_answer", "words", key, str(given)) if is_words else None,
        "revision": row.revision,
        "at": now,
    }


_ANSWERS_OF = select(answer).where(answer.c.checkin_id == bindparam("wanted"))
_REVISION = definition.c.revision == bindparam("wanted")
_IS_KEPT, _BODY_OF = (
    select(definition.c.revision).where(_REVISION),
    select(definition.c.body).where(_REVISION),
)


def answers_of(tx: Tx, checkin_id: int) -> dict[str, Answer]:
    """What was answered so far, by the question's id."""
    rows = tx.all(_ANSWERS_OF, {"wanted": checkin_id})
    return {row.question_id: _answer(tx, row) for row in rows}


def keep_definition(tx: Tx, used: CheckinDefinition, now: datetime) -> None:
    """Remember a definition for ever: answers and running check-ins point to it."""
    if tx.first(_IS_KEPT, {"wanted": used.revision}) is None:
        body = json.dumps(used.to_json(), ensure_ascii=False)
        values = {"revision": used.revision, "name": used.name, "body": body, "first_used_at": now}
        tx.execute(insert(definition).values(**values))


def definition_of(tx: Tx, revision: str) -> CheckinDefinition:
    return _definition(tx.scalar(_BODY_OF, {"wanted": revision}))


@lru_cache(maxsize=16)
def _definition(body: str) -> CheckinDefinition:
    """Read once: one definition is asked for at each step of each check-in."""
    return CheckinDefinition.from_json(json.loads(body))


def _answer(tx: Tx, row: Row[Any]) -> Answer:
    if row.words_sealed is not None:
        return tx.unseal("checkin_answer", "words", row.id, row.words_sealed)
    return answer_from_json(json.loads(row.value))
