"""What the record tells of offers: read off the engine's events and commands, which name offers by number only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from acd import commands, events
from acd.explain import explain_offer
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
    talking_since: float | None = None


class OfferNotes:
    """Fed with every event and the commands that it led to, on replay as well: a talk may have begun before a crash."""

    def __init__(self) -> None:
        self._offers: dict[int, _Offer] = {}

    def take(self, event: events.Event, orders: Sequence[commands.Command], engine: Engine, now: float) -> list[Note]:
        """The notes for the calls concerned; `engine` as it is after the event."""
        return [
            *self._of_event(event, now),
            *(note for order in orders for note in self._of(order, event, engine, now)),
        ]

    def _of_event(self, event: events.Event, now: float) -> list[Note]:
        match event:
            case events.TalkBegan(offer) if known := self._offers.get(offer):
                self._offers[offer] = replace(known, talking_since=now)
                waited = known.waited_seconds + now - known.rung
                return [(known.call, story.Connected(known.agent, waited))]
            case events.TalkEnded(offer) if known := self._offers.pop(offer, None):
                if known.talking_since is None:
                    return [(known.call, story.OfferFailed(known.agent, events.Cause.LOST))]
                return [(known.call, story.TalkEnded(known.agent, now - known.talking_since))]
            case events.OfferFailed(offer, cause) if known := self._offers.pop(offer, None):
                return [(known.call, story.OfferFailed(known.agent, cause))]
            case _:
                return []

    def _of(self, order: commands.Command, event: events.Event, engine: Engine, now: float) -> list[Note]:
        match order:
            case commands.Ring(offer, agent, call, ring_seconds):
                decision = explain_offer(engine, offer, now)
                self._offers[offer] = _Offer(call, agent, now, decision.waited_seconds)
                return [(call, story.Offered(agent, ring_seconds=ring_seconds, decision=decision.as_json()))]
            case commands.StopRinging(offer) if known := self._offers.pop(offer, None):
                timed_out = isinstance(event, events.TimePassed)
                return [(known.call, story.OfferFailed(known.agent, events.Cause.NO_ANSWER))] if timed_out else []
            case _:
                return []
