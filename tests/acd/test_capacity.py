"""How much a person takes: calls per hour, several items of shared work, wrap-up and its extension."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from acd.commands import StopRinging, TellPosition
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    Cause,
    Configured,
    Disposed,
    OfferAnswered,
    OfferFailed,
    TalkBegan,
    TalkEnded,
    TimePassed,
    WrapUpExtended,
)
from acd.model import Agent, Queue, WrapUp
from tests.acd.scene import ANA, BO, DESK, engine_with, join, ring, rung, serve, state_of, step, talk

if TYPE_CHECKING:
    from acd.engine import Engine

HOUR = 3600
TWICE = Agent("twice", {"desk": 1}, calls_per_hour=2)
KEEN = Agent("keen", {"desk": 1}, capacity={"fax": 2})
FAX = Queue("fax", (step("desk"),), kind="fax")


# ---- calls per hour -----------------------------------------------------------------------------------------------


def test_who_had_enough_calls_is_passed_over_until_the_first_is_an_hour_ago() -> None:
    engine = engine_with(TWICE)
    join(engine, "c1", "c2", "c3", now=0)
    serve(engine, 1, 10, 20)
    assert rung(serve(engine, 2, 30, 40)) == []
    assert state_of(engine, TWICE) == "enough calls"
    assert engine.next_deadline() == 10 + HOUR
    assert engine.handle(TimePassed(), now=10 + HOUR) == [ring(3, TWICE, "c3")]


def test_failed_rings_are_no_calls() -> None:
    engine = engine_with(TWICE)
    join(engine, "c1", now=0)
    for offer in (1, 2, 3):
        engine.handle(OfferFailed(offer, Cause.LOST), now=10 * offer)
        assert rung(engine.handle(TimePassed(), now=10 * offer + 5)) == ["twice"]


def test_who_had_enough_calls_may_leave_and_comes_back_to_having_had_enough() -> None:
    engine = engine_with(replace(TWICE, calls_per_hour=1))
    join(engine, "c1", "c2", now=0)
    serve(engine, 1, 10, 20)
    engine.handle(AgentNotReady("twice", "lunch"), now=30)
    engine.handle(AgentReady("twice"), now=40)
    assert state_of(engine, TWICE) == "enough calls"
    assert engine.next_deadline() == 10 + HOUR


def test_ready_said_by_who_had_enough_calls_changes_nothing() -> None:
    engine = engine_with(replace(TWICE, calls_per_hour=1))
    join(engine, "c1", "c2", now=0)
    serve(engine, 1, 10, 20)
    assert rung(engine.handle(AgentReady("twice"), now=30)) == []


def test_what_is_remembered_of_the_hour_does_not_grow() -> None:
    engine = engine_with(replace(TWICE, calls_per_hour=50))
    for number in range(1, 200):
        join(engine, f"c{number}", now=100.0 * number)
        serve(engine, number, 100.0 * number, 100.0 * number + 1)
    assert len(engine.staff.people["twice"].began) <= 37


# ---- shared work --------------------------------------------------------------------------------------------------


def test_a_person_takes_as_many_items_as_the_plan_says() -> None:
    engine = engine_with(KEEN, queues=[DESK, FAX])
    assert [rung(join(engine, call, queue="fax")) for call in ("f1", "f2", "f3")] == [["keen"], ["keen"], []]
    talk(engine, 1, now=2)
    talk(engine, 2, now=2)
    assert engine.handle(TalkEnded(1), now=60) == [ring(3, KEEN, "f3")]


def test_who_takes_no_items_is_offered_none() -> None:
    engine = engine_with(ANA, KEEN, queues=[DESK, FAX])
    assert rung(join(engine, "f1", queue="fax")) == ["keen"]


def test_a_person_with_items_in_hand_is_offered_calls() -> None:
    engine = engine_with(KEEN, queues=[DESK, FAX])
    join(engine, "f1", queue="fax")
    talk(engine, 1, now=1)
    assert rung(join(engine, "c1", now=2)) == ["keen"]


def test_a_person_in_a_call_is_offered_no_items() -> None:
    engine = engine_with(KEEN, queues=[DESK, FAX])
    join(engine, "c1")
    talk(engine, 1, now=1)
    assert rung(join(engine, "f1", queue="fax", now=2)) == []
    assert rung(engine.handle(TalkEnded(1), now=60)) == ["keen"]


def test_the_end_of_an_item_is_no_wrap_up() -> None:
    engine = engine_with(KEEN, queues=[DESK, replace(FAX, wrap_up=WrapUp(60))])
    join(engine, "f1", queue="fax")
    serve(engine, 1, 2, 60)
    assert state_of(engine, KEEN) == "ready"


def test_an_item_that_is_not_taken_goes_to_the_next_and_the_person_is_passed_over() -> None:
    other = replace(KEEN, name="other")
    engine = engine_with(KEEN, other, queues=[DESK, FAX])
    join(engine, "f1", queue="fax")
    assert engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=20) == [ring(2, other, "f1")]
    assert state_of(engine, KEEN) == "back-off: no answer"


def test_an_item_that_is_not_taken_during_a_call_leaves_the_call_alone() -> None:
    engine = engine_with(KEEN, queues=[DESK, FAX])
    join(engine, "f1", queue="fax")
    join(engine, "c1")
    talk(engine, 2, now=2)
    engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=20)
    assert state_of(engine, KEEN) == "talking"


def test_who_goes_to_lunch_lets_the_items_that_ring_go_and_keeps_those_in_hand() -> None:
    engine = engine_with(KEEN, queues=[DESK, FAX])
    join(engine, "f1", "f2", queue="fax")
    talk(engine, 1, now=2)
    assert engine.handle(AgentNotReady("keen", "lunch"), now=3) == [StopRinging(2, "keen"), TellPosition("f2", 1)]
    assert [(offer.id, offer.stage) for offer in engine.offers()] == [(1, "talking")]
    assert engine.handle(TalkEnded(1), now=60) == []
    assert state_of(engine, KEEN) == "not ready: lunch"


def in_hand(queues: tuple[Queue, ...] = (DESK, FAX)) -> Engine:
    engine = engine_with(KEEN, queues=queues)
    join(engine, "f1", queue="fax")
    talk(engine, 1, now=1)
    return engine


def test_who_leaves_the_plan_with_items_in_hand_finishes_them() -> None:
    engine = in_hand()
    engine.handle(Configured((DESK, FAX), ()), now=2)
    assert [person.agent for person in engine.agents(now=2)] == ["keen"]
    engine.handle(TalkEnded(1), now=60)
    assert engine.agents(now=60) == ()


def test_who_leaves_the_plan_with_items_in_hand_is_offered_nothing() -> None:
    engine = in_hand()
    engine.handle(Configured((DESK, FAX), ()), now=2)
    engine.handle(AgentReady("keen"), now=3)
    assert rung(join(engine, "c1", now=4)) == []


def test_who_leaves_the_plan_with_an_item_that_fails_is_gone() -> None:
    engine = engine_with(KEEN, queues=[DESK, FAX])
    join(engine, "f1", queue="fax")
    engine.handle(Configured((DESK, FAX), ()), now=2)
    assert engine.handle(OfferFailed(1, Cause.REFUSED), now=3) == [TellPosition("f1", 1)]
    assert engine.agents(now=3) == ()


def test_who_leaves_the_plan_while_wrapping_up_with_items_in_hand_is_gone_after_them() -> None:
    wrapping = replace(DESK, wrap_up=WrapUp(30))
    engine = in_hand((wrapping, FAX))
    join(engine, "c1", now=2)
    serve(engine, 2, 3, 5)
    engine.handle(Configured((wrapping, FAX), ()), now=6)
    engine.handle(TalkEnded(1), now=7)
    assert (engine.agents(now=8), engine.next_deadline()) == ((), None)
    assert engine.handle(TimePassed(), now=100) == []


def test_who_leaves_the_plan_and_comes_back_has_the_items_still_in_hand() -> None:
    engine = in_hand()
    engine.handle(Configured((DESK, FAX), ()), now=2)
    engine.handle(Configured((DESK, FAX), (KEEN,)), now=3)
    assert [rung(join(engine, call, queue="fax", now=4)) for call in ("f2", "f3")] == [["keen"], []]


def test_who_logs_out_and_in_with_items_in_hand_is_offered_as_many_as_there_is_room_for() -> None:
    engine = in_hand()
    engine.handle(AgentLoggedOut("keen"), now=2)
    engine.handle(AgentReady("keen"), now=3)
    assert [rung(join(engine, call, queue="fax", now=4)) for call in ("f2", "f3")] == [["keen"], []]


# ---- wrap-up ------------------------------------------------------------------------------------------------------

LONG = replace(DESK, wrap_up=WrapUp(30, longest_seconds=100))
FORCED = replace(DESK, wrap_up=WrapUp(30, longest_seconds=100, disposition=True))


def wrapping(queue: Queue = LONG) -> Engine:
    """Ana's wrap-up began at second 60; c2 waits."""
    engine = engine_with(ANA, queues=[queue])
    join(engine, "c1", "c2")
    serve(engine, 1, 5, 60)
    return engine


