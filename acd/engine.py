"""The routing engine: one event in, commands out. No clock, no I/O, no randomness; times are seconds of one clock.

    what happened ─▶ apply ─▶ expire ─▶ settle ⇄ offer ─▶ alarms, places ─▶ what to do
                       │         │         │        │
                       └── staff, lobby, offers, alarms: the state, which the same events always build alike

An event changes the state, then the timers that are due do; the rules settle whoever is concerned (steps, overflow, who
may be offered); pairs are offered until nobody ready could serve anybody who waits; last comes what callers and
supervisors are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from acd import views
from acd.alarms import Alarms
from acd.commands import Command, StopRinging
from acd.crews import Crews
from acd.events import (
    Acknowledged,
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
    TimePassed,
    WrapUpExtended,
)
from acd.lobby import Lobby
from acd.matching import Matching
from acd.model import CALL
from acd.offers import RING_GRACE_SECONDS, Offers
from acd.rules import Rules
from acd.staff import Staff
from acd.state import Caller, Offer, Person, Presence, Stage
from acd.strategies import check_strategies
from acd.timers import AlarmDue, CallerDue, MoreDue, OfferDue, PartyDue, PersonDue, QueueDue, Subject, Timers

if TYPE_CHECKING:
    from acd.views import OfferStatus, Outlook, PersonStatus, QueueStatus, WaitingCaller


class Engine:
    """Queues, people and callers, and who is rung for whom.

    Its parts are there to be read (acd.explain, acd.views and acd.snapshot do); only events change them.
    """

    def __init__(self) -> None:
        self._orders: list[Command] = []
        self.timers = Timers()
        self.crews = Crews()
        self.matching = Matching(self.crews)
        self.staff = Staff(self.matching, self.crews, self.timers)
        self.lobby = Lobby(self.matching, self.crews, self.timers, self._orders)
        self.rules = Rules(self.lobby, self.matching, self.crews, self.timers, self._orders)
        self.offers_made = Offers(self.staff, self.lobby, self.timers, self._orders)
        self.alarms = Alarms(self.lobby, self.crews, self.timers, self._orders)
        self.plan = Configured((), ())

    def handle(self, event: Event, now: float) -> list[Command]:
        """What is to be done about the event. Raises UnknownStrategyError, and then nothing has changed."""
        self._orders.clear()
        self.staff.changed.clear()
        # What people did beats what timers say; rules and offers come when both are through.
        self._apply(event, now)
        self._expire(now)
        self._offer(now)
        self.alarms.look(self.rules.touched, now)
        self.lobby.tell(now)
        return self._orders.copy()

    def next_deadline(self) -> float | None:
        """When to hand in TimePassed, unless something else happens first; None when nothing is due ever."""
        return self.timers.next()

    # ---- to be looked at ------------------------------------------------------------------------------------------

    def waiting(self, now: float) -> tuple[WaitingCaller, ...]:
        """The callers in line, queue by queue, those included who are being rung for."""
        return views.waiting(self, now)

    def outlook(self, call: str, now: float) -> Outlook | None:
        """Place and wait that is left of one who waits; None for everybody else."""
        return views.outlook(self, call, now)

    def agents(self, now: float) -> tuple[PersonStatus, ...]:
        """The people, in the order of the plan."""
        return views.status(self, now)

    def queues(self, now: float) -> tuple[QueueStatus, ...]:
        """The queues, in the order of the plan, with their figures of the last half hour."""
        return views.queues(self, now)

    def offers(self) -> tuple[OfferStatus, ...]:
        """The offers that live, oldest first."""
        return views.offered(self.offers_made.open.values())

    @property
    def open_offers(self) -> dict[int, Offer]:
        return self.offers_made.open

    def calls(self) -> frozenset[str]:
        """The callers who wait, are offered or talk, and who wait to be called back."""
        return frozenset(self.lobby.callers)

    def queue_of(self, call: str) -> str | None:
        """The queue in which the caller waits, or from which the talk came; None for strangers."""
        caller = self.lobby.callers.get(call)
        return None if caller is None else caller.queue.name

    # ---- what people and the PBX did ------------------------------------------------------------------------------

    def _apply(self, event: Event, now: float) -> None:  # noqa: C901, PLR0912 - a case per event
        match event:
            case Configured():
                self._configured(event, now)
            case DayBegan():
                self.staff.begin_day(now)
            case CallerJoined():
                self._joined(event, now)
            case CallerChanged(call):
                if caller := self._waits(call):
                    self.lobby.change(caller, event)
            case CallerLeft(call, dropped):
                if (caller := self._waits(call)) and not caller.away:
                    self._left(caller, now, dropped=dropped)
            case CallbackAsked(call, callback):
                if caller := self._waits(call):
                    self.offers_made.withdraw_all(caller, now)
                    self.lobby.hangs_up_for_callback(caller, callback, now)
            case CallbackCancelled(call):
                if (caller := self._waits(call)) and caller.away:
                    self.offers_made.withdraw_all(caller, now)
                    self.lobby.call_off(caller, "cancelled", now)
            case CallerReached(offer):
                self.offers_made.reached(offer, now)
            case CallerUnreached(offer, _):
                self.offers_made.unreached(offer, now)
            case OfferAnswered(offer):
                self.offers_made.answered(offer, now)
            case OfferFailed(offer, cause):
                self.offers_made.leg_over(offer, cause, now)
            case TalkBegan(offer):
                self.offers_made.talk_began(offer, now)
            case TalkEnded(offer):
                self.offers_made.leg_over(offer, Cause.LOST, now)
            case Acknowledged(alert, by):
                self.alarms.acknowledged(alert, by)
            case TimePassed():
                pass
            case Reconciled():
                self._reconciled(event, now)
            case AgentReady(agent) | AgentNotReady(agent) | AgentLoggedOut(agent) | DeviceChanged(agent):
                if person := self.staff.people.get(agent):
                    self._said(event, person, now)
            case WrapUpExtended(agent) | Disposed(agent):
                if person := self.staff.people.get(agent):
                    self._said(event, person, now)
            case _:
                assert_never(event)

    def _said(
        self,
        event: AgentReady | AgentNotReady | AgentLoggedOut | DeviceChanged | WrapUpExtended | Disposed,
        person: Person,
        now: float,
    ) -> None:
        match event:
            case AgentReady():
                self.staff.ready(person, now)
            case AgentNotReady(_, reason, longest):
                self.staff.away(person, Presence.NOT_READY, reason, now, longest)
                self._let_alone(person, now)
            case AgentLoggedOut():
                self.staff.away(person, Presence.LOGGED_OUT, "", now)
                self._let_alone(person, now)
            case DeviceChanged(_, device):
                self.staff.device_changed(person, device, now)
                if device is Device.BUSY:
                    self._let_alone(person, now)
            case WrapUpExtended(_, seconds):
                self.staff.extend_wrap_up(person, seconds)
            case Disposed():
                self.staff.disposed(person, now)
            case _:
                assert_never(event)

    def _let_alone(self, person: Person, now: float) -> None:
        """A phone that only rings is no call to finish: the next person is rung at once."""
        items = [number for numbers in person.items.values() for number in numbers]
        for number in [*items] if person.offer is None else [person.offer, *items]:
            if self.open_offers[number].stage in {Stage.RINGING, Stage.RESERVED}:
                self.offers_made.withdraw(self.open_offers[number], now)

    def _configured(self, event: Configured, now: float) -> None:
        check_strategies(event.queues)
        self.plan = event
        met_before = self.lobby.needs_met()
        self.staff.configure(event, now)
        self.lobby.configure(event, met_before, now)
        self.staff.look_at_hours(now)
        self.alarms.configure()

    def _joined(self, event: CallerJoined, now: float) -> None:
        event = self.lobby.at_home(event)
        caller = self.lobby.callers.get(event.call)
        if caller is not None and caller.talking:  # who joins does not talk: the news of the end is on its way
            offer = self.open_offers[caller.offers[0]]
            self.offers_made.talk_over(offer, now)
            self._orders.append(StopRinging(offer.id, offer.agent))
            caller = None
        if caller is not None:
            if self.lobby.moves(caller, event) or caller.away:
                self.offers_made.withdraw_all(caller, now)
            self.lobby.rejoin(caller, event, now)
        else:
            self._take_over(event, now)
            if queue := self.rules.admit(event, now):
                self.lobby.join(event, queue, now)

    def _take_over(self, event: CallerJoined, now: float) -> None:
        """Who waits to be called back and rings again for the same has the place; while dialled, the line decides."""
        caller = self._waits(self.lobby.expecting.get(event.party, [""])[-1])
        same = caller is not None and event.queue in {caller.queue.name, *caller.left}
        if caller and same and event.callback is None and not caller.taken:
            self.offers_made.withdraw_all(caller, now)
            self.lobby.rang_again(caller, now)

    def _left(self, caller: Caller, now: float, *, dropped: bool = False) -> None:
        self.offers_made.withdraw_all(caller, now)
        self.lobby.leave(caller, now, dropped=dropped)

    def _waits(self, call: str) -> Caller | None:
        """The caller who waits; who talks is over when the person's leg is (TalkEnded)."""
        caller = self.lobby.callers.get(call)
        return None if caller is None or caller.talking else caller

    # ---- what the PBX really holds --------------------------------------------------------------------------------

    def _reconciled(self, event: Reconciled, now: float) -> None:
        for stray in sorted(event.ringing - self.open_offers.keys()):
            self._orders.append(StopRinging(stray, self.offers_made.ended.get(stray, ("", ""))[0]))
        for offer in tuple(self.open_offers.values()):
            if offer.id in self.open_offers and offer.queue.kind == CALL:
                self._compare(offer, event, now)
        for caller in tuple(self.lobby.callers.values()):
            here = caller.call in event.calls or caller.away or caller.talking
            if not here and caller.queue.kind == CALL:
                self._left(caller, now, dropped=True)

    def _compare(self, offer: Offer, event: Reconciled, now: float) -> None:
        """Only the offer's legs tell how far it came."""
        legs = event.ringing | event.talking
        if offer.id in event.talking:
            self.offers_made.talk_began(offer.id, now)
        elif offer.stage is Stage.TALKING and offer.id not in legs:
            self.offers_made.talk_over(offer, now)
        elif offer.stage in {Stage.RESERVED, Stage.DIALLING}:
            alive = offer.call in event.calls and (offer.stage is Stage.RESERVED or offer.id in legs)
            if not alive:
                self.offers_made.withdraw(offer, now)
        elif offer.id not in legs:
            self.offers_made.withdraw(offer, now)
        elif offer.stage is Stage.ANSWERED:  # the join may not have reached the PBX, and the person hears silence
            self.offers_made.connect(offer, now)
        elif offer.stage is Stage.RINGING:  # the PBX's own end of the ring comes first, also after an outage
            due = max(offer.began + offer.queue.ring_seconds, now) + RING_GRACE_SECONDS
            self.timers.set(OfferDue(offer.id), due)

    # ---- what timers say ------------------------------------------------------------------------------------------

    def _expire(self, now: float) -> None:
        while expired := self.timers.pop(now):
            self._due(*expired, now)

    def _due(self, due: float, subject: Subject, now: float) -> None:
        match subject:
            case OfferDue(offer):
                self.offers_made.due(offer, now)
            case PersonDue(agent):
                self.staff.pause_over(self.staff.people[agent], due)
            case CallerDue(call):
                self.lobby.unsettled[call] = None
            case MoreDue(call):
                self._ring_more(self.lobby.callers[call], now)
            case QueueDue(queue):
                self.crews.touched[queue] = None
            case AlarmDue(queue, name):
                self.alarms.rung_over(queue, name)
                self.crews.touched[queue] = None
            case PartyDue(party):
                del self.lobby.lost[party]
            case _:
                assert_never(subject)

    def _ring_more(self, caller: Caller, now: float) -> None:
        """More phones, while nobody picked up."""
        caller.phones += caller.queue.ringing.more
        self.lobby.unsettled[caller.call] = None
        self.timers.set(MoreDue(caller.call), now + caller.queue.ringing.every_seconds)

    # ---- offers ---------------------------------------------------------------------------------------------------

    def _offer(self, now: float) -> None:
        """Until nobody ready could serve anybody who waits."""
        self.rules.settle(now)
        while pair := self.matching.next_pair(now, self.offers_made.last + 1):
            call, agent = pair
            self.matching.rang(self.lobby.callers[call], agent)
            self.offers_made.ring(call, agent, now)
            self.rules.settle(now)
