"""Writes the record of calls, behind the calls' backs.

    began, note, ended ──▶ pending (bounded) ──every 0.1 s──▶ one transaction: calls, timeline

Callers never wait for it: a full disk or a slow one costs lines of the record, counted in `lost` and logged, and
nothing else. A process that is killed loses at most the last FLUSH_SECONDS of timelines.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, assert_never

import structlog
from sqlalchemy.exc import OperationalError

from ivr.record import CallFacts, CallSummary, Entry, Noted, Numbering, after, closed, interrupted, opened, reopened
from ivr.store import queries
from ivr.store.rows import line_row, summary_of, summary_row

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ivr.store.database import Database
    from ivr.store.vault import Vault

FLUSH_SECONDS = 0.1
RETRY_SECONDS = 1.0
MOST_PENDING = 20_000  # about a thousand calls' lines: a disk that hangs must not fill the memory
MOST_AT_ONCE = 50  # lines in one transaction: the journal waits for it, a millisecond or two at most

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Ended:
    at: float


@dataclass(frozen=True, slots=True)
class _LeftOpen:
    """An earlier run left the call open, and the PBX no longer has it."""


_News = tuple[str, CallFacts | Noted | _Ended | _LeftOpen]


@dataclass(frozen=True, slots=True)
class _Page:
    """A call as it is in the database; `is_new` until its row is there."""

    summary: CallSummary
    next_seq: int = 0
    last_at: float = 0.0
    is_new: bool = False


class RecordWriter:
    """Implements ivr.record.Record. `run` writes until it is cancelled; `flush` after that writes what is left."""

    def __init__(self, database: Database, vault: Vault, timezone: tzinfo) -> None:
        self.lost = 0
        self._database = database
        self._vault = vault
        self._timezone = timezone
        self._numbering: Numbering | None = None
        self._pages: dict[str, _Page] = {}  # calls in progress
        self._pending: deque[_News] = deque()
        self._news = asyncio.Event()
        self._flushing: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    # ---- told by calls ----------------------------------------------------------------------------------------------

    def began(self, facts: CallFacts) -> None:
        self._put((facts.id, facts))

    def note(self, call: str, at: float, entry: Entry) -> None:
        self._put((call, Noted(at, entry)))

    def ended(self, call: str, at: float) -> None:
        self._put((call, _Ended(at)))

    def _put(self, news: _News) -> None:
        if len(self._pending) >= MOST_PENDING:
            self._lose(1, "the record's queue is full")
            return
        self._pending.append(news)
        self._news.set()

    def _lose(self, count: int, why: str) -> None:
        self.lost += count
        log.error("lines of the call record are lost", why=why, count=count, lost_so_far=self.lost)

    # ---- writing ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write what is noted, soon after it is noted, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(FLUSH_SECONDS)
            self._flushing = asyncio.get_running_loop().create_task(self.flush())
            await asyncio.shield(self._flushing)  # cancelled in a commit, we would not know whether it was written
            if self._pending:
                await asyncio.sleep(RETRY_SECONDS)
                self._news.set()

    async def flush(self) -> None:
        """Write all that was noted so far. Where the disk refuses, the rest stays pending. Never raises."""
        async with self._turn:
            while self._pending:
                batch = list(islice(self._pending, MOST_AT_ONCE))
                if not await self._written(batch):
                    return
                for _ in batch:
                    self._pending.popleft()

    async def close_interrupted(self, alive: Collection[str]) -> None:
        """Close the calls that an earlier run left open, but those `alive` on the PBX: they come back by `began`."""
        async with self._database.reading() as connection:
            left_open = (await connection.execute(queries.OPEN_CALLS)).scalars().all()
        for call in left_open:
            if call not in alive:
                self._put((call, _LeftOpen()))
        await self.flush()

    async def _written(self, batch: Sequence[_News]) -> bool:
        """False when the disk refuses now and may not later; what can never be written is lost at once."""
        try:
            async with self._database.writing() as connection:
                draft = await self._write(connection, batch)
        except OperationalError as refused:
            self._numbering = None
            log.error("the call record cannot be written now", cause=str(refused.orig), pending=len(self._pending))  # noqa: TRY400 - a full disk is no bug: its stack says nothing
            return False
        except Exception as fault:  # noqa: BLE001 - whatever it is, it must not cost a call
            self._numbering = None
            self._lose(len(batch), type(fault).__name__)
            return True
        for why in draft.lost:
            self._lose(1, why)
        self._remember(draft.pages)
        return True

    def _remember(self, pages: Mapping[str, _Page]) -> None:
        for call, page in pages.items():
            if page.summary.ended is None:
                self._pages[call] = replace(page, is_new=False)
            else:
                self._pages.pop(call, None)

    async def _write(self, connection: AsyncConnection, batch: Sequence[_News]) -> _Draft:
        draft = _Draft(self._vault)
        for call, news in batch:
            known = draft.pages.get(call) or self._pages.get(call)
            page = known or await self._stored(connection, call)
            match news:
                case CallFacts():
                    draft.put(await self._opened(connection, news) if page is None else _reopened(page))
                case _ if page is None:
                    draft.lost.append("the call never began")
                case Noted():
                    draft.add(page, news)
                case _Ended(at):
                    draft.put(replace(page, summary=closed(page.summary, at)))
                case _LeftOpen():
                    if known is None:
                        draft.put(replace(page, summary=interrupted(page.summary, page.last_at)))
                case _:
                    assert_never(news)
        await draft.save(connection)
        return draft

    async def _opened(self, connection: AsyncConnection, facts: CallFacts) -> _Page:
        if self._numbering is None:
            latest = (await connection.execute(queries.LATEST_NUMBER)).scalar_one_or_none()
            self._numbering = Numbering(latest or "")
        day = datetime.fromtimestamp(facts.started, self._timezone).date()
        return _Page(opened(facts, self._numbering.next(day)), last_at=facts.started, is_new=True)

    async def _stored(self, connection: AsyncConnection, call: str) -> _Page | None:
        """A call that an earlier run began, or that is over."""
        row = (await connection.execute(queries.CALL, {"call": call})).mappings().one_or_none()
        if row is None:
            return None
        summary = summary_of(row, self._vault)
        last_seq, last_at = (await connection.execute(queries.TIMELINE_END, {"call": call})).one()
        return _Page(summary, 0 if last_seq is None else last_seq + 1, last_at or summary.started)


def _reopened(page: _Page) -> _Page:
    return replace(page, summary=reopened(page.summary))


class _Draft:
    """What one transaction writes: the calls that changed and their new lines."""

    def __init__(self, vault: Vault) -> None:
        self.pages: dict[str, _Page] = {}
        self.lost: list[str] = []
        self._vault = vault
        self._lines: list[dict[str, object]] = []

    def put(self, page: _Page) -> None:
        self.pages[page.summary.id] = page

    def add(self, page: _Page, noted: Noted) -> None:
        try:
            self._lines.append(line_row(page.summary.id, page.next_seq, noted, self._vault))
        except (TypeError, ValueError) as no_json:
            self.lost.append(type(no_json).__name__)
            return
        summary = after(page.summary, noted.at, noted.entry)
        self.put(_Page(summary, page.next_seq + 1, noted.at, page.is_new))

    async def save(self, connection: AsyncConnection) -> None:
        rows: dict[bool, list[dict[str, object]]] = {True: [], False: []}
        for page in self.pages.values():
            rows[page.is_new].append(summary_row(page.summary, self._vault))
        if rows[True]:
            await connection.execute(queries.ADD_CALL, rows[True])
        if rows[False]:
            await connection.execute(queries.CHANGE_CALL, [row | {"call": row["id"]} for row in rows[False]])
        if self._lines:
            await connection.execute(queries.ADD_TO_TIMELINE, self._lines)
