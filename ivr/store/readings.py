"""Reads the record of calls: for the command line, beside the running process or in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.record import CallRecord, CallSummary, Outcome, the_one
from ivr.store import queries
from ivr.store.rows import line_of, summary_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from ivr.store.database import Database
    from ivr.store.vault import Vault

MOST_NAMED = 5  # how many calls are listed to somebody whose beginning of a name fits several
LAST_CHARACTER = "\U0010ffff"


class StoredRecords:
    """Implements ivr.record.Records."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def calls(self, *, since: float = 0.0, limit: int = 100, outcome: Outcome | None = None) -> list[CallSummary]:
        asked = {"since": since, "limit": limit}
        async with self._database.reading() as connection:
            if outcome is None:
                found = await connection.execute(queries.CALLS, asked)
            else:
                found = await connection.execute(queries.CALLS_BY_OUTCOME, asked | {"outcome": outcome})
            return [summary_of(row, self._vault) for row in found.mappings()]

    async def call(self, named: str) -> CallRecord:
        async with self._database.reading() as connection:
            summary = the_one(named, await self._named(connection, named))
            lines = await connection.execute(queries.TIMELINE, {"call": summary.id})
            return CallRecord(summary, tuple(line_of(row, self._vault) for row in lines.mappings()))

    async def misrouted(self, since: float = 0.0) -> list[CallRecord]:
        """The calls that began then or later of which somebody noted what they were about in truth."""
        async with self._database.reading() as connection:
            found = (await connection.execute(queries.MISROUTED, {"since": since})).scalars().all()
        return [await self.call(each) for each in dict.fromkeys(found)]

    async def looked_at(self, at: float, who: str, what: str) -> None:
        """Keep in the audit that somebody looked at patient data."""
        async with self._database.writing() as connection:
            await connection.execute(queries.ADD_TO_AUDIT, {"at": at, "who": who, "what": what, "subject": "calls"})

    async def _named(self, connection: AsyncConnection, named: str) -> list[CallSummary]:
        """The call of that name; without one, some of those whose name begins so."""
        exact = {"id": named, "number": named.upper()}
        beginning = exact | {f"{name}_end": value + LAST_CHARACTER for name, value in exact.items()}
        found = (await connection.execute(queries.CALL_NAMED, exact)).mappings().all()
        if not found:
            found = (
                (await connection.execute(queries.CALLS_BEGINNING, beginning | {"limit": MOST_NAMED})).mappings().all()
            )
        return [summary_of(row, self._vault) for row in found]
