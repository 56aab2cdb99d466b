"""Indexes that answer what the sender asks: of open rows only, under a condition that SQLite can match."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

OPEN = sa.text("ended_at IS NULL")
REPLACED = ("ix_outbox_open_due", "ix_outbox_open_stream", "ix_outbox_open_card", "ix_outbox_ended")


def upgrade() -> None:
    for name in REPLACED:
        op.drop_index(name, "outbox")
    op.create_index("ix_outbox_open_due", "outbox", ["lane", "due_at", "id"], sqlite_where=OPEN)
    op.create_index("ix_outbox_open_stream", "outbox", ["stream", "id"], sqlite_where=OPEN)
    op.create_index("ix_outbox_open_card", "outbox", ["card", "id"], sqlite_where=OPEN)
    op.create_index("ix_outbox_open_chat", "outbox", ["chat_key"], sqlite_where=OPEN)
    flying, ended = sa.text("lease_until IS NOT NULL"), sa.text("ended_at IS NOT NULL")
    op.create_index("ix_outbox_flying", "outbox", ["chat_key"], sqlite_where=flying)
    op.create_index("ix_outbox_ended", "outbox", ["ended_at"], sqlite_where=ended)
    op.create_index("ix_chat_not_before", "chat", ["not_before"])
