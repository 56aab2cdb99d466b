"""What the sender asks of the outbox is answered by indexes of open rows, however many rows wait or have ended."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Executable

from bot.delivery import claims, outbox
from bot.delivery.model import Kind, Message
from bot.richtext import plain
from bot.sandbox.clinic import Clinic
from bot.storage.database import Tx

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
QUESTIONS: dict[str, tuple[Executable, dict[str, object]]] = {
    "what may leave": (claims._READY_ROWS, {"now": NOW, "most": 8}),
    "when to look again": (claims._NEXT_TIMES, {"now": NOW}),
}


def plan_of(tx: Tx, statement: Executable, values: dict[str, object]) -> list[str]:
    compiled = statement.compile(tx.connection.engine)  # type: ignore[attr-defined]
    parameters = [0] * len(compiled.positiontup)
    rows = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(parameters))
    return [str(row[3]) for row in rows]


@pytest.mark.sqlite
@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_question_of_the_sender_reads_the_whole_outbox_or_sorts_it(
    clinic: Clinic, question: str
) -> None:
    plan = await clinic.run(lambda tx: plan_of(tx, *QUESTIONS[question]))

    assert not [step for step in plan if step.startswith("SCAN outbox") and "INDEX" not in step]
    assert not [step for step in plan if "TEMP B-TREE" in step]


class Undone(Exception):
    """Ends a unit without a trace."""


async def test_a_crisis_message_is_the_first_of_thousands_that_wait(clinic: Clinic) -> None:
    taken: list[str] = []

    def unit(tx: Tx) -> None:
        now = clinic.clock.now()
        for number in range(3000):
            key = outbox.know_chat(tx, 5_000_000_000 + number, is_group=False)
            outbox.send(tx, key, Message(plain("prompt")), kind=Kind.PROMPT, now=now - timedelta(minutes=1))
        key = outbox.know_chat(tx, 4_000_000_000, is_group=False)
        outbox.send(tx, key, Message(plain("help")), kind=Kind.CRISIS, now=now)
        claimed = claims.claim(tx, owner="test", most=8, now=now)
        taken.extend(parcel.message.text.text for parcel in claimed.parcels)
        raise Undone

    with pytest.raises(Undone):
        await clinic.run(unit)

    assert taken == ["help", *["prompt"] * 7]