def test_a_wrap_up_may_be_extended() -> None:
    engine = wrapping()
    engine.handle(WrapUpExtended("ana", 20), now=70)
    assert engine.next_deadline() == 110


def test_a_wrap_up_is_never_extended_beyond_what_the_queue_allows() -> None:
    engine = wrapping()
    for _ in range(5):
        engine.handle(WrapUpExtended("ana", 30), now=70)
    assert engine.next_deadline() == 160


def test_who_does_not_wrap_up_has_nothing_to_extend() -> None:
    engine = engine_with(ANA)
    assert engine.handle(WrapUpExtended("ana", 30), now=1) == []
    assert rung(join(engine, "c1")) == ["ana"]


def test_a_disposition_ends_the_wrap_up_when_its_time_is_over() -> None:
    engine = wrapping(FORCED)
    assert engine.next_deadline() == 160
    engine.handle(Disposed("ana", "appointment made"), now=70)
    assert engine.next_deadline() == 90
    assert engine.handle(TimePassed(), now=90) == [ring(2, ANA, "c2")]


def test_a_disposition_that_comes_late_ends_the_wrap_up_at_once_and_not_before() -> None:
    engine = wrapping(FORCED)
    assert engine.handle(TimePassed(), now=90) == []
    assert engine.handle(Disposed("ana", "appointment made"), now=120) == [ring(2, ANA, "c2")]
    assert engine.staff.people["ana"].idle_since == 120


