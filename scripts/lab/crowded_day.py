"""Keeps so many callers waiting at a large practice while everything happens that does, and times the engine.

    joins · hang-ups · rings answered, missed, refused · talks · wrap-ups · breaks · callbacks asked for, reached or not

Whoever leaves the line is followed by a new caller, so that its length stays while people serve it.
"""

from __future__ import annotations

from heapq import heappop, heappush
from random import Random
from time import perf_counter_ns
from typing import TYPE_CHECKING

from acd.commands import Command, Connect, DialCaller, Ring, StopRinging, Suggest
from acd.engine import Engine
from acd.events import (
    AgentNotReady,
    AgentReady,
    CallbackAsked,
    CallerLeft,
    CallerReached,
    CallerUnreached,
    Cause,
    Event,
    OfferAnswered,
    OfferFailed,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from lab.large_practice import PEOPLE, caller, large_practice

if TYPE_CHECKING:
    from acd.events import Configured

FAILED = (Cause.NO_ANSWER, Cause.REFUSED, Cause.BUSY, Cause.UNREACHABLE)
MISSED_RINGS = 0.05
WANT_CALLBACK = 0.3
TALK_SECONDS = 180.0
PATIENCE_SECONDS = 1500.0
BREAKS_PER_SECOND = PEOPLE / 7200  # everybody goes about every two hours


class CrowdedDay:
    """`spent` has for each event its kind and the nanoseconds that the engine took; `history` is its journal."""

    def __init__(self, waiting: int, seed: int = 1) -> None:
        self.engine = Engine()
        self.now = 0.0
        self.spent: list[tuple[type[Event], int]] = []
        self.history: list[tuple[float, Event]] = []
        self.paired_ns: list[int] = []
        self._rng = Random(seed)
        self._length = waiting
        self._ahead: list[tuple[float, int, Event]] = []
        self._numbers = 0
        self.plan: Configured = large_practice(self._rng)
        self._handle(self.plan)
        self._soon(AgentNotReady("", "coffee"), self._rng.expovariate(BREAKS_PER_SECOND))

    def warm_up(self, events: int) -> None:
        """The line grows a caller at a time while people serve it, then so many events happen; none is measured."""
        while self._missing() > 0:
            self._joins()
            self._next()
        self.run(events)
        self.spent.clear()
        self.paired_ns.clear()

    def run(self, events: int) -> None:
        """So many events happen."""
        until = len(self.spent) + events
        while len(self.spent) < until:
            self._next()
            for _ in range(self._missing()):
                self._joins()

    def waiting(self) -> int:
        return sum(len(room.line) for room in self.engine.lobby.rooms.values())

    def _next(self) -> None:
        due = self.engine.next_deadline()
        if due is not None and due <= self._ahead[0][0]:
            self.now = max(self.now, due)
            self._handle(TimePassed())
        else:
            self.now, _, event = heappop(self._ahead)
            self._handle(self._breaks() if isinstance(event, AgentNotReady) else event)

    def _missing(self) -> int:
        return self._length - self.waiting()

    def _joins(self) -> None:
        self._numbers += 1
        event = caller(self._numbers, self._rng)
        self._handle(event)
        self._soon(CallerLeft(event.call, dropped=True), self._rng.expovariate(1 / PATIENCE_SECONDS))

    def _breaks(self) -> Event:
        """Somebody goes for five minutes; the next one follows."""
        name = f"p{self._rng.randrange(PEOPLE)}"
        self._soon(AgentNotReady("", "coffee"), self._rng.expovariate(BREAKS_PER_SECOND))
        self._soon(AgentReady(name), 300.0)
        return AgentNotReady(name, "coffee")

    def _soon(self, event: Event, seconds: float) -> None:
        self._numbers += 1
        heappush(self._ahead, (self.now + seconds, self._numbers, event))

    def _handle(self, event: Event) -> None:
        began = perf_counter_ns()
        commands = self.engine.handle(event, self.now)
        spent = perf_counter_ns() - began
        self.spent.append((type(event), spent))
        self.history.append((self.now, event))
        if isinstance(event, TimePassed) and any(isinstance(each, Ring) for each in commands):
            self.paired_ns.append(spent)
        for command in commands:
            self._obey(command)
        if isinstance(event, TalkBegan):
            self._soon(TalkEnded(event.offer), TALK_SECONDS * self._rng.lognormvariate(-0.18, 0.6))

    def _obey(self, command: Command) -> None:
        rng = self._rng
        match command:
            case Ring(offer):
                missed = rng.random() < MISSED_RINGS
                self._soon(
                    OfferFailed(offer, rng.choice(FAILED)) if missed else OfferAnswered(offer), rng.uniform(1, 9)
                )
            case Connect(offer):
                self._soon(TalkBegan(offer), 0.05)
            case DialCaller(offer):
                reached = rng.random() < 0.8
                answer = CallerReached(offer) if reached else CallerUnreached(offer, Cause.NO_ANSWER)
                self._soon(answer, rng.uniform(5, 25))
            case Suggest(call) if rng.random() < WANT_CALLBACK:
                self._soon(CallbackAsked(call), 8.0)
            case StopRinging(offer):
                self._soon(OfferFailed(offer, Cause.LOST), 0.05)
            case _:
                pass
