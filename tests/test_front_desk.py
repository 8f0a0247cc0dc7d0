"""Every call gets a session; persons and administrators are answered."""

from __future__ import annotations

import pytest

from acd import events
from ivr import record as story
from ivr.control import ControlError
from tests.house import NUMBER, House
from tests.menus.plans import small

ANA = "PJSIP/ana"
PLAN = small()


async def test_a_call_is_in_the_record_from_its_first_moment() -> None:
    async with House(PLAN).open() as house:
        house.call(dialled_number="+16175550100")
        await house.until_over()
        call = house.record.summary_of("call-1")
        assert (call.phi_caller_number, call.dialled_number, call.plan) == (NUMBER, "+16175550100", "Lakeside")
        assert call.started == call.ended == house.clock.now()


async def test_a_call_that_talked_on_while_we_were_killed_ends_its_record() -> None:
    house = House(PLAN)
    house.record.began(story.CallFacts("call-0", 5.0))
    house.desk.call_ended("call-0")
    assert house.record.summary_of("call-0").ended == house.clock.now()


async def test_records_that_an_earlier_run_left_open_are_closed_but_not_those_of_living_calls() -> None:
    async with House(PLAN).open() as house:
        house.call("billing")
        await house.until_held()
        await house.desk.pbx_holds(frozenset({"call-7"}))
        assert house.held.all[-1] == {"call-1", "call-7"}


async def test_a_person_presses_a_code_on_their_own_phone() -> None:
    async with House(PLAN).open() as house:
        assert await house.desk.person(ANA, ready=False)
        await house.until_handled(events.AgentNotReady("ana", "by phone"))
        assert await house.desk.person(ANA, ready=True)
        await house.until_handled(events.AgentReady("ana"))
        assert not await house.desk.person("PJSIP/nobody", ready=True)


async def test_an_administrator_changes_who_is_ready_and_is_answered_when_it_is_done() -> None:
    async with House(PLAN).open() as house:
        assert await house.desk.answer({"do": "not-ready", "person": "ana", "reason": "lunch"}) == {"ok": True}
        assert house.journal.events()[-1] == events.AgentNotReady("ana", "lunch")
        assert house.queues.engine.agents(0.0)[0].state == "not ready"
        assert await house.desk.answer({"do": "ready", "person": "ana"}) == {"ok": True}
        assert house.queues.engine.agents(0.0)[0].state == "ready"


UNKNOWN = "this Careline does not know the request; is it of an older version?"


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"do": "ready", "person": "anna"}, "'anna' is nobody in the plan; it has ana, emma"),
        ({"do": "not-ready", "person": "bo", "reason": "lunch"}, "'bo' is nobody in the plan; it has ana, emma"),
        (
            {"do": "not-ready", "person": "ana", "reason": " "},
            "a person is not ready for a reason, such as lunch: say which",
        ),
        ({"do": "not-ready", "person": "ana"}, UNKNOWN),
        ({"do": "ready", "person": 7}, UNKNOWN),
        ({"do": "explode"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
async def test_a_wrong_request_is_refused_in_a_sentence(request_: dict[str, object], sentence: str) -> None:
    with pytest.raises(ControlError) as refused:
        await House(PLAN).desk.answer(request_)
    assert str(refused.value) == sentence


async def test_the_status_tells_how_things_stand_and_nothing_of_patients() -> None:
    async with House(PLAN).open() as house:
        house.call("pain", call="call-1")
        await house.rings(ANA)
        house.call("9", "factura", call="call-2")
        await house.until_held("call-2")
        house.clock.time += 30
        status = await house.desk.answer({"do": "status"})
        assert (status["pbx"], status["hears"], status["calls"], status["alerts"]) == (True, ["en", "es"], 2, [])
        assert status["people"] == [
            {"name": "ana", "state": "ringing", "why": "", "seconds": 30.0},
            {"name": "emma", "state": "logged out", "why": "", "seconds": 30.0},
        ]
        common = {"position": 1, "seconds": 30.0, "step": 1, "callback": False, "estimate": None}
        assert status["waiting"] == [
            {"call": "call-2", "queue": "desk", "urgent": False, "ringing": [], **common},
            {"call": "call-1", "queue": "nurse", "urgent": True, "ringing": ["ana"], **common},
        ]
        desk = status["queues"][0]
        assert (desk["queue"], desk["waiting"], desk["callbacks"], desk["staffed"], desk["ready"]) == (
            "desk",
            1,
            0,
            1,
            0,
        )
        assert NUMBER not in str(status)
