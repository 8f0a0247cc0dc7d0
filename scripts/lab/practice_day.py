"""The telephone of a practice, simulated: who rings when, who is at work, who talks how long, who gives up.

One recorded queue and, where people are shared, a second one beside it. The order is the product's own: urgent callers
first, then who waits longest; the person idle longest is rung. The randomness is the generator that is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from math import log
from typing import TYPE_CHECKING

from lab.wait_trace import Answered, Asked, Handled, Happened, Joined, Left

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

HOUR = 3600.0
DAY = 24 * HOUR
ASK_SECONDS = 60.0
RING_SECONDS = 20.0
BACK_OFF_SECONDS = 15.0
MISSED_RINGS = 0.03
TALK_SPREAD = 0.7  # sigma of the log-normal


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody's hours of one day, without the breaks; `queues` are 0 (recorded) or 1."""

    speed: float
    work: tuple[tuple[float, float], ...]
    queues: frozenset[int] = frozenset({0})


@dataclass(frozen=True, slots=True)
class Demand:
    """Callers of one queue; rates per hour of the day, patience Weibull, times in seconds."""

    rates: tuple[float, ...]
    talk_seconds: tuple[float, ...]
    wrap_up_seconds: float = 25.0
    patience_seconds: float = 900.0
    patience_shape: float = 1.2
    urgent: float = 0.0


@dataclass(slots=True)
class _Person:
    shift: Shift
    working: bool = False
    free: bool = False
    idle_since: float = 0.0
    ringing: int | None = None
    busy: bool = False


@dataclass(slots=True)
class _Caller:
    number: int
    queue: int
    urgent: bool
    talk: float
    rung: bool = False

    @property
    def place(self) -> tuple[bool, int]:
        return (not self.urgent, self.number)


