"""What AMI tells, as SwitchEvents: the legs and calls that we know, and which bridge they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ivr.asterisk.legs import Leg
from ivr.services import LEG_PREFIX, CallEnded, Cause, LegAnswered, LegEnded, LegRinging, Live, SwitchEvent, TalkBegan

if TYPE_CHECKING:
    from ivr.asterisk import ami
    from ivr.asterisk.call import AsteriskCall
    from ivr.asterisk.calls import Calls

HOLDING = "holding_bridge"
RINGING = "5"  # ChannelState; source: include/asterisk/channelstate.h
NO_ANSWER = "19"  # the cause of a leg that ended while we did not look

Emit = Callable[[SwitchEvent], None]


class Observer:
    """`legs` are the persons' legs that we rang, or found after a restart. `hang_up` ends a leg cancelled too early."""

    def __init__(self, calls: Calls, emit: Emit, hang_up: Callable[[Leg], None]) -> None:
        self.legs: dict[str, Leg] = {}
        self._calls = calls
        self._emit = emit
        self._hang_up = hang_up
        self._strangers: frozenset[str] = frozenset()  # callers of an earlier life of ours, in a talk or in music
        self._take = {
            "Newchannel": self._new_channel,
            "Newstate": self._new_state,
            "BridgeEnter": self._bridge_enter,
            "BridgeLeave": self._bridge_leave,
            "Hangup": self._hangup,
            "OriginateResponse": self._originate_response,
        }

    def take(self, message: ami.Message) -> None:
        take = self._take.get(message["Event"])
        if take:
            take(message)

    def ended(self, leg_id: str, cause: Cause) -> None:
        """The leg is over: told once, whoever learns it first."""
        leg = self.legs.pop(leg_id, None)
        if leg:
            self._emit(LegEnded(leg_id, cause, leg.answered))

    def reconcile(self, listed: Iterable[ami.Message], live: Live) -> None:
        """Take over what exists now; nothing was told while there was no connection."""
        for leg_id in self.legs.keys() - live.legs:
            self.ended(leg_id, self.legs[leg_id].cause(NO_ANSWER))
        for call_id in self._calls.ids() - live.calls:
            self._calls.hung_up(call_id)
        for call_id in self._strangers - live.calls:
            self._emit(CallEnded(call_id))
        self._strangers = live.calls - self._calls.ids()
        talks = {party for talk in live.talks for party in talk}
        for channel in listed:
            self._found(channel, talks=channel["Uniqueid"] in talks)

    def _found(self, channel: ami.Message, *, talks: bool) -> None:
        unique_id, bridge = channel["Uniqueid"], channel["BridgeId"]
        call = self._calls.get(unique_id)
        if call:
            call.talking = talks
            _in_bridge(call, bridge, holding=bool(bridge) and not talks)
        elif unique_id.startswith(LEG_PREFIX):
            leg = self.legs.setdefault(unique_id, Leg(unique_id))
            leg.channel = channel["Channel"]
            leg.rang = True
            leg.bridge = bridge if talks else ""
            if bridge and not talks:
                self._leg_waits(leg)
            leg.answered = leg.answered or talks

    def _new_channel(self, message: ami.Message) -> None:
        leg = self.legs.get(message["Uniqueid"])
        if leg:
            leg.channel = message["Channel"]
            if leg.cancelled:
                self._hang_up(leg)

    def _new_state(self, message: ami.Message) -> None:
        leg = self.legs.get(message["Uniqueid"])
        if leg is None:
            return
        if message["ChannelState"] == RINGING and not leg.rang:
            leg.rang = True
            self._emit(LegRinging(leg.id))

    def _bridge_enter(self, message: ami.Message) -> None:
        unique_id, bridge = message["Uniqueid"], message["BridgeUniqueid"]
        holding = message["BridgeTechnology"] == HOLDING
        call, leg = self._calls.get(unique_id), self.legs.get(unique_id)
        if call:
            _in_bridge(call, bridge, holding=holding)
        if leg and holding:
            self._leg_waits(leg)
        elif leg:
            leg.bridge = bridge
        if not holding:
            self._tell_talk(call or self._calls.get(leg.call if leg else ""), bridge)

    def _leg_waits(self, leg: Leg) -> None:
        """The phone was answered, and the leg can be joined."""
        if not leg.answered:
            leg.answered = True
            self._emit(LegAnswered(leg.id))

    def _tell_talk(self, call: AsteriskCall | None, bridge: str) -> None:
        if call is None or call.bridge != bridge:
            return
        for leg in self.legs.values():
            if leg.call == call.id and leg.bridge == bridge:
                self._emit(TalkBegan(call.id, leg.id))

    def _bridge_leave(self, message: ami.Message) -> None:
        call, leg = self._calls.get(message["Uniqueid"]), self.legs.get(message["Uniqueid"])
        if call:
            _in_bridge(call, "", holding=False)
        if leg:
            leg.bridge = ""

    def _hangup(self, message: ami.Message) -> None:
        unique_id = message["Uniqueid"]
        leg = self.legs.get(unique_id)
        if leg:
            self.ended(unique_id, leg.cause(message["Cause"]))
        elif unique_id in self._strangers and self._calls.get(unique_id) is None:
            self._emit(CallEnded(unique_id))
        self._strangers -= {unique_id}
        self._calls.hung_up(unique_id)

    def _originate_response(self, message: ami.Message) -> None:
        """A failure is told before the Hangup that says why; without a channel there is no Hangup."""
        leg = self.legs.get(message["ActionID"])
        if leg and message["Response"] == "Failure" and not leg.channel:
            self.ended(leg.id, leg.cause(""))


def _in_bridge(call: AsteriskCall, bridge: str, *, holding: bool) -> None:
    call.bridge = "" if holding else bridge
    if holding:
        call.held.set()
    else:
        call.held.clear()


def live_of(listed: Iterable[ami.Message], known: frozenset[str], context: str) -> Live:
    """Read a CoreShowChannels list. A talk is a caller and a leg in one bridge; while waiting each kind has its own."""
    channels = {channel["Uniqueid"]: channel for channel in listed}
    legs = frozenset(unique_id for unique_id in channels if unique_id.startswith(LEG_PREFIX))
    calls = frozenset(
        unique_id
        for unique_id, channel in channels.items()
        if unique_id not in legs and (unique_id in known or channel["Context"] == context)
    )
    leg_in = {channels[leg]["BridgeId"]: leg for leg in legs if channels[leg]["BridgeId"]}
    talks = frozenset((call, leg_in[bridge]) for call in calls if (bridge := channels[call]["BridgeId"]) in leg_in)
    return Live(calls, legs, talks)
