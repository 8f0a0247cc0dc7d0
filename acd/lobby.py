"""The callers: their places in line, what they are told of them, and how long they may wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.commands import SendAway, TellPosition
from acd.lines import Line
from acd.model import Overflow, Queue
from acd.state import Caller
from acd.timers import CallerDue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from acd.events import CallerJoined
    from acd.matching import Matching
    from acd.timers import Timers

TOLD_PLACES = 10
"""Who stands farther back is told the place on joining only: each step of a long line is no news to its end, and one
hand-over must not speak to thousands."""


def closed(name: str) -> Queue:
    """What stands for a queue that the plan does not name: whoever is in it is sent away at once, to nowhere."""
    return Queue(name, overflow=Overflow(0.0, to=""))


class Lobby:
    """Everybody who joined and has not left. A caller keeps the place in line until the talk begins."""

    def __init__(self, matching: Matching, timers: Timers) -> None:
        self.callers: dict[str, Caller] = {}
        self.lines: dict[str, Line] = {}
        self._queues: dict[str, Queue] = {}
        self._matching = matching
        self._timers = timers
        self._joins = 0
        self._lined_up: dict[str, None] = {}
        self._shortened: dict[str, None] = {}

    def configure(self, queues: Iterable[Queue]) -> None:
        """Take over the plan into a cleared matching; everybody keeps the place."""
        self._queues = {queue.name: queue for queue in queues}
        self.lines = {}
        for caller in self.callers.values():
            if not caller.talking:
                caller.queue = self._queue(caller.queue.name)
                self._step_in(caller)

    def join(self, event: CallerJoined, now: float) -> None:
        self._joins += 1
        queue = self._queue(event.queue)
        caller = Caller(event.call, queue, event.needs, event.urgency, self._joins, joined=now, entered=now)
        self.callers[caller.call] = caller
        self._step_in(caller)

    def moves(self, caller: Caller, event: CallerJoined) -> bool:
        """Whether joining again changes what the caller waits for."""
        return (caller.queue.name, caller.own_needs) != (event.queue, event.needs)

    def rejoin(self, caller: Caller, event: CallerJoined, now: float) -> None:
        """Joining again keeps the place; another queue begins its own longest wait. The place is told anew."""
        self._step_out(caller)
        if caller.queue.name != event.queue:
            caller.entered = now
        caller.queue, caller.own_needs = self._queue(event.queue), event.needs
        caller.urgency = max(caller.urgency, event.urgency)
        caller.told = None
        self._step_in(caller)

    def reserve(self, caller: Caller, offer: int) -> None:
        """Hold the caller for an offer. No longest wait ends while it lasts."""
        self._stop_waiting(caller)
        caller.offer = offer

    def wait_again(self, caller: Caller) -> None:
        """The offer came to nothing: the caller waits at the same place."""
        caller.offer = None
        self._wait(caller)

    def talk(self, caller: Caller) -> None:
        self._step_out(caller)
        caller.talking = True

    def leave(self, caller: Caller) -> None:
        if not caller.talking:
            self._step_out(caller)
        del self.callers[caller.call]

    def send_away(self, call: str) -> SendAway:
        """The longest wait is over; only a queue with an overflow has one."""
        caller = self.callers[call]
        assert caller.queue.overflow is not None
        self.leave(caller)
        return SendAway(call, caller.queue.name, caller.queue.overflow.to)

    def tell(self) -> list[TellPosition]:
        """The places that are news since the last time: on joining, and when better than what was told last."""
        commands = [told for call in self._lined_up for told in self._news(call)]
        for queue in self._shortened:
            for call in self.lines[queue].first(TOLD_PLACES):
                commands += self._news(call)
        self._lined_up.clear()
        self._shortened.clear()
        return commands

    def position(self, caller: Caller) -> int:
        """The caller's place in the queue, those before who are being rung for counted; 1 is next."""
        return self.lines[caller.queue.name].position(caller.place)

    def _news(self, call: str) -> list[TellPosition]:
        caller = self.callers.get(call)
        if caller is None or caller.offer is not None:
            return []
        position = self.position(caller)
        if caller.told is not None and caller.told <= position:
            return []
        caller.told = position
        return [TellPosition(call, position)]

    def _queue(self, name: str) -> Queue:
        return self._queues.get(name) or closed(name)

    def _step_in(self, caller: Caller) -> None:
        line = self.lines.get(caller.queue.name)
        if line is None:
            line = self.lines[caller.queue.name] = Line()
        line.add(caller.place)
        if caller.offer is None:
            self._wait(caller)

    def _step_out(self, caller: Caller) -> None:
        self.lines[caller.queue.name].remove(caller.place)
        self._shortened[caller.queue.name] = None
        if caller.offer is None:
            self._stop_waiting(caller)

    def _wait(self, caller: Caller) -> None:
        self._matching.add_caller(caller)
        self._lined_up[caller.call] = None
        if caller.queue.overflow is None:
            self._timers.cancel(CallerDue(caller.call))
        else:
            self._timers.set(CallerDue(caller.call), caller.entered + caller.queue.overflow.after_seconds)

    def _stop_waiting(self, caller: Caller) -> None:
        self._matching.remove_caller(caller)
        self._timers.cancel(CallerDue(caller.call))
