"""Invites: single-use links that expire, stored as keyed hashes only.

An invite is open, then taken by the first Telegram account that opens it, then used once that person has joined.
A participant who declines gives it back; a colleague waits until the inviter has confirmed them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Row,
    String,
    Table,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)

from bot.errors import Refused
from bot.people.model import PersonalFile, Role
from bot.storage.columns import Instant, SealedText, metadata
from bot.storage.database import Tx

TOKEN_BYTES = 24  # 32 characters of the 64 that a deep link may carry
TRIES_PER_HOUR = 5
SETUP_LINK = (
    "setup"  # how the payload of the link that `handrail setup` prints begins; it opens nothing by itself
)

invite = Table(
    "invite",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("token_hash", String(32), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("handle", String(24)),
    Column("chart_sealed", SealedText),
    Column("phone_sealed", SealedText),
    Column("contact_sealed", SealedText),
    Column("created_by", BigInteger, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("taken_by", String(32)),
    Column(
        "relinks", BigInteger
    ),  # whom it brings back from a new phone: a participant's or a colleague's id
)

link_try = Table(
    "link_try",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
)


class InviteState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    USED = "used"
    REVOKED = "revoked"


class InviteUnusable(Refused):
    """The link is unknown, used, expired or taken back."""


class TooManyTries(Refused):
    """This account has tried too many links within the hour; it gets no further answer."""


@dataclass(frozen=True)
class Invite:
    """`role` is None for a participant. `taken_by` is the chat key of whoever opened it."""

    id: int
    role: Role | None
    handle: str
    created_by: int
    expires_at: datetime
    state: InviteState
    taken_by: str | None
    relinks: int | None = None


def create(
    tx: Tx,
    *,
    role: Role | None,
    handle: str,
    file: PersonalFile,
    by: int,
    expires_at: datetime,
    relinks: int | None = None,
) -> str:
    """A new invite; gives the token for the link, which is kept nowhere.

    With `relinks` it brings the participant or colleague with that id back from a new phone or number.
    """
    token, row = secrets.token_urlsafe(TOKEN_BYTES), tx.new_id()
    sealed = {
        f"{name}_sealed": tx.seal("invite", name, row, getattr(file, name))
        for name in ("chart", "phone", "contact")
    }
    values = {"id": row, "role": role.value if role else "participant", "handle": handle or None, **sealed}
    tx.execute(
        insert(invite).values(
            token_hash=_hashed(tx, token),
            created_by=by,
            expires_at=expires_at,
            state=InviteState.OPEN,
            relinks=relinks,
            **values,
        )
    )
    return token


def take(tx: Tx, token: str, key: str, now: datetime) -> Invite:
    """Take it for this account, or give it back to the account that has it. Raises `InviteUnusable`."""
    row = tx.first(select(invite).where(invite.c.token_hash == _hashed(tx, token)))
    if row is None or row.expires_at <= now:
        raise InviteUnusable()
    free = or_(
        invite.c.state == InviteState.OPEN,
        and_(invite.c.state == InviteState.TAKEN, invite.c.taken_by == key),
    )
    taken = update(invite).where(invite.c.id == row.id, free).values(state=InviteState.TAKEN, taken_by=key)
    if tx.changed(taken) != 1:
        raise InviteUnusable()
    found = by_id(tx, row.id)
    if found is None:
        raise InviteUnusable()
    return found


def give_back(tx: Tx, invite_id: int) -> None:
    """The person declined: the link works again until it expires, and nothing says who had opened it."""
    where = and_(invite.c.id == invite_id, invite.c.state == InviteState.TAKEN)
    tx.execute(update(invite).where(where).values(state=InviteState.OPEN, taken_by=None))


def use(tx: Tx, invite_id: int) -> PersonalFile:
    """The person has joined; gives what staff entered, and forgets it here. Raises `InviteUnusable`."""
    row = tx.first(select(invite).where(invite.c.id == invite_id, invite.c.state == InviteState.TAKEN))
    if row is None:
        raise InviteUnusable()
    opened = {
        name: tx.unseal("invite", name, invite_id, getattr(row, f"{name}_sealed"))
        for name in ("chart", "phone", "contact")
    }
    blank = {"state": InviteState.USED, "chart_sealed": None, "phone_sealed": None, "contact_sealed": None}
    tx.execute(update(invite).where(invite.c.id == invite_id).values(**blank))
    return PersonalFile(name="", **opened)


def revoke(tx: Tx, invite_id: int) -> bool:
    """The link is dead, and what staff had entered is forgotten; false when it was too late."""
    where = and_(invite.c.id == invite_id, invite.c.state.in_((InviteState.OPEN, InviteState.TAKEN)))
    values = {
        "state": InviteState.REVOKED,
        "chart_sealed": None,
        "phone_sealed": None,
        "contact_sealed": None,
    }
    return tx.changed(update(invite).where(where).values(**values)) == 1


def revoke_of(tx: Tx, colleague_id: int) -> None:
    """The links to the team that this colleague has given out are dead; participants' links still work."""
    still = invite.c.state.in_((InviteState.OPEN, InviteState.TAKEN))
    where = and_(invite.c.created_by == colleague_id, invite.c.role != "participant", still)
    tx.execute(update(invite).where(where).values(state=InviteState.REVOKED))


