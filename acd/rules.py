"""What a queue's rules make of its callers: who may be offered, what is required, who goes elsewhere."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from acd.commands import Command, Moved, SendAway, Stepped, Suggest
from acd.conditions import Facts, holds, holds_for_all, in_words
from acd.timers import CallerDue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acd.crews import Crews
    from acd.events import CallerJoined
    from acd.lobby import Lobby
    from acd.matching import Matching
    from acd.model import Overflow, Queue
    from acd.state import Caller
    from acd.timers import Timers


class Rules:
    """Settles the callers for whom something changed: their step, their overflow, and whom they may be offered to.

    A caller may be offered while on the line (or while they may be called back), and not taken by an offer already.
    """

    def __init__(self, lobby: Lobby, matching: Matching, crews: Crews, timers: Timers, orders: list[Command]) -> None:
        self._lobby = lobby
        self._matching = matching
        self._crews = crews
        self._timers = timers
        self._orders = orders
        self.touched: dict[str, None] = {}  # since acd.alarms looked at them

    # ---- joining --------------------------------------------------------------------------------------------------

    def admit(self, event: CallerJoined, now: float) -> Queue | None:
        """The queue to join, which may be another one; None when the caller was sent away."""
        queue = self._lobby.queue(event.queue)
        passed: set[str] = set()
        while not self._lobby.has_place(event) and event.callback is None:
            passed.add(queue.name)
            rule = self._refusal(queue, now)
            if rule is None or rule.queue in passed:
                break
            why = in_words(rule.when)
            if not rule.queue:
                self._orders.append(SendAway(event.call, queue.name, rule.to, why))
                return None
            self._orders.append(Moved(event.call, queue.name, rule.queue, why))
            queue = self._lobby.queue(rule.queue)
        return queue

    def _refusal(self, queue: Queue, now: float) -> Overflow | None:
        if not queue.refuse:
            return None
        facts = self._facts(queue, now)
        return next((rule for rule in queue.refuse if holds(rule.when, now, now, facts)), None)

    # ---- waiting --------------------------------------------------------------------------------------------------

    def settle(self, now: float) -> None:
        """Until nothing is unsettled any more."""
        lobby = self._lobby
        while True:
            while lobby.unsettled:
                call = next(iter(lobby.unsettled))
                del lobby.unsettled[call]
                if caller := lobby.callers.get(call):
                    self._settle(caller, now)
            self._look_at_deserted()
            self._watch(now)
            if not lobby.unsettled:
                return

    def _look_at_deserted(self) -> None:
        """In the order in which callers joined: that of the crews is another one after a restart."""
        calls = {call for crew in self._crews.deserted for call in self._matching.callers_of(crew)}
        self._crews.deserted.clear()
        callers = self._lobby.callers
        self._lobby.unsettled.update(dict.fromkeys(sorted(calls, key=lambda call: callers[call].number)))

    def _settle(self, caller: Caller, now: float) -> None:
        self._matching.remove_caller(caller)
        if caller.talking or not _offerable(caller):
            return
        if caller.away:
            self._settle_away(caller, now)
            return
        while True:
            self._take_steps(caller, now)
            rule = self._overflow(caller, now)
            if rule is None:
                break
            if rule.offered:
                continue
            if caller.offers:
                caller.leaving = True  # a phone that rings may yet be picked up; no other rings
                return
            if not rule.queue:
                self._lobby.send_away(caller, rule.to, in_words(rule.when), now)
                return
            self._lobby.move(caller, self._lobby.queue(rule.queue), in_words(rule.when), now)
        self._time(caller, now)
        self._matching.add_caller(caller, self._only(caller, now))

    def _settle_away(self, caller: Caller, now: float) -> None:
        """Who is to be called back is offered within their hours only, and never overflows."""
        assert caller.back is not None
        window = caller.back.callback.window(now)
        if window is None or self._lobby.is_closed(caller.queue):
            if not caller.offers:
                self._lobby.give_up(caller, now)
            return
        begins, ends = window
        if now < begins:
            self._timers.set(CallerDue(caller.call), begins)
            self._lobby.rest(caller)
            return
        self._lobby.stand(caller)
        self._take_steps(caller, now)
        self._time(caller, now, ends)
        self._matching.add_caller(caller, self._only(caller, now))

    def _take_steps(self, caller: Caller, now: float) -> None:
        """On to the first step that is in force; one that nobody at work could meet is passed at once."""
        queue = caller.queue
        while caller.step < len(queue.steps) - 1 and (why := self._step_ends(caller, now)):
            caller.step += 1
            caller.stepped = now
            self._orders.append(Stepped(caller.call, queue.name, caller.step, why))
        caller.needs = queue.steps[caller.step].needs.and_also(caller.own_needs)

    def _step_ends(self, caller: Caller, now: float) -> str:
        """Why, or ""."""
        step = caller.queue.steps[caller.step]
        if not self._crews.of(step.needs.and_also(caller.own_needs)).at_work:
            return "nobody at work could meet the step"
        facts = self._facts(caller.queue, now)
        return next((in_words(each) for each in step.until if holds(each, caller.stepped, now, facts)), "")

    def _overflow(self, caller: Caller, now: float) -> Overflow | None:
        """The first rule that holds and leads nowhere the caller was. What is only offered is offered here, once."""
        facts = self._facts(caller.queue, now)
        been = {caller.queue.name, *caller.left}
        for rule in caller.queue.overflow:
            if rule.queue in been or (rule.offered and rule.to in caller.suggested):
                continue
            if holds(rule.when, caller.entered, now, facts):
                if rule.offered:
                    caller.suggested.append(rule.to)
                    self._orders.append(Suggest(caller.call, caller.queue.name, rule.to, in_words(rule.when)))
                return rule
        return None

    def _only(self, caller: Caller, now: float) -> tuple[str, ...]:
        """The preferred people while their time lasts; nobody any more once none of them is at work."""
        if not caller.preferred:
            return ()
        if now < caller.preferred_until:
            crew = self._crews.of(caller.needs, caller.preferred)
            if crew.at_work:
                return caller.preferred
            self._crews.drop(crew)
        caller.preferred = ()
        return ()

    def _time(self, caller: Caller, now: float, latest: float = inf) -> None:
        """Come back to the caller when the next rule may hold by time, at `latest` in any case."""
        due = min((moment for moment in self._moments(caller) if moment > now), default=inf)
        due = min(due, latest)
        if due == inf:
            self._timers.cancel(CallerDue(caller.call))
        else:
            self._timers.set(CallerDue(caller.call), due)

    def _moments(self, caller: Caller) -> Iterator[float]:
        if caller.step < len(caller.queue.steps) - 1:
            for condition in caller.queue.steps[caller.step].until:
                yield caller.stepped + condition.waited_seconds
        if caller.preferred:
            yield caller.preferred_until
        for rule in () if caller.away else caller.queue.overflow:
            yield caller.entered + rule.when.waited_seconds

    # ---- what becomes true by itself ------------------------------------------------------------------------------

    def _watch(self, now: float) -> None:
        """When a condition of a touched queue becomes true, everybody there is looked at; never while it just stays."""
        for queue in sorted(self._crews.touched):
            del self._crews.touched[queue]
            self.touched[queue] = None
            room = self._lobby.rooms.get(queue)
            if room is None:
                continue
            facts, watched = Facts(room, self._crews, now), room.watched
            for index, condition in enumerate(watched.conditions):
                before, watched.held[index] = watched.held[index], holds_for_all(condition, facts)
                if watched.held[index] and not before:
                    self._lobby.unsettled.update(dict.fromkeys(room.line))

    def _facts(self, queue: Queue, now: float) -> Facts:
        return Facts(self._lobby.room_of(queue), self._crews, now)


def _offerable(caller: Caller) -> bool:
    """Whether another phone may ring: nobody picked up, and fewer ring than the queue wants now."""
    return not (caller.taken or caller.leaving) and (not caller.phones or len(caller.offers) < caller.phones)
