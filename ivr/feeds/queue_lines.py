"""Who waits in which queue, and who waits to be called back: what the events do not repeat of callers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from acd import commands
from ivr.feeds import facts
from ivr.feeds.facts import Fact, Leaving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acd.engine import Engine
    from acd.events import CallerJoined


@dataclass(frozen=True, slots=True)
class Visit:
    """A caller in line. `entered` is when."""

    call: str
    queue: str
    entered: float
    entered_at: int
    position: int


class QueueLines:
    """`waiting` is how many wait on the phone, by queue. `engine` is always as it is after the event."""

    def __init__(self) -> None:
        self.waiting: Counter[str] = Counter()
        self._visits: dict[str, Visit] = {}
        self._callbacks: dict[str, str] = {}

    def learn(self, engine: Engine) -> None:
        """Know who waited before we did; nothing is told of them."""
        for caller in engine.lobby.callers.values():
            if caller.away:
                self._callbacks[caller.call] = caller.queue.name
            elif caller.call not in self._visits and not caller.talking:
                self._visit(caller.call, caller.queue.name, caller.entered, engine)

    # ---- coming ---------------------------------------------------------------------------------------------------

    def joined(self, event: CallerJoined, orders: Sequence[commands.Command], engine: Engine, now: float) -> list[Fact]:
        """Entering; who stands in this queue already keeps the place, and who is sent on at once never entered."""
        call, known = event.call, self._visits.get(event.call)
        if known and known.queue == event.queue:
            return self.agreed(call, engine, now)
        caller = engine.lobby.callers.get(call)
        before = [] if caller and caller.away else self.given_up(call, cancelled=True)
        before += self.left(call, Leaving.CHOSE, now)
        if any(isinstance(order, commands.SendAway | commands.Moved) and order.call == call for order in orders):
            return before
        waited = sum(order.waited_seconds for order in orders if isinstance(order, commands.Restored))
        return [*before, *self.entered(call, event.queue, now - waited, engine)]

    def entered(self, call: str, queue: str, since: float, engine: Engine) -> list[Fact]:
        caller = engine.lobby.callers.get(call)
        if caller is None or caller.talking:
            return []
        if caller.away:
            return self.agreed(call, engine, now=since)
        visit = self._visit(call, queue, since, engine)
        return [facts.Entered(call, queue, visit.position, self.waiting[queue])]

    def _visit(self, call: str, queue: str, entered: float, engine: Engine) -> Visit:
        position = engine.lobby.position(engine.lobby.callers[call])
        visit = self._visits[call] = Visit(call, queue, entered, position, position)
        self.waiting[queue] += 1
        return visit

    # ---- in line --------------------------------------------------------------------------------------------------

    def moved_up(self, call: str, position: int) -> None:
        if visit := self._visits.get(call):
            self._visits[call] = replace(visit, position=position)

    # ---- going ----------------------------------------------------------------------------------------------------

    def left(self, call: str, how: Leaving, now: float, to: str = "") -> list[Fact]:
        """Leaving the line without a talk; nothing for who does not stand in one."""
        visit = self._visits.pop(call, None)
        if visit is None:
            return []
        self.waiting[visit.queue] -= 1
        left = facts.Left(
            call,
            visit.queue,
            how,
            visit.position,
            visit.entered_at,
            waited_seconds=now - visit.entered,
            count=self.waiting[visit.queue],
            to=to,
        )
        return [left]

    def sent(self, call: str, queue: str, how: Leaving, to: str, now: float) -> list[Fact]:
        """Sent on by the queue's rules, out of the line or at its door."""
        return self.left(call, how, now, to) or [facts.Refused(call, queue, to)]

    def talks(self, call: str, queue: str, now: float) -> tuple[list[Fact], Visit]:
        """The caller's talk begins: the visit that it ends, and what has to be told before.

        Who is called back may be found in a talk after an outage, when nobody told us that they were reached.
        """
        unseen: list[Fact] = []
        if call not in self._visits:
            if self._callbacks.pop(call, None) is not None:
                unseen.append(facts.CallbackReached(call, queue))
            self._visits[call] = Visit(call, queue, now, 1, 1)
            self.waiting[queue] += 1
            unseen.append(facts.Entered(call, queue, 1, self.waiting[queue]))
        visit = self._visits.pop(call)
        self.waiting[visit.queue] -= 1
        return unseen, visit

    def vanished(self, engine: Engine, now: float) -> list[Fact]:
        """Who is gone while nobody told us."""
        there = engine.lobby.callers.keys()
        cancelled = [self.given_up(call, cancelled=True) for call in sorted(self._callbacks.keys() - there)]
        left = [self.left(call, Leaving.HUNG_UP, now) for call in sorted(self._visits.keys() - there)]
        return [fact for told in (*cancelled, *left) for fact in told]

    # ---- callbacks ------------------------------------------------------------------------------------------------

    def agreed(self, call: str, engine: Engine, now: float) -> list[Fact]:
        """The caller is to be called back, if the engine says so."""
        caller = engine.lobby.callers.get(call)
        if caller is None or not caller.away:
            return []
        known = call in self._callbacks
        self._callbacks[call] = caller.queue.name
        agreed = [] if known else [facts.CallbackAgreed(call, caller.queue.name)]
        return [*self.left(call, Leaving.CALLBACK, now), *agreed]

    def reached(self, call: str, queue: str, engine: Engine, now: float) -> list[Fact]:
        if self._callbacks.pop(call, None) is None:
            return []
        return [facts.CallbackReached(call, queue), *self.entered(call, queue, now, engine)]

    def given_up(self, call: str, *, cancelled: bool) -> list[Fact]:
        queue = self._callbacks.pop(call, None)
        return [] if queue is None else [facts.CallbackGivenUp(call, queue, cancelled)]
