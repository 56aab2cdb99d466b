"""Where people come from when they join: what they are offered first follows from it. Unknown for who is here."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("participant", sa.Column("start", sa.String(32), nullable=False, server_default=""))
