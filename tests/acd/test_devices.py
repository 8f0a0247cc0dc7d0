"""What the PBX says of a person's phone: nobody who is in another call is rung."""

from __future__ import annotations

import pytest

from acd.commands import Connect, StopRinging
from acd.events import (
    AgentNotReady,
    AgentReady,
    Cause,
    Configured,
    Device,
    DeviceChanged,
    OfferAnswered,
    OfferFailed,
    TalkEnded,
    TimePassed,
)
from tests.acd.scene import ANA, BO, CAI, DESK, HEART, engine_with, join, ring, rung, serve, state_of, talk

BUSY, GONE, FREE = (DeviceChanged("ana", device) for device in (Device.BUSY, Device.GONE, Device.FREE))


@pytest.mark.parametrize(("event", "state"), [(BUSY, "outside call"), (GONE, "phone unreachable")])
def test_whose_phone_is_not_free_is_passed_over(event: DeviceChanged, state: str) -> None:
    engine = engine_with(ANA, BO)
    engine.handle(event, now=1)
    assert state_of(engine, ANA) == state
    assert rung(join(engine, "c1", now=2)) == ["bo"]


@pytest.mark.parametrize("event", [BUSY, GONE])
def test_whose_phone_is_free_again_is_rung_at_once(event: DeviceChanged) -> None:
    engine = engine_with(ANA)
    engine.handle(event, now=1)
    join(engine, "c1", now=2)
    assert engine.handle(FREE, now=30) == [ring(1, ANA, "c1")]


def test_who_was_in_another_call_is_available_since_its_end() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(BUSY, now=1)
    engine.handle(FREE, now=30)
    assert rung(join(engine, "c1", now=31)) == ["bo"]


def test_a_phone_that_is_taken_into_another_call_while_it_rings_sends_the_caller_on() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    assert engine.handle(BUSY, now=3) == [StopRinging(1, "ana"), ring(2, BO, "c1")]
    assert state_of(engine, ANA) == "outside call"


def test_a_phone_that_cannot_be_reached_while_it_rings_fails_by_its_own_news() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    assert engine.handle(GONE, now=3) == []
    assert engine.handle(OfferFailed(1, Cause.UNREACHABLE), now=4) == [ring(2, BO, "c1")]
    engine.handle(TimePassed(), now=34)
    assert state_of(engine, ANA) == "phone unreachable"


def test_who_picked_up_is_joined_whatever_the_phone_says() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    assert engine.handle(OfferAnswered(1), now=2) == [Connect(1, "ana", "c1")]
    assert engine.handle(BUSY, now=2) == []
    assert state_of(engine, ANA) == "answered"


def test_who_is_in_another_call_after_the_talk_is_not_rung() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    talk(engine, 1, now=2)
    engine.handle(BUSY, now=50)
    assert rung(engine.handle(TalkEnded(1), now=60)) == []
    assert state_of(engine, ANA) == "outside call"
    assert rung(engine.handle(FREE, now=70)) == ["ana"]


def test_the_wrap_up_goes_on_during_another_call_and_the_call_after_it() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", queue="heart")
    serve(engine, 1, 2, 60)
    engine.handle(DeviceChanged("cai", Device.BUSY), now=70)
    assert state_of(engine, CAI) == "wrap-up"
    engine.handle(TimePassed(), now=90)
    assert state_of(engine, CAI) == "outside call"


def test_who_is_not_ready_stays_so_whatever_the_phone_does() -> None:
    engine = engine_with(ANA)
    engine.handle(AgentNotReady("ana", "lunch"), now=1)
    for event in (BUSY, FREE, GONE, FREE):
        engine.handle(event, now=2)
        assert state_of(engine, ANA) == "not ready: lunch"


def test_ready_said_during_another_call_is_ready_after_it() -> None:
    engine = engine_with(ANA)
    engine.handle(AgentNotReady("ana", "lunch"), now=1)
    engine.handle(BUSY, now=2)
    engine.handle(AgentReady("ana"), now=3)
    assert state_of(engine, ANA) == "outside call"
    engine.handle(FREE, now=4)
    assert state_of(engine, ANA) == "ready"


def test_the_same_news_twice_is_one() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(FREE, now=5)
    assert rung(join(engine, "c1", now=6)) == ["ana"]


def test_a_new_plan_keeps_what_the_phone_said() -> None:
    engine = engine_with(ANA)
    engine.handle(BUSY, now=1)
    engine.handle(Configured((DESK, HEART), (ANA,)), now=2)
    assert rung(join(engine, "c1", now=3)) == []


def test_news_of_a_phone_of_nobody_changes_nothing() -> None:
    assert engine_with(ANA).handle(DeviceChanged("nobody", Device.BUSY), now=1) == []
