from __future__ import annotations

from acd.commands import StopRinging, TellPosition
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallerJoined,
    Cause,
    Configured,
    OfferAnswered,
    OfferFailed,
    TalkEnded,
    TimePassed,
)
from acd.model import Agent
from tests.acd.scene import ANA, BO, CAI, DESK, HEART, engine_with, join, ring, state_of, talk


def test_a_person_named_in_the_plan_is_ready_until_they_say_otherwise() -> None:
    assert state_of(engine_with(ANA), ANA) == "ready"


def test_a_person_may_have_to_sign_in_first() -> None:
    late = Agent("late", {"cardiology": 1}, ready=False)
    engine = engine_with(queues=[HEART])
    engine.handle(Configured((HEART,), (late,)), now=0)
    assert state_of(engine, late) == "logged out"
    assert join(engine, "c1", queue="heart") == [TellPosition("c1", 1)]
    assert engine.handle(AgentReady("late"), now=2) == [ring(1, late, "c1")]


def test_wrap_up_lasts_as_long_as_the_queue_says() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", "c2", queue="heart")
    talk(engine, 1, now=5)
    assert engine.handle(TalkEnded(1), now=60) == []
    assert state_of(engine, CAI) == "wrap-up"
    assert engine.next_deadline() == 90
    assert engine.handle(TimePassed(), now=90) == [ring(2, CAI, "c2")]


def test_a_person_may_end_the_wrap_up_early() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", "c2", queue="heart")
    talk(engine, 1, now=5)
    engine.handle(TalkEnded(1), now=60)
    assert engine.handle(AgentReady("cai"), now=65) == [ring(2, CAI, "c2")]


def test_a_call_ends_by_the_plan_it_was_offered_under() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", queue="heart")
    talk(engine, 1, now=5)
    engine.handle(Configured((DESK,), (CAI,)), now=6)
    engine.handle(TalkEnded(1), now=60)
    assert engine.next_deadline() == 60 + HEART.wrap_up.seconds


def test_who_worked_goes_behind_who_was_idle() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    talk(engine, 1, now=5)
    engine.handle(TalkEnded(1), now=60)
    assert join(engine, "c2", now=61) == [ring(2, BO, "c2")]


def test_wrap_up_that_ended_late_counts_as_idle_from_its_proper_end() -> None:
    engine = engine_with(CAI, BO)
    join(engine, "c1", queue="heart")
    talk(engine, 1, now=5)
    engine.handle(TalkEnded(1), now=60)
    engine.handle(AgentNotReady("bo", "coffee"), now=70)
    engine.handle(AgentReady("bo"), now=95)
    assert join(engine, "c2", now=100) == [ring(2, CAI, "c2")]


def test_a_person_who_is_not_ready_is_not_rung() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(AgentNotReady("ana", "lunch"), now=1)
    assert state_of(engine, ANA) == "not ready: lunch"
    assert join(engine, "c1", now=2) == [ring(1, BO, "c1")]


def test_not_ready_during_a_talk_takes_effect_after_it_in_place_of_wrap_up() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", "c2", queue="heart")
    talk(engine, 1, now=5)
    engine.handle(AgentNotReady("cai", "lunch"), now=9)
    assert state_of(engine, CAI) == "talking"
    assert engine.handle(TalkEnded(1), now=60) == []
    assert state_of(engine, CAI) == "not ready: lunch"
    assert engine.next_deadline() is None


def test_ready_during_a_talk_takes_back_the_not_ready() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    talk(engine, 1, now=5)
    engine.handle(AgentNotReady("ana", "lunch"), now=9)
    engine.handle(AgentReady("ana"), now=10)
    assert engine.handle(TalkEnded(1), now=60) == [ring(2, ANA, "c2")]


def test_not_ready_while_the_phone_rings_sends_the_caller_to_the_next_person() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    assert engine.handle(AgentNotReady("ana", "lunch"), now=3) == [StopRinging(1, "ana"), ring(2, BO, "c1")]
    assert state_of(engine, ANA) == "not ready: lunch"


def test_who_logs_out_while_being_connected_still_takes_that_call() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    engine.handle(OfferAnswered(1), now=3)
    assert engine.handle(AgentLoggedOut("ana"), now=3) == []
    talk(engine, 1, now=3)
    engine.handle(TalkEnded(1), now=9)
    assert state_of(engine, ANA) == "logged out"


def test_who_asked_to_leave_is_not_held_by_a_back_off() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    engine.handle(OfferAnswered(1), now=3)
    engine.handle(AgentLoggedOut("ana"), now=3)
    engine.handle(OfferFailed(1, Cause.LOST), now=4)
    assert (state_of(engine, ANA), engine.next_deadline()) == ("logged out", None)


def test_a_person_who_comes_back_begins_to_be_idle_then() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(AgentNotReady("ana", "lunch"), now=1)
    engine.handle(AgentReady("ana"), now=50)
    assert join(engine, "c1", now=51) == [ring(1, BO, "c1")]


def test_ready_said_twice_does_not_cost_the_place_among_the_idle() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(AgentReady("ana"), now=50)
    assert join(engine, "c1", now=51) == [ring(1, ANA, "c1")]


def test_a_person_removed_from_the_plan_finishes_the_talk_and_is_gone() -> None:
    engine = engine_with(ANA, CAI)
    join(engine, "c1")
    talk(engine, 1, now=5)
    engine.handle(Configured((HEART,), (CAI,)), now=6)
    assert state_of(engine, ANA) == "talking"
    engine.handle(TalkEnded(1), now=9)
    assert [person.agent for person in engine.agents(now=9)] == ["cai"]


def test_an_idle_person_removed_from_the_plan_is_gone_at_once() -> None:
    engine = engine_with(ANA, CAI)
    engine.handle(Configured((HEART,), (CAI,)), now=6)
    assert [person.agent for person in engine.agents(now=9)] == ["cai"]


def test_a_person_removed_during_a_back_off_leaves_no_timer() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    engine.handle(OfferFailed(1, Cause.BUSY), now=2)
    engine.handle(Configured((HEART,), ()), now=3)
    assert (engine.agents(now=3), engine.next_deadline()) == ((), None)


def test_a_person_named_again_before_the_talk_ended_stays() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", queue="heart")
    talk(engine, 1, now=5)
    engine.handle(Configured((HEART,), ()), now=6)
    engine.handle(Configured((HEART,), (CAI,)), now=7)
    engine.handle(TalkEnded(1), now=9)
    assert state_of(engine, CAI) == "wrap-up"


def test_a_new_skill_in_the_plan_counts_at_once() -> None:
    engine = engine_with(ANA)
    assert engine.handle(CallerJoined("c1", "heart"), now=1) == [TellPosition("c1", 1)]
    learned = Agent("ana", {"desk": 3, "cardiology": 1})
    assert engine.handle(Configured((HEART,), (learned,)), now=2) == [ring(1, ANA, "c1")]


def test_a_new_plan_keeps_who_is_not_ready() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(AgentNotReady("ana", "lunch"), now=1)
    engine.handle(Configured((HEART,), (ANA, BO)), now=2)
    assert (state_of(engine, ANA), state_of(engine, BO)) == ("not ready: lunch", "ready")
