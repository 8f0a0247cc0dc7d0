"""The engine by the book: plain lists, everybody looked at each time. The measure of acd.engine, and far too slow.

It shares the nouns, events, commands, skill expressions, random numbers and named seconds with the engine, and none of
its code. Left out, and proven apart: estimated waits, service levels and escalations.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from acd.commands import (
    CallbackOver,
    Command,
    Connect,
    DialCaller,
    GiveUp,
    Moved,
    Restored,
    Ring,
    SendAway,
    Stepped,
    StopDialling,
    StopRinging,
    Suggest,
    TellPosition,
)
from acd.conditions import in_words
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallbackAsked,
    CallbackCancelled,
    CallerChanged,
    CallerJoined,
    CallerLeft,
    CallerReached,
    CallerUnreached,
    Cause,
    Configured,
    DayBegan,
    Device,
    DeviceChanged,
    Disposed,
    Event,
    OfferAnswered,
    OfferFailed,
    Reconciled,
    TalkBegan,
    TalkEnded,
    WrapUpExtended,
)
from acd.lobby import TOLD_PLACES
from acd.model import CALL, Agent, Callback, Condition, Overflow, Queue, Urgency
from acd.offers import CONNECT_SECONDS, DIAL_SECONDS, RING_GRACE_SECONDS
from acd.skills import ANYBODY
from acd.staff import BACK_OFF_SECONDS
from acd.strategies import drawn

if TYPE_CHECKING:
    from acd.skills import Needs

FOR_EVER = float("inf")
ABSENCE = {
    "out": "unavailable",
    "gone": "unavailable",
    "not ready": "paused",
    "resting": "paused",
    "enough": "paused",
    "reserved": "ringing",
    "ringing": "ringing",
    "answered": "inuse",
    "talking": "inuse",
    "outside": "inuse",
    "wrapping": "wrapup",
}


@dataclass
class Someone:
    """A person; `until` ends a rest, `talks` are the (begin, end) of the talks of all days."""

    agent: Agent
    order: int
    state: str
    since: float
    idle_since: float
    until: float = FOR_EVER
    afterwards: tuple[str, float] | None = None
    leaving: bool = False
    device: Device = Device.FREE
    last_call_ended: float = 0
    calls: int = 0
    talked: float = 0
    worked: float = 0
    present: float = 0
    occupancy: float = 0
    began: list[float] = field(default_factory=list)
    wrap_ends: float = 0
    wrap_latest: float = 0
    wrap_waits: bool = False
    disposed: bool = False

    @property
    def at_work(self) -> bool:
        return self.state not in {"out", "not ready", "gone"}

    @property
    def busy(self) -> bool:
        return self.state in {"reserved", "ringing", "answered", "talking"}


@dataclass
class Visitor:
    call: str
    queue: str
    own: Needs
    urgency: Urgency
    number: int
    joined: float
    entered: float
    stepped: float
    head: float
    preferred: tuple[str, ...]
    preferred_until: float
    site: str
    party: str
    step: int = 0
    told: int | None = None
    taken: bool = False
    leaving: bool = False
    phones: int = 1
    more_at: float = FOR_EVER
    talking: bool = False
    callback: Callback | None = None
    dialled: int = 0
    suggested: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    asked: int = 0


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
    plan: Configured = field(default_factory=lambda: Configured((), ()))
    people: list[Someone] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    rung: dict[int, tuple[str, str]] = field(default_factory=dict)
    lost: dict[str, tuple[list[str], float, float]] = field(default_factory=dict)
    last_rung: dict[str, str] = field(default_factory=dict)
    joins: int = 0
    asked: int = 0
    day: float = 0
    now: float = 0
    stirred: set[str] = field(default_factory=set)
    said: list[Command] = field(default_factory=list)

    def handle(self, event: Event, now: float) -> list[Command]:
        self.now, self.said, self.stirred = now, [], set()
        self.apply(event)
        while self.expire():
            pass
        self.settle()
        while self.offer():
            self.settle()
        self.tell()
        return self.said

    # ---- looking ---------------------------------------------------------------------------------

    def person(self, name: str) -> Someone | None:
        return next((each for each in self.people if each.agent.name == name), None)

    def visitor(self, call: str) -> Visitor | None:
        return next((each for each in self.visitors if each.call == call), None)

    def attempt(self, number: int) -> Attempt | None:
        return next((each for each in self.attempts if each.id == number), None)

    def attempts_for(self, visitor: Visitor) -> list[Attempt]:
        return [each for each in self.attempts if each.visitor is visitor]

    def held(self, person: Someone, kind: str) -> list[Attempt]:
        return [each for each in self.attempts if each.person is person and each.queue.kind == kind]

    def queue(self, name: str) -> Queue:
        closed = Queue(name, overflow=(Overflow(Condition()),))
        return next((each for each in self.plan.queues if each.name == name), closed)

    def needs(self, visitor: Visitor) -> Needs:
        return self.queue(visitor.queue).steps[visitor.step].needs.and_also(visitor.own)

    def credit(self, visitor: Visitor) -> float:
        return visitor.head + self.queue(visitor.queue).head_start_seconds

    def line(self) -> list[Visitor]:
        """Who has not come to talk, by urgency, then by what the wait counts; all queues in one.

        Who is to be called back later is left out.
        """

        def claim(visitor: Visitor) -> tuple[float, ...]:
            weight = self.queue(visitor.queue).weight
            since = visitor.joined - self.credit(visitor) / weight
            return (-visitor.urgency, -weight * (self.now - since), visitor.number)

        here = [each for each in self.visitors if not each.talking and self.is_here(each)]
        return sorted(here, key=claim)

    def is_here(self, visitor: Visitor) -> bool:
        """Present, or being called back, or open to be."""
        return visitor.callback is None or bool(self.attempts_for(visitor)) or self.may_be_dialled(visitor)

    def planned(self) -> list[Someone]:
        return [each for each in self.people if not each.leaving]

    def offerable(self, visitor: Visitor) -> bool:
        ringing = len(self.attempts_for(visitor))
        room = not visitor.phones or ringing < visitor.phones
        return not visitor.talking and not visitor.taken and not visitor.leaving and room

    # ---- what happened ---------------------------------------------------------------------------

    def apply(self, event: Event) -> None:  # noqa: C901, PLR0912, PLR0915 - a case per event
        match event:
            case Configured():
                self.configure(event)
            case DayBegan():
                self.day = self.now
                for each in self.people:
                    each.calls, each.talked, each.worked, each.present, each.occupancy = 0, 0, 0, 0, 0
            case CallerJoined():
                self.join(event)
            case CallerChanged(call, urgency, head):
                if (visitor := self.visitor(call)) and not visitor.talking:
                    visitor.urgency = max(visitor.urgency, urgency)
                    visitor.head = visitor.head if head is None else head
                    self.stirred.add(call)
            case CallerLeft(call, dropped):
                if (visitor := self.visitor(call)) and not visitor.talking and visitor.callback is None:
                    self.leave(visitor, dropped=dropped)
            case CallbackAsked(call, callback):
                if (visitor := self.visitor(call)) and not visitor.talking:
                    for each in self.attempts_for(visitor):
                        self.withdraw(each)
                    visitor.callback, visitor.dialled, visitor.told = callback, 0, None
                    self.expect(call)
            case CallbackCancelled(call):
                if (visitor := self.visitor(call)) and visitor.callback is not None and not visitor.talking:
                    self.call_off(visitor, "cancelled")
            case CallerReached(number):
                self.reached(number)
            case CallerUnreached(number):
                if (attempt := self.attempt(number)) and attempt.stage in {"reserved", "dialling"}:
                    self.unreached(attempt)
            case AgentReady(agent):
                if person := self.person(agent):
                    person.afterwards = None
                    self.catch_up(person)
                    if person.state == "wrapping" and person.wrap_waits:
                        person.wrap_ends = min(person.wrap_ends, self.now)
                    elif person.state in {"out", "not ready", "resting", "wrapping"}:
                        self.on_duty(person)
            case AgentNotReady(agent, _, longest):
                self.away(agent, "not ready", FOR_EVER if longest is None else longest)
            case AgentLoggedOut(agent):
                self.away(agent, "out", FOR_EVER)
            case WrapUpExtended(agent, seconds):
                if (person := self.person(agent)) and person.state == "wrapping":
                    person.wrap_ends = min(person.wrap_ends + seconds, person.wrap_latest)
            case Disposed(agent):
                if (person := self.person(agent)) and person.state in {"talking", "wrapping"}:
                    person.wrap_waits, person.disposed = False, True
                    person.wrap_ends = max(person.wrap_ends, self.now)
            case DeviceChanged(agent, device):
                self.device(agent, device)
            case OfferAnswered(number):
                self.answered(number)
            case OfferFailed(number, cause):
                self.leg_over(number, cause)
            case TalkBegan(number):
                self.talk_began(number)
            case TalkEnded(number):
                self.leg_over(number, Cause.LOST)
            case Reconciled():
                self.reconcile(event)

    def configure(self, plan: Configured) -> None:
        self.plan = plan
        self.stirred = {each.call for each in self.visitors}
        met_before = {each.call for each in self.visitors if self.is_met(each.own)}
        before = {each.agent.name: each for each in self.people}
        self.people = []
        for order, agent in enumerate(plan.agents):
            state = "ready" if agent.ready else "out"
            person = before.pop(agent.name, None) or Someone(agent, order, state, self.now, self.now)
            person.agent, person.order, person.leaving = agent, order, False
            self.people.append(person)
        for person in before.values():
            if person.busy or any(each.person is person for each in self.attempts):
                person.leaving = True
                self.people.append(person)
        for person in self.planned():
            if person.state == "enough":
                self.on_duty(person)
        for visitor in self.visitors:
            queue = self.queue(visitor.queue)
            visitor.step = min(visitor.step, len(queue.steps) - 1)
            if not visitor.talking and visitor.call in met_before and not self.is_met(visitor.own):
                visitor.own = ANYBODY
            if not visitor.talking and not self.attempts_for(visitor):
                visitor.phones = queue.ringing.at_once

    def is_met(self, needs: Needs) -> bool:
        """By anybody of the plan."""
        return any(needs.met_by(each.agent.skills) for each in self.planned())

    def join(self, event: CallerJoined) -> None:
        visitor = self.visitor(event.call)
        if visitor and visitor.talking:
            attempt = self.attempts_for(visitor)[0]
            self.talk_over(attempt)
            self.stop(attempt)
            visitor = None
        if visitor:
            self.join_again(visitor, event)
        else:
            self.take_over(event)
            if (queue := self.admit(event)) is not None:
                self.add(event, queue)
                if event.callback is not None:
                    self.expect(event.call)

    def expect(self, call: str) -> None:
        self.asked += 1
        if visitor := self.visitor(call):
            visitor.asked = self.asked

    def take_over(self, event: CallerJoined) -> None:
        """The last of this number who asked to be called back, if anybody: rung again, the place goes over."""
        same = [each for each in self.visitors if each.party == event.party and each.callback is not None]
        if not event.party or event.callback is not None or not same:
            return
        visitor = max(same, key=lambda each: each.asked)
        if not visitor.taken and not visitor.talking and event.queue in {visitor.queue, *visitor.left}:
            self.lost[event.party] = ([visitor.queue, *visitor.left], visitor.joined, self.now)
            self.call_off(visitor, "the caller rang again")

    def call_off(self, visitor: Visitor, why: str) -> None:
        for each in self.attempts_for(visitor):
            self.withdraw(each)
        self.said.append(CallbackOver(visitor.call, visitor.queue, why))
        self.visitors.remove(visitor)

    def add(self, event: CallerJoined, queue: str) -> None:
        self.joins += 1
        joined = self.now
        if event.queue in self.lost.get(event.party, ([],))[0]:
            joined = self.lost.pop(event.party)[1]
        until = self.now + event.preferred_seconds if event.preferred else self.now
        visitor = Visitor(
            event.call,
            queue,
            event.needs,
            event.urgency,
            self.joins,
            joined,
            self.now,
            self.now,
            event.head_start_seconds,
            event.preferred,
            until,
            event.site,
            event.party,
            callback=event.callback,
            phones=self.queue(queue).ringing.at_once,
        )
        self.visitors.append(visitor)
        self.stirred.add(event.call)
        if joined < self.now:
            self.said.append(Restored(event.call, self.now - joined))

    def admit(self, event: CallerJoined) -> str | None:
        name, passed = event.queue, set[str]()
        if event.callback is not None or name in self.lost.get(event.party, ([],))[0]:
            return name
        while True:
            passed.add(name)
            rules = [rule for rule in self.queue(name).refuse if self.holds(rule.when, self.now, name)]
            if not rules or rules[0].queue in passed:
                return name
            if not rules[0].queue:
                self.said.append(SendAway(event.call, name, rules[0].to, in_words(rules[0].when)))
                return None
            self.said.append(Moved(event.call, name, rules[0].queue, in_words(rules[0].when)))
            name = rules[0].queue

    def join_again(self, visitor: Visitor, event: CallerJoined) -> None:
        self.stirred.add(event.call)
        if (visitor.queue, visitor.own) != (event.queue, event.needs) or visitor.callback is not None:
            for each in self.attempts_for(visitor):
                self.withdraw(each)
        if visitor.queue != event.queue:
            self.enter(visitor, event.queue)
            visitor.left = []
        visitor.own, visitor.told, visitor.callback, visitor.dialled = event.needs, None, event.callback, 0
        visitor.urgency = max(visitor.urgency, event.urgency)
        if event.callback is not None:
            self.expect(event.call)

    def enter(self, visitor: Visitor, queue: str) -> None:
        visitor.queue, visitor.step, visitor.suggested = queue, 0, []
        visitor.entered = visitor.stepped = self.now
        visitor.phones = self.queue(queue).ringing.at_once

    def leave(self, visitor: Visitor, *, dropped: bool = False) -> None:
        for each in self.attempts_for(visitor):
            self.withdraw(each)
        seconds = self.queue(visitor.queue).return_seconds
        if dropped and seconds and visitor.party:
            self.lost[visitor.party] = ([visitor.queue, *visitor.left], visitor.joined, self.now + seconds)
        self.visitors.remove(visitor)

    # ---- people ----------------------------------------------------------------------------------

    def enters(self, person: Someone, state: str, until: float = FOR_EVER, at: float | None = None) -> None:
        at = self.now if at is None else at
        elapsed = at - max(person.since, self.day)
        if person.at_work:
            person.present += elapsed
        if person.state in {"talking", "wrapping"}:
            person.worked += elapsed
        if person.present:
            person.occupancy = person.worked / person.present
        person.state, person.since, person.until = state, at, until

    def on_duty(self, person: Someone, idle_since: float | None = None, at: float | None = None) -> None:
        at = self.now if at is None else at
        person.idle_since = at if idle_since is None else idle_since
        self.enters(person, *self.duty(person, at), at=at)

    def duty(self, person: Someone, at: float) -> tuple[str, float]:
        limit = person.agent.calls_per_hour
        began = [each for each in person.began if each + 3600 > at]
        if person.device is Device.BUSY:
            return "outside", FOR_EVER
        if person.device is Device.GONE:
            return "gone", FOR_EVER
        if limit is not None and len(began) >= limit:
            return "enough", began[-limit] + 3600
        return "ready", FOR_EVER

    def catch_up(self, person: Someone) -> None:
        mine = set(person.agent.skills)
        alike = [each for each in self.people if not mine or mine & set(each.agent.skills)]
        others = [each for each in alike if each is not person and each.at_work]
        if person.state == "out" and others:
            person.calls = max(person.calls, min(each.calls for each in others))
            person.talked = max(person.talked, min(each.talked for each in others))

    def away(self, name: str, state: str, longest: float) -> None:
        person = self.person(name)
        if person is None:
            return
        if person.busy:
            person.afterwards = (state, longest)
        else:
            self.enters(person, state, self.now + longest)
        self.let_alone(person)

    def let_alone(self, person: Someone) -> None:
        for each in [each for each in self.attempts if each.person is person]:
            if each.stage in {"ringing", "reserved"}:
                self.withdraw(each)

    def device(self, name: str, device: Device) -> None:
        person = self.person(name)
        if person is None:
            return
        person.device = device
        on_duty = person.state in {"ready", "outside", "gone", "enough"}
        if on_duty and self.duty(person, self.now)[0] != person.state:
            self.on_duty(person)
        if device is Device.BUSY:
            self.let_alone(person)

    def after_offer(self, attempt: Attempt, state: str, rest: float | None = 0) -> None:
        """The offer is over for the person, who goes where they asked to go, or on with `state`."""
        person = attempt.person
        if attempt.queue.kind != CALL:
            if state == "resting" and person.state == "ready" and not person.leaving:
                self.rests(person, rest)
        elif person.leaving:
            person.state = "out"
        elif person.afterwards:
            (state, longest), person.afterwards = person.afterwards, None
            self.enters(person, state, self.now + longest)
        elif state == "ready":
            self.on_duty(person, idle_since=person.idle_since)
        elif state == "resting":
            self.rests(person, rest)
        else:
            rules = attempt.queue.wrap_up
            person.wrap_ends = self.now + rules.seconds
            person.wrap_waits = rules.disposition and not person.disposed
            person.wrap_latest = self.now + max(rules.longest_seconds, rules.seconds)
            self.enters(person, "wrapping")
        if person.leaving and not any(each.person is person for each in self.attempts):
            self.people.remove(person)

    def rests(self, person: Someone, rest: float | None) -> None:
        if rest is None:
            self.enters(person, "not ready")
        else:
            self.enters(person, "resting", self.now + rest)

    # ---- offers ----------------------------------------------------------------------------------

    def stop(self, attempt: Attempt, *, elsewhere: bool = False) -> None:
        self.said.append(StopRinging(attempt.id, attempt.person.agent.name, elsewhere))

    def end(self, attempt: Attempt) -> None:
        visitor = attempt.visitor
        self.attempts.remove(attempt)
        self.stirred.add(visitor.call)
        if not self.attempts_for(visitor):
            visitor.taken = visitor.leaving = False
            visitor.phones, visitor.more_at = self.queue(visitor.queue).ringing.at_once, FOR_EVER

    def withdraw(self, attempt: Attempt, *, elsewhere: bool = False) -> None:
        self.stop_dialling(attempt)
        if attempt.stage != "reserved":
            self.stop(attempt, elsewhere=elsewhere)
        self.end(attempt)
        self.after_offer(attempt, "ready")

    def stop_dialling(self, attempt: Attempt) -> None:
        if attempt.stage in {"reserved", "dialling"}:
            self.said.append(StopDialling(attempt.id, attempt.visitor.call))
            attempt.visitor.dialled -= 1

    def missed(self, attempt: Attempt, cause: Cause) -> None:
        self.end(attempt)
        self.after_offer(attempt, "resting", self.plan.after_failure.get(cause, BACK_OFF_SECONDS[cause]))

    def answered(self, number: int) -> None:
        attempt = self.attempt(number)
        if attempt is None:
            self.said.append(StopRinging(number, self.rung.get(number, ("", ""))[0], answered_elsewhere=True))
        elif attempt.stage == "ringing":
            self.take(attempt)
            if attempt.visitor.callback is not None:
                self.stage(attempt, "dialling")
                self.dial(attempt)
            else:
                self.connect(attempt)

    def take(self, attempt: Attempt) -> None:
        for other in self.attempts_for(attempt.visitor):
            if other is not attempt:
                self.withdraw(other, elsewhere=True)
        attempt.visitor.taken = True

    def stage(self, attempt: Attempt, stage: str) -> None:
        attempt.stage = stage
        if attempt.queue.kind == CALL:
            state = "answered" if stage == "dialling" else stage
            if attempt.person.state != state:
                self.enters(attempt.person, state)

    def dial(self, attempt: Attempt) -> None:
        visitor = attempt.visitor
        visitor.taken = True
        visitor.dialled += 1
        attempt.due = self.now + DIAL_SECONDS
        self.said.append(DialCaller(attempt.id, attempt.person.agent.name, visitor.call, visitor.dialled))

    def reached(self, number: int) -> None:
        attempt = self.attempt(number)
        if attempt is None:
            self.said.append(StopDialling(number, self.rung.get(number, ("", ""))[1]))
        elif attempt.stage in {"dialling", "reserved"}:
            attempt.visitor.callback, attempt.visitor.dialled = None, 0
            attempt.visitor.entered = self.now
            self.stirred.add(attempt.visitor.call)
            if attempt.stage == "dialling":
                self.connect(attempt)
            else:
                self.stage(attempt, "ringing")
                self.ring(attempt)

    def unreached(self, attempt: Attempt) -> None:
        if attempt.stage == "dialling":
            self.stop(attempt)
        self.end(attempt)
        self.after_offer(attempt, "ready")
        visitor = attempt.visitor
        distances = self.queue(visitor.queue).callback.retry_seconds
        assert visitor.callback is not None
        if visitor.dialled > len(distances):
            self.give_up(visitor)
        else:
            later = self.now + distances[visitor.dialled - 1]
            visitor.callback = replace(visitor.callback, not_before=later)

    def give_up(self, visitor: Visitor) -> None:
        self.said.append(GiveUp(visitor.call, visitor.queue, visitor.dialled))
        self.visitors.remove(visitor)

    def ring(self, attempt: Attempt) -> None:
        seconds = attempt.queue.ring_seconds
        attempt.due = self.now + seconds + RING_GRACE_SECONDS
        self.said.append(Ring(attempt.id, attempt.person.agent.name, attempt.visitor.call, seconds))

    def connect(self, attempt: Attempt) -> None:
        self.stage(attempt, "answered")
        attempt.due = self.now + CONNECT_SECONDS
        self.said.append(Connect(attempt.id, attempt.person.agent.name, attempt.visitor.call))

    def talk_began(self, number: int) -> None:
        attempt = self.attempt(number)
        if attempt and attempt.stage != "talking":
            self.take(attempt)
            self.stage(attempt, "talking")
            attempt.due, attempt.began = FOR_EVER, self.now
            attempt.visitor.talking = True
            if attempt.queue.kind == CALL:
                attempt.person.calls += 1
                attempt.person.disposed = False
                if attempt.person.agent.calls_per_hour is not None:
                    attempt.person.began.append(self.now)

    def leg_over(self, number: int, cause: Cause) -> None:
        attempt = self.attempt(number)
        if attempt and attempt.stage == "talking":
            self.talk_over(attempt)
        elif attempt:
            self.stop_dialling(attempt)
            self.missed(attempt, cause)

    def talk_over(self, attempt: Attempt) -> None:
        person = attempt.person
        self.visitors.remove(attempt.visitor)
        self.attempts.remove(attempt)
        if attempt.queue.kind == CALL:
            person.talked += self.now - max(attempt.began, self.day)
            person.last_call_ended = self.now
        self.after_offer(attempt, "wrapping" if attempt.queue.kind == CALL else "as before")

    def reconcile(self, event: Reconciled) -> None:
        known = {each.id for each in self.attempts}
        for stray in sorted(event.ringing - known):
            self.said.append(StopRinging(stray, self.rung.get(stray, ("", ""))[0]))
        for attempt in list(self.attempts):
            if attempt in self.attempts and attempt.queue.kind == CALL:
                self.compare(attempt, event)
        for visitor in list(self.visitors):
            here = visitor.call in event.calls or visitor.callback is not None or visitor.talking
            if not here and self.queue(visitor.queue).kind == CALL:
                self.leave(visitor, dropped=True)

    def compare(self, attempt: Attempt, event: Reconciled) -> None:
        leg = attempt.id in event.ringing | event.talking
        caller = attempt.visitor.call in event.calls
        if attempt.id in event.talking:
            self.talk_began(attempt.id)
        elif attempt.stage == "talking":
            if not leg:
                self.talk_over(attempt)
        elif attempt.stage in {"reserved", "dialling"}:
            if not caller or (attempt.stage == "dialling" and not leg):
                self.withdraw(attempt)
        elif not leg:
            self.withdraw(attempt)
        elif attempt.stage == "answered":
            self.connect(attempt)
        else:
            attempt.due = max(self.now, attempt.began + attempt.queue.ring_seconds) + RING_GRACE_SECONDS

    # ---- what is due -----------------------------------------------------------------------------

    def expire(self) -> bool:
        """The earliest that is due: people before offers before phones, at one moment."""
        for party in [party for party, (_, _, until) in self.lost.items() if until <= self.now]:
            del self.lost[party]
        due: list[tuple[float, int, int, Any]] = []
        for person in self.people:
            until = person.until
            if person.state == "wrapping":
                until = person.wrap_latest if person.wrap_waits else person.wrap_ends
            due.append((until, 0, person.order, person))
        due += [(each.due, 1, each.id, each) for each in self.attempts]
        due += [(each.more_at, 2, each.number, each) for each in self.visitors]
        moment, _, _, subject = min(due, default=(FOR_EVER, 0, 0, None), key=lambda each: each[:3])
        if moment > self.now:
            return False
        match subject:
            case Someone():
                self.on_duty(subject, at=moment)
            case Attempt():
                self.attempt_due(subject)
            case Visitor():
                subject.phones += self.queue(subject.queue).ringing.more
                subject.more_at = self.now + self.queue(subject.queue).ringing.every_seconds
        return True

    def attempt_due(self, attempt: Attempt) -> None:
        if attempt.stage == "ringing":
            self.stop(attempt)
            self.missed(attempt, Cause.NO_ANSWER)
        elif attempt.stage == "answered":
            self.withdraw(attempt)
        else:
            self.said.append(StopDialling(attempt.id, attempt.visitor.call))
            self.unreached(attempt)

    # ---- rules -----------------------------------------------------------------------------------

    def holds(self, condition: Condition, since: float, queue: str) -> bool:
        plan = self.queue(queue)
        crew = [each for each in self.planned() if plan.steps[-1].needs.met_by(each.agent.skills)]
        here = [each for each in self.visitors if not each.talking and each.callback is None]
        length = sum(each.queue == queue for each in here)
        return (
            self.now >= since + condition.waited_seconds
            and (condition.length is None or length >= condition.length)
            and (condition.staffed_below is None or sum(each.at_work for each in crew) < condition.staffed_below)
            and (condition.empty is None or self.is_empty(plan, frozenset(map(str, condition.empty))))
        )

    def is_empty(self, queue: Queue, absent: frozenset[str]) -> bool:
        needs = queue.steps[0 if "penalty" in absent else -1].needs
        crew = [each for each in self.planned() if needs.met_by(each.agent.skills)]
        return all(ABSENCE.get(each.state, "") in absent for each in crew)

    def settle(self) -> None:
        for visitor in list(self.visitors):
            if visitor in self.visitors and self.offerable(visitor):
                self.settle_one(visitor)

    def settle_one(self, visitor: Visitor) -> None:
        if visitor.callback is not None:
            if not self.is_open(visitor.queue) or visitor.callback.window(self.now) is None:
                if not self.attempts_for(visitor):
                    self.give_up(visitor)
            elif self.may_be_dialled(visitor):
                self.take_steps(visitor)
            return
        while True:
            self.take_steps(visitor)
            due = [rule for rule in self.queue(visitor.queue).overflow if self.is_due(rule, visitor)]
            if not due:
                break
            rule = due[0]
            if rule.offered:
                visitor.suggested.append(rule.to)
                self.said.append(Suggest(visitor.call, visitor.queue, rule.to, in_words(rule.when)))
            elif self.attempts_for(visitor):
                visitor.leaving = True
                return
            elif rule.queue:
                self.said.append(Moved(visitor.call, visitor.queue, rule.queue, in_words(rule.when)))
                visitor.left.append(visitor.queue)
                self.enter(visitor, rule.queue)
                visitor.told = None
                self.stirred.add(visitor.call)
            else:
                self.said.append(SendAway(visitor.call, visitor.queue, rule.to, in_words(rule.when)))
                self.visitors.remove(visitor)
                return
        self.only(visitor)

    def is_due(self, rule: Overflow, visitor: Visitor) -> bool:
        been = rule.queue in {visitor.queue, *visitor.left} or (rule.offered and rule.to in visitor.suggested)
        return not been and self.holds(rule.when, visitor.entered, visitor.queue)

    def take_steps(self, visitor: Visitor) -> None:
        queue = self.queue(visitor.queue)
        while visitor.step < len(queue.steps) - 1:
            needs = self.needs(visitor)
            until = [
                in_words(each)
                for each in queue.steps[visitor.step].until
                if self.holds(each, visitor.stepped, visitor.queue)
            ]
            if not any(each.at_work and needs.met_by(each.agent.skills) for each in self.planned()):
                until = ["nobody at work could meet the step"]
            if not until:
                return
            visitor.step, visitor.stepped = visitor.step + 1, self.now
            self.said.append(Stepped(visitor.call, queue.name, visitor.step, until[0]))

    def only(self, visitor: Visitor) -> tuple[str, ...]:
        named = [each for each in self.planned() if each.agent.name in visitor.preferred]
        there = any(each.at_work and self.needs(visitor).met_by(each.agent.skills) for each in named)
        if self.now >= visitor.preferred_until or not there:
            visitor.preferred = ()
        return visitor.preferred

    # ---- who is rung for whom --------------------------------------------------------------------

    def is_open(self, queue: str) -> bool:
        return any(each.name == queue for each in self.plan.queues)

    def may_be_dialled(self, visitor: Visitor) -> bool:
        window = visitor.callback.window(self.now) if visitor.callback else (0, 0)
        return window is not None and window[0] <= self.now and (not visitor.callback or self.is_open(visitor.queue))

    def offer(self) -> bool:
        for visitor in self.line():
            if self.offerable(visitor) and self.may_be_dialled(visitor) and (able := self.able(visitor)):
                self.make_offer(visitor, self.best(visitor, able))
                return True
        return False

    def able(self, visitor: Visitor) -> list[Someone]:
        kind, needs, only = self.queue(visitor.queue).kind, self.needs(visitor), self.only(visitor)
        return [
            each
            for each in self.planned()
            if each.state == "ready"
            and needs.met_by(each.agent.skills)
            and (not only or each.agent.name in only)
            and (kind == CALL or len(self.held(each, kind)) < each.agent.capacity.get(kind, 0))
        ]

    def best(self, visitor: Visitor, able: list[Someone]) -> Someone:
        queue = self.queue(visitor.queue)
        if queue.nearest_first and visitor.site:
            sites = (visitor.site, *self.plan.sites.get(visitor.site, ()))

            def distance(person: Someone) -> int:
                return sites.index(person.agent.site) if person.agent.site in sites else len(sites)

            nearest = min(map(distance, able))
            able = [each for each in able if distance(each) == nearest]
        if queue.kind != CALL:
            least = min(len(self.held(each, queue.kind)) for each in able)
            able = [each for each in able if len(self.held(each, queue.kind)) == least]
        able = [each for each in able if queue.prefers.met_by(each.agent.skills)] or able
        needs = self.needs(visitor)
        measures = {
            "longest-idle": lambda each: (each.idle_since,),
            "longest-since-call": lambda each: (each.last_call_ended,),
            "fewest-calls": lambda each: (each.calls, each.idle_since),
            "least-talk-time": lambda each: (each.talked, each.idle_since),
            "least-occupied": lambda each: (each.occupancy, each.idle_since),
            "most-skilled": lambda each: (-needs.strength(each.agent.skills), each.idle_since),
            "fewest-skills": lambda each: (len(each.agent.skills), each.idle_since),
            "ordered": lambda _: (),
        }
        if queue.strategy == "random":
            return able[drawn(self.plan.seed, len(self.rung) + 1, 0) % len(able)]
        if queue.strategy == "round-robin":
            names = [each.agent.name for each in self.planned()]
            last = self.last_rung.get(queue.name)
            after = names.index(last) if last in names else -1
            return min(able, key=lambda each: (each.order <= after, each.order))
        return min(able, key=lambda each: (*measures[queue.strategy](each), each.order))

    def make_offer(self, visitor: Visitor, person: Someone) -> None:
        queue = self.queue(visitor.queue)
        attempt = Attempt(len(self.rung) + 1, person, visitor, queue, self.now, FOR_EVER)
        self.rung[attempt.id] = (person.agent.name, visitor.call)
        self.attempts.append(attempt)
        if queue.strategy == "round-robin":
            self.last_rung[queue.name] = person.agent.name
        if visitor.callback is not None and queue.callback.caller_first and len(self.attempts_for(visitor)) == 1:
            self.stage(attempt, "reserved")
            self.dial(attempt)
        else:
            self.stage(attempt, "ringing")
            self.ring(attempt)
        if queue.ringing.more and visitor.phones and len(self.attempts_for(visitor)) == 1:
            visitor.more_at = self.now + queue.ringing.every_seconds

    # ---- places ----------------------------------------------------------------------------------

    def tell(self) -> None:
        for visitor in self.line():
            own = [each for each in self.line() if each.queue == visitor.queue]
            place = own.index(visitor) + 1
            worth = place <= TOLD_PLACES or visitor.call in self.stirred
            told = self.attempts_for(visitor) or visitor.callback is not None
            if worth and not told and (visitor.told is None or place < visitor.told):
                visitor.told = place
                self.said.append(TellPosition(visitor.call, place))
