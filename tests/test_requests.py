"""What administrators and persons ask of the running process."""

from __future__ import annotations

import pytest

from acd import events
from acd.model import Urgency
from ivr import record as story
from ivr.control import ControlError
from tests.house import House
from tests.menus.plans import small

SKILLS = "skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}"
AWAY = (SKILLS, "skills: {desk: 5, spanish: 5}, ready: no}")
LIMITED = small(("start: main\n", "start: main\nnot_ready: {lunch: 45m, training: null}\n"))
ALERT = "alert: {name: nobody there, when: {length: 1}, ladder: {who: emma}}"
ALERTING = small(
    ("desk: {needs: [desk],", f"desk: {{needs: [desk], {ALERT},"),
    AWAY,
)


@pytest.mark.parametrize(
    ("asked", "longest"),
    [
        ({"reason": "lunch"}, 2700.0),
        ({"reason": "lunch", "seconds": 600}, 600),
        ({"reason": "lunch", "seconds": 9999}, 2700.0),
        ({"reason": "training"}, None),
        ({"reason": "training", "seconds": 60}, 60),
    ],
)
async def test_nobody_is_away_for_longer_than_the_plan_allows_the_reason(
    asked: dict[str, object], longest: float | None
) -> None:
    async with House(LIMITED).open() as house:
        await house.desk.answer({"do": "not-ready", "person": "ana", **asked})
        assert house.journal.events()[-1] == events.AgentNotReady("ana", str(asked["reason"]), longest)


async def test_a_reason_that_the_plan_does_not_know_is_refused() -> None:
    async with House(LIMITED).open() as house:
        with pytest.raises(ControlError, match="'golf' is no reason in the plan; it has lunch, training"):
            await house.desk.answer({"do": "not-ready", "person": "ana", "reason": "golf"})


async def test_a_wrap_up_is_extended_and_ended_with_what_became_of_the_call() -> None:
    async with House(small()).open() as house:
        await house.desk.answer({"do": "wrap-up", "person": "ana", "extend": 120})
        await house.desk.answer({"do": "wrap-up", "person": "ana", "done": "booked"})
        assert house.journal.events()[-2:] == [events.WrapUpExtended("ana", 120), events.Disposed("ana", "booked")]


async def test_a_waiting_caller_is_made_urgent_or_given_a_head_start_and_the_record_says_so() -> None:
    async with House(small(AWAY)).open() as house:
        house.call("billing")
        await house.until_held()
        await house.desk.answer({"do": "priority", "call": "call", "head_start": 300})
        await house.desk.answer({"do": "priority", "call": "call-1", "urgent": True})
        assert house.queues.engine.waiting(0.0)[0].urgency is Urgency.URGENT
        assert [entry for entry in house.entries() if isinstance(entry, story.PriorityChanged)] == [
            story.PriorityChanged(head_start_seconds=300),
            story.PriorityChanged(urgent=True),
        ]


async def test_an_alert_is_listed_and_acknowledged_and_then_nobody_else_is_told() -> None:
    async with House(ALERTING).open() as house:
        assert await house.desk.answer({"do": "alerts"}) == {"alerts": []}
        house.call("billing")
        told = await house.alerts.told.until(lambda _: True)
        assert (told.queue, told.name, told.who) == ("desk", "nobody there", ("emma",))
        listed = {"alert": told.alert, "queue": "desk", "name": "nobody there", "rung": 1, "by": ""}
        assert await house.desk.answer({"do": "alerts"}) == {"alerts": [listed]}
        await house.desk.answer({"do": "acknowledge", "alert": told.alert, "by": "emma"})
        assert house.alerts.ended.all == [told.alert]
        assert await house.desk.answer({"do": "alerts"}) == {"alerts": [listed | {"by": "emma"}]}


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"do": "acknowledge", "alert": 7, "by": "emma"}, "there is no alert 7 now: `careline alerts` lists them"),
        (
            {"do": "priority", "call": "call-9", "urgent": True},
            "no caller in line is named 'call-9', or several are: `careline status` lists them",
        ),
        ({"do": "wrap-up", "person": "ana", "done": " "}, "a disposition says what became of the call"),
        ({"do": "not-ready", "person": "ana", "reason": "x", "seconds": -1}, "a time is a number of seconds above 0"),
    ],
)
async def test_a_wrong_request_is_refused_in_a_sentence(request_: dict[str, object], sentence: str) -> None:
    with pytest.raises(ControlError) as refused:
        await House(small()).desk.answer(request_)
    assert str(refused.value) == sentence


async def test_what_a_call_was_about_in_truth_is_noted_also_when_it_is_over() -> None:
    async with House(small()).open() as house:
        house.call("billing")
        await house.until(story.RoutedTo)
        asked = {"do": "misrouted", "call": "call-1", "intent": "bill", "by": "ana"}
        await house.desk.answer(asked)
        assert story.Misrouted("bill", "ana") in house.entries()
        with pytest.raises(ControlError, match="'golf' is no intent of the plan; it has visit, heart, bill"):
            await house.desk.answer(asked | {"intent": "golf"})
