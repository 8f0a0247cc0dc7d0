"""Who switched which closure or message on or off, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DatabaseError

from ivr.conversation.closures import Switch
from ivr.store import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Executable

    from ivr.store.database import Database

log = structlog.get_logger()


class StoredSwitches:
    """Implements ivr.conversation.closures.SwitchRows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, switch: Switch) -> None:
        row = {
            "at": switch.at,
            "closure": switch.closure,
            "on": switch.on,
            "by": switch.by,
            "until": switch.until,
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.ADD_SWITCH, row)
        except (DatabaseError, OSError):
            log.exception("a closure was switched, but not on disk: a restart would undo it", closure=switch.closure)

    async def last_of_each(self) -> Sequence[Switch]:
        return await self._read(queries.LAST_SWITCHES)

    async def latest(self, limit: int) -> Sequence[Switch]:
        return await self._read(queries.SWITCHES, limit=limit)

    async def _read(self, statement: Executable, **wanted: int) -> Sequence[Switch]:
        try:
            async with self._database.reading() as connection:
                rows = (await connection.execute(statement, wanted)).mappings().all()
        except (DatabaseError, OSError):
            log.exception("which closures are on cannot be read: all count as off")
            return []
        return [Switch(row["at"], row["closure"], row["on"], row["by"], row["until"]) for row in rows]
