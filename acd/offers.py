"""Offers: reserve → ring → connect → talk. One holds exactly one person and, once it is answered, one caller.

Ring ──answered──▶ Connect ──▶ talk          several may ring for one caller: the first answer wins, and the
  │                   ▲                      others' phones are told that the call was answered elsewhere
  │ (a callback)      │
  └─▶ DialCaller ──reached                   or, caller first: the person is reserved, DialCaller ──reached──▶ Ring
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from acd.commands import Command, Connect, DialCaller, Ring, StopDialling, StopRinging
from acd.events import Cause
from acd.model import CALL
from acd.state import PRESENCE_OF, Offer, Stage
from acd.timers import MoreDue, OfferDue

if TYPE_CHECKING:
    from acd.lobby import Lobby
    from acd.staff import Staff
    from acd.state import Caller, Person
    from acd.timers import Timers

RING_GRACE_SECONDS = 2.0  # the PBX ends the ring itself and knows the better cause; we only step in when it does not
CONNECT_SECONDS = 10.0  # a join takes milliseconds; longer than this and the person has hung up on the silence
DIAL_SECONDS = 90.0  # a telephone rings for 30 to 60 s, and whoever picks up needs a moment to press a key
REMEMBERED_OFFERS = 4096  # who was rung by an ended offer, for the late answer; more cannot ring at the same moment


class Offers:
    """`open` are those that live, by number; the number of an ended one is never used again."""

    def __init__(self, staff: Staff, lobby: Lobby, timers: Timers, orders: list[Command]) -> None:
        self.open: dict[int, Offer] = {}
        self.ended: dict[int, tuple[str, str]] = {}
        self.last = 0
        self._staff = staff
        self._lobby = lobby
        self._timers = timers
        self._orders = orders

    # ---- from the first ring to the talk --------------------------------------------------------------------------

    def ring(self, call: str, agent: str, now: float) -> None:
        caller = self._lobby.callers[call]
        queue = caller.queue
        self.last += 1
        first = caller.away and queue.callback.caller_first and not caller.offers
        stage = Stage.RESERVED if first else Stage.RINGING
        offer = self.open[self.last] = Offer(self.last, agent, call, queue, now, stage)
        self._lobby.rung(caller, offer.id)
        if queue.kind == CALL:
            self._staff.engage(self._person(offer), offer.id, PRESENCE_OF[stage], now)
        else:
            self._staff.take_item(self._person(offer), queue.kind, offer.id)
        if first:
            self._dial(offer, caller, now)
        else:
            self._ring(offer, now)
        if queue.ringing.more and caller.phones and len(caller.offers) == 1:
            self._timers.set(MoreDue(call), now + queue.ringing.every_seconds)

    def answered(self, number: int, now: float) -> None:
        """The first answer wins. A loser, and whoever answers what is over, is told so."""
        offer = self.open.get(number)
        if offer is None:
            agent, _ = self.ended.get(number, ("", ""))
            self._orders.append(StopRinging(number, agent, answered_elsewhere=True))
        elif offer.stage is Stage.RINGING:
            caller = self._lobby.callers[offer.call]
            self._take(offer, caller, now)
            if caller.away:
                self._enter(offer, Stage.DIALLING, now)
                self._dial(offer, caller, now)
            else:
                self.connect(offer, now)

    def reached(self, number: int, now: float) -> None:
        """The caller who was called back is on the line."""
        offer = self.open.get(number)
        if offer is None or offer.stage not in {Stage.DIALLING, Stage.RESERVED}:
            if offer is None:
                self._orders.append(StopDialling(number, self.ended.get(number, ("", ""))[1]))
            return
        self._lobby.is_on_the_line(self._lobby.callers[offer.call], now)
        if offer.stage is Stage.DIALLING:
            self.connect(offer, now)
        else:
            self._enter(offer, Stage.RINGING, now)
            self._ring(offer, now)

    def connect(self, offer: Offer, now: float) -> None:
        if offer.stage is not Stage.ANSWERED:
            self._enter(offer, Stage.ANSWERED, now)
        self._timers.set(OfferDue(offer.id), now + CONNECT_SECONDS)
        self._orders.append(Connect(offer.id, offer.agent, offer.call))

    def talk_began(self, number: int, now: float) -> None:
        offer = self.open.get(number)
        if offer is None or offer.stage is Stage.TALKING:
            return
        caller = self._lobby.callers[offer.call]
        self._take(offer, caller, now)
        offer.talk_began = now
        self._timers.cancel(OfferDue(number))
        if offer.queue.kind == CALL:
            self._talks(offer, now)
        offer.stage = Stage.TALKING
        self._lobby.talk(caller, now)

    # ---- ends -----------------------------------------------------------------------------------------------------

    def leg_over(self, number: int, cause: Cause, now: float) -> None:
        """The person's leg is gone: the end of a talk, or of an offer that did not become one."""
        offer = self.open.get(number)
        if offer is None:
            return
        if offer.stage is Stage.TALKING:
            self.talk_over(offer, now)
        else:
            self._stop_dialling(offer)
            self._missed(offer, cause, now)

    def unreached(self, number: int, now: float) -> None:
        """The caller is not reached: the person is free, and the caller is tried again later, or no more."""
        offer = self.open.get(number)
        if offer is None or offer.stage not in {Stage.DIALLING, Stage.RESERVED}:
            return
        caller = self._lobby.callers[offer.call]
        if offer.stage is Stage.DIALLING:
            self._orders.append(StopRinging(offer.id, offer.agent))
        self._close(offer)
        self._lobby.wait_again(caller, offer.id)
        self._let_go(offer, now)
        self._try_later(caller, now)

    def withdraw(self, offer: Offer, now: float, *, answered_elsewhere: bool = False) -> None:
        """End an offer through no doing of the person, who is free at once; the caller waits at the same place."""
        self._stop_dialling(offer)
        if offer.stage is not Stage.RESERVED:
            self._orders.append(StopRinging(offer.id, offer.agent, answered_elsewhere))
        self._close(offer)
        self._lobby.wait_again(self._lobby.callers[offer.call], offer.id)
        self._let_go(offer, now)

    def withdraw_all(self, caller: Caller, now: float) -> None:
        for number in tuple(caller.offers):
            self.withdraw(self.open[number], now)

    def talk_over(self, offer: Offer, now: float) -> None:
        self._close(offer)
        caller = self._lobby.callers[offer.call]
        seconds = now - offer.talk_began + offer.queue.wrap_up.seconds
        if room := self._lobby.rooms.get(offer.queue.name):  # a talk may outlive its queue
            room.stats.handled(seconds, now)
            room.waits.handled(seconds, now)
        self._lobby.leave(caller, now)
        person = self._person(offer)
        if offer.queue.kind == CALL:
            self._staff.wrap_up(person, offer.queue.wrap_up, offer.talk_began, now)
        else:
            self._staff.drop_item(person, offer.queue.kind, offer.id)

    def due(self, number: int, now: float) -> None:
        offer = self.open[number]
        match offer.stage:
            case Stage.RINGING:
                self._missed(offer, Cause.NO_ANSWER, now)
                self._orders.append(StopRinging(offer.id, offer.agent))
            case Stage.ANSWERED:
                self.withdraw(offer, now)
            case Stage.RESERVED | Stage.DIALLING:
                self._orders.append(StopDialling(offer.id, offer.call))
                self.unreached(number, now)
            case Stage.TALKING:
                pass  # a talk has no limit

    # ---- small change ---------------------------------------------------------------------------------------------

    def _person(self, offer: Offer) -> Person:
        return self._staff.people[offer.agent]

    def _ring(self, offer: Offer, now: float) -> None:
        self._timers.set(OfferDue(offer.id), now + offer.queue.ring_seconds + RING_GRACE_SECONDS)
        self._orders.append(Ring(offer.id, offer.agent, offer.call, offer.queue.ring_seconds))

    def _dial(self, offer: Offer, caller: Caller, now: float) -> None:
        assert caller.back is not None
        self._lobby.taken(caller)
        caller.back.dialled += 1
        self._timers.set(OfferDue(offer.id), now + DIAL_SECONDS)
        self._orders.append(DialCaller(offer.id, offer.agent, offer.call, caller.back.dialled))

    def _take(self, offer: Offer, caller: Caller, now: float) -> None:
        """The caller is this offer's alone."""
        for number in tuple(caller.offers):
            if number != offer.id:
                self.withdraw(self.open[number], now, answered_elsewhere=True)
        self._lobby.taken(caller)

    def _talks(self, offer: Offer, now: float) -> None:
        self._staff.talks(self._person(offer), now)

    def _enter(self, offer: Offer, stage: Stage, now: float) -> None:
        before, offer.stage = offer.stage, stage
        if offer.queue.kind == CALL and PRESENCE_OF[before] is not PRESENCE_OF[stage]:
            self._staff.goes_on(self._person(offer), PRESENCE_OF[stage], now)

    def _missed(self, offer: Offer, cause: Cause, now: float) -> None:
        self._close(offer)
        self._lobby.wait_again(self._lobby.callers[offer.call], offer.id)
        person = self._person(offer)
        if offer.queue.kind == CALL:
            self._staff.failed(person, cause, now)
        else:
            self._staff.drop_item(person, offer.queue.kind, offer.id)
            self._staff.item_failed(person, cause, now)

    def _let_go(self, offer: Offer, now: float) -> None:
        if offer.queue.kind == CALL:
            self._staff.release(self._person(offer), now)
        else:
            self._staff.drop_item(self._person(offer), offer.queue.kind, offer.id)

    def _stop_dialling(self, offer: Offer) -> None:
        """The caller is not at fault: the attempt does not count."""
        if offer.stage in {Stage.RESERVED, Stage.DIALLING}:
            self._orders.append(StopDialling(offer.id, offer.call))
            back = self._lobby.callers[offer.call].back
            if back is not None:
                back.dialled -= 1

    def _try_later(self, caller: Caller, now: float) -> None:
        back = caller.back
        assert back is not None
        distances = caller.queue.callback.retry_seconds
        if back.dialled > len(distances):
            self._lobby.give_up(caller, now)
        else:
            back.callback = replace(back.callback, not_before=now + distances[back.dialled - 1])

    def _close(self, offer: Offer) -> None:
        del self.open[offer.id]
        self._timers.cancel(OfferDue(offer.id))
        self.ended[offer.id] = (offer.agent, offer.call)
        if len(self.ended) > REMEMBERED_OFFERS:
            del self.ended[next(iter(self.ended))]
