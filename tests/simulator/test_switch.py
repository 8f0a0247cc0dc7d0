"""The PBX in memory: what people do with their phones arrives as events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.call import CallerGone, KeyRules, Pressed, Turn
from ivr.services import (
    CallEnded,
    Cause,
    Device,
    DialFailed,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegRinging,
    Live,
    PhoneChanged,
    SwitchBack,
    SwitchDown,
    SwitchEvent,
    TalkBegan,
)
from ivr.simulator.call import SimulatedCall
from ivr.simulator.prompts import TextPrompts
from ivr.simulator.switch import Manner, SimulatedSwitch

if TYPE_CHECKING:
    from ivr.simulator.terminal import Script

ANA, PATIENT = "PJSIP/ana", "PJSIP/+16175550142@trunk"
PRESSED = Turn((), keys=KeyRules())


class Watched:
    """A switch with one person, one caller, and the events so far."""

    def __init__(self, manner: Manner = Manner.WAITS) -> None:
        self.told: list[str] = []
        self.ended: list[str] = []
        self.switch = SimulatedSwitch({ANA: manner}, pace=0, tell=self.told.append)
        self.switch.arrive("call", lambda: self.ended.append("call"))
        self._events = self.switch.events()
        self.came: dict[str, SimulatedCall] = {}
        self.switch.take = self._take

    def _take(self, call: str, terminal: Script) -> None:
        self.came[call] = SimulatedCall(call, terminal, TextPrompts({}, {}, {}), self.switch)

    async def next(self, count: int) -> list[SwitchEvent]:
        return [await asyncio.wait_for(anext(self._events), 10) for _ in range(count)]

    async def rings(self, leg: str = "leg", phone: str = ANA) -> None:
        await self.switch.ring(leg, phone, display="billing", seconds=15)


async def test_the_first_event_is_that_the_connection_is_up() -> None:
    assert await Watched().next(1) == [SwitchBack()]


@pytest.mark.parametrize(
    ("manner", "end"),
    [
        (Manner.ANSWERS, LegAnswered("leg")),
        (Manner.REFUSES, LegEnded("leg", Cause.REFUSED, answered=False)),
        (Manner.IGNORES, LegEnded("leg", Cause.NO_ANSWER, answered=False)),
        (Manner.WAITS, LegEnded("leg", Cause.NO_ANSWER, answered=False)),
    ],
)
async def test_people_have_their_manners(manner: Manner, end: SwitchEvent) -> None:
    pbx = Watched(manner)
    await pbx.rings()
    assert await pbx.next(3) == [SwitchBack(), LegRinging("leg"), end]


async def test_a_phone_that_does_not_exist_is_unreachable_and_one_that_rings_is_busy() -> None:
    pbx = Watched()
    await pbx.rings("one", "PJSIP/nobody")
    await pbx.rings("two")
    await pbx.rings("three")
    assert await pbx.next(4) == [
        SwitchBack(),
        LegEnded("one", Cause.UNREACHABLE, answered=False),
        LegRinging("two"),
        LegEnded("three", Cause.BUSY, answered=False),
    ]


async def test_a_caller_on_the_way_to_hold_is_waited_for() -> None:
    pbx = Watched()
    await pbx.rings()
    pbx.switch.pick_up(ANA)
    await pbx.switch.connect("call", "leg")
    pbx.switch.hold("call")
    assert await pbx.next(4) == [SwitchBack(), LegRinging("leg"), LegAnswered("leg"), TalkBegan("call", "leg")]
    assert await pbx.switch.live() == Live(frozenset({"call"}), frozenset({"leg"}), frozenset({("call", "leg")}))


async def talking() -> Watched:
    pbx = Watched()
    pbx.switch.hold("call")
    await pbx.rings()
    pbx.switch.pick_up(ANA)
    await pbx.switch.connect("call", "leg")
    await pbx.next(4)
    return pbx


async def test_the_person_ends_a_talk_and_the_call_is_over() -> None:
    pbx = await talking()
    pbx.switch.put_down(ANA)
    assert await pbx.next(2) == [LegEnded("leg", Cause.ENDED, answered=True), CallEnded("call")]
    assert pbx.ended == ["call"]


async def test_the_caller_ends_a_talk_and_the_person_is_free() -> None:
    pbx = await talking()
    pbx.switch.leave("call")
    pbx.switch.leave("call")
    assert await pbx.next(2) == [CallEnded("call"), LegEnded("leg", Cause.ENDED, answered=True)]
    assert await pbx.switch.live() == Live(frozenset(), frozenset(), frozenset())


async def test_a_cancelled_leg_ends_once_and_one_that_is_gone_is_no_error() -> None:
    pbx = Watched()
    await pbx.rings()
    await pbx.switch.cancel("leg")
    await pbx.switch.cancel("leg")
    await pbx.rings("next")
    assert (await pbx.next(4))[2:] == [LegEnded("leg", Cause.CANCELLED, answered=False), LegRinging("next")]


async def test_connecting_a_caller_who_is_gone_frees_the_person() -> None:
    pbx = Watched()
    await pbx.rings()
    pbx.switch.pick_up(ANA)
    pbx.switch.leave("call")
    await pbx.switch.connect("call", "leg")
    assert (await pbx.next(5))[3:] == [CallEnded("call"), LegEnded("leg", Cause.ENDED, answered=True)]


async def test_a_leg_that_was_not_answered_is_not_connected() -> None:
    pbx = Watched()
    pbx.switch.hold("call")
    await pbx.rings()
    await pbx.switch.connect("call", "leg")
    await pbx.switch.connect("call", "unknown")
    assert (await pbx.switch.live()).talks == frozenset()


async def test_while_the_connection_is_down_nothing_is_told_or_done() -> None:
    pbx = await talking()
    pbx.switch.go_down()
    for refused in (
        pbx.switch.live(),
        pbx.rings("other"),
        pbx.switch.cancel("leg"),
        pbx.switch.connect("call", "leg"),
    ):
        with pytest.raises(SwitchDown):
            await refused
    pbx.switch.put_down(ANA)
    pbx.switch.come_back()
    assert await pbx.next(1) == [SwitchBack()]
    assert (await pbx.switch.live()).legs == frozenset()


async def test_what_happens_is_told_in_words() -> None:
    pbx = await talking()
    pbx.switch.put_down(ANA)
    assert pbx.told == [
        "PJSIP/ana rings: billing",
        "PJSIP/ana answers",
        "PJSIP/ana talks with the caller",
        "PJSIP/ana is free again: ended",
    ]


# ---- who is dialled -------------------------------------------------------------------------------------------------


async def dialling(manner: Manner = Manner.WAITS) -> Watched:
    pbx = Watched()
    pbx.switch.manners[PATIENT] = manner
    await pbx.switch.dial("back", PATIENT, display="Riverside", seconds=15)
    return pbx


async def test_who_is_dialled_and_picks_up_is_a_call_like_any_other() -> None:
    pbx = await dialling()
    assert (await pbx.switch.live()).calls == {"call", "back"}
    pbx.switch.lines[PATIENT] = ["1"]
    pbx.switch.pick_up(PATIENT)
    call = pbx.came["back"]
    assert await call.ask(PRESSED) == Pressed("1")
    await call.hold()
    await pbx.rings()
    pbx.switch.pick_up(ANA)
    await pbx.switch.connect("back", "leg")
    assert await pbx.next(4) == [SwitchBack(), LegRinging("leg"), LegAnswered("leg"), TalkBegan("back", "leg")]
    pbx.switch.put_down(ANA)
    assert await pbx.next(2) == [LegEnded("leg", Cause.ENDED, answered=True), CallEnded("back")]


@pytest.mark.parametrize(
    ("manner", "cause"),
    [(Manner.REFUSES, Cause.REFUSED), (Manner.IGNORES, Cause.NO_ANSWER), (Manner.WAITS, Cause.NO_ANSWER)],
)
async def test_who_is_not_reached_has_manners(manner: Manner, cause: Cause) -> None:
    pbx = await dialling(manner)
    assert await pbx.next(2) == [SwitchBack(), DialFailed("back", cause)]


async def test_who_is_dialled_may_be_busy_or_nobody() -> None:
    pbx = Watched()
    pbx.switch.becomes(ANA, Device.BUSY)
    await pbx.switch.dial("one", ANA, display="Riverside", seconds=15)
    await pbx.switch.dial("two", PATIENT, display="Riverside", seconds=15)
    assert (await pbx.next(3))[1:] == [DialFailed("one", Cause.BUSY), DialFailed("two", Cause.UNREACHABLE)]


async def test_a_dial_is_given_up_before_and_after_the_answer() -> None:
    pbx = await dialling()
    await pbx.switch.cancel("back")
    await pbx.switch.dial("next", PATIENT, display="Riverside", seconds=15)
    pbx.switch.pick_up(PATIENT)
    await pbx.switch.cancel("next")
    assert await pbx.next(3) == [SwitchBack(), DialFailed("back", Cause.CANCELLED), CallEnded("next")]
    with pytest.raises(CallerGone):
        await pbx.came["next"].answer()


# ---- who is asked ---------------------------------------------------------------------------------------------------


async def asked(*lines: str) -> Watched:
    """Ana has picked up, and will press or say the lines."""
    pbx = Watched()
    pbx.switch.lines[ANA] = lines
    await pbx.switch.ring("leg", ANA, display="billing", seconds=15, asked=True)
    pbx.switch.pick_up(ANA)
    assert await pbx.next(2) == [SwitchBack(), LegRinging("leg")]
    return pbx


async def test_who_is_asked_has_answered_once_held() -> None:
    pbx = await asked("1")
    assert await pbx.came["leg"].ask(PRESSED) == Pressed("1")
    assert await pbx.switch.live() == Live(frozenset({"call"}), frozenset({"leg"}), frozenset())
    await pbx.came["leg"].hold()
    pbx.switch.hold("call")
    await pbx.switch.connect("call", "leg")
    assert await pbx.next(2) == [LegAnswered("leg"), TalkBegan("call", "leg")]
    pbx.came["leg"].caller_hangs_up()
    assert await pbx.next(2) == [LegEnded("leg", Cause.ENDED, answered=True), CallEnded("call")]


async def test_who_is_asked_and_hangs_up_refuses() -> None:
    pbx = await asked()
    with pytest.raises(CallerGone):
        await pbx.came["leg"].ask(PRESSED)
    assert await pbx.next(1) == [LegEnded("leg", Cause.REFUSED, answered=False)]


async def test_a_mailbox_that_is_hung_up_did_not_answer() -> None:
    pbx = await asked("leave a message after the tone")
    await pbx.came["leg"].hang_up()
    assert await pbx.next(1) == [LegEnded("leg", Cause.NO_ANSWER, answered=False)]


async def test_who_is_asked_is_let_go() -> None:
    pbx = await asked()
    await pbx.switch.cancel("leg", answered_elsewhere=True)
    assert await pbx.next(1) == [LegEnded("leg", Cause.CANCELLED, answered=False)]
    with pytest.raises(CallerGone):
        await pbx.came["leg"].hold()


# ---- phones and keys ------------------------------------------------------------------------------------------------


async def test_watched_phones_are_told_of_at_first_when_they_change_and_after_an_outage() -> None:
    pbx = Watched()
    await pbx.switch.watch([ANA, PATIENT])
    pbx.switch.becomes(ANA, Device.BUSY)
    pbx.switch.becomes("PJSIP/bo", Device.BUSY)
    pbx.switch.go_down()
    pbx.switch.becomes(ANA, Device.FREE)
    pbx.switch.come_back()
    assert await pbx.next(7) == [
        SwitchBack(),
        PhoneChanged(PATIENT, Device.GONE),
        PhoneChanged(ANA, Device.FREE),
        PhoneChanged(ANA, Device.BUSY),
        SwitchBack(),
        PhoneChanged(PATIENT, Device.GONE),
        PhoneChanged(ANA, Device.FREE),
    ]


async def test_a_phone_on_an_outside_call_is_busy_and_one_that_is_unplugged_unreachable() -> None:
    pbx = Watched()
    for device in (Device.BUSY, Device.GONE):
        pbx.switch.becomes(ANA, device)
        await pbx.rings()
    assert (await pbx.next(3))[1:] == [
        LegEnded("leg", Cause.BUSY, answered=False),
        LegEnded("leg", Cause.UNREACHABLE, answered=False),
    ]


async def test_a_callers_keys_are_told_on_hold_only() -> None:
    pbx = Watched()
    pbx.switch.press("call", "1")
    pbx.switch.hold("call")
    pbx.switch.press("call", "2#")
    pbx.switch.take_back("call")
    pbx.switch.press("call", "3")
    pbx.switch.leave("call")
    assert await pbx.next(4) == [SwitchBack(), KeyPressed("call", "2"), KeyPressed("call", "#"), CallEnded("call")]
