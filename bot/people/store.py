"""Tables of participants and staff, and the SQL on them."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Row,
    String,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from bot.people.model import Colleague, Pace, Participant, ParticipantState, PersonalFile, Role
from bot.storage.columns import Instant, SealedText, metadata
from bot.storage.database import Tx

participant = Table(
    "participant",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(32), nullable=False, unique=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("name_sealed", SealedText),
    Column("chart_sealed", SealedText),
    Column("phone_sealed", SealedText),
    Column("contact_sealed", SealedText),
    Column("language", String(8), nullable=False),
    Column("zone", String(40), nullable=False),
    Column("checkin_time", String(5), nullable=False),
    Column("quiet_from", String(5), nullable=False),
    Column("quiet_to", String(5), nullable=False),
    Column("pace", String(8), nullable=False),
    Column("taps_only", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("paused_until", Instant),
    Column("consent_version", String(20), nullable=False),
    Column("consented_at", Instant, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),  # stopped, by themselves or by staff, since then
    Column("discharged_at", Instant),
    Column("discharge_sealed", SealedText),  # staff's reason
    Column("start", String(32), nullable=False, server_default=""),
    Column("eased_at", Instant),
)

colleague = Table(
    "colleague",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(32), nullable=False, unique=True),
    Column("handle", String(24), nullable=False, unique=True),
    Column("name_sealed", SealedText),
    Column("roles", String(80), nullable=False),
    Column("language", String(8), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("joined_at", Instant, nullable=False),
)

FILE_COLUMNS = ("name", "chart", "phone", "contact")


_BY = {
    (table.name, name): select(table).where(table.c[name] == bindparam("wanted"))
    for table, names in ((participant, ("id", "key", "code")), (colleague, ("id", "key", "handle")))
    for name in names
}
"""Built once: who somebody is, is asked for every update."""


def _one(tx: Tx, table: Table, where: dict[str, Any]) -> Row[Any] | None:
    ((name, wanted),) = where.items()
    return tx.first(_BY[table.name, name], {"wanted": wanted})


def participant_by(tx: Tx, **where: Any) -> Participant | None:
    """The participant with that `id`, `key` or `code`."""
    row = _one(tx, participant, where)
    return _participant(row) if row else None


def participants(tx: Tx) -> list[Participant]:
    return [_participant(row) for row in tx.all(select(participant).order_by(participant.c.id))]


def add_participant(tx: Tx, person: Participant, file: PersonalFile, *, consented_at: datetime) -> None:
    values = _participant_values(person)
    for name in FILE_COLUMNS:
        values[f"{name}_sealed"] = tx.seal("participant", name, person.id, getattr(file, name))
    tx.execute(insert(participant).values(id=person.id, key=person.key, consented_at=consented_at, **values))


def save_participant(tx: Tx, person: Participant) -> None:
    tx.execute(update(participant).where(participant.c.id == person.id).values(**_participant_values(person)))


def end_pause(tx: Tx, participant_id: int, now: datetime) -> bool:
    """Make whoever's pause is over active; false when it is not, or was ended already."""
    paused = and_(participant.c.id == participant_id, participant.c.state == ParticipantState.PAUSED.value)
    over = update(participant).where(paused, participant.c.paused_until <= now)
    return tx.changed(over.values(state=ParticipantState.ACTIVE.value, paused_until=None)) == 1


def end_pause_at(tx: Tx, participant_id: int, until: datetime) -> None:
    paused = and_(participant.c.id == participant_id, participant.c.state == ParticipantState.PAUSED.value)
    tx.execute(update(participant).where(paused).values(paused_until=until))


def rename_participant(tx: Tx, participant_id: int, name: str) -> None:
    sealed = tx.seal("participant", "name", participant_id, name)
    tx.execute(update(participant).where(participant.c.id == participant_id).values(name_sealed=sealed))


def discharge_participant(tx: Tx, participant_id: int, reason: str, now: datetime | None) -> None:
    """Staff's reason for the end; without `now` it is forgotten."""
    sealed = tx.seal("participant", "discharge", participant_id, reason) if now else None
    values = {"discharged_at": now, "discharge_sealed": sealed}
    tx.execute(update(participant).where(participant.c.id == participant_id).values(**values))


def ease(tx: Tx, participant_id: int, at: datetime | None) -> None:
    """Less is sent from then on; None: as much as they chose."""
    tx.execute(update(participant).where(participant.c.id == participant_id).values(eased_at=at))


def eased_since(tx: Tx, since: datetime) -> list[str]:
    """The codes of those who have said since then that they were worn out."""
    eased = select(participant.c.code).where(participant.c.eased_at >= since).order_by(participant.c.code)
    return [row.code for row in tx.all(eased)]


