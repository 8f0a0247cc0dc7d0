"""The first schema: journal, calls with their timelines, voicemail, audit, the vault's fingerprint."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _journal()
    _calls()
    _voicemails()
    _audit()


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journal_aside",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double),
        sa.Column("event", sa.Text),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(150), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("started", sa.Double, nullable=False),
        sa.Column("dialled_number", sa.String(40), nullable=False),
        sa.Column("sealed_caller_number", sa.LargeBinary),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("answered", sa.Double),
        sa.Column("ended", sa.Double),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("intent", sa.Text, nullable=False),
        sa.Column("sealed_evidence", sa.LargeBinary),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("joined", sa.Double),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("wait_seconds", sa.Double),
        sa.Column("talk_seconds", sa.Double),
        sa.Column("outcome", sa.String(40), nullable=False),
    )
    op.create_index("calls_by_number", "calls", ["number"], unique=True)
    op.create_index("calls_by_start", "calls", ["started"])
    op.create_index("calls_by_outcome", "calls", ["outcome", "started"])
    op.create_index("calls_by_end", "calls", ["ended"])
    op.create_table(
        "timeline",
        sa.Column("call", sa.String(150), sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("sealed_data", sa.LargeBinary),
    )


def _voicemails() -> None:
    op.create_table(
        "voicemails",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("call", sa.String(150), nullable=False),
        sa.Column("box", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("heard_by", sa.Text, nullable=False),
        sa.Column("heard_at", sa.Double),
    )
    op.create_index("voicemails_by_time", "voicemails", ["at"])
    op.create_index("voicemails_by_box", "voicemails", ["box", "at"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table("vault", sa.Column("fingerprint", sa.String(64), primary_key=True))
