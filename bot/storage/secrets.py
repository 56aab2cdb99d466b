"""The program's own random secrets, kept sealed in the database.

They are separate from the key ring, so that rotating keys changes neither keyed hashes nor open invites.
"""

import base64
import secrets

from sqlalchemy import Column, Connection, String, Table, insert, select

from bot.storage.columns import SealedText, metadata
from bot.storage.sealing import KEY_BYTES, KeyRing, Sealed, Sealer

program_secret = Table(
    "program_secret",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value_sealed", SealedText, nullable=False),
)


def sealer_of(connection: Connection, ring: KeyRing) -> Sealer:
    """A sealer with this program's index key, made at the first start. Raises `KeyMissing` for a wrong key."""
    with connection.begin():
        row = connection.execute(
            select(program_secret.c.value_sealed).where(program_secret.c.name == "index")
        ).first()
        if row is None:
            return Sealer(ring, _make_index_key(connection, ring))
        encoded = ring.unseal(row.value_sealed.envelope, b"program_secret.value|index")
        return Sealer(ring, base64.b64decode(encoded))


def _make_index_key(connection: Connection, ring: KeyRing) -> bytes:
    secret = secrets.token_bytes(KEY_BYTES)
    sealed = Sealed(ring.seal(base64.b64encode(secret), b"program_secret.value|index"))
    connection.execute(insert(program_secret).values(name="index", value_sealed=sealed))
    return secret
