"""An event loop whose clock jumps: six seconds of silence, or six minutes in a queue, take no time at all.

Nothing in such a loop may wait for a thread or for the network: only for other tasks, and for the clock.
"""

from __future__ import annotations

import asyncio
import selectors


class NothingEverHappens(RuntimeError):  # noqa: N818 - the state of the loop
    """All tasks wait for each other: nothing is due at any time."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """`asyncio.Runner(loop_factory=VirtualLoop)`. Its time begins at 0 and is that of the next timer, always."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self._passed

    def jump(self, seconds: float) -> None:
        self._passed += seconds


class _Jumping(selectors.DefaultSelector):
    """Where a loop would sleep until its next timer."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise NothingEverHappens
        if not ready and timeout:
            self._loop.jump(timeout)
        return ready


class LoopClock:
    """ivr.services.Clock of the running loop: `begins` is its time in seconds since the epoch when this was made."""

    def __init__(self, begins: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._offset = begins - self._loop.time()

    def now(self) -> float:
        return self._loop.time() + self._offset

    def monotonic(self) -> float:
        return self._loop.time()
