"""How long an ear waits for its worker: at most a second behind what was sent, and a second for the end."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.services import Clock

LATE_SECONDS = 0.85
GRACE_SECONDS = 0.1  # the answer may wait in the pipe because we ourselves were held up: read once more, then give up


class Patience:
    """Keeps one timer, armed at the oldest unanswered thing. `give_up` is called once, at most a second after that."""

    def __init__(self, clock: Clock, give_up: Callable[[], None]) -> None:
        self._clock = clock
        self._give_up = give_up
        self._unanswered: deque[tuple[int, float]] = deque()  # bytes sent in all, when
        self._sent_bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def sent(self, size: int) -> None:
        """`size` bytes of audio went to the worker."""
        self._sent_bytes += size
        self._expect(self._sent_bytes)

    def asked(self) -> None:
        """The final result was asked for: more than `taken` can answer."""
        self._expect(self._sent_bytes + 1)

    def taken(self, total: int) -> None:
        """The worker recognised the first `total` bytes."""
        while self._unanswered and self._unanswered[0][0] <= total:
            self._unanswered.popleft()

    def close(self) -> None:
        self._unanswered.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _expect(self, total: int) -> None:
        self._unanswered.append((total, self._clock.monotonic()))
        if self._timer is None:
            self._arm(LATE_SECONDS)

    def _arm(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        if not self._unanswered:
            return
        left = self._unanswered[0][1] + LATE_SECONDS - self._clock.monotonic()
        if left > 0:
            self._arm(left)
        else:
            self._timer = asyncio.get_running_loop().call_later(GRACE_SECONDS, self._look_again, self._unanswered[0])

    def _look_again(self, overdue: tuple[int, float]) -> None:
        if self._unanswered and self._unanswered[0] == overdue:
            self._give_up()
        else:
            self._look()
