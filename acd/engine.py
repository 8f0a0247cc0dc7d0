"""The routing engine: one event in, commands out. No clock, no I/O, no randomness; times are seconds of one clock.

    what happened ──▶ apply ──▶ expire ──▶ offer ──▶ tell ──▶ what to do
                        │          │         │
                        └── staff, lobby, offers: the state, which the same events always build alike

An offer is reserve → ring → connect → talk. It holds exactly one person and one caller until it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from acd import views
from acd.commands import Command, Connect, Ring, StopRinging
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
    TimePassed,
)
from acd.lobby import Lobby
from acd.matching import Matching
from acd.staff import Staff
from acd.state import Caller, Offer, Presence, Stage
from acd.strategies import check_strategies
from acd.timers import CallerDue, OfferDue, PersonDue, Subject, Timers

if TYPE_CHECKING:
    from acd.views import OfferStatus, PersonStatus, WaitingCaller

RING_GRACE_SECONDS = 2.0  # the PBX ends the ring itself and knows the better cause; we only step in when it does not
CONNECT_SECONDS = 10.0  # a join takes milliseconds; longer than this and the person has hung up on the silence
REMEMBERED_OFFERS = 4096  # who was rung by an ended offer, for the late answer; more cannot ring at the same moment


class Engine:
    """Queues, people and callers, and who is rung for whom.

    `staff`, `lobby` and `open_offers` are there to be read (acd.explain does); only events change them.
    """

    def __init__(self) -> None:
        self._timers = Timers()
        self._matching = Matching()
        self.staff = Staff(self._matching, self._timers)
        self.lobby = Lobby(self._matching, self._timers)
        self.open_offers: dict[int, Offer] = {}
        self._ended_offers: dict[int, str] = {}
        self._last_offer = 0

    def handle(self, event: Event, now: float) -> list[Command]:
        """What is to be done about the event. Raises UnknownStrategyError, and then nothing has changed."""
        # What people did beats what timers say.
        return [*self._apply(event, now), *self._expire(now), *self._offer(now), *self.lobby.tell()]

    def next_deadline(self) -> float | None:
        """When to hand in TimePassed, unless something else happens first; None when nothing is due ever."""
        return self._timers.next()

    # ---- to be looked at ------------------------------------------------------------------------------------------

    def waiting(self, now: float) -> tuple[WaitingCaller, ...]:
        """The callers in line, queue by queue, those included who are being rung for."""
        return views.waiting(self.lobby, self.open_offers, now)

    def agents(self, now: float) -> tuple[PersonStatus, ...]:
        """The people, in the order of the plan."""
        return views.status(self.staff.people.values(), self.open_offers, now)

    def offers(self) -> tuple[OfferStatus, ...]:
        """The offers that live: ringing, answered and talking."""
        return views.offered(self.open_offers.values())

    def calls(self) -> frozenset[str]:
        """The callers who wait, are offered or talk."""
        return frozenset(self.lobby.callers)

    def queue_of(self, call: str) -> str | None:
        """The queue in which the caller waits, or from which the talk came; None for strangers."""
        caller = self.lobby.callers.get(call)
        return None if caller is None else caller.queue.name

    # ---- what people and the PBX did ------------------------------------------------------------------------------

    def _apply(self, event: Event, now: float) -> list[Command]:  # noqa: C901, PLR0911, PLR0912 - a case per event
        match event:
            case Configured():
                return self._configured(event, now)
            case CallerJoined():
                return self._joined(event, now)
            case CallerLeft(call):
                return self._left(call, now)
            case AgentReady(agent):
                return self._ready(agent, now)
            case AgentNotReady(agent, reason):
                return self._away(agent, Presence.NOT_READY, reason, now)
            case AgentLoggedOut(agent):
                return self._away(agent, Presence.LOGGED_OUT, "", now)
            case OfferAnswered(offer):
                return self._answered(offer, now)
            case OfferFailed(offer, cause):
                return self._leg_over(offer, cause, now)
            case TalkBegan(offer):
                return self._talk_began(offer)
            case TalkEnded(offer):
                return self._leg_over(offer, Cause.LOST, now)
            case TimePassed():
                return []
            case Reconciled():
                return self._reconciled(event, now)
            case _:
                assert_never(event)

    def _configured(self, event: Configured, now: float) -> list[Command]:
        check_strategies(event.queues)
        self._matching.clear(event.agents)
        self.staff.configure(event.agents, now)
        self.lobby.configure(event.queues)
        return []

    def _joined(self, event: CallerJoined, now: float) -> list[Command]:
        caller = self.lobby.callers.get(event.call)
        if caller is None:
            self.lobby.join(event, now)
            return []
        return self._joined_again(caller, event, now)

    def _joined_again(self, caller: Caller, event: CallerJoined, now: float) -> list[Command]:
        offer = self._offer_for(caller)
        if offer and offer.stage is Stage.TALKING:  # who joins does not talk: the news of the talk's end is on its way
            self._talk_over(offer, now)
            self.lobby.join(event, now)
            return [StopRinging(offer.id, offer.agent)]
        stopped = [self._withdraw(offer, now)] if offer and self.lobby.moves(caller, event) else []
        self.lobby.rejoin(caller, event, now)
        return [*stopped]

    def _left(self, call: str, now: float) -> list[Command]:
        caller = self.lobby.callers.get(call)
        if caller is None or caller.talking:  # a talk is over when the person's leg is: TalkEnded
            return []
        offer = self._offer_for(caller)
        stopped = [self._withdraw(offer, now)] if offer else []
        self.lobby.leave(caller)
        return [*stopped]

    def _ready(self, agent: str, now: float) -> list[Command]:
        if person := self.staff.people.get(agent):
            self.staff.ready(person, now)
        return []

    def _away(self, agent: str, presence: Presence, why: str, now: float) -> list[Command]:
        person = self.staff.people.get(agent)
        if person is None:
            return []
        self.staff.away(person, presence, why, now)
        offer = None if person.offer is None else self.open_offers[person.offer]
        # A phone that only rings is no call to finish: the next person is rung at once.
        return [self._withdraw(offer, now)] if offer and offer.stage is Stage.RINGING else []

    def _answered(self, number: int, now: float) -> list[Command]:
        offer = self.open_offers.get(number)
        if offer is None:
            return [StopRinging(number, self._ended_offers.get(number, ""), answered_elsewhere=True)]
        return [self._connect(offer, now)] if offer.stage is Stage.RINGING else []

    def _connect(self, offer: Offer, now: float) -> Connect:
        offer.stage = Stage.ANSWERED
        self._timers.set(OfferDue(offer.id), now + CONNECT_SECONDS)
        return Connect(offer.id, offer.agent, offer.call)

    def _talk_began(self, number: int) -> list[Command]:
        offer = self.open_offers.get(number)
        if offer and offer.stage is not Stage.TALKING:
            offer.stage = Stage.TALKING
            self._timers.cancel(OfferDue(number))
            self.lobby.talk(self.lobby.callers[offer.call])
        return []

    def _leg_over(self, number: int, cause: Cause, now: float) -> list[Command]:
        """The person's leg is gone: the end of a talk, or of an offer that did not become one."""
        offer = self.open_offers.get(number)
        if offer is None:
            return []
        if offer.stage is Stage.TALKING:
            self._talk_over(offer, now)
        else:
            self._missed(offer, cause, now)
        return []

    # ---- what the PBX really holds --------------------------------------------------------------------------------

    def _reconciled(self, event: Reconciled, now: float) -> list[Command]:
        legs = event.ringing | event.talking
        commands: list[Command] = [
            StopRinging(stray, self._ended_offers.get(stray, ""))
            for stray in sorted(event.ringing - self.open_offers.keys())
        ]
        for offer in tuple(self.open_offers.values()):
            if offer.id in event.talking:
                self._talk_began(offer.id)
            elif offer.id in legs:
                commands += self._still_rings(offer, now)
            else:
                self._leg_vanished(offer, now)
        for call in [call for call in self.lobby.callers if call not in event.calls]:
            commands += self._left(call, now)
        return commands

    def _still_rings(self, offer: Offer, now: float) -> list[Command]:
        if offer.stage is Stage.ANSWERED:  # the join may never have reached the PBX, and the person listens to silence
            return [self._connect(offer, now)]
        if offer.stage is Stage.RINGING:  # the PBX's own end of the ring comes first, also after an outage
            due = max(offer.began + offer.queue.ring_seconds, now) + RING_GRACE_SECONDS
            self._timers.set(OfferDue(offer.id), due)
        return []

    def _leg_vanished(self, offer: Offer, now: float) -> None:
        if offer.stage is Stage.TALKING:
            self._talk_over(offer, now)
        else:
            self._withdraw(offer, now)

    # ---- what timers say ------------------------------------------------------------------------------------------

    def _expire(self, now: float) -> list[Command]:
        commands: list[Command] = []
        while expired := self._timers.pop(now):
            commands += self._due(*expired, now)
        return commands

    def _due(self, due: float, subject: Subject, now: float) -> list[Command]:
        match subject:
            case OfferDue(offer):
                return [self._offer_due(self.open_offers[offer], now)]
            case PersonDue(agent):
                self.staff.ready(self.staff.people[agent], due)
                return []
            case CallerDue(call):
                return [self.lobby.send_away(call)]
            case _:
                assert_never(subject)

    def _offer_due(self, offer: Offer, now: float) -> StopRinging:
        if offer.stage is Stage.ANSWERED:
            return self._withdraw(offer, now)
        self._missed(offer, Cause.NO_ANSWER, now)
        return StopRinging(offer.id, offer.agent)

    # ---- offers ---------------------------------------------------------------------------------------------------

    def _offer(self, now: float) -> list[Command]:
        commands: list[Command] = []
        while pair := self._matching.next_pair():
            commands.append(self._ring(*pair, now))
        return commands

    def _ring(self, call: str, agent: str, now: float) -> Ring:
        caller = self.lobby.callers[call]
        self._last_offer += 1
        offer = self.open_offers[self._last_offer] = Offer(self._last_offer, agent, call, caller.queue, now)
        self.lobby.reserve(caller, offer.id)
        self.staff.engage(self.staff.people[agent], offer.id, now)
        self._timers.set(OfferDue(offer.id), now + offer.queue.ring_seconds + RING_GRACE_SECONDS)
        return Ring(offer.id, agent, call, offer.queue.ring_seconds)

    def _withdraw(self, offer: Offer, now: float) -> StopRinging:
        """End an offer through no doing of the person, who is free at once; the caller waits at the same place."""
        self._close(offer)
        self.lobby.wait_again(self.lobby.callers[offer.call])
        self.staff.release(self.staff.people[offer.agent], now)
        return StopRinging(offer.id, offer.agent)

    def _missed(self, offer: Offer, cause: Cause, now: float) -> None:
        self._close(offer)
        self.lobby.wait_again(self.lobby.callers[offer.call])
        self.staff.failed(self.staff.people[offer.agent], cause, now)

    def _talk_over(self, offer: Offer, now: float) -> None:
        self._close(offer)
        self.lobby.leave(self.lobby.callers[offer.call])
        self.staff.wrap_up(self.staff.people[offer.agent], offer.queue.wrap_up_seconds, now)

    def _close(self, offer: Offer) -> None:
        del self.open_offers[offer.id]
        self._timers.cancel(OfferDue(offer.id))
        self._ended_offers[offer.id] = offer.agent
        if len(self._ended_offers) > REMEMBERED_OFFERS:
            del self._ended_offers[next(iter(self._ended_offers))]

    def _offer_for(self, caller: Caller) -> Offer | None:
        return None if caller.offer is None else self.open_offers[caller.offer]
