"""The PBX in memory: what people do with their phones arrives as events."""

from __future__ import annotations

import asyncio

import pytest

from ivr.services import (
    CallEnded,
    Cause,
    LegAnswered,
    LegEnded,
    LegRinging,
    Live,
    SwitchBack,
    SwitchDown,
    SwitchEvent,
    TalkBegan,
)
from ivr.simulator.switch import Manner, SimulatedSwitch

ANA = "PJSIP/ana"


class Watched:
    """A switch with one person, one caller, and the events so far."""

    def __init__(self, manner: Manner = Manner.WAITS) -> None:
        self.told: list[str] = []
        self.ended: list[str] = []
        self.switch = SimulatedSwitch({ANA: manner}, pace=0, tell=self.told.append)
        self.switch.arrive("call", lambda: self.ended.append("call"))
        self._events = self.switch.events()

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