def left(tx: Tx, participant_id: int, now: datetime | None) -> None:
    """They are out of the program since now; None when they are back."""
    tx.execute(update(participant).where(participant.c.id == participant_id).values(left_at=now))


def left_before(tx: Tx, before: datetime) -> list[int]:
    """Who has been out of the program since before that instant."""
    return [row.id for row in tx.all(select(participant.c.id).where(participant.c.left_at < before))]


def move_person(tx: Tx, old: str, new: str) -> None:
    """The participant or colleague behind one chat is behind another."""
    for table in (participant, colleague):
        tx.execute(update(table).where(table.c.key == old).values(key=new))


def consented(tx: Tx, participant_id: int, version: str, now: datetime) -> None:
    values = {"consent_version": version, "consented_at": now}
    tx.execute(update(participant).where(participant.c.id == participant_id).values(**values))


def personal_file(tx: Tx, participant_id: int) -> PersonalFile:
    row = tx.first(select(participant).where(participant.c.id == participant_id))
    opened = {
        name: tx.unseal("participant", name, participant_id, getattr(row, f"{name}_sealed") if row else None)
        for name in FILE_COLUMNS
    }
    return PersonalFile(**opened)


def code_is_taken(tx: Tx, code: str) -> bool:
    return tx.first(select(participant.c.id).where(participant.c.code == code)) is not None


def colleague_by(tx: Tx, **where: Any) -> Colleague | None:
    """The colleague with that `id`, `key` or `handle`, whether active or not."""
    row = _one(tx, colleague, where)
    return _colleague(row) if row else None


def colleagues(tx: Tx) -> list[Colleague]:
    """Everybody who is active, oldest first."""
    rows: Sequence[Row[Any]] = tx.all(select(colleague).where(colleague.c.active).order_by(colleague.c.id))
    return [_colleague(row) for row in rows]


def former_colleagues(tx: Tx) -> list[Colleague]:
    """Everybody who was staff and is no longer."""
    return [_colleague(row) for row in tx.all(select(colleague).where(~colleague.c.active))]


def add_colleague(tx: Tx, person: Colleague, name: str, now: datetime) -> None:
    tx.execute(
        insert(colleague).values(
            id=person.id,
            key=person.key,
            handle=person.handle,
            name_sealed=tx.seal("colleague", "name", person.id, name),
            roles=_joined(person.roles),
            language=person.language,
            active=person.active,
            joined_at=now,
        )
    )


def save_colleague(tx: Tx, person: Colleague) -> None:
    values = {
        "handle": person.handle,
        "roles": _joined(person.roles),
        "language": person.language,
        "active": person.active,
    }
    tx.execute(update(colleague).where(colleague.c.id == person.id).values(**values))


def colleague_name(tx: Tx, colleague_id: int) -> str:
    sealed = tx.scalar(select(colleague.c.name_sealed).where(colleague.c.id == colleague_id))
    return tx.unseal("colleague", "name", colleague_id, sealed)


def remove_participant(tx: Tx, participant_id: int) -> None:
    tx.execute(delete(participant).where(participant.c.id == participant_id))


def _participant_values(person: Participant) -> dict[str, Any]:
    return {
        "code": person.code,
        "language": person.language,
        "zone": person.zone,
        "checkin_time": f"{person.checkin_time:%H:%M}",
        "quiet_from": f"{person.quiet_from:%H:%M}",
        "quiet_to": f"{person.quiet_to:%H:%M}",
        "pace": person.pace.value,
        "taps_only": person.taps_only,
        "state": person.state.value,
        "paused_until": person.paused_until,
        "consent_version": person.consent_version,
        "joined_at": person.joined_at,
        "start": person.start,
    }


def _participant(row: Row[Any]) -> Participant:
    return Participant(
        id=row.id,
        key=row.key,
        code=row.code,
        language=row.language,
        zone=row.zone,
        checkin_time=time.fromisoformat(row.checkin_time),
        quiet_from=time.fromisoformat(row.quiet_from),
        quiet_to=time.fromisoformat(row.quiet_to),
        pace=Pace(row.pace),
        taps_only=row.taps_only,
        state=ParticipantState(row.state),
        paused_until=row.paused_until,
        consent_version=row.consent_version,
        joined_at=row.joined_at,
        discharged_at=row.discharged_at,
        start=row.start,
        eased_at=row.eased_at,
    )


def _colleague(row: Row[Any]) -> Colleague:
    roles = frozenset(Role(word) for word in row.roles.split())
    return Colleague(row.id, row.key, row.handle, roles, row.language, row.active)


def _joined(roles: frozenset[Role]) -> str:
    return " ".join(sorted(roles))
