"""What people mean to try after a module: when they are asked about it, whether they tried it, how much it helped."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "practice",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("edition", sa.String(16), nullable=False),
        sa.Column("chosen_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("tried", sa.Boolean(), nullable=True),
        sa.Column("helped", sa.Integer(), nullable=True),
    )
    op.create_index("ix_practice_participant", "practice", ["participant_id", "id"])
    due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_practice_due_at", "practice", ["due_at"], sqlite_where=due, postgresql_where=due)
