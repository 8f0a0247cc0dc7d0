"""A snow day: switched on by one request, heard before the greeting, over by itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from acd import events
from ivr import record as story
from ivr.control import ControlError
from tests.fakes import FakeClock
from tests.house import House
from tests.menus.plans import small

if TYPE_CHECKING:
    from ivr.simulator.terminal import Script

HOURS = 'hours: {office: {mon-sun: "00:00-00:00"}, lab: {mon-sun: "00:00-00:00"}}\n'
CLOSURES = """\
closures:
  emergency: {say: evacuated}
  snow: {say: snowing, closes: [office]}
  parking: {say: no_parking, closes: []}
"""
PLAN = small(
    ("start: main\n", f"start: main\n{HOURS}{CLOSURES}"),
    ("desk: {needs: [desk],", "desk: {needs: [desk], hours: office, closed: {to: voicemail desk},"),
    ("nurse: {needs: [nurse],", "nurse: {needs: [nurse], hours: lab, closed: {to: queue desk},"),
    (
        "prompts:\n",
        (
            "prompts:\n"
            "  evacuated: {en: We are closed for an emergency., es: Cerrado.}\n"
            "  snowing: {en: We are closed for snow., es: Cerrado por nieve.}\n"
            "  no_parking: {en: The parking lot is closed., es: Sin estacionamiento.}\n"
        ),
    ),
)
ZONE = ZoneInfo("America/New_York")
MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=ZONE).timestamp()
SNOW_ON = {"do": "closure", "on": "snow", "by": "ana"}


def house() -> House:
    return House(PLAN, clock=FakeClock(MORNING))


async def heard_by(house: House, *lines: str, call: str = "call-1") -> Script:
    """A caller who does this and then hangs up."""
    caller = house.call(*lines, call=call)
    await house.until_over(call)
    return caller


async def test_who_calls_hears_the_message_before_the_greeting_and_the_office_is_closed() -> None:
    async with house().open() as open_house:
        await open_house.desk.answer(SNOW_ON)
        caller = await heard_by(open_house, "billing", "call me back")
        assert caller.heard[:2] == ["We are closed for snow.", "Welcome."]
        assert (await open_house.until(story.SentToVoicemail)).box == "desk"


async def test_a_queues_rules_lead_past_what_was_closed_meanwhile() -> None:
    overflow = ("overflow: {after: 4m, to: voicemail desk}}", "overflow: {after: 4m, to: queue annex}}")
    annex = "  annex: {needs: [desk], hours: office, closed: {to: voicemail desk}}\n"
    text = (overflow, ("voicemail:\n", f"{annex}voicemail:\n"), ("spanish: 5, nurse: 1}", "spanish: 5}, ready: no"))
    plan = small(*text, ("start: main\n", f"start: main\n{HOURS}{CLOSURES}"))
    async with House(plan, clock=FakeClock(MORNING)).open() as open_house:
        open_house.call("billing", "", "call me back")
        await open_house.until(story.Joined)
        await open_house.desk.answer(SNOW_ON)
        await open_house.journal.seen.until(lambda event: isinstance(event, events.Configured), times=2)
        open_house.later(241)
        assert (await open_house.until(story.SentToVoicemail)).box == "desk"


async def test_a_message_alone_closes_nothing() -> None:
    async with house().open() as open_house:
        await open_house.desk.answer({"do": "closure", "on": "parking", "by": "ana"})
        caller = open_house.call("billing")
        assert (await open_house.until(story.RoutedTo)).queue == "desk"
        assert caller.heard[:2] == ["The parking lot is closed.", "Welcome."]


async def test_an_emergency_closes_all_hours_and_danger_still_reaches_a_person() -> None:
    desk = PLAN.queues["desk"].model_copy(update={"hours": None})
    plan = PLAN.model_copy(update={"queues": {**PLAN.queues, "desk": desk}})
    async with House(plan, clock=FakeClock(MORNING)).open() as open_house:
        await open_house.desk.answer({"do": "closure", "on": "emergency", "by": "ana"})
        open_house.call("my chest is in pain")
        routed = await open_house.until(story.RoutedTo)
        assert (routed.queue, routed.urgent) == ("desk", True)


async def test_it_ends_by_itself_at_the_time_that_was_said() -> None:
    async with house().open() as open_house:
        await open_house.desk.answer({**SNOW_ON, "until": "2026-12-01 12:00"})
        open_house.clock.time = datetime(2026, 12, 1, 11, 59, tzinfo=ZONE).timestamp()
        assert (await heard_by(open_house)).heard[0] == "We are closed for snow."
        open_house.clock.time += 60
        assert (await heard_by(open_house, call="call-2")).heard[0] == "Welcome."


async def test_the_status_names_what_is_on() -> None:
    open_house = house()
    await open_house.desk.answer({**SNOW_ON, "until": "2026-12-01 12:00"})
    assert [each["closure"] for each in (await open_house.desk.answer({"do": "status"}))["closures"]] == ["snow"]


async def test_which_are_on_and_who_switched_them_is_told_in_the_practices_own_time() -> None:
    open_house = house()
    await open_house.desk.answer({**SNOW_ON, "until": "2026-12-01 12:00"})
    listed = (await open_house.desk.answer({"do": "closures"}))["closures"]
    assert [(each["closure"], each["on"], each["closes"]) for each in listed] == [
        ("emergency", False, ["office", "lab"]),
        ("snow", True, ["office"]),
        ("parking", False, []),
    ]
    assert (listed[1]["by"], listed[1]["since"], listed[1]["until"]) == ("ana", "2026-12-01 09:00", "2026-12-01 12:00")
    await open_house.desk.answer({"do": "closure", "off": "snow", "by": "lena"})
    told = (await open_house.desk.answer({"do": "closure-history"}))["switches"]
    assert [(each["closure"], each["on"], each["by"]) for each in told] == [
        ("snow", False, "lena"),
        ("snow", True, "ana"),
    ]


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (
            {**SNOW_ON, "on": "snwo"},
            "'snwo' is no closure of the plan; it has emergency, snow, parking; did you mean 'snow'?",
        ),
        (
            {**SNOW_ON, "until": "noon"},
            "'noon' is no date and time such as 2026-12-01 12:00, in the practice's own time",
        ),
        (
            {**SNOW_ON, "until": "2026-12-01 08:00"},
            "2026-12-01 08:00 is over already: a closure is switched on until a time to come",
        ),
        ({"do": "closure", "on": "snow"}, "a closure is switched on or off by somebody: say which, and who"),
    ],
)
async def test_a_wrong_request_is_refused_in_a_sentence(request_: dict[str, object], sentence: str) -> None:
    with pytest.raises(ControlError) as refused:
        await house().desk.answer(request_)
    assert str(refused.value) == sentence
