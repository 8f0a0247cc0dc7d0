"""Files that grow while callers speak, read as they grow: one timer for all of them.

FreeSWITCH's uuid_record writes what the caller says, 20 ms at a time, into a file without a header. Nothing tells that
it has grown: so each 20 ms all are looked at.
"""

from __future__ import annotations

import asyncio
import os
import stat
from typing import TYPE_CHECKING

import structlog

from ivr.media.sounds import FRAME_BYTES, SAMPLE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Hears = Callable[[bytes], None]

TURN_SECONDS = 0.02
READ_BYTES = 65_536  # 4 s at once, after a delay of the event loop
LONG_BYTES = 2_000_000  # 125 s of speech in memory; 200 MB for a hundred callers

log = structlog.get_logger(__name__)


def _nobody() -> None:
    """Nobody minds how long it grows."""


class Tail:
    """Delivers one file in frames of 20 ms to whoever `audience` returns; what nobody hears is passed over.

    The file has no name any more once it is opened: it vanishes when FreeSWITCH closes it, also when we are killed.
    `on_long` is called each time that LONG_BYTES more were written.
    """

    def __init__(self, path: Path, audience: Callable[[], Hears | None], on_long: Callable[[], None] = _nobody) -> None:
        """Raises OSError, also for what is no file."""
        self._file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(self._file).st_mode):
                raise OSError("not a file")  # noqa: TRY301 - the same clean-up for all
            path.unlink()
        except OSError:
            os.close(self._file)
            raise
        self._audience = audience
        self._on_long = on_long
        self._long_at = LONG_BYTES
        self._at = 0  # always at a whole sample
        self._closed = False

    def turn(self) -> None:
        """Deliver the whole frames that were written since the last turn."""
        if self._closed:
            return
        if self._audience():
            self._deliver(FRAME_BYTES)
        else:
            self._at = _whole(os.lseek(self._file, 0, os.SEEK_END), SAMPLE_BYTES)
        if self._at >= self._long_at:
            self._long_at += LONG_BYTES
            self._on_long()

    def finish(self) -> None:
        """Deliver what is left, a last part of a frame, too: the file is complete."""
        self._deliver(FRAME_BYTES)
        self._deliver(SAMPLE_BYTES)
        self.close()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._file)

    def _deliver(self, unit: int) -> None:
        """Whoever hears may end the hearing with any frame, or close this."""
        while not self._closed and (new := self._read(unit)):
            for begin in range(0, len(new), FRAME_BYTES):
                if hears := self._audience():
                    hears(new[begin : begin + FRAME_BYTES])

    def _read(self, unit: int) -> bytes:
        """Return what is new, in whole units."""
        new = os.pread(self._file, READ_BYTES, self._at)
        new = new[: _whole(len(new), unit)]
        self._at += len(new)
        return new


class Ticker:
    """Gives each of its tails a turn every 20 ms; sleeps while there are none."""

    def __init__(self) -> None:
        self._tails: set[Tail] = set()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_awake(self) -> bool:
        return self._timer is not None

    def add(self, tail: Tail) -> None:
        self._tails.add(tail)
        if self._timer is None:
            self._tick()

    def remove(self, tail: Tail) -> None:
        self._tails.discard(tail)

    def stop(self) -> None:
        self._tails.clear()
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        if not self._tails:
            self._timer = None
            return
        self._timer = asyncio.get_running_loop().call_later(TURN_SECONDS, self._tick)
        for tail in tuple(self._tails):
            if tail in self._tails:
                self._turn(tail)

    def _turn(self, tail: Tail) -> None:
        try:
            tail.turn()
        except Exception:
            log.exception("a caller is not heard any more")  # one caller's trouble; the others are heard
            self.remove(tail)


def _whole(size: int, unit: int) -> int:
    return size // unit * unit