def test_a_disposition_that_never_comes_holds_nobody_for_ever() -> None:
    assert wrapping(FORCED).handle(TimePassed(), now=160) == [ring(2, ANA, "c2")]


def test_ready_does_not_end_a_wrap_up_that_waits_for_a_disposition_but_both_do() -> None:
    engine = wrapping(FORCED)
    assert engine.handle(AgentReady("ana"), now=70) == []
    assert (state_of(engine, ANA), engine.next_deadline()) == ("wrap-up", 160)
    assert engine.handle(Disposed("ana", "appointment made"), now=75) == [ring(2, ANA, "c2")]


def test_who_waits_for_a_disposition_may_still_log_out() -> None:
    engine = wrapping(FORCED)
    engine.handle(AgentLoggedOut("ana"), now=70)
    assert (state_of(engine, ANA), engine.next_deadline()) == ("logged out", None)


def test_a_disposition_may_be_given_while_talking() -> None:
    engine = engine_with(ANA, queues=[FORCED])
    join(engine, "c1", "c2")
    talk(engine, 1, now=5)
    engine.handle(Disposed("ana", "appointment made"), now=50)
    engine.handle(TalkEnded(1), now=60)
    assert engine.next_deadline() == 90
    assert engine.handle(AgentReady("ana"), now=70) == [ring(2, ANA, "c2")]


def test_a_disposition_of_an_earlier_call_does_not_end_a_later_wrap_up() -> None:
    engine = wrapping(FORCED)
    engine.handle(Disposed("ana", "appointment made"), now=70)
    engine.handle(TimePassed(), now=90)
    serve(engine, 2, 95, 100)
    assert engine.next_deadline() == 200


def test_each_queue_has_its_own_wrap_up() -> None:
    engine = engine_with(BO, queues=[DESK, replace(LONG, name="long")])
    join(engine, "c1")
    serve(engine, 1, 2, 10)
    assert state_of(engine, BO) == "ready"
    join(engine, "c2", queue="long", now=20)
    serve(engine, 2, 22, 30)
    assert state_of(engine, BO) == "wrap-up"


# ---- not ready for a while ----------------------------------------------------------------------------------------


def test_who_is_away_for_a_while_comes_back_unasked() -> None:
    engine = engine_with(ANA)
    engine.handle(AgentNotReady("ana", "break", longest_seconds=600), now=1)
    join(engine, "c1", now=2)
    assert engine.next_deadline() == 601
    assert engine.handle(TimePassed(), now=601) == [ring(1, ANA, "c1")]


def test_a_while_that_begins_after_the_talk_lasts_from_there() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    talk(engine, 1, now=2)
    engine.handle(AgentNotReady("ana", "break", longest_seconds=600), now=3)
    engine.handle(TalkEnded(1), now=100)
    assert (state_of(engine, ANA), engine.next_deadline()) == ("not ready: break", 700)


def test_who_comes_back_earlier_is_not_called_back_again() -> None:
    engine = engine_with(ANA)
    engine.handle(AgentNotReady("ana", "break", longest_seconds=600), now=1)
    engine.handle(AgentReady("ana"), now=2)
    engine.handle(AgentNotReady("ana", "lunch"), now=3)
    assert engine.next_deadline() is None


# ---- failed rings by cause ----------------------------------------------------------------------------------------


def test_the_practice_may_choose_its_own_delays() -> None:
    engine = engine_with(ANA)
    engine.handle(Configured((DESK,), (ANA,), after_failure={Cause.REFUSED: 3}), now=0)
    join(engine, "c1")
    engine.handle(OfferFailed(1, Cause.REFUSED), now=2)
    assert engine.next_deadline() == 5


def test_the_practice_may_make_who_does_not_answer_not_ready() -> None:
    engine = engine_with(ANA)
    engine.handle(Configured((DESK,), (ANA,), after_failure={Cause.NO_ANSWER: None}), now=0)
    join(engine, "c1")
    engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=20)
    assert (state_of(engine, ANA), engine.next_deadline()) == ("not ready: no answer", None)
    assert engine.handle(AgentReady("ana"), now=500) == [ring(2, ANA, "c1")]


def test_an_answer_after_a_failure_is_told_off_and_changes_nothing() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=20)
    assert engine.handle(OfferAnswered(1), now=20) == [StopRinging(1, "ana", answered_elsewhere=True)]
    assert engine.handle(TalkBegan(1), now=21) == []
    assert state_of(engine, ANA) == "back-off: no answer"
