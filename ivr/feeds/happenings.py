"""What happened, as facts for the feeds: read off the engine's events and commands, which name offers by number only.

    event, commands ──▶ Happenings.take ──▶ [Entered, Offered, Connected, …]
                            │
                            └── who waits, who rings or talks, how people stand: what an event does not repeat

A plan that comes into force is also the moment to learn of callers and offers from before a restart: they are known
from then on, and nothing is told of their past again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from acd import commands, events
from acd.state import Stage
from ivr.feeds import facts
from ivr.feeds.facts import Fact, Leaving
from ivr.feeds.queue_lines import QueueLines
from ivr.feeds.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from acd.engine import Engine


@dataclass(frozen=True, slots=True)
class _Offer:
    call: str
    queue: str
    agent: str
    rung: float
    answered: float | None = None

    def rang(self, now: float) -> float:
        """Seconds of ringing."""
        return (now if self.answered is None else self.answered) - self.rung


@dataclass(frozen=True, slots=True)
class _Talk:
    call: str
    queue: str
    agent: str
    began: float
    entered_at: int
    waited_seconds: float


class Happenings:
    """Fed with every event and its commands. `roster` and `lines` are there to be looked at."""

    def __init__(self) -> None:
        self.roster = Roster()
        self.lines = QueueLines()
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
            self.lines.learn(engine)
            self._learn(engine, now)
            yield facts.PlanTaken()

    def _learn(self, engine: Engine, now: float) -> None:
        for offer in engine.open_offers.values():
            if offer.id in self._offers or offer.id in self._talks:
                continue
            if offer.stage is Stage.TALKING:
                waited = max(0.0, offer.talk_began - engine.lobby.callers[offer.call].entered)
                self._talks[offer.id] = _Talk(offer.call, offer.queue.name, offer.agent, offer.talk_began, 1, waited)
            else:
                answered = None if offer.stage is Stage.RINGING else now
                self._offers[offer.id] = _Offer(offer.call, offer.queue.name, offer.agent, offer.began, answered)

    # ---- events ---------------------------------------------------------------------------------------------------

    def _before_orders(  # noqa: PLR0911 - a case per event
        self, event: events.Event, orders: Sequence[commands.Command], engine: Engine, now: float
    ) -> list[Fact]:
        match event:
            case events.CallerJoined(call):
                return [*self._talks_end(call, now), *self.lines.joined(event, orders, engine, now)]
            case events.CallerReached(offer) if known := self._offers.get(offer):
                return self.lines.reached(known.call, known.queue, engine, now)
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
                return [*self._talks_end(call, now), *self.lines.left(call, how, now)]
            case events.CallbackAsked(call):
                return self.lines.agreed(call, engine, now)
            case events.Reconciled():
                return self._vanished(engine, now)
            case _:
                return []

    def _vanished(self, engine: Engine, now: float) -> list[Fact]:
        """What ended while nobody told us is told at the moment in which we learn of it."""
        for offer in self._offers.keys() - engine.open_offers.keys():
            del self._offers[offer]
        gone = sorted(self._talks.keys() - engine.open_offers.keys())
        ended = [fact for offer in gone for fact in self._talk_ends(offer, now, by_caller=True)]
        return [*ended, *self.lines.vanished(engine, now)]

    # ---- offers and talks -----------------------------------------------------------------------------------------

    def _missed(self, number: int, cause: events.Cause, now: float) -> list[Fact]:
        offer = self._offers.pop(number, None)
        if offer is None:
            return []
        return [facts.NotAnswered(offer.call, offer.queue, offer.agent, number, cause, offer.rang(now))]

    def _talk_began(self, number: int, now: float) -> list[Fact]:
        offer = self._offers.pop(number, None)
        if offer is None:
            return []
        unseen, visit = self.lines.talks(offer.call, offer.queue, now)
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
            ring_seconds=offer.rang(now),
            count=self.lines.waiting[visit.queue],
        )
        return [*unseen, connected]

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

    def _talks_end(self, call: str, now: float) -> list[Fact]:
        """The caller is gone, and with them their talk."""
        numbers = [number for number, talk in self._talks.items() if talk.call == call]
        return [fact for number in numbers for fact in self._talk_ends(number, now, by_caller=True)]

    # ---- commands -------------------------------------------------------------------------------------------------

    def _of(  # noqa: C901, PLR0911, PLR0912 - a case per command
        self, order: commands.Command, event: events.Event, engine: Engine, now: float
    ) -> list[Fact]:
        match order:
            case commands.Ring(offer, agent, call):
                return self._rung(offer, agent, call, engine, now)
            case commands.DialCaller(offer, agent, call):
                self._offers.setdefault(offer, _Offer(call, engine.queue_of(call) or "", agent, now))
                return []
            case commands.StopDialling(offer):
                self._offers.pop(offer, None)
                return []
            case commands.StopRinging():
                return self._stopped(order, event, now)
            case commands.TellPosition(call, position):
                self.lines.moved_up(call, position)
                return []
            case commands.Moved(call, queue, to):
                return [
                    *self.lines.sent(call, queue, Leaving.MOVED, to, now),
                    *self.lines.entered(call, to, now, engine),
                ]
            case commands.SendAway(call, queue, to):
                return self.lines.sent(call, queue, self.roster.leaving(queue, to), to, now)
            case commands.GiveUp(call):
                return self.lines.given_up(call, cancelled=False)
            case commands.CallbackOver(call):
                return self.lines.given_up(call, cancelled=True)
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
        if caller := engine.lobby.callers.get(call):
            self.lines.moved_up(call, engine.lobby.position(caller))
        return [facts.Offered(call, offer.queue, agent, number)]

    def _stopped(self, order: commands.StopRinging, event: events.Event, now: float) -> list[Fact]:
        offer = self._offers.get(order.offer)
        if offer is None:  # a talk that the engine ends, when its caller joins again, or a stray leg
            return self._talk_ends(order.offer, now, by_caller=True)
        if order.answered_elsewhere:
            del self._offers[order.offer]
            return []
        if _withdrawn(offer, event):
            del self._offers[order.offer]
            return [facts.RingCancelled(offer.call, offer.queue, offer.agent, order.offer, offer.rang(now))]
        cause = events.Cause.NO_ANSWER if offer.answered is None else events.Cause.LOST
        return self._missed(order.offer, cause, now)


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