@dataclass(slots=True)
class Day:
    """One day from midnight, which is second `start` of the trace; at `close` whoever still waits is sent away."""

    rng: Random
    start: float
    close: float
    shifts: tuple[Shift, ...]
    demands: tuple[Demand, ...]
    first_number: int = 0
    happened: list[Happened] = field(default_factory=list)
    _due: list[tuple[float, int, Callable[[float], None]]] = field(default_factory=list)
    _count: int = 0
    _people: list[_Person] = field(default_factory=list)
    _waiting: dict[int, _Caller] = field(default_factory=dict)

    def run(self) -> list[Happened]:
        """What happened in queue 0, in order; talks may end after midnight."""
        self._people = [_Person(shift) for shift in self.shifts]
        for person in self._people:
            for begin, end in person.shift.work:
                self._at(begin, partial(self._arrives, person))
                self._at(end, partial(self._goes, person))
        self._plan_callers()
        self._at(self.close, self._closes)
        while self._due:
            now, _, what = heappop(self._due)
            what(now)
            self._offer(now)
        return self.happened

    # ---- people ---------------------------------------------------------------------------------------------------

    def _arrives(self, person: _Person, now: float) -> None:
        person.working = True
        if not person.busy:
            self._ready(person, now)

    def _goes(self, person: _Person, now: float) -> None:
        person.working = person.free = False
        person.idle_since = now

    def _ready(self, person: _Person, now: float) -> None:
        person.busy = False
        person.ringing = None
        person.free = person.working
        person.idle_since = now

    # ---- callers --------------------------------------------------------------------------------------------------

    def _plan_callers(self) -> None:
        arrivals = []
        for queue, demand in enumerate(self.demands):
            for hour, rate in enumerate(demand.rates):
                at = hour * HOUR
                while rate > 0 and (at := at + self.rng.expovariate(rate / HOUR)) < (hour + 1) * HOUR:
                    arrivals.append((at, queue))
        for number, (at, queue) in enumerate(sorted(arrivals), start=self.first_number):
            if at < self.close:
                demand = self.demands[queue]
                talk = _log_normal(self.rng, demand.talk_seconds[int(at // HOUR)], TALK_SPREAD)
                urgent = self.rng.random() < demand.urgent
                self._at(at, partial(self._joins, _Caller(number, queue, urgent, talk)))

    def _joins(self, caller: _Caller, now: float) -> None:
        self._waiting[caller.number] = caller
        self._tell(Joined, caller, now)
        demand = self.demands[caller.queue]
        patience = self.rng.weibullvariate(demand.patience_seconds, demand.patience_shape)
        self._at(now + patience, partial(self._leaves, caller))
        self._at(now + ASK_SECONDS, partial(self._asks, caller))

    def _asks(self, caller: _Caller, now: float) -> None:
        if caller.number in self._waiting:
            self._tell(Asked, caller, now)
            self._at(now + ASK_SECONDS, partial(self._asks, caller))

    def _tell(self, kind: type[Joined | Asked], caller: _Caller, now: float) -> None:
        if caller.queue == 0:
            ahead = sum(each.queue == 0 and each.place < caller.place for each in self._waiting.values())
            at_work = [each for each in self._people if (each.working or each.busy) and 0 in each.shift.queues]
            free = sum(each.free or self._rings_for_us(each) for each in at_work)
            self.happened.append(kind(self.start + now, str(caller.number), ahead, len(at_work), free))

    def _rings_for_us(self, person: _Person) -> bool:
        caller = None if person.ringing is None else self._waiting.get(person.ringing)
        return caller is not None and caller.queue == 0

    def _leaves(self, caller: _Caller, now: float) -> None:
        if self._waiting.pop(caller.number, None) is None:
            return
        if caller.queue == 0:
            self.happened.append(Left(self.start + now, str(caller.number)))
        for person in self._people:
            if person.ringing == caller.number:
                self._ready(person, now)

    def _closes(self, now: float) -> None:
        for caller in tuple(self._waiting.values()):
            if not caller.rung:
                self._leaves(caller, now)

    # ---- offers ---------------------------------------------------------------------------------------------------

    def _offer(self, now: float) -> None:
        for caller in sorted((each for each in self._waiting.values() if not each.rung), key=lambda each: each.place):
            able = [each for each in self._people if each.free and caller.queue in each.shift.queues]
            if able:
                self._ring(min(able, key=lambda each: each.idle_since), caller, now)

    def _ring(self, person: _Person, caller: _Caller, now: float) -> None:
        person.free, person.busy, person.ringing, caller.rung = False, True, caller.number, True
        missed = self.rng.random() < MISSED_RINGS
        after = RING_SECONDS if missed else self.rng.uniform(2.0, 9.0)
        follow = self._misses if missed else self._answers
        self._at(now + after, partial(follow, person, caller, now))

    def _misses(self, person: _Person, caller: _Caller, rung: float, now: float) -> None:  # noqa: ARG002 - as _answers
        if person.ringing == caller.number and caller.number in self._waiting:
            person.ringing, caller.rung = None, False
            self._at(now + BACK_OFF_SECONDS, partial(self._ready, person))

    def _answers(self, person: _Person, caller: _Caller, rung: float, now: float) -> None:
        if person.ringing != caller.number or self._waiting.pop(caller.number, None) is None:
            return
        person.ringing = None
        demand = self.demands[caller.queue]
        talk = caller.talk * person.shift.speed
        over = now + talk + _log_normal(self.rng, demand.wrap_up_seconds, 0.5)
        if caller.queue == 0:
            self.happened.append(Answered(self.start + now, str(caller.number)))
        self._at(over, partial(self._finishes, person, caller, (over - rung, talk)))

    def _finishes(self, person: _Person, caller: _Caller, took: tuple[float, float], now: float) -> None:
        if caller.queue == 0:
            self.happened.append(Handled(self.start + now, *took))
        self._ready(person, now)

    def _at(self, when: float, what: Callable[[float], None]) -> None:
        self._count += 1
        heappush(self._due, (when, self._count, what))


def _log_normal(rng: Random, mean: float, sigma: float) -> float:
    return rng.lognormvariate(log(mean) - sigma * sigma / 2, sigma)
