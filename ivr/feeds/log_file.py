"""A file that grows by lines, behind everybody's back.

    put ──▶ pending (bounded) ──every 0.2 s──▶ the file, in a thread

Nobody waits for it: a disk that is full or slow costs lines, counted in `lost` and logged. The file is opened anew
when it was moved or removed (logrotate needs no signal), and moved to `….1` by us at MOST_BYTES, so that it never
fills the disk where nobody rotates it.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from pathlib import Path

FLUSH_SECONDS = 0.2
RETRY_SECONDS = 5.0  # a full disk is no matter of milliseconds
MOST_PENDING = 20_000  # lines, 2 MB or so: a disk that hangs must not fill the memory
MOST_BYTES = 50_000_000  # about a year of a practice; a report reads the present file

log = structlog.get_logger()


class LogFile:
    """`run` writes until it is cancelled, then writes what is left. `lost` counts the lines that had no room."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self.lost = 0
        self._path = path
        self._most_bytes = most_bytes
        self._pending: deque[str] = deque()
        self._news = asyncio.Event()
        self._failing = False
        self._turn = asyncio.Lock()
        self._flushing: asyncio.Task[bool] | None = None

    def put(self, line: str) -> None:
        """Write a line soon; never blocks, never raises."""
        if len(self._pending) >= MOST_PENDING:
            self._pending.popleft()
            self.lost += 1
        self._pending.append(line)
        self._news.set()

    async def run(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                await asyncio.sleep(FLUSH_SECONDS)
                self._flushing = asyncio.get_running_loop().create_task(self.flush())
                if not await asyncio.shield(self._flushing):
                    await asyncio.sleep(RETRY_SECONDS)
                    self._news.set()
        finally:
            await self.flush()

    async def flush(self) -> bool:
        """Write what is pending; false where the disk refuses, and then it stays pending. Never raises."""
        async with self._turn:
            batch = list(self._pending)
            self._pending.clear()
            try:
                await asyncio.to_thread(self._append, "".join(batch).encode())
            except OSError as error:
                self._keep(batch)
                self._told(error)
                return False
            self._failing = False
            return True

    def _keep(self, batch: list[str]) -> None:
        """What could not be written goes before what came since; the oldest lines are lost first."""
        everything = [*batch, *self._pending]
        self.lost += max(0, len(everything) - MOST_PENDING)
        self._pending = deque(everything[-MOST_PENDING:])

    def _append(self, batch: bytes) -> None:
        """All or nothing: lines cut in two would be read as nonsense for ever."""
        if self._path.exists() and self._path.stat().st_size >= self._most_bytes:
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            try:
                while batch:
                    batch = batch[file.write(batch) :]
            except OSError:
                file.truncate(size)
                raise

    def _told(self, error: OSError) -> None:
        if not self._failing:
            log.error("the queue log cannot be written; its lines wait", file=str(self._path), why=error.strerror)
        self._failing = True
