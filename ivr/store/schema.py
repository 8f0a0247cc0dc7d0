"""The tables. Times are seconds since the epoch (UTC); a column `sealed_*` is encrypted by the vault.

journal          what the routing engine was told, in order
journal_aside    journal rows that could not be read back, and what followed them
calls 1──n timeline
voicemails       the sound is a sealed file beside the database
message_work     what is to be done about a message, by when, and what was said in it
notices          alerts on their way to people
callbacks        callers who are to be called back, and the call that was placed last
last_talks       with whom a party, a keyed hash of a number, talked last
switches         who switched which closure or message on or off
audit            who looked at or deleted what
vault            the fingerprint of the key that sealed this database
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SEQUENCE = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself for INTEGER alone

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("event", Text, nullable=False),
    sqlite_autoincrement=True,  # a number is never used twice, also after rows were removed
)

journal_aside = Table(
    "journal_aside",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
    Column("at", Double),
    Column("event", Text),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(150), primary_key=True),
    Column("number", String(20), nullable=False),
    Column("started", Double, nullable=False),
    Column("dialled_number", String(40), nullable=False),
    Column("sealed_caller_number", LargeBinary),
    Column("plan", Text, nullable=False),
    Column("answered", Double),
    Column("ended", Double),
    Column("language", String(20), nullable=False),
    Column("intent", Text, nullable=False),
    Column("sealed_evidence", LargeBinary),
    Column("route", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("joined", Double),
    Column("person", Text, nullable=False),
    Column("wait_seconds", Double),
    Column("talk_seconds", Double),
    Column("outcome", String(40), nullable=False),
    Index("calls_by_number", "number", unique=True),
    Index("calls_by_start", "started"),
    Index("calls_by_outcome", "outcome", "started"),
    Index("calls_by_end", "ended"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("call", String(150), ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("data", Text, nullable=False),
    Column("sealed_data", LargeBinary),
)

voicemails = Table(
    "voicemails",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("call", String(150), nullable=False),
    Column("box", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("heard_by", Text, nullable=False),
    Column("heard_at", Double),
    Index("voicemails_by_time", "at"),
    Index("voicemails_by_box", "box", "at"),
)

message_work = Table(
    "message_work",
    metadata,
    Column("message", String(20), ForeignKey("voicemails.id", ondelete="CASCADE"), primary_key=True),
    Column("language", String(20), nullable=False),
    Column("queue", Text, nullable=False),
    Column("due", Double),
    Column("understood_at", Double),
    Column("sealed_words", LargeBinary),
    Column("urgent", Boolean, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("alert_at", Double),
    Column("taken_by", Text, nullable=False),
    Column("done_by", Text, nullable=False),
    Column("done_at", Double),
    Index("message_work_by_alert", "alert_at"),
    Index("message_work_by_understanding", "understood_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(150), primary_key=True),
    Column("person", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("sealed_address", LargeBinary, nullable=False),
    Column("due", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("alert_id", String(100), nullable=False),
    Column("alert_title", Text, nullable=False),
    Column("alert_text", Text, nullable=False),
    Column("alert_queue", Text, nullable=False),
    Column("alert_rung", Integer, nullable=False),
    Column("alert_at", Double, nullable=False),
    Index("notices_by_due", "due"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("call", String(150), primary_key=True),
    Column("at", Double, nullable=False),
    Column("sealed_number", LargeBinary, nullable=False),
    Column("language", String(20), nullable=False),
    Column("line", String(150), nullable=False),
    Index("callbacks_by_time", "at"),
)

last_talks = Table(
    "last_talks",
    metadata,
    Column("party", String(64), primary_key=True),
    Column("person", Text, nullable=False),
    Column("at", Double, nullable=False),
    Index("last_talks_by_time", "at"),
)

switches = Table(
    "switches",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("closure", Text, nullable=False),
    Column("on", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("until", Double),
    Index("switches_by_closure", "closure", "seq"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    sqlite_autoincrement=True,
)

vault = Table("vault", metadata, Column("fingerprint", String(64), primary_key=True))
