from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from acd.commands import Connect, Ring, StopRinging, TellPosition
from acd.events import (
    AgentLoggedOut,
    AgentReady,
    CallerJoined,
    CallerLeft,
    Cause,
    OfferAnswered,
    OfferFailed,
    Reconciled,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from acd.model import Absence, Condition, Overflow, Queue, Ringing, WrapUp
from acd.offers import CONNECT_SECONDS, RING_GRACE_SECONDS
from acd.skills import Needs
from acd.staff import BACK_OFF_SECONDS
from acd.strategies import drawn
from tests.acd.scene import ANA, BO, CAI, URGENT, engine_with, join, line_of, ring, state_of, step, talk

if TYPE_CHECKING:
    from acd.events import Event

RING_OVER = 1 + 20 + RING_GRACE_SECONDS


def test_a_caller_who_joins_rings_the_person_idle_longest() -> None:
    engine = engine_with(ANA, BO)
    assert join(engine, "c1") == [ring(1, ANA, "c1")]


def test_the_next_caller_rings_the_next_person() -> None:
    engine = engine_with(ANA, BO)
    assert join(engine, "c1", "c2") == [ring(2, BO, "c2")]


def test_people_idle_equally_long_are_rung_in_the_order_of_the_plan() -> None:
    engine = engine_with(BO, ANA)
    engine.handle(AgentReady("bo"), now=0)
    assert join(engine, "c1") == [ring(1, BO, "c1")]


def test_only_a_person_with_every_skill_needed_is_rung() -> None:
    engine = engine_with(ANA, CAI)
    assert join(engine, "c1", queue="heart") == [ring(1, CAI, "c1")]


def test_the_callers_own_needs_come_on_top_of_the_queues() -> None:
    engine = engine_with(ANA, CAI)
    assert engine.handle(CallerJoined("c1", "desk", Needs.parse("cardiology")), now=1) == [ring(1, CAI, "c1")]


def test_who_answers_is_connected_and_talks() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    assert engine.handle(OfferAnswered(1), now=5) == [Connect(1, "ana", "c1")]
    assert engine.handle(TalkBegan(1), now=5) == []
    assert state_of(engine, ANA) == "talking"
    assert engine.next_deadline() is None


def test_after_the_talk_the_caller_first_in_line_is_next() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2", "c3")
    talk(engine, 1, now=5)
    assert engine.handle(TalkEnded(1), now=60) == [ring(2, ANA, "c2")]


def test_a_person_takes_the_caller_who_waits_longest_in_any_of_their_queues() -> None:
    engine = engine_with(CAI)
    join(engine, "c1")
    join(engine, "c2", queue="heart", now=2)
    join(engine, "c3", now=3)
    talk(engine, 1, now=5)
    assert engine.handle(TalkEnded(1), now=60) == [ring(2, CAI, "c2")]


def test_an_urgent_caller_goes_before_everybody_in_all_queues() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", "c2", "c3")
    engine.handle(CallerJoined("c4", "heart", urgency=URGENT), now=4)
    talk(engine, 1, now=5)
    assert engine.handle(TalkEnded(1), now=60) == [ring(2, CAI, "c4")]


def test_a_caller_whom_nobody_free_can_serve_lets_others_pass_and_keeps_the_place() -> None:
    engine = engine_with(ANA, CAI)
    join(engine, "c1", queue="heart")
    join(engine, "c2", queue="heart", now=2)
    assert join(engine, "c3", now=3) == [ring(2, ANA, "c3")]
    assert line_of(engine, "heart") == ["c1", "c2"]


def test_an_unanswered_call_moves_to_the_next_person_and_the_first_is_passed_over() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    assert engine.next_deadline() == RING_OVER
    assert engine.handle(TimePassed(), now=RING_OVER) == [StopRinging(1, "ana"), ring(2, BO, "c1")]
    assert state_of(engine, ANA) == "back-off: no answer"


def test_the_pbx_ends_the_ring_before_the_engine_does() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    assert engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=21) == [ring(2, BO, "c1")]
    assert state_of(engine, ANA) == "back-off: no answer"


