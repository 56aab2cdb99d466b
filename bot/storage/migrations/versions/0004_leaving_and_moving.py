"""Links that bring somebody back from a new phone, and discharges with their reason."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant, SealedText

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("invite", sa.Column("relinks", sa.BigInteger(), nullable=True))
    op.add_column("participant", sa.Column("discharged_at", Instant(), nullable=True))
    op.add_column("participant", sa.Column("discharge_sealed", SealedText(), nullable=True))
