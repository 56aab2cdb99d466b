"""Since when somebody is no longer in the program. For whoever had stopped before, that time begins now."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("participant", sa.Column("left_at", Instant(), nullable=True))
    op.execute("UPDATE participant SET left_at = strftime('%s', 'now') * 1000000 WHERE state = 'stopped'")