def revoke_relinks(tx: Tx, person_id: int) -> None:
    """An earlier link for the same person is dead: the newest is the one that counts."""
    still = invite.c.state.in_((InviteState.OPEN, InviteState.TAKEN))
    tx.execute(update(invite).where(invite.c.relinks == person_id, still).values(state=InviteState.REVOKED))


def by_id(tx: Tx, invite_id: int) -> Invite | None:
    row = tx.first(select(invite).where(invite.c.id == invite_id))
    return _invite(row) if row else None


def by_token(tx: Tx, token: str) -> Invite | None:
    row = tx.first(select(invite).where(invite.c.token_hash == _hashed(tx, token)))
    return _invite(row) if row else None


def is_taken_by(tx: Tx, invite_id: int, key: str) -> bool:
    """This account has opened the invite, and it was neither used nor taken back since."""
    found = by_id(tx, invite_id)
    return found is not None and found.state is InviteState.TAKEN and found.taken_by == key


def handle_is_promised(tx: Tx, handle: str, now: datetime) -> bool:
    """An open invite will give this handle to somebody."""
    where = and_(
        invite.c.handle == handle,
        invite.c.expires_at > now,
        invite.c.state.in_((InviteState.OPEN, InviteState.TAKEN)),
    )
    return tx.first(select(invite.c.id).where(where)) is not None


def count_try(tx: Tx, key: str, now: datetime) -> None:
    """One more link that did not work. Raises `TooManyTries` beyond 5 in an hour (ASVS 2.4.1)."""
    row = tx.first(select(link_try).where(link_try.c.key == key))
    fresh = row is None or row.since <= now - timedelta(hours=1)
    if row is None:
        tx.execute(insert(link_try).values(key=key, since=now, tries=1))
        return
    count = 1 if fresh else row.tries + 1
    tx.execute(
        update(link_try).where(link_try.c.key == key).values(since=now if fresh else row.since, tries=count)
    )
    if count > TRIES_PER_HOUR:
        raise TooManyTries()


def tries_used_up(tx: Tx, key: str, now: datetime) -> bool:
    row = tx.first(select(link_try).where(link_try.c.key == key))
    return row is not None and row.since > now - timedelta(hours=1) and row.tries >= TRIES_PER_HOUR


def forget_tries(tx: Tx, key: str) -> None:
    tx.execute(delete(link_try).where(link_try.c.key == key))


def purge(tx: Tx, before: datetime) -> int:
    """Remove invites that expired before that instant, with what staff had entered, and old tries."""
    tx.execute(delete(link_try).where(link_try.c.since < before))
    return tx.changed(delete(invite).where(invite.c.expires_at < before))


def _hashed(tx: Tx, token: str) -> str:
    return tx.sealer.index("invite", token)


def _invite(row: Row[Any]) -> Invite:
    role = None if row.role == "participant" else Role(row.role)
    return Invite(
        row.id,
        role,
        row.handle or "",
        row.created_by,
        row.expires_at,
        InviteState(row.state),
        row.taken_by,
        row.relinks,
    )
