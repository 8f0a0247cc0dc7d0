"""A day of traffic through the very same engine, in virtual time.

    visitors, shifts ─▶ what is to come ─▶ Engine.handle ─▶ commands ─▶ rings, talks and callbacks to come
                             ▲                                                │
                             └────────────────────────────────────────────────┘

Everything is seconds since midnight. What chance decides about a caller (talk, patience, who picks up when) is the
caller's own (acd.simulation.chance): under another plan the same callers come with the same luck.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from acd.commands import Alert, Command, Connect, DialCaller, GiveUp, Moved, Ring, SendAway, Suggest
from acd.engine import Engine
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallbackAsked,
    CallerJoined,
    CallerLeft,
    CallerReached,
    CallerUnreached,
    Cause,
    Configured,
    Event,
    OfferAnswered,
    OfferFailed,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from acd.model import Callback, Urgency
from acd.simulation.chance import Draw
from acd.simulation.figures import Figures, Tally
from acd.simulation.traffic import HALF_HOUR_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from acd.simulation.traffic import Visitor
    from acd.state import Caller

DAY_SECONDS = 86_400.0
CALLBACK = "callback"
_OF_OFFERS = (OfferAnswered, OfferFailed, TalkBegan, TalkEnded, CallerReached, CallerUnreached)


@dataclass(frozen=True, slots=True)
class Habits:
    """How people pick up, and callers who are called back. Shares are 0 to 1; `missed` are rings that nobody answers.

    `ask_seconds` is what a question to a waiting caller takes. A caller who is `reached` says so after `dial_seconds`.
    """

    pick_up_seconds: float = 5.0
    pick_up_spread: float = 0.4
    missed: float = 0.02
    ask_seconds: float = 8.0
    reached: float = 0.75
    dial_seconds: float = 15.0
    unreached_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Day:
    """`shifts`: from when to when each person is at work; the time between two stretches is a break.

    Who is not named stays at home. `paces`: a person's talks last so many times as long; 1 where nothing is said.
    `callbacks`: when callers of a queue may be called back; at any time where nothing is said. In `urgent`
    queues everybody is urgent.
    """

    visitors: tuple[Visitor, ...]
    shifts: Mapping[str, tuple[tuple[float, float], ...]]
    habits: Habits = Habits()
    paces: Mapping[str, float] = field(default_factory=dict)
    callbacks: Mapping[str, Callback] = field(default_factory=dict)
    urgent: frozenset[str] = frozenset()
    until: float = DAY_SECONDS


def simulate(plan: Configured, day: Day, passed: Callable[[float], None] = lambda _: None) -> Figures:
    """What the day comes to under the plan; `passed` is told the time of day, every half hour of it."""
    return _Run(plan, day).figures(passed)


class _Run:
    def __init__(self, plan: Configured, day: Day) -> None:
        self._engine = Engine()
        self._day = day
        self._now = 0.0
        self._ahead: list[tuple[float, int, Event]] = []
        self._set = 0
        self._visitors = {visitor.call: visitor for visitor in day.visitors}
        self._rings: Counter[str] = Counter()
        self._choices: dict[str, str] = {}
        self._called_back: set[str] = set()
        self._targets = {queue.name: queue.target_seconds for queue in plan.queues}
        self._total = Tally()
        self._queues = {queue.name: Tally() for queue in plan.queues}
        self._alerts: set[int] = set()
        at_home = tuple(replace(agent, ready=False) for agent in plan.agents)
        self._handle(replace(plan, agents=at_home))
        self._plan_shifts()
        for visitor in day.visitors:
            self._at(visitor.at, _joins(visitor, day.urgent))

    def figures(self, passed: Callable[[float], None]) -> Figures:
        told = HALF_HOUR_SECONDS
        while self._next():
            while self._now >= told:
                passed(told)
                told += HALF_HOUR_SECONDS
        for caller in self._engine.lobby.callers.values():
            if not caller.talking:
                for tally in self._tallies(caller.queue.name):
                    tally.left_over(0.0 if caller.away else self._day.until - caller.joined)
        return Figures(
            self._total.outcome(),
            {name: tally.outcome() for name, tally in self._queues.items()},
            {
                person.name: min(person.work.busy_seconds / person.work.at_work_seconds, 1.0)
                for person in self._engine.staff.people.values()
                if person.work.at_work_seconds
            },
        )

    # ---- time -----------------------------------------------------------------------------------------------------

    def _plan_shifts(self) -> None:
        for name, stretches in sorted(self._day.shifts.items()):
            for number, (begin, end) in enumerate(stretches, start=1):
                self._at(begin, AgentReady(name))
                self._at(end, AgentLoggedOut(name) if number == len(stretches) else AgentNotReady(name, "break"))

    def _at(self, moment: float, event: Event) -> None:
        self._set += 1
        heappush(self._ahead, (moment, self._set, event))

    def _soon(self, event: Event, seconds: float = 0.0) -> None:
        self._at(self._now + seconds, event)

    def _next(self) -> bool:
        """The next thing happens; False when the day is over, or nothing will happen any more."""
        due = self._engine.next_deadline()
        by_timer = due is not None and (not self._ahead or due <= self._ahead[0][0])
        moment = due if by_timer else self._ahead[0][0] if self._ahead else None
        if moment is None or moment > self._day.until:
            return False
        self._now = max(self._now, moment)
        if by_timer:
            self._handle(TimePassed())
        else:
            self._happen(heappop(self._ahead)[2])
        return True

    # ---- what happens ---------------------------------------------------------------------------------------------

    def _happen(self, event: Event) -> None:
        """What was to come comes, unless it has no meaning any more."""
        match event:
            case CallerJoined(call, queue):
                self._soon(CallerLeft(call, dropped=True), self._visitors[call].patience_seconds)
                for tally in self._tallies(queue):
                    tally.joined(self._now)
            case CallerLeft(call) | CallbackAsked(call):
                caller = self._engine.lobby.callers.get(call)
                if caller is None or caller.talking or caller.away or call in self._called_back:
                    return
                self._leaves(event, caller)
            case _ if isinstance(event, _OF_OFFERS) and event.offer not in self._engine.open_offers:
                return
            case TalkBegan(offer):
                self._talks(offer)
        self._handle(event)

    def _leaves(self, event: Event, caller: Caller) -> None:
        waited = self._now - caller.joined
        if isinstance(event, CallbackAsked):
            self._called_back.add(caller.call)
        for tally in self._tallies(caller.queue.name):
            match event:
                case CallbackAsked():
                    tally.agreed += 1
                case CallerLeft(call, dropped=False):
                    tally.sent(self._choices[call], waited)
                case _:
                    tally.abandoned(self._visitors[caller.call].at, waited)

    def _talks(self, number: int) -> None:
        offer = self._engine.open_offers[number]
        visitor = self._visitors[offer.call]
        waited = self._now - visitor.at
        for tally in self._tallies(offer.queue.name):
            if offer.call in self._called_back:
                tally.kept += 1
            else:
                tally.answered(visitor.at, waited, in_time=waited <= offer.queue.target_seconds)
        self._soon(TalkEnded(number), visitor.talk_seconds * self._day.paces.get(offer.agent, 1.0))

    def _handle(self, event: Event) -> None:
        for command in self._engine.handle(event, self._now):
            self._obey(command)

    # ---- what the engine wants ------------------------------------------------------------------------------------

    def _obey(self, command: Command) -> None:
        match command:
            case Ring(offer, _, call, ring_seconds):
                self._ring(offer, call, ring_seconds)
            case Connect(offer):
                self._soon(TalkBegan(offer))
            case DialCaller(offer, _, call, attempt):
                self._dial(offer, call, attempt)
            case Suggest(call, queue, to) if self._visitors[call].takes_callback:
                self._choices[call] = to
                callback = self._day.callbacks.get(queue, Callback())
                accepted = CallbackAsked(call, callback) if to == CALLBACK else CallerLeft(call)
                self._soon(accepted, self._day.habits.ask_seconds)
            case _:
                self._count(command)

    def _count(self, command: Command) -> None:
        match command:
            case Moved(call, queue, to):
                self._moved(call, queue, to)
            case SendAway(call, queue, to):
                for tally in self._tallies(queue):
                    tally.sent(to, self._now - self._visitors[call].at)
            case GiveUp(_, queue):
                for tally in self._tallies(queue):
                    tally.lost += 1
            case Alert(alert, queue) if alert not in self._alerts:
                self._alerts.add(alert)
                for tally in self._tallies(queue):
                    tally.alerts += 1
            case _:
                pass

    def _ring(self, offer: int, call: str, ring_seconds: float) -> None:
        self._rings[call] += 1
        chance, ring, habits = self._visitors[call].chance, self._rings[call], self._day.habits
        seconds = chance.log_normal(habits.pick_up_seconds, habits.pick_up_spread, Draw.PICK_UP, ring)
        if seconds > ring_seconds or chance.share(Draw.MISSED, ring) < habits.missed:
            self._soon(OfferFailed(offer, Cause.NO_ANSWER), ring_seconds)
        else:
            self._soon(OfferAnswered(offer), seconds)

    def _dial(self, offer: int, call: str, attempt: int) -> None:
        habits = self._day.habits
        if self._visitors[call].chance.share(Draw.REACHED, attempt) < habits.reached:
            self._soon(CallerReached(offer), habits.dial_seconds)
        else:
            self._soon(CallerUnreached(offer, Cause.NO_ANSWER), habits.unreached_seconds)

    def _moved(self, call: str, queue: str, to: str) -> None:
        """From queue to queue: neither more callers in all, nor fewer."""
        came = self._visitors[call].at
        if queue in self._queues:
            self._queues[queue].sent(f"queue {to}", self._now - came)
        if to in self._queues:
            self._queues[to].joined(came)

    def _tallies(self, queue: str) -> tuple[Tally, ...]:
        return (self._total, self._queues[queue]) if queue in self._queues else (self._total,)


def _joins(visitor: Visitor, urgent: frozenset[str]) -> CallerJoined:
    urgency = Urgency.URGENT if visitor.urgent or visitor.queue in urgent else Urgency.ROUTINE
    return CallerJoined(visitor.call, visitor.queue, needs=visitor.needs, urgency=urgency)
