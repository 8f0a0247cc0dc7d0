"""Callers who are rung, or ring, again, as rows: callbacks with sealed numbers, and with whom a party talked last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DatabaseError

from ivr.queueing.backs import Back
from ivr.store import queries
from ivr.store.vault import SealBroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Executable, RowMapping

    from ivr.queueing.regulars import LastTalk
    from ivr.store.database import Database
    from ivr.store.vault import Vault

log = structlog.get_logger()


class StoredBacks:
    """Implements ivr.queueing.backs.BackRows."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def keep(self, back: Back) -> None:
        row = {
            "call": back.call,
            "at": back.at,
            "sealed_number": self._vault.seal(back.phi_number, _context(back.call)),
            "language": back.language,
            "line": back.line,
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.REMOVE_CALLBACK, {"known": back.call})
                await connection.execute(queries.ADD_CALLBACK, row)
        except (DatabaseError, OSError):
            log.exception("a callback is not on disk: a restart would lose it", call=back.call)

    async def remove(self, call: str) -> None:
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.REMOVE_CALLBACK, {"known": call})
        except (DatabaseError, OSError):
            log.exception("a callback that is over stays on disk", call=call)

    async def all(self) -> Sequence[Back]:
        """The oldest first. One whose number does not open is logged, and left out."""
        rows = await _rows(self._database, queries.CALLBACKS, 0.0)
        return [back for row in rows if (back := self._opened(row)) is not None]

    def _opened(self, row: RowMapping) -> Back | None:
        try:
            number = self._vault.open(row["sealed_number"], _context(row["call"]))
        except SealBroken:
            log.exception("the number of a callback does not open", call=row["call"])
            return None
        return Back(row["call"], number, row["language"], row["line"], row["at"])


class StoredTalks:
    """Implements ivr.queueing.regulars.TalkRows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, talk: LastTalk) -> None:
        party, person, at = talk
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.REMOVE_LAST_TALK, {"known": party})
                await connection.execute(queries.ADD_LAST_TALK, {"party": party, "person": person, "at": at})
        except (DatabaseError, OSError):
            log.exception("it is not on disk who talked with whom last")

    async def since(self, at: float) -> Sequence[LastTalk]:
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.FORGET_LAST_TALKS, {"before": at})
        except (DatabaseError, OSError):
            log.exception("old talks stay on disk")
        rows = await _rows(self._database, queries.LAST_TALKS, at)
        return [(row["party"], row["person"], row["at"]) for row in rows]


async def _rows(database: Database, statement: Executable, since: float) -> Sequence[RowMapping]:
    try:
        async with database.reading() as connection:
            return (await connection.execute(statement, {"since": since})).mappings().all()
    except (DatabaseError, OSError):
        log.exception("what was kept of callers who ring again cannot be read")
        return []


def _context(call: str) -> str:
    return f"callbacks/{call}/number"
