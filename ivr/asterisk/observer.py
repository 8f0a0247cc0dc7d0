"""What AMI tells, as SwitchEvents: the legs and calls that we know, and which bridge they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.asterisk.legs import Leg
from ivr.persons.rings import Rings, is_dialled, is_leg
from ivr.services import KeyPressed, Live, TalkBegan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ivr.asterisk import ami
    from ivr.asterisk.call import AsteriskCall
    from ivr.asterisk.calls import Calls
    from ivr.persons.news import Tell

HOLDING = "holding_bridge"
RINGING, UP = "5", "6"  # ChannelState; source: include/asterisk/channelstate.h


class Observer(Rings[Leg]):
    """`hang_up` ends what was cancelled too early."""

    def __init__(self, calls: Calls, tell: Tell, hang_up: Callable[[Leg], None]) -> None:
        super().__init__(calls, tell)
        self._calls = calls
        self._hang_up = hang_up
        self._take = {
            "Newchannel": self._new_channel,
            "Newstate": self._new_state,
            "BridgeEnter": self._bridge_enter,
            "BridgeLeave": self._bridge_leave,
            "DTMFEnd": self._key,
            "Hangup": self._hangup,
            "OriginateResponse": self._originate_response,
        }

    def take(self, message: ami.Message) -> None:
        take = self._take.get(message["Event"])
        if take:
            take(message)

    def reconcile(self, listed: Iterable[ami.Message], live: Live, known: frozenset[str]) -> None:
        """Take over what exists now; nothing was told while there was no connection. `known` is of before we asked."""
        self.missed(live, known)
        talks = {party for talk in live.talks for party in talk}
        for channel in listed:
            self._found(channel, talks=channel["Uniqueid"] in talks)
        self.meet(live)

    def _found(self, channel: ami.Message, *, talks: bool) -> None:
        unique_id, bridge, up = channel["Uniqueid"], channel["BridgeId"], channel["ChannelState"] == UP
        call = self._calls.get(unique_id)
        if call:
            call.talking = talks
            _in_bridge(call, bridge, holding=bool(bridge) and not talks)
        if is_leg(unique_id):
            leg = _seen(self.legs.setdefault(unique_id, Leg(unique_id)), channel)
            leg.bridge = bridge if talks else ""
            if bridge and not talks:
                self.waits(leg)
            leg.answered = leg.answered or talks
        elif is_dialled(unique_id) and not (call or up):
            _seen(self.dials.setdefault(unique_id, Leg(unique_id)), channel)

    def _new_channel(self, message: ami.Message) -> None:
        ours = self.outgoing(message["Uniqueid"])
        if ours:
            ours.channel = message["Channel"]
            if ours.cancelled:
                self._hang_up(ours)

    def _new_state(self, message: ami.Message) -> None:
        unique_id, state = message["Uniqueid"], message["ChannelState"]
        ours = self.outgoing(unique_id)
        if ours is None:
            return
        ours.picked_up = state == UP
        if state == RINGING:
            self.rings(ours)

    def _bridge_enter(self, message: ami.Message) -> None:
        unique_id, bridge = message["Uniqueid"], message["BridgeUniqueid"]
        holding = message["BridgeTechnology"] == HOLDING
        call, leg = self._calls.get(unique_id), self.legs.get(unique_id)
        if call:
            _in_bridge(call, bridge, holding=holding)
        if leg and holding:
            self.waits(leg)
        elif leg:
            leg.bridge = bridge
        if not holding:
            self._tell_talk(self._calls.get(leg.call) if leg else call, bridge)

    def _tell_talk(self, call: AsteriskCall | None, bridge: str) -> None:
        if call is None or call.bridge != bridge:
            return
        for leg in self.legs.values():
            if leg.call == call.id and leg.bridge == bridge:
                self._tell(TalkBegan(call.id, leg.id))

    def _bridge_leave(self, message: ami.Message) -> None:
        call, leg = self._calls.get(message["Uniqueid"]), self.legs.get(message["Uniqueid"])
        if call:
            _in_bridge(call, "", holding=False)
        if leg:
            leg.bridge = ""

    def _key(self, message: ami.Message) -> None:
        """A walked caller's keys arrive with the audio, or by AGI; what is pressed in a talk is not for us."""
        call = self._calls.get(message["Uniqueid"])
        if call and call.held.is_set() and message["Direction"] == "Received" and not self.is_leg(call.id):
            self._tell(KeyPressed(call.id, message["Digit"]))

    def _hangup(self, message: ami.Message) -> None:
        unique_id = message["Uniqueid"]
        call, leg, ours = self._calls.get(unique_id), self.legs.get(unique_id), self.outgoing(unique_id)
        if ours and call is None and not ours.explained(message["Cause"]):
            ours.hung_up = True
        elif leg:
            leg.sent_away = call is not None and not call.is_walked
            self.ended(unique_id, leg.told(message["Cause"]))
        elif ours and call is None:
            self.ended(unique_id, ours.told(message["Cause"]))
        elif call is None:
            self.stranger_gone(unique_id)
        self._calls.hung_up(unique_id)

    def _originate_response(self, message: ami.Message) -> None:
        """A failure: the Hangup says why, before or after this; without a channel there is no Hangup."""
        ours = self.outgoing(message["ActionID"])
        if ours and message["Response"] == "Failure":
            ours.reason = message["Reason"]
            if ours.hung_up or not ours.channel:
                self.ended(ours.id, ours.told(""))


def _in_bridge(call: AsteriskCall, bridge: str, *, holding: bool) -> None:
    call.bridge = "" if holding else bridge
    if holding:
        call.held.set()
    else:
        call.held.clear()


def _seen(ours: Leg, channel: ami.Message) -> Leg:
    ours.channel = channel["Channel"]
    ours.rang = True
    ours.picked_up = channel["ChannelState"] == UP
    return ours


def live_of(listed: Iterable[ami.Message], known: frozenset[str], context: str) -> Live:
    """Read a CoreShowChannels list. A talk is a caller and a leg in one bridge; while waiting each kind has its own."""
    channels = {channel["Uniqueid"]: channel for channel in listed}
    legs = frozenset(unique_id for unique_id in channels if is_leg(unique_id))
    calls = frozenset(
        unique_id
        for unique_id, channel in channels.items()
        if unique_id not in legs and (unique_id in known or channel["Context"] == context or is_dialled(unique_id))
    )
    leg_in = {channels[leg]["BridgeId"]: leg for leg in legs if channels[leg]["BridgeId"]}
    talks = frozenset((call, leg_in[bridge]) for call in calls if (bridge := channels[call]["BridgeId"]) in leg_in)
    return Live(calls, legs, talks)
