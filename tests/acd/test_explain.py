from __future__ import annotations

import json
from dataclasses import replace

import pytest

from acd.engine import Engine
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    CallerJoined,
    Cause,
    Configured,
    Device,
    DeviceChanged,
    OfferFailed,
    TalkEnded,
)
from acd.explain import Considered, UnknownCallError, UnknownOfferError, Verdict, consider, explain_offer
from acd.model import Agent, Callback, CallbackRules, Queue
from tests.acd.scene import ANA, BO, CAI, DESK, RING_ALL, URGENT, engine_with, join, serve, step, talk


def why(considered: tuple[Considered, ...]) -> dict[str, str]:
    return {each.agent: each.why for each in considered}


def test_a_decision_tells_its_facts() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", now=1)
    decision = explain_offer(engine, 1, now=4)
    assert decision.as_json() == {
        "offer": 1,
        "call": "c1",
        "queue": "desk",
        "needs": "desk",
        "step": 1,
        "steps": 1,
        "urgency": "routine",
        "waited_seconds": 3,
        "merit_seconds": 3,
        "preferred": (),
        "chosen": "ana",
        "rule": "the caller waits longest of those whom this person can serve; "
        "the person available longest (since the last call, or since signing in), "
        "of those who are ready and meet what is needed",
        "considered": ({"agent": "ana", "verdict": "chosen", "why": "available for 14 s"},),
    }
    assert json.loads(json.dumps(decision.as_json()))["considered"][0]["agent"] == "ana"


def test_an_urgent_callers_decision_says_so() -> None:
    engine = engine_with(ANA)
    engine.handle(CallerJoined("c1", "desk", urgency=URGENT), now=1)
    decision = explain_offer(engine, 1, now=1)
    assert decision.urgency == "urgent"
    assert decision.rule.startswith("the caller is urgent and goes before everybody who is not")


def test_each_person_is_chosen_or_passed_over_for_a_reason() -> None:
    away, out, wrapping = Agent("away", CAI.skills), Agent("out", CAI.skills), Agent("wrapping", CAI.skills)
    engine = engine_with(wrapping, ANA, CAI, BO, away, out)
    join(engine, "w1", queue="heart")
    talk(engine, 1, now=2)
    engine.handle(TalkEnded(1), now=10)
    engine.handle(AgentNotReady("away", "lunch"), now=10)
    engine.handle(AgentLoggedOut("out"), now=10)
    join(engine, "c1", queue="heart", now=11)
    considered = consider(engine, "c1", now=11, offer=2)
    assert why(considered) == {
        "wrapping": "wrap-up",
        "ana": "lacks cardiology",
        "cai": "available for 51 s",
        "bo": "lacks cardiology",
        "away": "not ready: lunch",
        "out": "logged out",
    }
    assert [each.agent for each in considered if each.verdict is Verdict.CHOSEN] == ["cai"]


def test_who_was_available_for_less_long_is_told_against_whom() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1", now=0)
    assert why(explain_offer(engine, 1, now=0).considered)["bo"] == "available for 10 s, against 20 s of ana"


def test_who_was_available_as_long_is_told_that_the_plan_decided() -> None:
    engine = Engine()
    engine.handle(Configured((DESK,), (ANA, BO)), now=0)
    join(engine, "c1", now=4)
    told = why(explain_offer(engine, 1, now=4).considered)
    assert told["bo"] == "available for 4 s, the same as ana, and named later in the plan"


def test_who_failed_before_is_told_when() -> None:
    engine = engine_with(ANA, BO, CAI)
    join(engine, "c1", now=0)
    engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=20)
    engine.handle(OfferFailed(2, Cause.REFUSED), now=25)
    told = why(explain_offer(engine, 3, now=32).considered)
    assert (told["ana"], told["bo"]) == ("did not answer 12 s ago", "refused 7 s ago")


def test_who_talks_or_is_rung_for_another_is_told_so() -> None:
    engine = engine_with(ANA, BO, CAI)
    join(engine, "c1", "c2", now=0)
    talk(engine, 1, now=2)
    join(engine, "c3", now=3)
    told = why(explain_offer(engine, 3, now=3).considered)
    assert (told["ana"], told["bo"]) == ("talking", "being rung for another caller")


def test_who_was_rung_a_moment_later_was_ready_for_the_earlier_caller() -> None:
    engine = engine_with()
    join(engine, "c1", "c2")
    engine.handle(Configured((DESK,), (ANA, BO)), now=9)
    assert why(explain_offer(engine, 1, now=9).considered)["bo"] == (
        "available for 0 s, the same as ana, and named later in the plan"
    )
    assert why(explain_offer(engine, 2, now=9).considered)["ana"] == "being rung for another caller"


def test_a_caller_who_waits_is_told_why_nobody_is_rung() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(AgentNotReady("bo", ""), now=1)
    join(engine, "c1", queue="heart")
    assert why(consider(engine, "c1", now=3)) == {"ana": "lacks cardiology", "bo": "lacks cardiology"}
    join(engine, "c2", "c3", now=3)
    assert why(consider(engine, "c3", now=3)) == {"ana": "being rung for another caller", "bo": "not ready"}


def test_an_offer_that_is_over_cannot_be_explained() -> None:
    with pytest.raises(UnknownOfferError, match="there is no offer 9 now"):
        explain_offer(engine_with(ANA), 9, now=0)


def test_a_caller_nobody_knows_cannot_be_explained() -> None:
    with pytest.raises(UnknownCallError):
        consider(engine_with(ANA), "stranger", now=0)


