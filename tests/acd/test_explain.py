from __future__ import annotations

import json

import pytest

from acd.engine import Engine
from acd.events import AgentLoggedOut, AgentNotReady, CallerJoined, Cause, Configured, OfferFailed, TalkEnded
from acd.explain import Considered, UnknownCallError, UnknownOfferError, Verdict, consider, explain_offer
from acd.model import Agent
from tests.acd.scene import ANA, BO, CAI, DESK, URGENT, engine_with, join, talk


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
        "needs": ("desk",),
        "urgency": "routine",
        "waited_seconds": 3,
        "chosen": "ana",
        "rule": "the caller waits longest of those whom this person can serve; "
        "the person idle longest, of those who are ready and have every skill needed",
        "considered": (
            {"agent": "ana", "verdict": "chosen", "why": "idle longest of those who are ready and able (14 s)"},
        ),
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
    considered = consider(engine, "c1", now=11)
    assert why(considered) == {
        "wrapping": "wrap-up",
        "ana": "lacks cardiology",
        "cai": "idle longest of those who are ready and able (51 s)",
        "bo": "lacks cardiology",
        "away": "not ready: lunch",
        "out": "logged out",
    }
    assert [each.agent for each in considered if each.verdict is Verdict.CHOSEN] == ["cai"]


def test_who_was_idle_for_less_long_is_told_against_whom() -> None:
    engine = engine_with(ANA, BO)
    join(engine, "c1", now=0)
    assert why(explain_offer(engine, 1, now=0).considered)["bo"] == "idle for less long than ana (10 s against 20 s)"


def test_who_was_idle_as_long_is_told_that_the_plan_decided() -> None:
    engine = Engine()
    engine.handle(Configured((DESK,), (ANA, BO)), now=0)
    join(engine, "c1", now=4)
    told = why(explain_offer(engine, 1, now=4).considered)
    assert told["bo"] == "idle as long as ana (4 s), and named later in the plan"


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
        "idle as long as ana (0 s), and named later in the plan"
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
