"""The practice's own extensions: a PIN, then the closures."""

from __future__ import annotations

import pytest

from ivr.conversation.closures import Switch
from ivr.simulator.terminal import Script
from tests.fakes import FakeClock
from tests.house import House, WatchedCall
from tests.menus.plans import small

PLAN = small(
    (
        "start: main\n",
        (
            "start: main\n"
            "closures:\n"
            "  snow: {say: hours, name: {en: snow day, es: día de nieve}}\n"
            "  parking: {say: hours, closes: [], name: {en: parking lot, es: estacionamiento}}\n"
            'codes: {"7700": {does: closures, who: [ana, emma]}}\n'
        ),
    ),
    ("ana, skills", 'ana, pin: "4711", skills'),
    ("emma, skills", 'emma, pin: "0815", skills'),
)
PIN = "Please enter your PIN, then press pound."
AGAIN = "That's not right. Please enter your PIN again, then press pound."
OFF = ["Snow day: off. To switch it on, press one.", "Parking lot: off. To switch it on, press two."]


async def dials(house: House, *lines: str, call: str = "call-1", code: str = "7700") -> Script:
    """What somebody hears who presses these, and then hangs up."""
    caller = Script(lines)
    await house.takes(WatchedCall(call, caller, house.prompts, house.switch, dialled_number=code))
    return caller


async def test_a_person_switches_a_closure_on_by_telephone() -> None:
    async with House(PLAN).open() as house:
        caller = await dials(house, "4711#", "1")
        assert caller.heard == [
            PIN,
            "No closure is on.",
            *OFF,
            "Switched on: snow day.",
            "Snow day: on. To switch it off, press one.",
            OFF[1],
        ]
        now = house.clock.now()
        assert house.closures.on("snow", now) == Switch(now, "snow", on=True, by="ana, by phone")


async def test_what_is_on_is_told_and_can_be_switched_off() -> None:
    async with House(PLAN).open() as house:
        await house.closures.switch(Switch(house.clock.now(), "parking", on=True, by="ana"))
        caller = await dials(house, "0815#", "2", "", "")
        assert caller.heard[1:3] == [OFF[0], "Parking lot: on. To switch it off, press two."]
        assert caller.heard[3:5] == ["Switched off: parking lot.", OFF[0]]
        assert caller.heard[-1] == "Goodbye."
        assert house.closures.on("parking", house.clock.now()) is None


async def test_no_record_of_a_caller_is_begun() -> None:
    async with House(PLAN).open() as house:
        await dials(house, "4711#", "", "")
        house.desk.call_ended("call-1")
        assert (house.entries(), house.record.lost) == ([], 0)


async def test_after_three_wrong_pins_it_is_goodbye() -> None:
    async with House(PLAN).open() as house:
        caller = await dials(house, "1111#", "", "47110#")
        assert caller.heard == [PIN, AGAIN, AGAIN, "Goodbye."]


@pytest.mark.parametrize(("seconds", "first_words"), [(899.0, "There were too many wrong PINs."), (900.0, PIN)])
async def test_five_wrong_pins_shut_the_code_for_a_quarter_of_an_hour(seconds: float, first_words: str) -> None:
    async with House(PLAN, clock=FakeClock()).open() as house:
        await dials(house, "1#", "2#", "3#", call="call-1")
        await dials(house, "4#", "5#", call="call-2")
        house.clock.time += seconds
        assert (await dials(house, "4711#", call="call-3")).heard[0].startswith(first_words)


async def test_wrong_pins_of_another_hour_do_not_count() -> None:
    async with House(PLAN, clock=FakeClock()).open() as house:
        await dials(house, "1#", "2#", "3#", call="call-1")
        house.clock.time += 901.0
        await dials(house, "4#", "5#", call="call-2")
        assert (await dials(house, "4711#", call="call-3")).heard[1:] == ["No closure is on.", *OFF]


async def test_a_longer_number_that_ends_like_the_code_is_a_callers() -> None:
    async with House(PLAN).open() as house:
        assert (await dials(house, code="6175557700")).heard[0] == "Welcome."
