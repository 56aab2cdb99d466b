"""Pictures of cards, kept once each, and which one a message shows."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_picture")),
    )
    op.add_column("card", sa.Column("picture", sa.String(32), nullable=False, server_default=""))
