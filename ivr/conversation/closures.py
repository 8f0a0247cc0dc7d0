"""Which closures and messages are switched on: kept on disk as who switched what and when, and never erased.

What is on follows from the last switch of each; one with an `until` is over by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_REMEMBERED = 1000  # switches kept in memory where there is no disk


@dataclass(frozen=True, slots=True)
class Switch:
    """`by` switched the plan's `closure` at this time (seconds since the epoch); None as `until` is for good."""

    at: float
    closure: str
    on: bool
    by: str
    until: float | None = None

    def holds(self, now: float) -> bool:
        return self.on and (self.until is None or now < self.until)


class SwitchRows(Protocol):
    """Kept on disk; nothing raises: a disk that fails keeps nobody from closing the practice."""

    async def add(self, switch: Switch) -> None: ...

    async def last_of_each(self) -> Sequence[Switch]: ...

    async def latest(self, limit: int) -> Sequence[Switch]:
        """The latest first."""


class RememberedSwitches:
    """SwitchRows without a disk, for a trial."""

    def __init__(self) -> None:
        self.rows: list[Switch] = []

    async def add(self, switch: Switch) -> None:
        self.rows = [*self.rows, switch][-MOST_REMEMBERED:]

    async def last_of_each(self) -> Sequence[Switch]:
        return list({switch.closure: switch for switch in self.rows}.values())

    async def latest(self, limit: int) -> Sequence[Switch]:
        return self.rows[::-1][:limit]


def _nobody_asks() -> None:
    pass


class Closures:
    """The state of all closures, over every version of the plan: one that a plan does not know has no effect.

    `switched` is called after each switch.
    """

    def __init__(self, rows: SwitchRows | None = None) -> None:
        self.switched: Callable[[], object] = _nobody_asks
        self._rows = rows or RememberedSwitches()
        self._last: dict[str, Switch] = {}

    async def load(self) -> None:
        self._last = {switch.closure: switch for switch in await self._rows.last_of_each()}

    async def switch(self, switch: Switch) -> None:
        """It holds at once, and is on disk on return."""
        self._last[switch.closure] = switch
        self.switched()
        await self._rows.add(switch)

    def on(self, closure: str, now: float) -> Switch | None:
        """How the closure was switched on; None while it is off."""
        last = self._last.get(closure)
        return last if last and last.holds(now) else None

    async def history(self, limit: int) -> Sequence[Switch]:
        """The latest first."""
        return await self._rows.latest(limit)
