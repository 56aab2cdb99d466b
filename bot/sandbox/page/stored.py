"""What the bot has stored, in a line each. Words stay sealed here as in the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, func, select

from bot.alerts.store import alert, concern, note, notice
from bot.checkins.records import answer
from bot.checkins.store import checkin
from bot.modules.store import reading, reflection
from bot.people.audit import audit
from bot.people.store import participant
from bot.screening.model import Level
from bot.storage.database import Tx
from bot.storage.sealing import Sealed

LATEST = 12  # rows of one table
SHOWN = 40


@dataclass(frozen=True)
class Line:
    """One thing that was written down. `sealed` is how many bytes of it nobody can read without the key."""

    at: datetime
    table: str
    who: str
    text: str
    sealed: int = 0


def stored(tx: Tx) -> list[Line]:
    """The newest rows, newest first."""
    codes = {row.id: str(row.code) for row in tx.all(select(participant.c.id, participant.c.code))}
    lines: list[Line] = []
    for table, at, line in _LINES:
        newest = select(table).where(table.c[at].is_not(None)).order_by(table.c[at].desc()).limit(LATEST)
        lines += [line(row, codes) for row in tx.all(newest)]
    lines += _answers(tx, codes)
    return sorted(lines, key=lambda line: line.at, reverse=True)[:SHOWN]


def counts(tx: Tx) -> dict[str, int]:
    """How many rows there are of what must never be lost."""
    tables = {"answers": answer, "check-ins": checkin, "concerns": concern, "alerts": alert, "audit": audit}
    return {
        name: int(tx.scalar(select(func.count()).select_from(each)) or 0) for name, each in tables.items()
    }


def _answers(tx: Tx, codes: Mapping[int, str]) -> list[Line]:
    joined = answer.join(checkin, checkin.c.id == answer.c.checkin_id)
    newest = select(answer, checkin.c.participant_id).select_from(joined).order_by(answer.c.id.desc())
    lines = []
    for row in tx.all(newest.limit(LATEST)):
        value = "" if row.value is None else "skipped" if row.value == "null" else row.value.strip('"')
        text = f"{row.question_id}: {value}".rstrip(": ")
        lines.append(Line(row.at, "check-in answer", _code(codes, row), text, _size(row.words_sealed)))
    return lines


def _of_checkin(row: Row[Any], codes: Mapping[int, str]) -> Line:
    return Line(row.due_at, "check-in", _code(codes, row), f"{row.day}: {row.state}, message {row.delivery}")


def _of_concern(row: Row[Any], codes: Mapping[int, str]) -> Line:
    what = f"{Level(row.level).name.lower()}: {row.categories} (from {row.source})"
    return Line(row.at, "concern", _code(codes, row), what, _size(row.words_sealed))


def _of_alert(row: Row[Any], codes: Mapping[int, str]) -> Line:
    changed = row.closed_at or row.claimed_at or row.opened_at
    return Line(changed, "alert", _code(codes, row), f"number {row.number}: {row.state}")


def _of_notice(row: Row[Any], _codes: Mapping[int, str]) -> Line:
    where = "the staff group" if row.recipient == 0 else "a colleague in private"
    return Line(row.ended_at or row.at, "alert notice", "", f"to {where}: {row.state}")


def _of_note(row: Row[Any], _codes: Mapping[int, str]) -> Line:
    return Line(row.at, f"staff's {row.kind}", "", "", _size(row.words_sealed))


def _of_reading(row: Row[Any], codes: Mapping[int, str]) -> Line:
    where = "read to the end" if row.state == "done" else f"at card {row.position + 1}"
    return Line(row.last_at, "reading", _code(codes, row), f"{row.slug}: {where}")


def _of_reflection(row: Row[Any], codes: Mapping[int, str]) -> Line:
    return Line(row.at, "reflection", _code(codes, row), row.slug, _size(row.words_sealed))


def _of_audit(row: Row[Any], _codes: Mapping[int, str]) -> Line:
    return Line(row.at, "audit", row.actor, f"{row.action} {row.subject}".strip())


def _code(codes: Mapping[int, str], row: Row[Any]) -> str:
    return codes.get(row.participant_id, "a visitor") if row.participant_id is not None else "a visitor"


def _size(sealed: Sealed | None) -> int:
    return len(sealed.envelope) if sealed is not None else 0


_LINES: tuple[tuple[Table, str, Callable[[Row[Any], Mapping[int, str]], Line]], ...] = (
    (checkin, "due_at", _of_checkin),
    (concern, "at", _of_concern),
    (alert, "opened_at", _of_alert),
    (notice, "at", _of_notice),
    (note, "at", _of_note),
    (reading, "last_at", _of_reading),
    (reflection, "at", _of_reflection),
    (audit, "at", _of_audit),
)
