"""One queue at work: who stands in it, by place and by age, and what is known of its waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.lines import Line
from acd.model import Condition, Overflow, Queue
from acd.stats import QueueStats
from acd.wait import Estimate, WaitEstimator
from acd.watched import watched

if TYPE_CHECKING:
    from acd.crews import Crew
    from acd.state import Caller


def closed(name: str) -> Queue:
    """What stands for a queue that the plan does not name: whoever is in it is sent away at once, to nowhere."""
    return Queue(name, overflow=(Overflow(Condition(), to=""),))


class QueueRoom:
    """`line` is everybody who has not come to talk (and may be called, if called back), `ages` who of them is on the
    phone, by the time since when.

    `crew` are the people who can serve the queue when every step is relaxed.
    """

    def __init__(self, queue: Queue, crew: Crew) -> None:
        self.queue = queue
        self.crew = crew
        self.line = Line()
        self.ages = Line()
        self.stats = QueueStats(queue.target_seconds)
        self.waits = WaitEstimator()
        self.watched = watched(queue)

    def change_plan(self, queue: Queue, crew: Crew) -> None:
        """The queue's rules anew; its line is filled anew, its figures stay."""
        self.queue = queue
        self.crew = crew
        self.line, self.ages = Line(), Line()
        self.stats.target_seconds = queue.target_seconds
        self.watched = watched(queue)

    def add(self, caller: Caller) -> None:
        self.line.add(caller.place)
        if not caller.away:
            self.ages.add(_age(caller))

    def remove(self, caller: Caller) -> None:
        self.line.remove(caller.place)
        if not caller.away:
            self.ages.remove(_age(caller))

    def estimate(self, ahead: int, waited_seconds: float, now: float) -> Estimate | None:
        """The wait that is left for somebody with so many before them."""
        return self.waits.estimate(ahead, self.crew.at_work, waited_seconds, now, self.crew.free)

    def oldest_since(self) -> float | None:
        """Since when whoever waits longest on the phone does."""
        joined: float | None = self.ages.front[0] if self.ages else None
        return joined


def _age(caller: Caller) -> tuple[float, int, str]:
    return (caller.present_since, caller.number, caller.call)
