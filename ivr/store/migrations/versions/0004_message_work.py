"""What is to be done about voicemail, by when, and what was said in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "message_work",
        sa.Column("message", sa.String(20), sa.ForeignKey("voicemails.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("due", sa.Double),
        sa.Column("understood_at", sa.Double),
        sa.Column("sealed_words", sa.LargeBinary),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("rung", sa.Integer, nullable=False),
        sa.Column("alert_at", sa.Double),
        sa.Column("taken_by", sa.Text, nullable=False),
        sa.Column("done_by", sa.Text, nullable=False),
        sa.Column("done_at", sa.Double),
    )
    op.create_index("message_work_by_alert", "message_work", ["alert_at"])
    op.create_index("message_work_by_understanding", "message_work", ["understood_at"])
