"""What the record tells of offers: read off the engine's events and commands, which name offers by number only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from acd import commands, events
from acd.explain import explain_offer
from acd.model import Urgency
from acd.state import Stage
from ivr import record as story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acd.engine import Engine

Note = tuple[str, story.Entry]


@dataclass(frozen=True, slots=True)
class _Offer:
    call: str
    agent: str
    rung: float
    waited_seconds: float
    answered: bool = False
    talking_since: float | None = None


class OfferNotes:
    """Fed with every event and the commands that it led to, on replay as well: a talk may have begun before a crash."""

    def __init__(self) -> None:
        self.explains = True  # not while the past is replayed: its decisions are on record
        self._offers: dict[int, _Offer] = {}
        self._dialled: dict[int, str] = {}  # the callers whom an offer calls back

    @classmethod
    def of(cls, engine: Engine) -> OfferNotes:
        """As fed with all that led this engine, from a snapshot, to where it stands."""
        notes = cls()
        for offer in engine.open_offers.values():
            waited = offer.began - engine.lobby.callers[offer.call].joined
            answered = offer.stage in {Stage.DIALLING, Stage.ANSWERED, Stage.TALKING}
            talking_since = offer.talk_began if offer.stage is Stage.TALKING else None
            if offer.stage is not Stage.RESERVED:
                notes._offers[offer.id] = _Offer(offer.call, offer.agent, offer.began, waited, answered, talking_since)
            if offer.stage in {Stage.RESERVED, Stage.DIALLING}:
                notes._dialled[offer.id] = offer.call
        return notes

    def take(self, event: events.Event, orders: Sequence[commands.Command], engine: Engine, now: float) -> list[Note]:
        """The notes for the calls concerned; `engine` as it is after the event."""
        return [
            *self._of_event(event, now),
            *(note for order in orders for note in self._of(order, event, engine, now)),
        ]

    def _of_event(self, event: events.Event, now: float) -> list[Note]:  # noqa: PLR0911 - a case per event
        match event:
            case events.OfferAnswered(offer) if known := self._offers.get(offer):
                self._offers[offer] = replace(known, answered=True)
                return []
            case events.TalkBegan(offer):
                return self._talk_began(offer, now)
            case events.TalkEnded(offer):
                return self._over(offer, events.Cause.LOST, now)
            case events.OfferFailed(offer, cause):
                return self._over(offer, cause, now)
            case events.CallerLeft(call):
                return [note for offer in self._talks_of(call) for note in self._over(offer, events.Cause.LOST, now)]
            case events.CallerChanged(call, urgency, head_start):
                return [(call, story.PriorityChanged(urgency is Urgency.URGENT, head_start))]
            case events.CallerReached(offer) if call := self._dialled.pop(offer, ""):
                return [(call, story.CallbackReached())]
            case events.CallerUnreached(offer, cause) if call := self._dialled.pop(offer, ""):
                return [(call, story.CallbackNotReached(cause))]
            case events.Reconciled():
                return self._reconciled(event, now)
            case _:
                return []

    def _of(  # noqa: PLR0911 - a case per order
        self, order: commands.Command, event: events.Event, engine: Engine, now: float
    ) -> list[Note]:
        match order:
            case commands.Ring():
                return self._rung(order, engine, now)
            case commands.StopRinging(offer, agent, answered_elsewhere) if known := self._offers.get(offer):
                if answered_elsewhere and not known.answered:
                    del self._offers[offer]
                    return [(known.call, story.AnsweredElsewhere(agent))]
                if known.talking_since is None and _withdrawn(known, event):
                    del self._offers[offer]
                    return []
                return self._over(offer, events.Cause.LOST if known.answered else events.Cause.NO_ANSWER, now)
            case commands.DialCaller(offer, _, call, attempt):
                self._dialled[offer] = call
                return [(call, story.CallbackDialled(attempt))]
            case commands.StopDialling(offer, call):
                return self._stopped_dialling(offer, call, event)
            case _:
                return rules_noted(order)

    def _rung(self, order: commands.Ring, engine: Engine, now: float) -> list[Note]:
        """A ring may be over already: the same event began and ended it."""
        if order.offer not in engine.open_offers:
            return []
        waited = now - engine.lobby.callers[order.call].joined
        self._offers[order.offer] = _Offer(order.call, order.agent, now, waited)
        if not self.explains:
            return []
        decision = explain_offer(engine, order.offer, now).as_json()
        return [(order.call, story.Offered(order.agent, ring_seconds=order.ring_seconds, decision=decision))]

    def _stopped_dialling(self, offer: int, call: str, event: events.Event) -> list[Note]:
        """The person did not wait for the caller; or the time to reach the caller was over."""
        if self._dialled.pop(offer, "") == "":
            return []
        timed_out = isinstance(event, events.TimePassed)
        return [(call, story.CallbackNotReached(events.Cause.NO_ANSWER))] if timed_out else []

    def _talk_began(self, offer: int, now: float) -> list[Note]:
        known = self._offers.get(offer)
        if known is None or known.talking_since is not None:
            return []
        self._offers[offer] = replace(known, talking_since=now)
        return [(known.call, story.Connected(known.agent, known.waited_seconds + now - known.rung))]

    def _talks_of(self, call: str) -> list[int]:
        return [
            number for number, offer in self._offers.items() if offer.call == call and offer.talking_since is not None
        ]

    def _over(self, offer: int, cause: events.Cause, now: float) -> list[Note]:
        """The end of a talk, or of an offer that did not become one."""
        known = self._offers.pop(offer, None)
        if known is None:
            return []
        if known.talking_since is None:
            return [(known.call, story.OfferFailed(known.agent, cause))]
        return [(known.call, story.TalkEnded(known.agent, now - known.talking_since))]

    def _reconciled(self, event: events.Reconciled, now: float) -> list[Note]:
        """What began or ended while nobody told us is noted at the moment in which we learn of it."""
        began = [note for offer in sorted(event.talking) for note in self._talk_began(offer, now)]
        vanished = sorted(self._offers.keys() - event.talking - event.ringing)
        return [*began, *(note for offer in vanished for note in self._over(offer, events.Cause.LOST, now))]


def rules_noted(order: commands.Command) -> list[Note]:  # noqa: PLR0911 - a case per order
    """What the queue's rules did with a caller."""
    match order:
        case commands.Moved(call, queue, to, why):
            return [(call, story.Moved(queue, to, why))]
        case commands.Stepped(call, queue, step, why):
            return [(call, story.Stepped(queue, step + 1, why))]
        case commands.Restored(call, waited):
            return [(call, story.PlaceRestored(waited))]
        case commands.Suggest(call, _, to, why):
            return [(call, story.Suggested(to, why))]
        case commands.CallbackOver(call, _, why):
            return [(call, story.CallbackOver(why))]
        case commands.GiveUp(call, _, attempts):
            return [(call, story.CallbackGivenUp(attempts))]
        case _:
            return []


def _withdrawn(offer: _Offer, event: events.Event) -> bool:
    """Whether the ring was stopped by the caller or the person; else its time was over."""
    match event:
        case events.CallerLeft(call) | events.CallerJoined(call):
            return call == offer.call
        case events.CallbackAsked(call) | events.CallbackCancelled(call):
            return call == offer.call
        case events.CallerUnreached():
            return True
        case events.AgentNotReady(agent) | events.AgentLoggedOut(agent) | events.DeviceChanged(agent):
            return agent == offer.agent
        case events.Reconciled():
            return True
        case _:
            return False
