"""What becomes of one caller in line, by the routing engine itself: nothing of its rules is told a second time here."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from acd.commands import Moved, Ring, SendAway, Suggest
from acd.conditions import in_words
from acd.engine import Engine
from acd.events import CallerJoined, CallerLeft, TimePassed
from acd.model import Urgency
from acd.skills import ANYBODY, Needs
from ivr.menus.routing import routing_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from acd.commands import Command
    from acd.model import Overflow
    from ivr.menus.paths.crowds import Crowd
    from ivr.menus.paths.nouns import Place
    from ivr.menus.plan.model import Plan

CALL = "caller"
MARGIN_SECONDS = 60.0

Happening = Ring | Moved | SendAway | Suggest


def patience_seconds(plan: Plan) -> float:
    """How long a caller waits for every rule by time to have acted, one queue after the other."""
    waits = [
        max((rule.after or (rule.when.waited if rule.when else 0) or 0 for rule in queue.overflow), default=0)
        for queue in plan.queues.values()
    ]
    return sum(waits) + MARGIN_SECONDS


class Line:
    """The engine with a plan, in a crowd, from the moment on at which the caller joins."""

    def __init__(self, plan: Plan, crowd: Crowd) -> None:
        self._engine = Engine()
        self._now = 0.0
        self._ends = patience_seconds(plan)
        self._ahead: deque[Happening] = deque()
        self._rules = {queue.name: queue for queue in routing_of(plan).queues}
        for event in (routing_of(plan), *crowd.events(plan)):
            self._engine.handle(event, self._now)

    def join(self, queue: str, needs: Collection[str] = (), *, urgent: bool = False) -> None:
        wanted = Needs.all_of(*sorted(needs)) if needs else ANYBODY
        urgency = Urgency.URGENT if urgent else Urgency.ROUTINE
        self._see(self._engine.handle(CallerJoined(CALL, queue, wanted, urgency), self._now))

    def leave(self) -> None:
        self._engine.handle(CallerLeft(CALL), self._now)

    def next(self) -> Happening | None:
        """What happens to the caller next; None when nothing does any more."""
        while not self._ahead:
            deadline = self._engine.next_deadline()
            if deadline is None or deadline > self._ends:
                return None
            self._now = max(self._now, deadline)
            self._see(self._engine.handle(TimePassed(), self._now))
        return self._ahead.popleft()

    def rule_of(self, happening: Moved | SendAway | Suggest) -> Place:
        """The plan's rule that did it."""
        queue = self._rules[happening.queue]
        for section, rules in (("refuse", queue.refuse), ("overflow", queue.overflow)):
            for index, rule in enumerate(rules):
                if _is(rule, happening):
                    return ("queues", queue.name, section, str(index))
        return ("queues", queue.name)

    def _see(self, orders: Sequence[Command]) -> None:
        self._ahead += [order for order in orders if isinstance(order, Happening) and order.call == CALL]


def _is(rule: Overflow, happening: Moved | SendAway | Suggest) -> bool:
    same_kind = rule.offered == isinstance(happening, Suggest)
    return same_kind and (rule.queue or rule.to) == happening.to and in_words(rule.when) == happening.why
