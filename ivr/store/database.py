"""The one database file of a state folder: opened, locked, upgraded, written by one writer at a time.

    state/careline.db  careline.lock  vault.key  voicemail/

`careline run` opens it with `open_database` and owns it; commands that look in beside it use `beside`. Both are used as
`async with open_database(folder) as database`.

SQLite runs in WAL mode with synchronous=NORMAL: a commit is in the operating system's hands when it returns, so a
killed process loses nothing. FULL would also survive a power cut, at the price of one disk flush (5 to 30 ms on a
practice's disk) between a person becoming free and the next phone ringing; and a power cut ends the PBX's calls on the
same host, so that there would be nobody left whose place in line is worth it. The file is never torn by either.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ivr.errors import UserError
from ivr.store.migrations import HEAD, revision_of, upgrade

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

FILE = "careline.db"
BUSY_SECONDS = 5  # how long a writer waits for one of another process (`careline voicemail`) before it gives up
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")


class StoreError(UserError):
    """The state folder cannot be used; the message says why and what to do."""


class Database:
    """Connections to the open database; `writing` is for one task at a time, `reading` for any number."""

    def __init__(self, folder: Path, engine: AsyncEngine) -> None:
        self.folder = folder
        self._engine = engine
        self._writers = engine.execution_options(careline_writes=True)
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that holds the write lock from its start; committed at the end, undone by an exception."""
        async with self._turn, self._writers.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database, whatever is written meanwhile."""
        async with self._engine.connect() as connection:
            yield connection


@asynccontextmanager
async def open_database(folder: Path) -> AsyncIterator[Database]:
    """Own the state folder: make what is missing, upgrade what is older. Raises StoreError."""
    with _owned(folder) as is_new:
        path = folder / FILE
        async with _engine(path) as engine:
            await _bring_up_to_date(engine, path, is_new=is_new)
            yield Database(folder, engine)


@asynccontextmanager
async def beside(folder: Path) -> AsyncIterator[Database]:
    """Look into a state folder that another process may own. Raises StoreError."""
    path = folder / FILE
    if not path.exists():
        raise StoreError(
            f"{path} does not exist: no call has been kept there yet; name another state folder with --state"
        )
    async with _engine(path) as engine:
        revision = await _revision(engine, path)
        if revision != HEAD:
            raise StoreError(f"{path} was made by another version of Careline: start `careline run` of this one first")
        yield Database(folder, engine)


@asynccontextmanager
async def _engine(path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        hide_parameters=True,  # an error's text may be logged, values may not
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},  # we say BEGIN ourselves
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    try:
        yield engine
    finally:
        await engine.dispose()


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    """A writer takes its lock at once: one that began by reading could be refused at its first write."""
    writes = connection.get_execution_options().get("careline_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def _bring_up_to_date(engine: AsyncEngine, path: Path, *, is_new: bool) -> None:
    if await _revision(engine, path) == HEAD:
        return
    if not is_new:
        await asyncio.to_thread(_copy, path, path.with_name(f"careline-before-{HEAD}.db"))
    async with engine.execution_options(careline_writes=True).begin() as connection:
        await connection.run_sync(upgrade)


async def _revision(engine: AsyncEngine, path: Path) -> str | None:
    """The version of the database's schema; None when it has none. Raises StoreError where it cannot be used."""
    try:
        async with engine.connect() as connection:
            revision = await connection.run_sync(revision_of)
    except DatabaseError as broken:
        raise StoreError(f"{path} cannot be read ({broken.orig}): put back a copy of it, or move it away") from broken
    if revision is not None and revision > HEAD:
        raise StoreError(f"{path} was made by a newer Careline ({revision}): install that version, or put back a copy")
    return revision


def _copy(path: Path, copy: Path) -> None:
    copy.touch(mode=0o600)
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


@contextmanager
def _owned(folder: Path) -> Iterator[bool]:
    """Hold the folder, made if need be; true when the database is new. The lock ends with the process."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / "careline.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as refused:
        raise StoreError(f"{folder} cannot be written ({refused.strerror}): name another state folder") from refused
    try:
        _lock(descriptor, folder)
        path = folder / FILE
        path.touch(mode=0o600)  # SQLite gives its side files the same mode
        yield path.stat().st_size == 0
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    """A POSIX lock, not flock: a worker that was forked and outlives us must not keep the next start out."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        owner = os.read(descriptor, 20).decode() or "unknown"
        raise StoreError(
            f"{folder} is used by another Careline (process {owner}): stop that one, or name another state folder"
        ) from None
    os.truncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
