"""The schema's history, shipped with the program. Versions are numbered upwards: "0001" is older than "0002".

A new one: add `versions/NNNN_what_changes.py` with the next number, set HEAD, change ivr.store.schema to match; the
tests compare the two and upgrade a database of every earlier version.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD = "0005"


def revision_of(connection: Connection) -> str | None:
    """The version of the database; None when it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


def upgrade(connection: Connection) -> None:
    """Upgrade to HEAD within the connection's transaction: all of it or nothing."""
    from alembic import command  # noqa: PLC0415 - a quarter of a second that only an upgrade pays
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, HEAD)
