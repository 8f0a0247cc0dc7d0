"""What is open at this moment: the plan's hours, but for the closures that somebody has switched on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ivr.menus.plan.calendar import Calendar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.conversation.closures import Closures
    from ivr.menus.plan.closures import Closure
    from ivr.menus.plan.model import Plan
    from ivr.services import Clock


@dataclass(frozen=True)
class Openings:
    """menus.doors.Doors of one version of the plan."""

    plan: Plan
    closures: Closures
    clock: Clock

    @cached_property
    def _calendar(self) -> Calendar:
        return Calendar(self.plan)

    def is_open(self, hours: str) -> bool:
        now = self.clock.now()
        if any(closure.shuts(hours) for closure in self._on(now)):
            return False
        return self._calendar.is_open(hours, datetime.fromtimestamp(now, UTC))

    def messages(self) -> tuple[str, ...]:
        """In the order of the plan."""
        return tuple(closure.say for closure in self._on(self.clock.now()) if closure.say)

    def _on(self, now: float) -> Iterator[Closure]:
        return (closure for name, closure in self.plan.closures.items() if self.closures.on(name, now))
