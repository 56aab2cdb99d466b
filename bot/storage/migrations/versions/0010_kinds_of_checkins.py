"""A plan for each kind of check-in that a person gets, and whether they want that kind.

A primary key cannot be changed in SQLite, so the table is made anew, in words that both databases understand.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0010"
down_revision = "0009"

KEEP = """
CREATE TABLE checkin_schedule_before AS
SELECT participant_id, day, due_at, look_at, last_day, last_at, last_zone, missed FROM checkin_schedule
"""
TAKE_BACK = """
INSERT INTO checkin_schedule
    (participant_id, kind, day, due_at, look_at, last_day, last_at, last_zone, missed)
SELECT participant_id, 'daily', day, due_at, look_at, last_day, last_at, last_zone, missed
FROM checkin_schedule_before
"""


def upgrade() -> None:
    op.execute(KEEP)
    op.drop_table("checkin_schedule")
    op.create_table(
        "checkin_schedule",
        sa.Column("participant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("look_at", Instant(), nullable=True),
        sa.Column("last_day", sa.String(length=10), nullable=True),
        sa.Column("last_at", Instant(), nullable=True),
        sa.Column("last_zone", sa.String(length=40), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "kind", name=op.f("pk_checkin_schedule")),
    )
    op.create_index(op.f("ix_checkin_schedule_look_at"), "checkin_schedule", ["look_at"], unique=False)
    op.create_index("ix_checkin_schedule_missed", "checkin_schedule", ["missed"], unique=False)
    op.execute(TAKE_BACK)
    op.drop_table("checkin_schedule_before")
