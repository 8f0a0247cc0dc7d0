"""What AMI tells, as SwitchEvents: the legs and calls that we know, and which bridge they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ivr.asterisk.legs import NO_ANSWER, Leg
from ivr.services import (
    ALERT_PREFIX,
    BACK_PREFIX,
    LEG_PREFIX,
    CallEnded,
    Cause,
    DialFailed,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegRinging,
    Live,
    SwitchEvent,
    TalkBegan,
)

if TYPE_CHECKING:
    from ivr.asterisk import ami
    from ivr.asterisk.call import AsteriskCall
    from ivr.asterisk.calls import Calls

HOLDING = "holding_bridge"
RINGING, UP = "5", "6"  # ChannelState; source: include/asterisk/channelstate.h
FAR_HALF = ";2"  # a Local channel has two: ours, and one with our id and this, which runs the other dialplan

Emit = Callable[[SwitchEvent], None]


class Observer:
    """`legs` are the persons' legs that we rang, or found after a restart; `dials` are the calls that we place, until
    they are over. `hang_up` ends what was cancelled too early.
    """

    def __init__(self, calls: Calls, emit: Emit, hang_up: Callable[[Leg], None]) -> None:
        self.legs: dict[str, Leg] = {}
        self.dials: dict[str, Leg] = {}
        self._calls = calls
        self._emit = emit
        self._hang_up = hang_up
        self._strangers: frozenset[str] = frozenset()  # callers of an earlier life of ours, in a talk or in music
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

    def outgoing(self, unique_id: str) -> Leg | None:
        return self.legs.get(unique_id) or self.dials.get(unique_id)

    def is_leg(self, unique_id: str) -> bool:
        return unique_id in self.legs or _is_leg(unique_id)

    def ended(self, unique_id: str, cause: Cause) -> None:
        """What we rang is over: told once, whoever learns it first."""
        leg = self.legs.pop(unique_id, None)
        if leg:
            self._emit(LegEnded(unique_id, cause, leg.answered))
        elif self.dials.pop(unique_id, None):
            self._emit(DialFailed(unique_id, cause))

    def forget(self, unique_id: str) -> None:
        """Nobody shall be told what becomes of it."""
        self.legs.pop(unique_id, None)
        self.dials.pop(unique_id, None)

    def call_gone(self, call: str) -> None:
        """A Call is over. That of a person's leg is told as the leg's end, by its Hangup."""
        if not _is_leg(call):
            self.dials.pop(call, None)
            self._emit(CallEnded(call))

    def reconcile(self, listed: Iterable[ami.Message], live: Live) -> None:
        """Take over what exists now; nothing was told while there was no connection."""
        for leg_id in self.legs.keys() - live.legs:
            self.ended(leg_id, self.legs[leg_id].cause(NO_ANSWER))
        for call_id in self._calls.ids() - live.calls - live.legs:
            self._calls.hung_up(call_id)
        for call_id in self.dials.keys() - live.calls:
            self.ended(call_id, self.dials[call_id].cause(NO_ANSWER))
        for call_id in self._strangers - live.calls:
            self._emit(CallEnded(call_id))
        talks = {party for talk in live.talks for party in talk}
        for channel in listed:
            self._found(channel, talks=channel["Uniqueid"] in talks)
        self._strangers = live.calls - self._calls.ids() - self.dials.keys()

    def _found(self, channel: ami.Message, *, talks: bool) -> None:
        unique_id, bridge, up = channel["Uniqueid"], channel["BridgeId"], channel["ChannelState"] == UP
        call = self._calls.get(unique_id)
        if call:
            call.talking = talks
            _in_bridge(call, bridge, holding=bool(bridge) and not talks)
        if _is_leg(unique_id):
            leg = _seen(self.legs.setdefault(unique_id, Leg(unique_id)), channel)
            leg.bridge = bridge if talks else ""
            if bridge and not talks:
                self._leg_waits(leg)
            leg.answered = leg.answered or talks
        elif _is_dialled(unique_id) and not (call or up):
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
        if state == RINGING and not ours.rang:
            ours.rang = True
            if unique_id in self.legs:
                self._emit(LegRinging(unique_id))

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
            self._tell_talk(self._calls.get(leg.call) if leg else call, bridge)

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

    def _key(self, message: ami.Message) -> None:
        """A walked caller's keys arrive with the audio, or by AGI; what is pressed in a talk is not for us."""
        call = self._calls.get(message["Uniqueid"])
        if call and call.held.is_set() and message["Direction"] == "Received" and not self.is_leg(call.id):
            self._emit(KeyPressed(call.id, message["Digit"]))

    def _hangup(self, message: ami.Message) -> None:
        unique_id = message["Uniqueid"]
        call, leg, ours = self._calls.get(unique_id), self.legs.get(unique_id), self.outgoing(unique_id)
        if ours and call is None and not ours.explained(message["Cause"]):
            ours.hung_up = True
        elif leg:
            leg.sent_away = call is not None and not call.is_walked
            self.ended(unique_id, leg.cause(message["Cause"]))
        elif ours and call is None:
            self.ended(unique_id, ours.cause(message["Cause"]))
        elif call is None and unique_id in self._strangers:
            self._emit(CallEnded(unique_id))
        self._strangers -= {unique_id}
        self._calls.hung_up(unique_id)

    def _originate_response(self, message: ami.Message) -> None:
        """A failure: the Hangup says why, before or after this; without a channel there is no Hangup."""
        ours = self.outgoing(message["ActionID"])
        if ours and message["Response"] == "Failure":
            ours.reason = message["Reason"]
            if ours.hung_up or not ours.channel:
                self.ended(ours.id, ours.cause(""))


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


def _is_leg(unique_id: str) -> bool:
    return unique_id.startswith(LEG_PREFIX) and not unique_id.endswith(FAR_HALF)


def _is_dialled(unique_id: str) -> bool:
    return unique_id.startswith((BACK_PREFIX, ALERT_PREFIX)) and not unique_id.endswith(FAR_HALF)


def live_of(listed: Iterable[ami.Message], known: frozenset[str], context: str) -> Live:
    """Read a CoreShowChannels list. A talk is a caller and a leg in one bridge; while waiting each kind has its own."""
    channels = {channel["Uniqueid"]: channel for channel in listed}
    legs = frozenset(unique_id for unique_id in channels if _is_leg(unique_id))
    calls = frozenset(
        unique_id
        for unique_id, channel in channels.items()
        if unique_id not in legs and (unique_id in known or channel["Context"] == context or _is_dialled(unique_id))
    )
    leg_in = {channels[leg]["BridgeId"]: leg for leg in legs if channels[leg]["BridgeId"]}
    talks = frozenset((call, leg_in[bridge]) for call in calls if (bridge := channels[call]["BridgeId"]) in leg_in)
    return Live(calls, legs, talks)
