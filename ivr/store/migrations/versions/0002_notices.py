"""Alerts on their way to people, which a restart must not lose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(150), primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary, nullable=False),
        sa.Column("due", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("alert_id", sa.String(100), nullable=False),
        sa.Column("alert_title", sa.Text, nullable=False),
        sa.Column("alert_text", sa.Text, nullable=False),
        sa.Column("alert_queue", sa.Text, nullable=False),
        sa.Column("alert_rung", sa.Integer, nullable=False),
        sa.Column("alert_at", sa.Double, nullable=False),
    )
    op.create_index("notices_by_due", "notices", ["due"])
