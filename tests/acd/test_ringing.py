"""How many phones ring for one caller, and that one of them wins."""

from __future__ import annotations

from dataclasses import replace

from acd.commands import Connect, SendAway, StopRinging
from acd.events import (
    AgentReady,
    CallerLeft,
    Cause,
    Configured,
    OfferAnswered,
    OfferFailed,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from acd.model import Condition, Overflow, Queue, Ringing
from tests.acd.scene import ANA, BO, CAI, DESK, RING_ALL, engine_with, join, line_of, ring, rung, serve, state_of, talk

MORE = replace(DESK, ringing=Ringing(at_once=1, more=1, every_seconds=5), ring_seconds=60)


def elsewhere(offer: int, agent: str) -> StopRinging:
    return StopRinging(offer, agent, answered_elsewhere=True)


# ---- all at once --------------------------------------------------------------------------------------------------


def test_all_who_are_ready_are_rung_at_once() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[RING_ALL])
    assert join(engine, "c1") == [ring(1, ANA, "c1"), ring(2, BO, "c1"), ring(3, CAI, "c1")]


def test_the_first_answer_wins_and_the_others_are_told() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[RING_ALL])
    join(engine, "c1")
    assert engine.handle(OfferAnswered(2), now=3) == [elsewhere(1, "ana"), elsewhere(3, "cai"), Connect(2, "bo", "c1")]
    assert [state_of(engine, each) for each in (ANA, BO, CAI)] == ["ready", "answered", "ready"]


def test_who_loses_the_race_is_told_and_stays_ready() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c1")
    engine.handle(OfferAnswered(1), now=3)
    assert engine.handle(OfferAnswered(2), now=3) == [elsewhere(2, "bo")]
    assert state_of(engine, BO) == "ready"


def test_who_loses_the_race_is_as_long_idle_as_before() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[RING_ALL, replace(DESK, name="single")])
    join(engine, "c1")
    engine.handle(OfferAnswered(2), now=3)
    assert rung(join(engine, "s1", queue="single", now=4)) == ["ana"]


def test_a_winner_who_hangs_up_before_the_talk_leaves_the_caller_to_all_the_others() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[RING_ALL])
    join(engine, "c1")
    engine.handle(OfferAnswered(2), now=3)
    assert engine.handle(OfferFailed(2, Cause.LOST), now=4) == [ring(4, ANA, "c1"), ring(5, CAI, "c1")]


def test_a_talk_that_began_unheard_of_stops_the_other_phones() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c1")
    assert engine.handle(TalkBegan(2), now=3) == [elsewhere(1, "ana")]
    assert engine.handle(TalkBegan(1), now=3) == []
    assert [state_of(engine, each) for each in (ANA, BO)] == ["ready", "talking"]


def test_who_becomes_ready_is_rung_as_well() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c0")
    serve(engine, 1, 2, 3)
    join(engine, "c1", now=4)
    engine.handle(OfferFailed(3, Cause.REFUSED), now=5)
    assert engine.handle(AgentReady("bo"), now=6) == [ring(5, BO, "c1")]


def test_one_who_refuses_leaves_the_other_phones_ringing() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c1")
    assert engine.handle(OfferFailed(1, Cause.REFUSED), now=5) == []
    assert engine.handle(OfferAnswered(2), now=6) == [Connect(2, "bo", "c1")]


def test_the_next_caller_has_whom_the_winner_left_over() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[RING_ALL])
    join(engine, "c1", "c2")
    commands = engine.handle(OfferAnswered(1), now=3)
    assert commands == [
        elsewhere(2, "bo"),
        elsewhere(3, "cai"),
        Connect(1, "ana", "c1"),
        ring(4, BO, "c2"),
        ring(5, CAI, "c2"),
    ]


def test_a_caller_who_hangs_up_stops_all_phones() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c1")
    assert engine.handle(CallerLeft("c1"), now=3) == [StopRinging(1, "ana"), StopRinging(2, "bo")]
    assert engine.offers() == ()


