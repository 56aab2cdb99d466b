"""What staff gave people to read: whom, which module, for which day, and what became of it."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("talk_on", sa.String(10), nullable=True),
        sa.Column("assigned_by", sa.String(40), nullable=False),
        sa.Column("assigned_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.UniqueConstraint("participant_id", "slug"),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_assignment_due_at", "assignment", ["due_at"], sqlite_where=due, postgresql_where=due)
