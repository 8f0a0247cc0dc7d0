"""The caller's two ends: what they hear, and what they do."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Terminal(Protocol):
    """One caller: `hears` a line of text, and answers with a typed line."""

    def hears(self, text: str) -> None: ...

    async def line(self) -> str | None:
        """Digits, words, or "" for silence; None when the caller hangs up."""


class Script:
    """A caller who does what is written, line by line, and then hangs up. `heard` is all that was said to them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.heard: list[str] = []
        self._lines = deque(lines)

    def hears(self, text: str) -> None:
        self.heard.append(text)

    async def line(self) -> str | None:
        return self._lines.popleft() if self._lines else None


class Keyboard:
    """A caller who types. `ended` is set once all input was asked for, also while nobody asks: the caller has hung up.

    A thread reads: there is no other way to wait for a terminal, a pipe and a file alike. It dies with the process.
    """

    def __init__(self, source: TextIO, write: Callable[[str], object]) -> None:
        self.ended = asyncio.Event()
        self._source = source
        self._write = write
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._over = False

    def start(self) -> None:
        """Begin to read; on the event loop that will ask for the lines."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop,), daemon=True).start()

    def hears(self, text: str) -> None:
        self._write(text)

    async def line(self) -> str | None:
        line = await self._lines.get()
        if line is None:
            self._lines.put_nowait(None)  # the end stays the end, however often it is asked for
        self._at_end()
        return line

    def _finish(self) -> None:
        self._over = True
        self._lines.put_nowait(None)
        self._at_end()

    def _at_end(self) -> None:
        """A pipe ends before what came through it was asked for."""
        if self._over and self._lines.qsize() <= 1:
            self.ended.set()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for line in self._source:
                loop.call_soon_threadsafe(self._lines.put_nowait, line.rstrip("\r\n"))
            loop.call_soon_threadsafe(self._finish)
        except RuntimeError:
            return  # the loop is closed: nobody listens any more
