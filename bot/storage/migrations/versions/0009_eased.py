"""Since when less is sent to somebody who said that they were worn out."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("participant", sa.Column("eased_at", Instant(), nullable=True))