def test_an_answer_at_the_last_moment_beats_the_timer() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    assert engine.handle(OfferAnswered(1), now=RING_OVER) == [Connect(1, "ana", "c1")]


@pytest.mark.parametrize("cause", BACK_OFF_SECONDS)
def test_a_failed_ring_moves_to_the_next_person(cause: Cause) -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    assert engine.handle(OfferFailed(1, cause), now=2) == [ring(2, BO, "c1")]
    assert state_of(engine, ANA) == f"back-off: {cause}"


@pytest.mark.parametrize(("cause", "seconds"), BACK_OFF_SECONDS.items())
def test_a_lone_person_is_rung_again_when_the_back_off_is_over(cause: Cause, seconds: float) -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    assert engine.handle(OfferFailed(1, cause), now=2) == [TellPosition("c1", 1)]
    assert engine.next_deadline() == 2 + seconds
    assert engine.handle(TimePassed(), now=2 + seconds) == [ring(2, ANA, "c1")]


def test_every_failure_has_its_back_off() -> None:
    assert set(BACK_OFF_SECONDS) == set(Cause)


def test_a_caller_whose_ring_failed_is_still_before_later_ones() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    engine.handle(OfferFailed(1, Cause.BUSY), now=2)
    assert line_of(engine) == ["c1", "c2"]
    assert engine.handle(AgentReady("ana"), now=3) == [ring(2, ANA, "c1")]


def test_a_caller_who_hangs_up_stops_the_ringing_and_the_person_gets_the_next() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    assert engine.handle(CallerLeft("c1"), now=3) == [StopRinging(1, "ana"), ring(2, ANA, "c2")]


def test_a_person_whose_caller_hung_up_stays_the_one_idle_longest() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    engine.handle(CallerLeft("c1"), now=3)
    assert join(engine, "c2", now=4) == [ring(2, ANA, "c2")]


def test_a_caller_who_hangs_up_while_being_connected_frees_the_person() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    engine.handle(OfferAnswered(1), now=3)
    assert engine.handle(CallerLeft("c1"), now=3) == [StopRinging(1, "ana")]
    assert state_of(engine, ANA) == "ready"


def test_a_caller_who_hangs_up_in_a_talk_leaves_the_person_to_the_end_of_their_leg() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", queue="heart")
    talk(engine, 1, now=3)
    assert engine.handle(CallerLeft("c1"), now=9) == []
    assert state_of(engine, CAI) == "talking"
    assert engine.handle(TalkEnded(1), now=9) == []
    assert state_of(engine, CAI) == "wrap-up"
    assert engine.calls() == frozenset()


def test_a_caller_nobody_knows_may_leave() -> None:
    assert engine_with(ANA).handle(CallerLeft("stranger"), now=1) == []


def test_a_late_answer_is_told_that_somebody_else_was_faster() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    engine.handle(TimePassed(), now=RING_OVER)
    assert engine.handle(OfferAnswered(1), now=RING_OVER) == [StopRinging(1, "ana", answered_elsewhere=True)]
    assert engine.handle(OfferAnswered(2), now=24) == [Connect(2, "bo", "c1")]


def test_a_second_answer_of_the_same_offer_changes_nothing() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    engine.handle(OfferAnswered(1), now=3)
    assert engine.handle(OfferAnswered(1), now=4) == []


def test_a_join_that_never_becomes_a_talk_is_tried_again() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    engine.handle(OfferAnswered(1), now=3)
    assert engine.next_deadline() == 3 + CONNECT_SECONDS
    assert engine.handle(TimePassed(), now=3 + CONNECT_SECONDS) == [StopRinging(1, "ana"), ring(2, ANA, "c1")]