# ---- rules --------------------------------------------------------------------------------------------------------


def test_weight_and_head_start_are_told() -> None:
    engine = engine_with(ANA, queues=[replace(DESK, weight=2, head_start_seconds=30)])
    join(engine, "c1", now=1)
    decision = explain_offer(engine, 1, now=11)
    assert (decision.waited_seconds, decision.merit_seconds) == (10, 50)
    assert decision.rule.startswith("the caller's wait, with weight and head start, counts most of those whom")


def test_a_relaxed_step_is_told() -> None:
    engine = engine_with(ANA, queues=[Queue("desk", (step("cardiology"), step("desk")))])
    join(engine, "c1")
    decision = explain_offer(engine, 1, now=1)
    assert (decision.step, decision.steps, decision.needs) == (2, 2, "desk")


def test_preferred_people_are_told_and_who_is_none_of_them() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(CallerJoined("c1", "desk", preferred=("bo",), preferred_seconds=60), now=1)
    decision = explain_offer(engine, 1, now=1)
    assert (decision.chosen, decision.preferred) == ("bo", ("bo",))
    assert decision.rule.endswith("of the caller's preferred people")
    assert why(decision.considered)["ana"] == "is not one of the caller's preferred people, who are tried first"


def test_who_is_at_another_site_is_told_so() -> None:
    near, far = Agent("near", {"desk": 1}, site="downtown"), Agent("far", {"desk": 1}, site="uptown")
    engine = engine_with(far, near, queues=[replace(DESK, nearest_first=True)])
    engine.handle(CallerJoined("c1", "desk", site="downtown"), now=1)
    decision = explain_offer(engine, 1, now=1)
    assert decision.rule.endswith("of those who are ready and meet what is needed, the nearest site first")
    assert why(decision.considered)["far"] == "near is at the caller's site"


@pytest.mark.parametrize(
    ("strategy", "chosen", "passed_over"),
    [
        ("longest-since-call", "last call never", "last call never, the same as ana, and named later in the plan"),
        ("fewest-calls", "calls today: 0", "calls today: 0, the same as ana, and named later in the plan"),
        ("least-talk-time", "talked today: 0 s", "talked today: 0 s, the same as ana, and named later in the plan"),
        (
            "most-skilled",
            "levels in what is needed: 3",
            "levels in what is needed: 2, against 3 of ana",
        ),
        ("fewest-skills", "skills: 1", "skills: 2, against 1 of ana"),
        ("round-robin", "the next person in turn", "it was not their turn"),
        ("ordered", "number in the plan: 1", "number in the plan: 2, against 1 of ana"),
    ],
)
def test_every_strategy_tells_its_measure(strategy: str, chosen: str, passed_over: str) -> None:
    engine = engine_with(ANA, Agent("dee", {"desk": 2, "mail": 1}), queues=[replace(DESK, strategy=strategy)])
    join(engine, "c1")
    assert why(explain_offer(engine, 1, now=1).considered) == {"ana": chosen, "dee": passed_over}


def test_who_was_not_drawn_is_told_so() -> None:
    engine = engine_with(ANA, BO, queues=[replace(DESK, strategy="random")])
    join(engine, "c1")
    assert sorted(why(explain_offer(engine, 1, now=1).considered).values()) == ["a person by lot", "not drawn"]


# ---- people -------------------------------------------------------------------------------------------------------


def test_whose_phone_rings_for_the_same_caller_is_told_so() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c1")
    assert why(explain_offer(engine, 2, now=1).considered)["ana"] == "rung for this caller as well"
    assert why(consider(engine, "c1", now=1)) == {"ana": "rung for this caller", "bo": "rung for this caller"}


def test_who_is_in_another_call_or_cannot_be_reached_is_told_so() -> None:
    engine = engine_with(ANA, BO, CAI)
    engine.handle(DeviceChanged("ana", Device.BUSY), now=1)
    engine.handle(DeviceChanged("bo", Device.GONE), now=1)
    join(engine, "c1", now=10)
    reasons = why(explain_offer(engine, 1, now=10).considered)
    assert (reasons["ana"], reasons["bo"]) == ("in another call for 9 s", "the phone cannot be reached")


def test_who_had_enough_calls_is_told_so() -> None:
    capped = Agent("capped", {"desk": 1}, calls_per_hour=1)
    engine = engine_with(capped, ANA)
    join(engine, "c1")
    serve(engine, 1, 2, 3)
    join(engine, "c2", now=4)
    assert why(explain_offer(engine, 2, now=4).considered)["capped"] == "had 1 calls within the hour"


def test_who_is_held_for_a_callback_is_told_so() -> None:
    engine = engine_with(ANA, BO, queues=[replace(DESK, callback=CallbackRules(caller_first=True))])
    engine.handle(CallerJoined("back", "desk", callback=Callback()), now=1)
    join(engine, "c1", now=2)
    assert why(explain_offer(engine, 2, now=2).considered)["ana"] == "held for a callback"


def test_who_has_a_full_hand_is_told_so() -> None:
    keen = Agent("keen", {"desk": 1}, capacity={"fax": 1})
    engine = engine_with(keen, queues=[Queue("fax", (step("desk"),), kind="fax")])
    join(engine, "f1", "f2", queue="fax")
    assert why(consider(engine, "f2", now=1)) == {"keen": "has 1 of 1 items"}


def test_a_decision_is_plain_json() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c1")
    decision = explain_offer(engine, 1, now=1).as_json()
    assert json.loads(json.dumps(decision))["considered"][1]["verdict"] == "passed over"
