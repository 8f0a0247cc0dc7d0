"""The one place that reads a clock."""

from __future__ import annotations

import time


class SystemClock:
    """Implements ivr.services.Clock."""

    def now(self) -> float:
        return time.time()  # noqa: TID251 - this is the clock

    def monotonic(self) -> float:
        return time.monotonic()  # noqa: TID251 - this is the clock
