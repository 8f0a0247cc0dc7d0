"""Callers who are to be called back, and with whom a party talked last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "callbacks",
        sa.Column("call", sa.String(150), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("sealed_number", sa.LargeBinary, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("line", sa.String(150), nullable=False),
    )
    op.create_index("callbacks_by_time", "callbacks", ["at"])
    op.create_table(
        "last_talks",
        sa.Column("party", sa.String(64), primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("last_talks_by_time", "last_talks", ["at"])