def test_a_person_who_hangs_up_before_the_talk_leaves_the_caller_in_place() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    engine.handle(OfferAnswered(1), now=3)
    assert engine.handle(TalkEnded(1), now=4) == [ring(2, BO, "c1")]


def test_a_talk_counts_even_when_the_answer_was_never_heard_of() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    engine.handle(TalkBegan(1), now=3)
    assert state_of(engine, ANA) == "talking"


def test_a_talk_may_end_as_a_failed_leg() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    talk(engine, 1, now=3)
    engine.handle(OfferFailed(1, Cause.LOST), now=9)
    assert (state_of(engine, ANA), engine.calls()) == ("ready", frozenset())


@pytest.mark.parametrize("event", [OfferFailed(7, Cause.BUSY), TalkBegan(7), TalkEnded(7), AgentReady("nobody")])
def test_news_of_strangers_changes_nothing(event: OfferFailed | TalkBegan | TalkEnded | AgentReady) -> None:
    engine = engine_with(ANA)
    assert engine.handle(event, now=1) == []
    assert join(engine, "c1", now=2) == [ring(1, ANA, "c1")]


def test_offers_are_listed_with_their_stage() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    [offer] = engine.offers()
    assert (offer.id, offer.agent, offer.call, offer.queue, offer.stage) == (1, "ana", "c1", "desk", "ringing")


def test_the_queue_of_a_caller_is_known_until_the_end() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    talk(engine, 1, now=3)
    assert engine.queue_of("c1") == "desk"
    engine.handle(TalkEnded(1), now=9)
    assert engine.queue_of("c1") is None


def test_one_caller_is_never_offered_to_two_people() -> None:
    engine = engine_with(ANA, BO)
    commands = [*join(engine, "c1"), *engine.handle(AgentReady("bo"), now=2)]
    assert [command for command in commands if isinstance(command, Ring)] == [ring(1, ANA, "c1")]


# ---- the same everywhere ------------------------------------------------------------------------------------------

PLACES = (
    Queue(
        "desk",
        (step("desk and not cardiology", Condition(30)), step("desk or cardiology")),
        strategy="random",
        ringing=Ringing(at_once=2),
        overflow=(Overflow(Condition(length=6, empty=frozenset(Absence)), to="voicemail"),),
        wrap_up=WrapUp(5),
    ),
    Queue("heart", (step("cardiology or desk >= 3"),), strategy="weighted", nearest_first=True),
)


def busy_day(events: int = 600) -> str:
    """What became of a drawn history, as one number."""
    engine = engine_with(ANA, BO, CAI, queues=PLACES)
    said = []
    for number in range(events):
        one, two, three = (drawn(7, number, which) % 1000 for which in range(3))
        offers, call = [offer.id for offer in engine.offers()], f"c{number}"
        offer = offers[two % len(offers)] if offers else 0
        event: Event = (
            CallerJoined(call, ("desk", "heart")[two % 2], preferred=("bo", "cai")[: three % 3], preferred_seconds=20),
            OfferAnswered(offer),
            TalkBegan(offer),
            TalkEnded(offer),
            OfferFailed(offer, list(Cause)[three % len(Cause)]),
            CallerLeft(next(iter(sorted(engine.calls())), "")),
            AgentLoggedOut(("ana", "bo", "cai")[two % 3]),
            AgentReady(("ana", "bo", "cai")[three % 3]),
            Reconciled(engine.calls(), frozenset(offers[::2]) | {900_001, 900_002}, frozenset(offers[1::4])),
            TimePassed(),
        )[one % 10]
        said.append(engine.handle(event, now=3.0 * number))
    return sha256(repr(said).encode()).hexdigest()


def test_the_same_history_has_the_same_outcome_in_every_process() -> None:
    """Sets of names are in another order in each process, unless PYTHONHASHSEED is the same."""
    said = set()
    for seed in "123":
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", f"from {__name__} import busy_day; print(busy_day())"]
        said.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip())
    assert said == {busy_day()}