def test_two_phones_at_once_are_two() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[replace(DESK, ringing=Ringing(at_once=2))])
    assert rung(join(engine, "c1")) == ["ana", "bo"]
    assert rung(engine.handle(OfferFailed(1, Cause.BUSY), now=2)) == ["cai"]


def test_phones_that_a_new_plan_allows_ring_at_once() -> None:
    engine = engine_with(queues=[DESK])
    join(engine, "c1")
    assert rung(engine.handle(Configured((RING_ALL,), (ANA, BO)), now=2)) == ["ana", "bo"]


# ---- more and more ------------------------------------------------------------------------------------------------


def test_more_phones_ring_while_nobody_picks_up() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[MORE])
    assert rung(join(engine, "c1")) == ["ana"]
    assert engine.next_deadline() == 6
    assert rung(engine.handle(TimePassed(), now=6)) == ["bo"]
    assert rung(engine.handle(TimePassed(), now=11)) == ["cai"]
    assert engine.handle(OfferAnswered(2), now=12) == [elsewhere(1, "ana"), elsewhere(3, "cai"), Connect(2, "bo", "c1")]


def test_no_more_phones_ring_for_who_is_being_joined() -> None:
    engine = engine_with(ANA, BO, queues=[MORE])
    join(engine, "c1")
    engine.handle(OfferAnswered(1), now=2)
    assert rung(engine.handle(TimePassed(), now=6)) == []


def test_a_talk_ends_the_ringing_of_more() -> None:
    engine = engine_with(ANA, BO, queues=[MORE])
    join(engine, "c1")
    talk(engine, 1, now=2)
    assert engine.next_deadline() is None


def test_who_has_to_wait_anew_begins_with_as_many_phones_as_at_first() -> None:
    engine = engine_with(ANA, BO, queues=[MORE])
    join(engine, "c1")
    engine.handle(TimePassed(), now=6)
    engine.handle(OfferAnswered(1), now=7)
    assert rung(engine.handle(OfferFailed(1, Cause.LOST), now=8)) == ["bo"]
    assert [len(caller.offered_to) for caller in engine.waiting(now=8)] == [1]


def test_everybodys_phones_are_not_fewer_after_a_while() -> None:
    engine = engine_with(ANA, BO, queues=[replace(DESK, ringing=Ringing(at_once=0, more=1, every_seconds=5))])
    join(engine, "c1")
    engine.handle(TimePassed(), now=6)
    assert rung(engine.handle(Configured(engine.plan.queues, (ANA, BO, CAI)), now=7)) == ["cai"]


# ---- overflow meanwhile -------------------------------------------------------------------------------------------


def test_an_overflow_waits_for_the_last_phone_and_no_other_rings() -> None:
    queue = Queue("desk", ringing=Ringing(at_once=0), overflow=(Overflow(Condition(10), to="voicemail"),))
    engine = engine_with(ANA, BO, queues=[queue])
    join(engine, "c1")
    engine.handle(TimePassed(), now=11)
    engine.handle(OfferFailed(1, Cause.LOST), now=12)
    assert engine.handle(TimePassed(), now=17) == []
    assert line_of(engine) == ["c1"]
    assert engine.handle(OfferFailed(2, Cause.LOST), now=18) == [SendAway("c1", "desk", "voicemail", "waited 10 s")]


def test_a_phone_that_is_picked_up_beats_the_overflow() -> None:
    queue = Queue("desk", ringing=Ringing(at_once=0), overflow=(Overflow(Condition(10), to="voicemail"),))
    engine = engine_with(ANA, BO, queues=[queue])
    join(engine, "c1")
    engine.handle(TimePassed(), now=11)
    assert engine.handle(OfferAnswered(2), now=12) == [elsewhere(1, "ana"), Connect(2, "bo", "c1")]
    engine.handle(TalkBegan(2), now=12)
    assert engine.handle(TalkEnded(2), now=60) == []
