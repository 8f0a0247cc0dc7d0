"""What happened, as facts for the feeds: read off the engine's events and commands, which name offers by number only.

    event, commands ──▶ Happenings.take ──▶ [Entered, Offered, Connected, …]
                            │
                            └── who waits, who rings or talks, how people stand: what an event does not repeat

A plan that comes into force is also the moment to learn of callers and offers from before a restart: they are known
from then on, and nothing is told of their past again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from acd import commands, events
from acd.state import Stage
from ivr.feeds import facts
from ivr.feeds.facts import Fact, Leaving
from ivr.feeds.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from acd.engine import Engine


@dataclass(frozen=True, slots=True)
class Visit:
    """A caller in line. `entered` is when."""

    call: str
    queue: str
    entered: float
    entered_at: int
    position: int


@dataclass(frozen=True, slots=True)
class _Offer:
    call: str
    queue: str
    agent: str
    rung: float
    answered: float | None = None


@dataclass(frozen=True, slots=True)
class _Talk:
    call: str
    queue: str
    agent: str
    began: float
    entered_at: int
    waited_seconds: float


class Happenings:
    """Fed with every event and its commands. `roster` and `waiting` (callers by queue) are there to be looked at."""

    def __init__(self) -> None:
        self.roster = Roster()
        self._visits: dict[str, Visit] = {}
        self.waiting: Counter[str] = Counter()
        self._callbacks: dict[str, str] = {}
        self._offers: dict[int, _Offer] = {}
        self._talks: dict[int, _Talk] = {}

    def take(self, event: events.Event, orders: Sequence[commands.Command], engine: Engine, now: float) -> list[Fact]:
        """The facts of one event; `engine` as it is after it."""
        return [
            *self._plan(event, engine, now),
            *self._before_orders(event, orders, engine, now),
            *(fact for order in orders for fact in self._of(order, event, engine, now)),
            *self._after_orders(event, engine, now),
            *self.roster.changes(engine),
        ]

    # ---- the plan, and what there was before we were --------------------------------------------------------------

    def _plan(self, event: events.Event, engine: Engine, now: float) -> Iterator[Fact]:
        if isinstance(event, events.Configured):
            self.roster.configure(event)
            self._learn(engine, now)
            yield facts.PlanTaken()

    def _learn(self, engine: Engine, now: float) -> None:
        for offer in engine.open_offers.values():
            if offer.id in self._offers or offer.id in self._talks:
                continue
            if offer.stage is Stage.TALKING:
                self._talks[offer.id] = _Talk(offer.call, offer.queue.name, offer.agent, now, 1, 0.0)
            else:
                answered = None if offer.stage is Stage.RINGING else now
                self._offers[offer.id] = _Offer(offer.call, offer.queue.name, offer.agent, offer.began, answered)
        for caller in engine.lobby.callers.values():
            if caller.away:
                self._callbacks[caller.call] = caller.queue.name
            elif caller.call not in self._visits and not caller.talking:
                self._visit(caller.call, caller.queue.name, caller.entered, engine)

    # ---- events ---------------------------------------------------------------------------------------------------

    def _before_orders(  # noqa: PLR0911 - a case per event
        self, event: events.Event, orders: Sequence[commands.Command], engine: Engine, now: float
    ) -> list[Fact]:
        match event:
            case events.CallerJoined(call, queue):
                return [*self._talks_end(call, now, by_caller=True), *self._joined(call, queue, orders, engine, now)]
            case events.CallerReached(offer) if known := self._offers.get(offer):
                return self._reached(known, engine, now)
            case events.CallerUnreached(offer, cause) if known := self._offers.pop(offer, None):
                return [facts.CallbackMissed(known.call, known.queue, cause)]
            case events.OfferAnswered(offer) if known := self._offers.get(offer):
                self._offers[offer] = replace(known, answered=now)
                return []
            case events.OfferFailed(offer, cause):
                return [*self._missed(offer, cause, now), *self._talk_ends(offer, now, by_caller=False)]
            case events.TalkBegan(offer):
                return self._talk_began(offer, now)
            case events.TalkEnded(offer):
                return [*self._missed(offer, events.Cause.LOST, now), *self._talk_ends(offer, now, by_caller=False)]
            case events.Reconciled(talking=talking):
                return [fact for offer in sorted(talking) for fact in self._talk_began(offer, now)]
            case _:
                return []

    def _after_orders(self, event: events.Event, engine: Engine, now: float) -> list[Fact]:
        """The rings for a caller end before the caller is told to have left, as in app_queue."""
        match event:
            case events.CallerLeft(call, dropped):
                how = Leaving.HUNG_UP if dropped else Leaving.CHOSE
                return [*self._talks_end(call, now, by_caller=True), *self._left(call, how, now)]
            case events.CallbackAsked(call):
                return self._agreed(call, engine, now)
            case events.CallbackCancelled(call):
                return self._given_up(call, cancelled=True)
            case events.Reconciled():
                return self._vanished(engine, now)
            case _:
                return []

    def _joined(
        self, call: str, queue: str, orders: Sequence[commands.Command], engine: Engine, now: float
    ) -> list[Fact]:
        """Entering; who stands in this queue already keeps the place, and who is sent on at once never entered."""
        known, caller = self._visits.get(call), engine.lobby.callers.get(call)
        if known and known.queue == queue:
            return self._agreed(call, engine, now)
        given_up = [] if caller and caller.away else self._given_up(call, cancelled=True)
        left = self._left(call, Leaving.CHOSE, now)
        if any(isinstance(order, commands.SendAway | commands.Moved) and order.call == call for order in orders):
            return [*given_up, *left]
        waited = sum(order.waited_seconds for order in orders if isinstance(order, commands.Restored))
        return [*given_up, *left, *self._entered(call, queue, now - waited, engine)]

    def _entered(self, call: str, queue: str, since: float, engine: Engine) -> list[Fact]:
        caller = engine.lobby.callers.get(call)
        if caller is None or caller.talking:
            return []
        if caller.away:
            return self._agreed(call, engine, now=since)
        visit = self._visit(call, queue, since, engine)
        return [facts.Entered(call, queue, visit.position, self.waiting[queue])]

    def _visit(self, call: str, queue: str, entered: float, engine: Engine) -> Visit:
        position = engine.lobby.position(engine.lobby.callers[call])
        visit = self._visits[call] = Visit(call, queue, entered, position, position)
        self.waiting[queue] += 1
        return visit

    def _left(self, call: str, how: Leaving, now: float, to: str = "") -> list[Fact]:
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

    def _agreed(self, call: str, engine: Engine, now: float) -> list[Fact]:
        caller = engine.lobby.callers.get(call)
        if caller is None or not caller.away:
            return []
        known = call in self._callbacks
        self._callbacks[call] = caller.queue.name
        agreed = [] if known else [facts.CallbackAgreed(call, caller.queue.name)]
        return [*self._left(call, Leaving.CALLBACK, now), *agreed]

    def _reached(self, offer: _Offer, engine: Engine, now: float) -> list[Fact]:
        if self._callbacks.pop(offer.call, None) is None:
            return []
        return [
            facts.CallbackReached(offer.call, offer.queue),
            *self._entered(offer.call, offer.queue, now, engine),
        ]

    def _given_up(self, call: str, *, cancelled: bool) -> list[Fact]:
        queue = self._callbacks.pop(call, None)
        return [] if queue is None else [facts.CallbackGivenUp(call, queue, cancelled)]

    def _vanished(self, engine: Engine, now: float) -> list[Fact]:
        """What ended while nobody told us is told at the moment in which we learn of it."""
        for offer in self._offers.keys() - engine.open_offers.keys():
            del self._offers[offer]
        gone = sorted(self._talks.keys() - engine.open_offers.keys())
        left = sorted(self._visits.keys() - engine.lobby.callers.keys())
        for call in self._callbacks.keys() - engine.lobby.callers.keys():
            del self._callbacks[call]
        return [
            *(fact for offer in gone for fact in self._talk_ends(offer, now, by_caller=True)),
            *(fact for call in left for fact in self._left(call, Leaving.HUNG_UP, now)),
        ]

    # ---- offers and talks -----------------------------------------------------------------------------------------

    def _missed(self, number: int, cause: events.Cause, now: float) -> list[Fact]:
        offer = self._offers.pop(number, None)
        if offer is None:
            return []
        rung = (now if offer.answered is None else offer.answered) - offer.rung
        return [facts.NotAnswered(offer.call, offer.queue, offer.agent, number, cause, rung)]

    def _talk_began(self, number: int, now: float) -> list[Fact]:
        offer = self._offers.pop(number, None)
        if offer is None:
            return []
        unseen = [] if offer.call in self._visits else self._came_unseen(offer, now)
        visit = self._visits.pop(offer.call)
        self.waiting[visit.queue] -= 1
        waited = now - visit.entered
        self._talks[number] = _Talk(offer.call, visit.queue, offer.agent, now, visit.entered_at, waited)
        connected = facts.Connected(
            offer.call,
            visit.queue,
            offer.agent,
            number,
            visit.position,
            visit.entered_at,
            waited_seconds=waited,
            ring_seconds=(now if offer.answered is None else offer.answered) - offer.rung,
            count=self.waiting[visit.queue],
        )
        return [*unseen, connected]

    def _came_unseen(self, offer: _Offer, now: float) -> list[Fact]:
        """Who is called back may be found in a talk after an outage, and nobody told us that they were reached."""
        reached = (
            [] if self._callbacks.pop(offer.call, None) is None else [facts.CallbackReached(offer.call, offer.queue)]
        )
        self._visits[offer.call] = Visit(offer.call, offer.queue, now, 1, 1)
        self.waiting[offer.queue] += 1
        return [*reached, facts.Entered(offer.call, offer.queue, 1, self.waiting[offer.queue])]

    def _talk_ends(self, number: int, now: float, *, by_caller: bool) -> list[Fact]:
        talk = self._talks.pop(number, None)
        if talk is None:
            return []
        completed = facts.Completed(
            talk.call,
            talk.queue,
            talk.agent,
            number,
            by_caller,
            talk.entered_at,
            waited_seconds=talk.waited_seconds,
            talk_seconds=now - talk.began,
        )
        return [completed]

    def _talks_end(self, call: str, now: float, *, by_caller: bool) -> list[Fact]:
        numbers = [number for number, talk in self._talks.items() if talk.call == call]
        return [fact for number in numbers for fact in self._talk_ends(number, now, by_caller=by_caller)]

    # ---- commands -------------------------------------------------------------------------------------------------

    def _of(  # noqa: C901, PLR0911 - a case per command
        self, order: commands.Command, event: events.Event, engine: Engine, now: float
    ) -> list[Fact]:
        match order:
            case commands.Ring(offer, agent, call):
                return self._rung(offer, agent, call, engine, now)
            case commands.DialCaller(offer, agent, call):
                self._offers.setdefault(offer, _Offer(call, engine.queue_of(call) or "", agent, now))
                return []
            case commands.StopRinging():
                return self._stopped(order, event, now)
            case commands.TellPosition(call, position) if visit := self._visits.get(call):
                self._visits[call] = replace(visit, position=position)
                return []
            case commands.Moved(call, queue, to):
                return [*self._sent(call, queue, Leaving.MOVED, to, now), *self._entered(call, to, now, engine)]
            case commands.SendAway(call, queue, to):
                return self._sent(call, queue, self.roster.leaving(queue, to), to, now)
            case commands.GiveUp(call):
                return self._given_up(call, cancelled=False)
            case commands.Stepped(call, queue, step):
                return [facts.StepTaken(call, queue, step)]
            case commands.Alert(alert, queue, name, rung):
                return [facts.AlertRaised(alert, queue, name, rung)]
            case commands.AlertOver(alert, queue, name):
                return [facts.AlertEnded(alert, queue, name)]
            case _:
                return []

    def _rung(self, number: int, agent: str, call: str, engine: Engine, now: float) -> list[Fact]:
        offer = _Offer(call, engine.queue_of(call) or "", agent, now)
        self._offers[number] = offer
        if visit := self._visits.get(call):
            self._visits[call] = replace(visit, position=engine.lobby.position(engine.lobby.callers[call]))
        return [facts.Offered(call, offer.queue, agent, number)]

    def _stopped(self, order: commands.StopRinging, event: events.Event, now: float) -> list[Fact]:
        offer = self._offers.get(order.offer)
        if offer is None:  # a talk that the engine ends, when its caller joins again, or a stray leg
            return self._talk_ends(order.offer, now, by_caller=True)
        if order.answered_elsewhere:
            del self._offers[order.offer]
            return []
        if offer.answered is not None:
            return self._missed(order.offer, events.Cause.LOST, now)
        if _withdrawn(offer, event):
            del self._offers[order.offer]
            return [facts.RingCancelled(offer.call, offer.queue, offer.agent, order.offer, now - offer.rung)]
        return self._missed(order.offer, events.Cause.NO_ANSWER, now)

    def _sent(self, call: str, queue: str, how: Leaving, to: str, now: float) -> list[Fact]:
        return self._left(call, how, now, to) or [facts.Refused(call, queue, to)]


def _withdrawn(offer: _Offer, event: events.Event) -> bool:
    """Whether the ring was stopped by the caller or the person; else its time was over."""
    match event:
        case (
            events.CallerLeft(call)
            | events.CallerJoined(call)
            | events.CallbackAsked(call)
            | events.CallbackCancelled(call)
        ):
            return call == offer.call
        case events.AgentNotReady(agent) | events.AgentLoggedOut(agent) | events.DeviceChanged(agent):
            return agent == offer.agent
        case events.Reconciled() | events.Configured():
            return True
        case _:
            return False
