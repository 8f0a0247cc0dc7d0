"""The observer before what a real FreeSWITCH told: recorded conversations, with our ids in place of theirs."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from ivr.freeswitch.channels import Channel, Listing
from ivr.freeswitch.esl import Event
from ivr.freeswitch.legs import Leg
from ivr.freeswitch.observer import Observer
from ivr.services import CallEnded, Cause, DialFailed, LegAnswered, LegEnded, LegRinging, TalkBegan
from tests.freeswitch.recordings import heard, packets, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ivr.services import SwitchEvent

LEG, OTHER_LEG, CALL, BACK = "careline-leg-1", "careline-leg-2", "call-1", "careline-back-1"
RINGS, ANSWERED = LegRinging(LEG), LegAnswered(LEG)
_ORIGINATE = re.compile(r"bgapi originate \{origination_uuid=([^,]+),.*\n+Job-UUID: (\S+)")


class StillCall:
    """A caller on hold, who does nothing."""

    def __init__(self, call: str) -> None:
        self.id = call
        self.held, self.gone = asyncio.Event(), asyncio.Event()
        self.talking = self.began = False
        self.is_walked = False

    def joins(self) -> None:
        self.talking = True

    def not_joined(self) -> None:
        self.talking = False

    def talks(self) -> None:
        self.talking = self.began = True


class Calls:
    def __init__(self, on_gone: Callable[[str], None], *calls: str) -> None:
        self._calls = {call: StillCall(call) for call in calls}
        self._on_gone = on_gone

    def get(self, call: str, /) -> StillCall | None:
        return self._calls.get(call)

    def ids(self) -> frozenset[str]:
        return frozenset(self._calls)

    def hung_up(self, call_id: str, /) -> None:
        if self._calls.pop(call_id, None):
            self._on_gone(call_id)

    async def coming(self, call: str, /) -> StillCall:
        return self._calls[call]


class Watched:
    """An observer, what it `told` and what it `sent`."""

    def __init__(self, *calls: str) -> None:
        self.told: list[SwitchEvent] = []
        self.sent: list[str] = []
        self.calls = Calls(self._call_gone, *calls)
        self.observer = Observer(self.calls, self.told.append, self._send, "careline")

    def rings(self, leg: str = LEG) -> Leg:
        return self.observer.legs.setdefault(leg, Leg(leg))

    def joins(self, call: str = CALL) -> StillCall:
        caller = self.calls.get(call)
        assert caller
        self.observer.joins(caller, self.rings())
        return caller

    def take(self, *events: Event) -> None:
        for event in events:
            self.observer.take(event)

    def _send(self, lines: Sequence[str]) -> None:
        self.sent += lines

    def _call_gone(self, call: str) -> None:
        self.observer.call_gone(call)


def recorded(recording: str, **ours: str) -> list[Event]:
    """The events of a recording; `ours` are ids in place of those that begin so, without their first letter."""
    text = heard(recording).decode()
    events = [packet for packet in whole(text.encode()) if isinstance(packet, Event)]
    return [Event({key: _renamed(value, ours) for key, value in each.headers.items()}, each.body) for each in events]


def _renamed(value: str, ours: dict[str, str]) -> str:
    return next((our for their, our in ours.items() if value.startswith(their[1:]) and len(value) == 36), value)


def originated(recording: str) -> list[tuple[str, str]]:
    """The channel and the job of each `originate`."""
    said = [packet.text for packet in packets(recording) if not packet.heard]
    return [(found[1], found[2]) for text in said if (found := _ORIGINATE.match(text))]


def test_a_phone_is_answered_joined_and_ends_the_talk_as_recorded() -> None:
    watched = Watched(CALL)
    watched.rings()
    events = recorded("02b_inbound_park_after_bridge.txt", _526de3cf=CALL, _85dced51=LEG, _5681023d=LEG)
    names = [event.name for event in events]
    bridged, unbridged = names.index("CHANNEL_BRIDGE"), names.index("CHANNEL_UNBRIDGE")
    watched.take(*events[:bridged])
    assert watched.told == [ANSWERED]
    caller = watched.joins()
    watched.take(*events[bridged : unbridged + 1])
    assert (caller.began, watched.sent) == (True, [])
    watched.take(*events[unbridged + 1 :])
    assert watched.told[1:] == [TalkBegan(CALL, LEG), LegEnded(LEG, Cause.ENDED, answered=True), CallEnded(CALL)]
    assert watched.sent == ["api uuid_kill call-1 NORMAL_CLEARING"]


def test_a_caller_who_hangs_up_in_a_talk_as_recorded() -> None:
    watched = Watched(CALL)
    watched.rings()
    watched.joins()
    watched.take(*recorded("02c_inbound_caller_hangup_bridged.txt", _c9c6e269=CALL, _49fc707d=LEG, _113c0f09=LEG))
    ended = LegEnded(LEG, Cause.ENDED, answered=True)
    assert watched.told == [ANSWERED, TalkBegan(CALL, LEG), CallEnded(CALL), ended]
    assert watched.sent == []


def test_a_ring_that_is_given_up_as_recorded() -> None:
    watched = Watched(CALL)
    watched.rings().cancelled = True
    watched.take(*recorded("02d_inbound_caller_hangup_while_ringing.txt", _81bd56d0=CALL, _5dbb8ab0=LEG, _0b9b9143=LEG))
    assert watched.told == [RINGS, CallEnded(CALL), LegEnded(LEG, Cause.CANCELLED, answered=False)]
    assert watched.sent == ["api uuid_kill careline-leg-1 ORIGINATOR_CANCEL"]


def test_of_two_phones_one_wins_as_recorded() -> None:
    watched = Watched(CALL)
    watched.rings()
    watched.rings(OTHER_LEG)
    events = recorded("02g_inbound_ringall.txt", _d813604e=CALL, _d247fb22=LEG, _6b3061a9=OTHER_LEG)
    watched.joins()
    watched.take(*events)
    assert watched.told == [
        LegRinging(OTHER_LEG),
        RINGS,
        LegEnded(OTHER_LEG, Cause.CANCELLED, answered=False),
        ANSWERED,
        TalkBegan(CALL, LEG),
        LegEnded(LEG, Cause.ENDED, answered=True),
        CallEnded(CALL),
    ]


def test_why_phones_were_not_answered_as_recorded() -> None:
    recording = "02f_inbound_agent_reject_causes.txt"
    rung = originated(recording)
    watched = Watched()
    legs = {their: f"careline-leg-{number}" for number, (their, _) in enumerate(rung)}
    jobs = {job: legs[their] for their, job in rung}
    for leg in legs.values():
        watched.rings(leg)
    watched.take(*recorded(recording, **{f"_{their}": our for their, our in (legs | jobs).items()}))
    ends = [event.cause for event in watched.told if isinstance(event, LegEnded)]
    assert ends == [
        Cause.BUSY,
        Cause.REFUSED,
        Cause.NO_ANSWER,
        Cause.UNREACHABLE,  # no such number
        Cause.UNREACHABLE,  # the phone's own failure
        Cause.NO_ANSWER,
        Cause.UNREACHABLE,  # it never rang
        Cause.UNREACHABLE,  # nobody there
        Cause.UNREACHABLE,  # no such user
        Cause.UNREACHABLE,  # no such gateway
    ]
    assert len(watched.told) == len(rung) + 6  # as many rang


@pytest.mark.parametrize("job_first", [True, False])
def test_a_failure_is_told_once_whichever_comes_first(job_first: bool) -> None:
    watched = Watched()
    watched.observer.dials[BACK] = Leg(BACK)
    events = [
        Event({"Event-Name": "BACKGROUND_JOB", "Job-UUID": BACK}, "-ERR USER_BUSY\n"),
        Event({"Event-Name": "CHANNEL_HANGUP", "Unique-ID": BACK, "Hangup-Cause": "USER_BUSY"}),
    ]
    watched.take(*(events if job_first else reversed(events)))
    assert watched.told == [DialFailed(BACK, Cause.BUSY)]


def parked(channel: str) -> Event:
    return Event({"Event-Name": "CHANNEL_PARK", "Unique-ID": channel, "Channel-State": "CS_PARK"})


def test_a_caller_whose_talk_never_came_is_served_again_and_the_person_let_go() -> None:
    watched = Watched(CALL)
    caller = watched.joins()
    watched.take(parked(CALL))
    assert not caller.talking
    assert watched.sent == [
        "api uuid_transfer call-1 careline XML careline",
        "api uuid_kill careline-leg-1 ORIGINATOR_CANCEL",
    ]


def test_somebody_elses_parked_calls_are_left_alone() -> None:
    watched = Watched(CALL)
    watched.take(parked("stranger"), parked(LEG))
    assert watched.sent == []


def test_a_caller_who_hangs_up_on_the_way_to_a_talk_leaves_nobody_waiting() -> None:
    watched = Watched(CALL)
    watched.joins()
    watched.take(Event({"Event-Name": "CHANNEL_HANGUP_COMPLETE", "Unique-ID": CALL}))
    assert watched.told == [CallEnded(CALL)]
    assert watched.sent == ["api uuid_kill careline-leg-1 ORIGINATOR_CANCEL"]


def test_a_person_who_is_joined_with_somebody_else_does_not_begin_our_talk() -> None:
    watched = Watched(CALL)
    watched.joins()
    watched.take(Event({"Event-Name": "CHANNEL_BRIDGE", "Bridge-A-Unique-ID": LEG, "Bridge-B-Unique-ID": "stranger"}))
    assert watched.told == []


# ---- after a lost connection --------------------------------------------------------------------------------------

IN_CS_PARK = {"state": "CS_PARK", "callstate": "ACTIVE"}
SERVED_AGAIN = ["api uuid_transfer call-1 careline XML careline"]
HUNG_UP = ["api uuid_kill call-1 NORMAL_CLEARING"]


def found(*channels: Channel) -> Listing:
    return Listing(channels, (), frozenset({LEG, CALL}))


def test_a_talk_that_began_meanwhile_is_known_by_both() -> None:
    watched = Watched(CALL)
    caller = watched.joins()
    watched.observer.reconcile(found(Channel(CALL, {}, partner=LEG), Channel(LEG, {}, "park", CALL)))
    assert (caller.began, watched.rings().talks, watched.told, watched.sent) == (True, True, [], [])


def test_a_join_that_did_not_reach_freeswitch_is_undone_and_may_be_ordered_again() -> None:
    watched = Watched(CALL)
    caller = watched.joins()
    watched.observer.reconcile(found(Channel(CALL, {}), Channel(LEG, {}, "park")))
    assert (caller.talking, watched.rings().call, watched.told) == (False, "", [ANSWERED])
    assert watched.sent[0] == "api uuid_setvar call-1 socket_resume true"


@pytest.mark.parametrize(
    ("bridged", "last_partner", "sent"),
    [(True, LEG, HUNG_UP), (False, LEG, HUNG_UP), (False, "careline-leg-0", SERVED_AGAIN), (False, "", SERVED_AGAIN)],
)
def test_a_known_caller_who_is_parked_talked_or_did_not(bridged: bool, last_partner: str, sent: list[str]) -> None:
    watched = Watched(CALL)
    watched.joins()
    if bridged:
        watched.take(Event({"Event-Name": "CHANNEL_BRIDGE", "Bridge-A-Unique-ID": CALL, "Bridge-B-Unique-ID": LEG}))
    watched.observer.reconcile(found(Channel(CALL, IN_CS_PARK, partner=last_partner)))
    assert watched.sent == sent


@pytest.mark.parametrize(("last_partner", "sent"), [(LEG, HUNG_UP), ("", SERVED_AGAIN)])
def test_a_parked_caller_of_an_earlier_life_talked_or_did_not(last_partner: str, sent: list[str]) -> None:
    watched = Watched()
    watched.observer.reconcile(found(Channel(CALL, IN_CS_PARK, partner=last_partner)))
    assert watched.sent == sent
    watched.take(parked(CALL))
    watched.take(Event({"Event-Name": "CHANNEL_HANGUP", "Unique-ID": CALL}))
    assert watched.told == [CallEnded(CALL)]


def test_a_ring_that_was_given_up_meanwhile_is_ended_now() -> None:
    watched = Watched()
    watched.rings().cancelled = True
    watched.observer.reconcile(found(Channel(LEG, {"callstate": "RINGING"})))
    assert watched.sent == ["api uuid_kill careline-leg-1 ORIGINATOR_CANCEL"]
