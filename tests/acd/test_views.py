"""How things stand, for status pages."""

from __future__ import annotations

from dataclasses import replace

from acd.events import (
    AgentNotReady,
    CallbackAsked,
    CallerJoined,
    CallerLeft,
    Configured,
    OfferAnswered,
    TalkBegan,
    TalkEnded,
)
from acd.model import Callback, Condition, Queue
from acd.skills import Needs
from acd.stats import QueueFigures
from acd.views import OfferStatus, Outlook, PersonStatus, QueueStatus, WaitingCaller
from tests.acd.scene import ANA, BO, CAI, DESK, HEART, RING_ALL, URGENT, engine_with, join, serve, step, talk

NOTHING = QueueFigures(0, 0, 0, 0, None, None, None, None)


# ---- callers ------------------------------------------------------------------------------------------------------


def test_a_caller_in_line_is_shown_with_needs_urgency_step_and_who_is_rung() -> None:
    queue = Queue("desk", (step("cardiology", Condition(60)), step("desk")))
    engine = engine_with(ANA, queues=[queue])
    engine.handle(CallerJoined("c1", "desk", Needs.parse("not nurse"), URGENT), now=1)
    assert engine.waiting(now=11) == (
        WaitingCaller(
            "c1",
            "desk",
            position=1,
            needs=Needs.parse("desk and not nurse"),
            urgency=URGENT,
            waited_seconds=10,
            offered_to=("ana",),
            step=1,
        ),
    )


def test_callers_are_shown_queue_by_queue_in_their_order() -> None:
    engine = engine_with()
    join(engine, "h1", queue="heart")
    join(engine, "d1", "d2")
    assert [(each.queue, each.position, each.call) for each in engine.waiting(now=2)] == [
        ("desk", 1, "d1"),
        ("desk", 2, "d2"),
        ("heart", 1, "h1"),
    ]


def test_all_whose_phones_ring_for_a_caller_are_shown() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c1")
    assert [each.offered_to for each in engine.waiting(now=2)] == [("ana", "bo")]


def test_who_talks_waits_no_more() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    talk(engine, 1, now=2)
    assert (engine.waiting(now=3), engine.outlook("c1", now=3)) == ((), None)
    assert engine.calls() == frozenset({"c1"})


def test_the_outlook_is_the_place_and_the_wait_that_is_left() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    assert engine.outlook("c2", now=2) == Outlook("desk", position=2, estimate=None)
    assert engine.outlook("stranger", now=2) is None


def test_the_outlook_knows_a_wait_once_a_call_was_handled() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    serve(engine, 1, 2, 302)
    join(engine, "c2", "c3", now=303)
    outlook = engine.outlook("c3", now=304)
    assert outlook is not None
    assert outlook.estimate is not None
    assert 0 < outlook.estimate.low <= outlook.estimate.seconds <= outlook.estimate.high


# ---- people -------------------------------------------------------------------------------------------------------


def test_people_are_shown_in_the_order_of_the_plan_with_state_reason_and_call() -> None:
    engine = engine_with(BO, ANA)
    engine.handle(AgentNotReady("ana", "lunch"), now=5)
    join(engine, "c1", now=8)
    assert [(each.agent, str(each.state), each.why, each.seconds, each.call) for each in engine.agents(now=10)] == [
        ("bo", "ringing", "", 2, "c1"),
        ("ana", "not ready", "lunch", 5, None),
    ]


def test_a_state_is_as_old_as_itself() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", now=1)
    engine.handle(OfferAnswered(1), now=4)
    assert engine.agents(now=5)[0].seconds == 1
    engine.handle(TalkBegan(1), now=5)
    engine.handle(TalkEnded(1), now=65)
    [ana] = engine.agents(now=70)
    assert isinstance(ana, PersonStatus)
    assert (str(ana.state), ana.seconds) == ("ready", 5)


# ---- offers -------------------------------------------------------------------------------------------------------


def test_offers_are_shown_oldest_first_with_their_stage() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1", "c2")
    engine.handle(OfferAnswered(1), now=2)
    assert [(each.id, each.agent, each.call, each.queue, str(each.stage)) for each in engine.offers()] == [
        (1, "ana", "c1", "desk", "answered"),
        (2, "bo", "c2", "desk", "ringing"),
    ]
    assert all(isinstance(each, OfferStatus) for each in engine.offers())


# ---- queues -------------------------------------------------------------------------------------------------------


def test_a_queue_at_rest() -> None:
    engine = engine_with(ANA, BO, queues=[DESK])
    assert engine.queues(now=5) == (
        QueueStatus(
            "desk",
            waiting=0,
            callbacks=0,
            longest_wait_seconds=0,
            staffed=2,
            ready=2,
            estimate=None,
            figures=NOTHING,
        ),
    )


def test_a_queue_at_work() -> None:
    engine = engine_with(ANA, BO, queues=[DESK])
    engine.handle(AgentNotReady("bo", "lunch"), now=0)
    join(engine, "talks", now=1)
    talk(engine, 1, now=11)
    join(engine, "c1", now=20)
    join(engine, "c2", now=30)
    engine.handle(CallerJoined("back", "desk", callback=Callback()), now=40)
    engine.handle(CallerLeft("c2", dropped=True), now=50)
    [desk] = engine.queues(now=60)
    assert (desk.waiting, desk.callbacks, desk.longest_wait_seconds) == (1, 1, 40)
    assert (desk.staffed, desk.ready) == (1, 0)
    assert (desk.figures.joined, desk.figures.answered, desk.figures.abandoned) == (4, 1, 1)
    assert desk.figures.average_speed_of_answer_seconds == 10


def test_who_asked_for_a_callback_is_a_callback_and_waits_no_more() -> None:
    engine = engine_with(queues=[DESK])
    join(engine, "c1")
    engine.handle(CallbackAsked("c1"), now=5)
    [desk] = engine.queues(now=6)
    assert (desk.waiting, desk.callbacks, desk.longest_wait_seconds, desk.figures.abandoned) == (0, 1, 0, 0)


def test_queues_are_shown_in_the_order_of_the_plan_and_no_others() -> None:
    engine = engine_with(CAI, queues=[HEART, DESK])
    join(engine, "c1", queue="nowhere")
    assert [each.queue for each in engine.queues(now=1)] == ["heart", "desk"]
    engine.handle(Configured((DESK,), (CAI,)), now=2)
    assert [each.queue for each in engine.queues(now=2)] == ["desk"]


def test_the_target_of_the_service_level_is_the_queues() -> None:
    engine = engine_with(ANA, queues=[replace(DESK, target_seconds=5)])
    join(engine, "c1", now=1)
    talk(engine, 1, now=7)
    assert engine.queues(now=8)[0].figures.service_level == 0
    engine = engine_with(ANA, queues=[replace(DESK, target_seconds=6)])
    join(engine, "c1", now=1)
    talk(engine, 1, now=7)
    assert engine.queues(now=8)[0].figures.service_level == 1
