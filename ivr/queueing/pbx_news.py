"""What the PBX tells, as events of the engine; and what it really holds, after we did not listen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, assert_never

from acd import events
from ivr import services
from ivr.queueing.backs import offer_of_line
from ivr.queueing.news import KeyHeard, Talking
from ivr.queueing.orders import leg_of, offer_of
from ivr.services import ALERT_PREFIX, BACK_PREFIX, SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from acd.engine import Engine
    from ivr.queueing.backs import Backs
    from ivr.queueing.newsroom import Newsroom
    from ivr.queueing.orders import Orders, Shell
    from ivr.services import Switch

CAUSES = {
    services.Cause.NO_ANSWER: events.Cause.NO_ANSWER,
    services.Cause.REFUSED: events.Cause.REFUSED,
    services.Cause.BUSY: events.Cause.BUSY,
    services.Cause.UNREACHABLE: events.Cause.UNREACHABLE,
    services.Cause.CANCELLED: events.Cause.LOST,
    services.Cause.ENDED: events.Cause.LOST,
}
DEVICES = {
    services.Device.FREE: events.Device.FREE,
    services.Device.BUSY: events.Device.BUSY,
    services.Device.GONE: events.Device.GONE,
}


class Watcher(Protocol):
    """Who hears of what the PBX says about callers."""

    def call_ended(self, call: str) -> None:
        """A caller is gone, wherever the call was."""

    def alert_call_ended(self, call: str) -> None:
        """A call that told of an alert is over, or nobody picked up."""

    async def pbx_holds(self, calls: frozenset[str]) -> None:
        """The PBX's control connection is up, and these callers are all that live, or will be called back."""


class PbxNews:
    """`joined_lately`: callers since the PBX was last asked what it holds. `hung_up`: those whose end is on its way."""

    def __init__(self, shell: Shell, switch: Switch, newsroom: Newsroom, backs: Backs, orders: Orders) -> None:
        self.joined_lately: set[str] = set()
        self.hung_up: set[str] = set()
        self.watcher: Watcher | None = None
        self._shell = shell
        self._switch = switch
        self._newsroom = newsroom
        self._backs = backs
        self._orders = orders
        self._devices: dict[str, services.Device] = {}

    async def take(self, event: services.SwitchEvent) -> None:  # noqa: C901 - a case per event
        match event:
            case services.LegRinging():
                pass
            case services.LegAnswered(leg):
                self._post(leg, events.OfferAnswered)
            case services.TalkBegan(line, leg):
                self._post(leg, events.TalkBegan)
                if call := self._backs.call_of(line):
                    self._newsroom.tell(call, Talking())
            case services.LegEnded(leg, cause, answered):
                self._leg_ended(leg, cause, answered=answered)
            case services.CallEnded(line):
                self._line_ended(line, events.Cause.LOST)
            case services.DialFailed(line, cause):
                self._line_ended(line, CAUSES[cause])
            case services.KeyPressed(line, digit):
                if call := self._backs.call_of(line):
                    self._newsroom.tell(call, KeyHeard(digit))
            case services.PhoneChanged(phone, device):
                self._phone_changed(phone, device)
            case services.SwitchBack():
                await self._reconcile()
            case _:
                assert_never(event)

    # ---- one by one -----------------------------------------------------------------------------------------------

    def _post(self, leg: str, event: Callable[[int], events.Event]) -> None:
        offer = offer_of(leg)
        if offer is not None:
            self._shell.post(event(offer))

    def _leg_ended(self, leg: str, cause: services.Cause, *, answered: bool) -> None:
        if answered:
            self._post(leg, events.TalkEnded)
        else:
            self._post(leg, lambda offer: events.OfferFailed(offer, CAUSES[cause]))

    def _line_ended(self, line: str, cause: events.Cause) -> None:
        """A caller's call is over, or nobody picked up. A line that is no caller's any more is no news."""
        if line.startswith(ALERT_PREFIX):
            if self.watcher:
                self.watcher.alert_call_ended(line)
            return
        offer, call = offer_of_line(line), self._backs.call_of(line)
        if offer is not None and offer in self._shell.engine.open_offers:
            self._shell.post(events.CallerUnreached(offer, cause))
        if call:
            self._gone(call)

    def _gone(self, call: str) -> None:
        """The end of a call takes its turn, so that a talk's end is noted before it."""
        self.hung_up.add(call)
        self._shell.post(events.CallerLeft(call, dropped=True))

    def _phone_changed(self, phone: str, device: services.Device) -> None:
        """The PBX tells again and again; only a change is an event."""
        people = self._shell.engine.staff.people
        for name in self._shell.phones.people_at(phone):
            known = self._devices.get(name)
            if known is not device and (known or name not in people or people[name].device is not DEVICES[device]):
                self._shell.post(events.DeviceChanged(name, DEVICES[device]))
            self._devices[name] = device

    # ---- all at once ----------------------------------------------------------------------------------------------

    async def _reconcile(self) -> None:
        """Nothing was replayed while we were away: what the PBX holds now is the truth."""
        for lately in (self.joined_lately, self._orders.rung_lately, self._orders.dialled_lately):
            lately.clear()
        try:
            live = await self._switch.live()
        except SwitchDown:
            return  # SwitchBack comes again
        engine = self._shell.engine
        calls = self._callers(live.calls)
        for line, _ in live.talks:
            if call := self._backs.call_of(line):
                self._newsroom.tell(call, Talking())
        talking = {offer for _, leg in live.talks if (offer := offer_of(leg)) is not None}
        ringing = {offer for leg in live.legs if (offer := offer_of(leg)) is not None} - talking
        if self.watcher:
            await self.watcher.pbx_holds(calls | away(engine))
        known = {offer.id for offer in engine.offers()}
        for stray in ringing - known:
            self._shell.spawn(self._switch.cancel(leg_of(stray)))
        ringing |= self._orders.rung_lately - talking
        calls |= self.joined_lately | self._orders.dialled_lately
        for call in engine.calls() - calls - away(engine):
            self._gone(call)
        self._shell.post(events.Reconciled(calls, frozenset(ringing & known), frozenset(talking & known)))

    def with_lately(self, told: events.Reconciled) -> events.Reconciled:
        """With what was decided while the event waited for its turn: no list of the PBX's could have that."""
        calls = told.calls | self.joined_lately | self._orders.dialled_lately
        return replace(told, calls=calls, ringing=told.ringing | (self._orders.rung_lately - told.talking))

    def _callers(self, lines: Collection[str]) -> frozenset[str]:
        """The engine's ids of the callers who live. A line that we placed, and that is nobody's now, is ended."""
        for line in lines:
            if line.startswith(BACK_PREFIX) and not self._backs.call_of(line):
                self._shell.spawn(self._switch.cancel(line))
        return frozenset(call for line in lines if (call := self._backs.call_of(line)))


def away(engine: Engine) -> frozenset[str]:
    """Callers who hung up and are to be called back."""
    return frozenset(call for call, caller in engine.lobby.callers.items() if caller.away)
