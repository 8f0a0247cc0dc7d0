"""The engine by the book: plain lists, everybody looked at each time. The measure of acd.engine, and far too slow.

It shares the nouns, events, commands and named seconds with the engine, and none of its code.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from acd.commands import Command, Connect, Ring, SendAway, StopRinging, TellPosition
from acd.engine import CONNECT_SECONDS, RING_GRACE_SECONDS
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallerJoined,
    CallerLeft,
    Cause,
    Configured,
    Event,
    OfferAnswered,
    OfferFailed,
    Reconciled,
    TalkBegan,
    TalkEnded,
)
from acd.lobby import TOLD_PLACES
from acd.model import Agent, Overflow, Queue, Urgency
from acd.staff import BACK_OFF_SECONDS


@dataclass
class Someone:
    """A person; `state` is ready, offered, resting or away, `until` ends a rest."""

    agent: Agent
    order: int
    state: str
    idle_since: float
    until: float = 0
    away_afterwards: bool = False
    leaving: bool = False


@dataclass
class Visitor:
    """A caller; `offer` holds them while one lives."""

    call: str
    queue: str
    needs: frozenset[str]
    urgency: Urgency
    number: int
    entered: float
    told: int | None = None
    offer: Attempt | None = None


@dataclass
class Attempt:
    id: int
    person: Someone
    visitor: Visitor
    queue: Queue
    began: float
    due: float
    stage: str = "ringing"


@dataclass
class NaiveEngine:
    queues: dict[str, Queue] = field(default_factory=dict)
    people: list[Someone] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    rung: dict[int, str] = field(default_factory=dict)
    joins: int = 0
    stirred: set[str] = field(default_factory=set)
    now: float = 0

    def handle(self, event: Event, now: float) -> list[Command]:
        self.now = now
        self.stirred = set()
        commands = self.apply(event)
        while expired := self.expire():
            commands += expired
        return [*commands, *self.offer(), *self.tell()]

    # ---- looking ---------------------------------------------------------------------------------

    def person(self, name: str) -> Someone | None:
        return next((someone for someone in self.people if someone.agent.name == name), None)

    def visitor(self, call: str) -> Visitor | None:
        return next((visitor for visitor in self.visitors if visitor.call == call), None)

    def attempt(self, number: int) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.id == number), None)

    def attempt_of(self, person: Someone) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.person is person), None)

    def queue(self, name: str) -> Queue:
        return self.queues.get(name, Queue(name, overflow=Overflow(0, "")))

    def line(self) -> list[Visitor]:
        """Who has not come to talk yet, first come first, urgent before."""
        here = [visitor for visitor in self.visitors if not visitor.offer or visitor.offer.stage != "talking"]
        return sorted(here, key=lambda visitor: (-visitor.urgency, visitor.number))

    # ---- what happened ---------------------------------------------------------------------------

    def apply(self, event: Event) -> list[Command]:  # noqa: C901, PLR0911 - a case per event
        match event:
            case Configured(queues, agents):
                return self.configure(queues, agents)
            case CallerJoined():
                return self.join(event)
            case CallerLeft(call):
                return self.leave(call)
            case AgentReady(agent):
                return self.ready(self.person(agent))
            case AgentNotReady(agent) | AgentLoggedOut(agent):
                return self.away(self.person(agent))
            case OfferAnswered(number):
                return self.answered(number)
            case OfferFailed(number, cause):
                return self.leg_over(self.attempt(number), cause)
            case TalkBegan(number):
                return self.talk_began(self.attempt(number))
            case TalkEnded(number):
                return self.leg_over(self.attempt(number), Cause.LOST)
            case Reconciled():
                return self.reconcile(event)
        return []

    def configure(self, queues: tuple[Queue, ...], agents: tuple[Agent, ...]) -> list[Command]:
        self.queues = {queue.name: queue for queue in queues}
        self.stirred = {visitor.call for visitor in self.visitors}
        before = {someone.agent.name: someone for someone in self.people}
        self.people = []
        for order, agent in enumerate(agents):
            known = before.pop(agent.name, None)
            someone = known or Someone(agent, order, "ready" if agent.ready else "away", self.now)
            someone.agent, someone.order, someone.leaving = agent, order, False
            self.people.append(someone)
        for someone in before.values():
            if someone.state == "offered":
                someone.leaving = True
                self.people.append(someone)
        return []

    def join(self, event: CallerJoined) -> list[Command]:
        commands: list[Command] = []
        visitor = self.visitor(event.call)
        self.stirred.add(event.call)
        if visitor and visitor.offer and visitor.offer.stage == "talking":
            commands.append(self.stop(visitor.offer))
            self.talk_over(visitor.offer)
            visitor = None
        if visitor is None:
            self.joins += 1
            self.visitors.append(
                Visitor(event.call, event.queue, event.needs, event.urgency, self.joins, entered=self.now)
            )
            return commands
        if visitor.offer and (visitor.queue, visitor.needs) != (event.queue, event.needs):
            commands.append(self.withdraw(visitor.offer))
        if visitor.queue != event.queue:
            visitor.entered = self.now
        visitor.queue, visitor.needs, visitor.told = event.queue, event.needs, None
        visitor.urgency = max(visitor.urgency, event.urgency)
        return commands

    def leave(self, call: str) -> list[Command]:
        visitor = self.visitor(call)
        if visitor is None or (visitor.offer and visitor.offer.stage == "talking"):
            return []
        commands: list[Command] = [self.withdraw(visitor.offer)] if visitor.offer else []
        self.visitors.remove(visitor)
        return commands

    def ready(self, someone: Someone | None) -> list[Command]:
        if someone:
            someone.away_afterwards = False
            if someone.state in {"resting", "away"}:
                someone.state, someone.idle_since = "ready", self.now
        return []

    def away(self, someone: Someone | None) -> list[Command]:
        if someone is None:
            return []
        attempt = self.attempt_of(someone)
        if attempt is None:
            someone.state = "away"
            return []
        someone.away_afterwards = True
        return [self.withdraw(attempt)] if attempt.stage == "ringing" else []

    def answered(self, number: int) -> list[Command]:
        attempt = self.attempt(number)
        if attempt is None:
            return [StopRinging(number, self.rung.get(number, ""), answered_elsewhere=True)]
        return [self.connect(attempt)] if attempt.stage == "ringing" else []

    def connect(self, attempt: Attempt) -> Connect:
        attempt.stage, attempt.due = "answered", self.now + CONNECT_SECONDS
        return Connect(attempt.id, attempt.person.agent.name, attempt.visitor.call)

    def talk_began(self, attempt: Attempt | None) -> list[Command]:
        if attempt:
            attempt.stage, attempt.due = "talking", float("inf")
        return []

    def leg_over(self, attempt: Attempt | None, cause: Cause) -> list[Command]:
        if attempt and attempt.stage == "talking":
            self.talk_over(attempt)
        elif attempt:
            self.missed(attempt, cause)
        return []

    def reconcile(self, event: Reconciled) -> list[Command]:
        known = {attempt.id for attempt in self.attempts}
        commands: list[Command] = [StopRinging(stray, self.rung.get(stray, "")) for stray in event.ringing - known]
        for attempt in list(self.attempts):
            if attempt.id in event.talking:
                self.talk_began(attempt)
            elif attempt.id not in event.ringing and attempt.stage == "talking":
                self.talk_over(attempt)
            elif attempt.id not in event.ringing:
                self.withdraw(attempt)
            elif attempt.stage == "answered":
                commands.append(self.connect(attempt))
            elif attempt.stage == "ringing":
                attempt.due = max(self.now, attempt.began + attempt.queue.ring_seconds) + RING_GRACE_SECONDS
        for visitor in list(self.visitors):
            if visitor.call not in event.calls:
                commands += self.leave(visitor.call)
        return commands

    # ---- what is due -----------------------------------------------------------------------------

    def expire(self) -> list[Command]:
        """What is due, once; empty when nothing is."""
        for attempt in self.attempts:
            if attempt.due <= self.now and attempt.stage == "ringing":
                self.missed(attempt, Cause.NO_ANSWER)
                return [self.stop(attempt)]
            if attempt.due <= self.now:
                return [self.withdraw(attempt)]
        for someone in self.people:
            if someone.state == "resting" and someone.until <= self.now:
                someone.state, someone.idle_since = "ready", someone.until
        for visitor in self.visitors:
            overflow = self.queue(visitor.queue).overflow
            if not visitor.offer and overflow and visitor.entered + overflow.after_seconds <= self.now:
                self.visitors.remove(visitor)
                return [SendAway(visitor.call, visitor.queue, overflow.to)]
        return []

    # ---- offers ----------------------------------------------------------------------------------

    def offer(self) -> list[Command]:
        commands: list[Command] = []
        for visitor in self.line():
            if visitor.offer is None and (able := self.able(visitor)):
                longest_idle = min(able, key=lambda someone: (someone.idle_since, someone.order))
                commands.append(self.ring(visitor, longest_idle))
        return commands

    def able(self, visitor: Visitor) -> list[Someone]:
        needs = self.queue(visitor.queue).needs | visitor.needs
        return [someone for someone in self.people if someone.state == "ready" and needs <= set(someone.agent.skills)]

    def ring(self, visitor: Visitor, someone: Someone) -> Ring:
        queue = self.queue(visitor.queue)
        due = self.now + queue.ring_seconds + RING_GRACE_SECONDS
        attempt = Attempt(len(self.rung) + 1, someone, visitor, queue, self.now, due)
        self.rung[attempt.id] = someone.agent.name
        self.attempts.append(attempt)
        visitor.offer, someone.state = attempt, "offered"
        return Ring(attempt.id, someone.agent.name, visitor.call, queue.ring_seconds)

    def stop(self, attempt: Attempt) -> StopRinging:
        return StopRinging(attempt.id, attempt.person.agent.name)

    def withdraw(self, attempt: Attempt) -> StopRinging:
        self.end(attempt, "ready")
        return self.stop(attempt)

    def missed(self, attempt: Attempt, cause: Cause) -> None:
        self.end(attempt, "resting", BACK_OFF_SECONDS[cause])

    def talk_over(self, attempt: Attempt) -> None:
        self.end(attempt, "resting", attempt.queue.wrap_up_seconds)
        self.visitors.remove(attempt.visitor)

    def end(self, attempt: Attempt, state: str, rest_seconds: float = 0) -> None:
        someone = attempt.person
        self.attempts.remove(attempt)
        attempt.visitor.offer = None
        self.stirred.add(attempt.visitor.call)
        someone.state, someone.until = state, self.now + rest_seconds
        if someone.away_afterwards:
            someone.state, someone.away_afterwards = "away", False
        if someone.leaving:
            self.people.remove(someone)

    # ---- places ----------------------------------------------------------------------------------

    def tell(self) -> list[Command]:
        commands: list[Command] = []
        for visitor in self.line():
            place = [other.call for other in self.line() if other.queue == visitor.queue].index(visitor.call) + 1
            worth = place <= TOLD_PLACES or visitor.call in self.stirred
            if not visitor.offer and worth and (visitor.told is None or place < visitor.told):
                visitor.told = place
                commands.append(TellPosition(visitor.call, place))
        return commands
