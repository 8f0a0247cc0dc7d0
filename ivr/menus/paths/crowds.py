"""How it is in the queues when a caller comes: somebody is free, everybody talks, so many wait, nobody is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acd.events import AgentLoggedOut, CallerJoined, Device, DeviceChanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acd.events import Event
    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.queues import Queue

FILLER = "waiting-"


@dataclass(frozen=True, slots=True)
class Crowd:
    """`waiting` callers stand in the `queue` already. Without `busy` and `gone` people are as the plan has them."""

    busy: bool = False
    gone: bool = False
    waiting: int = 0
    queue: str = ""

    def __str__(self) -> str:
        if self.waiting:
            return f"{self.waiting} wait"
        return "everybody talks" * self.busy or "nobody logged in" * self.gone

    def events(self, plan: Plan) -> Iterator[Event]:
        """What the routing engine is told of it."""
        for name in plan.people:
            if self.busy:
                yield DeviceChanged(name, Device.BUSY)
            if self.gone:
                yield AgentLoggedOut(name)
        for number in range(self.waiting):
            yield CallerJoined(f"{FILLER}{number}", self.queue)


NOBODY_ELSE = Crowd()
BUSY = Crowd(busy=True)
GONE = Crowd(gone=True)


def crowds_of(name: str, queue: Queue) -> list[Crowd]:
    """All that the rules of a queue can be about, but what it takes a day of calls for (estimates, service levels)."""
    conditions = [*(rule.when for rule in queue.refuse), *(rule.when for rule in queue.overflow if rule.when)]
    lengths = {each.length for each in conditions if each.length}
    return [BUSY, GONE, *(Crowd(busy=True, waiting=length, queue=name) for length in sorted(lengths))]
