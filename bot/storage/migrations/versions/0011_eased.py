"""Since when less is sent to somebody who said that they were worn out."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("participant", sa.Column("eased_at", Instant(), nullable=True))
