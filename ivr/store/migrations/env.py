"""What alembic runs for an upgrade: the connection and its transaction are the database's."""

from __future__ import annotations

from alembic import context

from ivr.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    transactional_ddl=True,  # SQLite can, once BEGIN is ours
)
context.run_migrations()
