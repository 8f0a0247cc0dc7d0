"""The engine's journal: every event on disk before its commands are carried out."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import DatabaseError

from ivr.queueing.journalled import JournalBroken
from ivr.store import queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ivr.store.database import Database

MOST_UNSAVED = 50_000  # about a day's events; a disk that stays full must not fill the memory as well

log = structlog.get_logger()


class Journal:
    """Implements ivr.queueing.journalled.Journal. One task appends; events are JSON objects without patient data."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unsaved: deque[dict[str, Any]] = deque(maxlen=MOST_UNSAVED)

    async def append(self, entries: Sequence[tuple[float, Mapping[str, Any]]]) -> None:
        """Write the events in one transaction.

        Raises JournalBroken when the disk is full or fails; the events are kept in memory then and written by the next
        append that succeeds, so that a disk that recovers has a journal without a gap.
        """
        self._unsaved.extend({"at": at, "event": json.dumps(event)} for at, event in entries)
        if not self._unsaved:
            return
        saving = len(self._unsaved)
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.APPEND_TO_JOURNAL, list(self._unsaved))
        except (DatabaseError, OSError) as broken:
            raise JournalBroken(f"{saving} events are not on disk: {_cause(broken)}") from broken
        self._unsaved.clear()

    async def replay(self) -> list[tuple[int, float, dict[str, Any]]]:
        """All events, oldest first, as (seq, at, event).

        At a row that cannot be read the events end; that row and what follows are put aside (table journal_aside),
        for what happened after a gap would be told to an engine that cannot know what it means.
        """
        async with self._database.reading() as connection:
            rows = (await connection.execute(queries.REPLAY_JOURNAL, {"after": 0})).all()
        events: list[tuple[int, float, dict[str, Any]]] = []
        for seq, at, text in rows:
            event = _parsed(text)
            if event is None or not isinstance(at, float):
                await self._put_aside(seq)
                break
            events.append((seq, at, event))
        return events

    async def begin_again(self, entries: Sequence[tuple[float, Mapping[str, Any]]]) -> None:
        """Replace the whole journal by these entries, a snapshot as a rule, in one transaction.

        Raises JournalBroken, and the old journal is still there.
        """
        rows = [{"at": at, "event": json.dumps(event)} for at, event in entries]
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.CUT_JOURNAL, {"first": 0})
                await connection.execute(queries.APPEND_TO_JOURNAL, rows)
        except (DatabaseError, OSError) as broken:
            raise JournalBroken(f"the journal could not begin again: {_cause(broken)}") from broken
        self._unsaved.clear()

    async def _put_aside(self, seq: int) -> None:
        log.error("journal row cannot be read; it and all later rows are put aside in table journal_aside", seq=seq)
        async with self._database.writing() as connection:
            await _move_aside(connection, seq)


async def _move_aside(connection: AsyncConnection, first: int) -> None:
    await connection.execute(queries.COPY_ASIDE, {"first": first})
    await connection.execute(queries.CUT_JOURNAL, {"first": first})


def _parsed(text: object) -> dict[str, Any] | None:
    try:
        event = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _cause(broken: DatabaseError | OSError) -> str:
    """The database's own words, without the statement and its values."""
    return str(broken.orig if isinstance(broken, DatabaseError) else broken)
