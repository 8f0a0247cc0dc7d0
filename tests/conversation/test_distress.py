"""A caller at the end of their tether, from the first word to the queue."""

from __future__ import annotations

from acd.model import Urgency
from ivr import record as story
from tests.house import House
from tests.menus.plans import small

PLEAS = "please please please help me"


async def test_whoever_sounds_distressed_is_offered_a_person_and_the_record_says_why() -> None:
    async with House(small()).open() as house:
        patient = house.call(PLEAS)
        sounded = await house.until(story.SoundsDistressed)
        assert sounded == story.SoundsDistressed(
            ("uses words of distress", "says the same word over and over"), "help me / please"
        )
        routed = await house.until(story.RoutedTo)
        assert (routed.queue, routed.urgent) == ("desk", False)
        assert [because.text for because in routed.phi_reasons][1:4] == [
            "The caller uses words of distress.",
            "The caller says the same word over and over.",
            "So a person is offered, and the call is pressing.",
        ]
        await house.until_held()
        assert "I'll connect you with a person." in patient.heard


async def test_whoever_sounds_distressed_goes_before_routine_callers() -> None:
    plan = small().model_copy(update={"people": {}})
    async with House(plan).open() as house:
        house.listener("0", call="routine")
        await house.until_held("routine")
        house.listener(PLEAS, call="distressed")
        await house.until_held("distressed")
        line = house.queues.engine.waiting(house.clock.now())
        assert [(each.call, each.urgency) for each in line] == [
            ("distressed", Urgency.PRESSING),
            ("routine", Urgency.ROUTINE),
        ]
