"""The care team, the last nurse: people whom a caller is kept for, for a while."""

from __future__ import annotations

import pytest

from acd.commands import TellPosition
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallbackAsked,
    CallerJoined,
    CallerLeft,
    Cause,
    Configured,
    Device,
    DeviceChanged,
    Event,
    OfferFailed,
    TalkEnded,
    TimePassed,
)
from acd.explain import explain_offer
from acd.model import Agent, Queue
from acd.skills import Needs
from tests.acd.scene import ANA, BO, CAI, DESK, engine_with, join, ring, rung, step, talk


def for_bo(call: str = "c1", queue: str = "desk", seconds: float = 60) -> CallerJoined:
    return CallerJoined(call, queue, preferred=("bo",), preferred_seconds=seconds)


def test_a_preferred_person_is_rung_before_who_is_idle_longer() -> None:
    assert engine_with(ANA, BO).handle(for_bo(), now=1) == [ring(1, BO, "c1")]


def test_of_several_preferred_people_the_queues_strategy_chooses() -> None:
    engine = engine_with(ANA, BO, CAI)
    caller = CallerJoined("c1", "desk", preferred=("cai", "bo"), preferred_seconds=60)
    assert rung(engine.handle(caller, now=1)) == ["bo"]


def test_the_caller_waits_for_a_preferred_person_who_is_busy_while_others_are_free() -> None:
    engine = engine_with(BO, ANA)
    join(engine, "c0")
    talk(engine, 1, now=1)
    assert engine.handle(for_bo(), now=2) == [TellPosition("c1", 1)]
    assert engine.handle(TalkEnded(1), now=30) == [ring(2, BO, "c1")]


def test_who_waits_for_somebody_else_lets_others_pass() -> None:
    engine = engine_with(BO, ANA)
    join(engine, "c0")
    talk(engine, 1, now=1)
    engine.handle(for_bo(), now=2)
    assert join(engine, "c2", now=3) == [ring(2, ANA, "c2")]


def test_after_a_while_anybody_is_rung() -> None:
    engine = engine_with(BO, ANA)
    join(engine, "c0")
    talk(engine, 1, now=1)
    engine.handle(for_bo(), now=2)
    assert engine.next_deadline() == 62
    assert engine.handle(TimePassed(), now=62) == [ring(2, ANA, "c1")]


@pytest.mark.parametrize(
    "event",
    [AgentLoggedOut("bo"), AgentNotReady("bo", "lunch"), DeviceChanged("bo", Device.GONE), Configured((DESK,), (ANA,))],
    ids=lambda event: type(event).__name__,
)
def test_when_no_preferred_person_is_at_work_any_more_anybody_is_rung_at_once(event: Event) -> None:
    engine = engine_with(BO, ANA)
    engine.handle(DeviceChanged("bo", Device.BUSY), now=1)
    engine.handle(for_bo(), now=2)
    assert rung(engine.handle(event, now=3)) == ["ana"]


def test_nobody_is_kept_waiting_for_people_who_are_not_there_at_all() -> None:
    engine = engine_with(ANA)
    assert engine.handle(for_bo(), now=1) == [ring(1, ANA, "c1")]


def test_nobody_is_kept_waiting_for_a_person_who_lacks_what_is_needed() -> None:
    engine = engine_with(CAI, BO)
    assert engine.handle(for_bo(queue="heart"), now=1) == [ring(1, CAI, "c1")]


def test_a_preferred_person_who_does_not_answer_is_waited_for() -> None:
    engine = engine_with(BO, ANA)
    engine.handle(for_bo(seconds=120), now=1)
    assert rung(engine.handle(OfferFailed(1, Cause.REFUSED), now=2)) == []
    assert engine.handle(TimePassed(), now=17) == [ring(2, BO, "c1")]


def test_all_who_wait_for_the_same_person_are_let_go_together() -> None:
    engine = engine_with(BO, ANA, CAI)
    join(engine, "c0")
    engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=1)
    engine.handle(CallerLeft("c0"), now=1)
    engine.handle(for_bo("c1"), now=2)
    engine.handle(for_bo("c2"), now=2)
    assert rung(engine.handle(AgentLoggedOut("bo"), now=3)) == ["ana", "cai"]


def test_a_preferred_person_who_comes_back_too_late_is_one_of_all() -> None:
    engine = engine_with(BO)
    engine.handle(AgentNotReady("bo", "lunch"), now=0)
    engine.handle(for_bo(), now=1)
    engine.handle(Configured((DESK,), (ANA, BO)), now=2)
    engine.handle(CallerLeft("c1"), now=3)
    join(engine, "c2", now=4)
    assert rung(engine.handle(AgentReady("bo"), now=5)) == []


def test_a_callback_too_waits_for_a_preferred_person_no_longer_than_said() -> None:
    engine = engine_with(BO, ANA)
    join(engine, "c0")
    talk(engine, 1, now=1)
    engine.handle(for_bo(), now=2)
    engine.handle(CallbackAsked("c1"), now=3)
    assert rung(engine.handle(TimePassed(), now=62)) == ["ana"]


# ---- preferred skills ---------------------------------------------------------------------------------------------

SPANISH_PREFERRED = Queue("desk", (step("desk"),), prefers=Needs.parse("spanish"))
SPEAKS = Agent("eva", {"desk": 1, "spanish": 3})


def test_whoever_has_what_is_preferred_goes_first_though_idle_for_less_long() -> None:
    engine = engine_with(ANA, SPEAKS, queues=[SPANISH_PREFERRED])
    join(engine, "c1")
    assert [offer.agent for offer in engine.offers()] == ["eva"]
    told = {each.agent: each.why for each in explain_offer(engine, 1, now=1).considered}
    assert told["ana"] == "lacks spanish, which is preferred"


def test_nobody_is_waited_for_because_of_what_is_preferred() -> None:
    engine = engine_with(ANA, SPEAKS, queues=[SPANISH_PREFERRED])
    join(engine, "c1", "c2")
    assert [offer.agent for offer in engine.offers()] == ["eva", "ana"]
