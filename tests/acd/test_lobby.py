from __future__ import annotations

from acd.commands import Moved, Ring, SendAway, StopRinging, TellPosition
from acd.events import (
    AgentNotReady,
    AgentReady,
    CallbackAsked,
    CallerJoined,
    CallerLeft,
    Cause,
    Configured,
    OfferAnswered,
    OfferFailed,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from acd.lobby import TOLD_PLACES
from acd.model import Callback, Condition, Overflow, Queue
from acd.skills import Needs
from tests.acd.scene import ANA, BRIEF, CAI, DESK, HEART, URGENT, engine_with, join, line_of, ring, step, talk, told

NURSE = Queue("nurse", (step("nurse"),))


def test_who_rings_at_once_is_told_no_position() -> None:
    assert told(join(engine_with(ANA), "c1")) == {}


def test_the_place_counts_the_caller_who_is_being_rung_for() -> None:
    assert told(join(engine_with(ANA), "c1", "c2")) == {"c2": 2}


def test_everybody_moves_up_when_a_talk_begins() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2", "c3")
    engine.handle(OfferAnswered(1), now=2)
    assert told(engine.handle(TalkBegan(1), now=2)) == {"c2": 1, "c3": 2}


def test_everybody_behind_moves_up_when_a_caller_hangs_up() -> None:
    engine = engine_with()
    join(engine, "c1", "c2", "c3")
    assert told(engine.handle(CallerLeft("c2"), now=2)) == {"c3": 2}


def test_a_failed_ring_changes_nobodys_place() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    assert told(engine.handle(OfferFailed(1, Cause.BUSY), now=2)) == {"c1": 1}


def test_a_place_that_an_urgent_caller_took_is_not_told_again() -> None:
    engine = engine_with()
    join(engine, "c1", "c2")
    assert told(engine.handle(CallerJoined("c3", "desk", urgency=URGENT), now=2)) == {"c3": 1}
    assert told(engine.handle(CallerLeft("c3"), now=3)) == {}
    assert told(engine.handle(CallerLeft("c1"), now=4)) == {"c2": 1}


def test_the_end_of_a_long_line_is_told_its_place_on_joining_only() -> None:
    engine = engine_with()
    calls = [f"c{number}" for number in range(1, TOLD_PLACES + 4)]
    assert told(join(engine, *calls)) == {calls[-1]: len(calls)}
    moved_up = told(engine.handle(CallerLeft("c1"), now=2))
    assert moved_up == {call: place for place, call in enumerate(calls[1 : TOLD_PLACES + 1], start=1)}


def test_who_waited_long_enough_is_sent_to_the_overflow() -> None:
    engine = engine_with(queues=[BRIEF])
    join(engine, "c1")
    assert engine.next_deadline() == 61
    assert engine.handle(TimePassed(), now=61) == [SendAway("c1", "desk", "voicemail desk", "waited 1 min")]
    assert engine.calls() == frozenset()


def test_the_overflow_waits_until_a_ring_has_failed() -> None:
    engine = engine_with(ANA, queues=[BRIEF])
    join(engine, "c1")
    engine.handle(OfferFailed(1, Cause.UNREACHABLE), now=20)
    assert engine.handle(TimePassed(), now=50) == [ring(2, ANA, "c1")]
    assert engine.handle(TimePassed(), now=61) == []
    assert engine.handle(OfferFailed(2, Cause.REFUSED), now=62) == [
        SendAway("c1", "desk", "voicemail desk", "waited 1 min")
    ]


def test_who_is_answered_in_time_is_not_sent_away() -> None:
    engine = engine_with(ANA, queues=[BRIEF])
    join(engine, "c1", now=1)
    talk(engine, 1, now=2)
    assert engine.next_deadline() is None


def test_an_answer_beats_an_overflow_that_was_due_during_the_ring() -> None:
    engine = engine_with(queues=[BRIEF])
    join(engine, "c1")
    engine.handle(Configured((BRIEF,), (ANA,)), now=50)
    engine.handle(TimePassed(), now=65)
    engine.handle(OfferAnswered(1), now=66)
    assert line_of(engine) == ["c1"]


def test_joining_again_keeps_the_place_and_tells_it_again() -> None:
    engine = engine_with()
    join(engine, "c1", "c2")
    assert join(engine, "c1", now=30) == [TellPosition("c1", 1)]
    assert line_of(engine) == ["c1", "c2"]


def test_joining_again_does_not_extend_the_longest_wait() -> None:
    engine = engine_with(queues=[BRIEF])
    join(engine, "c1")
    join(engine, "c1", now=30)
    assert engine.next_deadline() == 61


def test_a_move_to_another_queue_keeps_the_time_of_joining() -> None:
    engine = engine_with()
    join(engine, "c1", now=1)
    join(engine, "c2", queue="heart", now=2)
    assert told(join(engine, "c1", queue="heart", now=3)) == {"c1": 1}
    assert line_of(engine, "heart") == ["c1", "c2"]
    assert line_of(engine, "desk") == []


def test_a_move_to_another_queue_begins_that_queues_longest_wait() -> None:
    engine = engine_with(queues=[BRIEF, Queue("heart", overflow=(Overflow(Condition(40), to="voicemail heart"),))])
    join(engine, "c1", now=1)
    join(engine, "c1", queue="heart", now=50)
    assert engine.next_deadline() == 90


def test_a_move_during_a_ring_stops_it_and_rings_who_is_right_now() -> None:
    engine = engine_with(ANA, CAI)
    join(engine, "c1")
    assert join(engine, "c1", queue="heart", now=3) == [StopRinging(1, "ana"), ring(2, CAI, "c1")]


def test_joining_the_same_queue_again_during_a_ring_lets_it_ring() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    assert join(engine, "c1", now=3) == []
    assert [offer.stage for offer in engine.offers()] == ["ringing"]


def test_urgency_rises_on_joining_again() -> None:
    engine = engine_with()
    join(engine, "c1", "c2")
    assert told(engine.handle(CallerJoined("c2", "desk", urgency=URGENT), now=3)) == {"c2": 1}
    assert line_of(engine) == ["c2", "c1"]


def test_urgency_never_sinks() -> None:
    engine = engine_with()
    join(engine, "c1")
    engine.handle(CallerJoined("c2", "desk", urgency=URGENT), now=2)
    join(engine, "c2", now=3)
    assert line_of(engine) == ["c2", "c1"]


def test_urgency_that_rises_during_a_ring_lasts_when_the_ring_fails() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    engine.handle(CallerJoined("c3", "desk", urgency=URGENT), now=2)
    engine.handle(CallerJoined("c1", "desk", urgency=URGENT), now=3)
    engine.handle(OfferFailed(1, Cause.BUSY), now=4)
    assert line_of(engine) == ["c1", "c3", "c2"]


def test_who_joins_after_a_talk_whose_end_is_not_known_yet_waits_anew() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", queue="heart")
    talk(engine, 1, now=3)
    assert join(engine, "c1", now=60) == [StopRinging(1, "cai"), TellPosition("c1", 1)]
    assert [caller.waited_seconds for caller in engine.waiting(now=70)] == [10]
    assert engine.handle(TalkEnded(1), now=61) == []
    assert engine.handle(AgentReady("cai"), now=62) == [ring(2, CAI, "c1")]


def test_who_joins_a_queue_that_the_plan_does_not_name_is_sent_away() -> None:
    engine = engine_with(ANA)
    assert join(engine, "c1", queue="gone") == [SendAway("c1", "gone", "", "always")]


def test_callers_in_a_removed_queue_are_sent_away() -> None:
    engine = engine_with()
    join(engine, "c1", "c2")
    commands = engine.handle(Configured((HEART,), ()), now=9)
    assert commands == [SendAway("c1", "desk", "", "always"), SendAway("c2", "desk", "", "always")]


def test_callers_in_a_removed_queue_go_over_to_the_operator_and_who_is_in_danger_to_the_nurse() -> None:
    engine = engine_with()
    join(engine, "c1", "c2")
    engine.handle(CallerJoined("c3", "desk", urgency=URGENT), now=1)
    commands = engine.handle(Configured((HEART, NURSE), (), operator="heart", urgent="nurse"), now=9)
    assert [each for each in commands if isinstance(each, Moved)] == [
        Moved("c1", "desk", "heart", "the queue is no more"),
        Moved("c2", "desk", "heart", "the queue is no more"),
        Moved("c3", "desk", "nurse", "the queue is no more"),
    ]
    assert [(each.call, each.waited_seconds) for each in engine.waiting(9)] == [("c1", 8), ("c2", 8), ("c3", 8)]


def test_who_joins_a_queue_that_is_no_more_waits_at_the_operators() -> None:
    engine = engine_with()
    engine.handle(Configured((HEART,), (), operator="heart", urgent="gone"), now=1)
    moved = engine.handle(CallerJoined("c1", "desk", urgency=URGENT), now=2)
    assert moved[0] == Moved("c1", "desk", "heart", "the queue is no more")
    assert engine.queue_of("c1") == "heart"


def test_who_waits_to_be_called_back_is_called_back_though_the_queue_is_no_more() -> None:
    engine = engine_with()
    join(engine, "c1")
    engine.handle(CallbackAsked("c1", Callback()), now=5)
    commands = engine.handle(Configured((HEART,), (CAI,), operator="heart"), now=9)
    assert commands[0] == Moved("c1", "desk", "heart", "the queue is no more")
    assert [type(each).__name__ for each in commands[1:]] == ["Ring"]


def test_a_skill_that_nobody_has_any_more_is_asked_of_nobody_and_one_that_nobody_ever_had_goes_on_being_asked() -> None:
    engine = engine_with(CAI)
    engine.handle(AgentNotReady("cai", "lunch"), now=1)
    engine.handle(CallerJoined("c1", "desk", Needs.parse("cardiology")), now=1)
    engine.handle(CallerJoined("c2", "desk", Needs.parse("magic")), now=1)
    ring = engine.handle(Configured((DESK,), (ANA,)), now=2)[-1]
    assert ring == Ring(1, "ana", "c1", 20.0)
    assert [each.call for each in engine.waiting(3) if not each.offered_to] == ["c2"]


def test_a_caller_of_a_removed_queue_who_is_being_rung_for_may_still_be_answered() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    assert engine.handle(Configured((HEART,), (ANA,)), now=9) == [SendAway("c2", "desk", "", "always")]
    assert engine.handle(OfferFailed(1, Cause.BUSY), now=9) == [SendAway("c1", "desk", "", "always")]


def test_a_new_plan_keeps_places_and_changes_the_longest_wait() -> None:
    engine = engine_with(queues=[BRIEF])
    join(engine, "c1", "c2")
    assert engine.handle(Configured((DESK,), ()), now=9) == []
    assert (line_of(engine), engine.next_deadline()) == (["c1", "c2"], None)


def test_the_line_shows_how_long_each_caller_waits_and_who_is_rung() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", now=1)
    join(engine, "c2", now=4)
    shown = [(caller.call, caller.position, caller.waited_seconds, caller.offered_to) for caller in engine.waiting(10)]
    assert shown == [("c1", 1, 9, ("ana",)), ("c2", 2, 6, ())]
