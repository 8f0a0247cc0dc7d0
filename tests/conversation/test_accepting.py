"""A mobile phone that a mailbox may pick up: only a key, or the PIN, gets the call."""

from __future__ import annotations

import asyncio

import pytest

from ivr import record as story
from ivr.services import BACK_PREFIX
from ivr.simulator.terminal import Script
from tests.fakes import PATIENCE
from tests.house import House
from tests.menus.plans import small

ANA = "PJSIP/ana"
SKILLS = "skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}"
BY_KEY = small((SKILLS, "skills: {desk: 5}, accept: key}"))
BY_PIN = small((SKILLS, 'skills: {desk: 5}, accept: key, pin: "4711"}'))
LEG = "careline-leg-1"


async def test_a_key_takes_the_call_and_nothing_of_the_caller_is_said_before() -> None:
    house = House(BY_KEY)
    house.switch.lines[ANA] = ["1"]
    async with house.open():
        house.call("billing")
        await house.picks_up(ANA)
        await house.until(story.Connected)
        assert house.scripts[LEG].heard == ["A call for you. To take it, press one. To pass it on, press two."]
        assert house.entries(LEG) == []


@pytest.mark.parametrize("lines", [["2"], ["5", "2"]])
async def test_a_call_that_is_passed_on_was_refused(lines: list[str]) -> None:
    house = House(BY_KEY)
    house.switch.lines[ANA] = lines
    async with house.open():
        house.call("billing")
        await house.picks_up(ANA)
        assert await house.until(story.OfferFailed) == story.OfferFailed("ana", "refused")
        assert "Connected" not in house.kinds()


@pytest.mark.parametrize("lines", [[""], ["5", "6", "7"]], ids=["a mailbox says nothing", "wrong keys"])
async def test_who_presses_no_key_did_not_answer(lines: list[str]) -> None:
    house = House(BY_KEY)
    house.switch.lines[ANA] = lines
    async with house.open():
        house.call("billing")
        await house.picks_up(ANA)
        assert await house.until(story.OfferFailed) == story.OfferFailed("ana", "no answer")


@pytest.mark.parametrize(
    ("lines", "took"), [(["4711"], True), (["1", "4711#"], True), (["1", "2", "3"], False), ([""], False)]
)
async def test_the_pin_is_asked_for_three_times_at_most(lines: list[str], took: bool) -> None:
    house = House(BY_PIN)
    house.switch.lines[ANA] = lines
    async with house.open():
        house.call("billing")
        await house.picks_up(ANA)
        entry = await house.until(story.Connected if took else story.OfferFailed)
        assert entry in (story.Connected("ana", 0.0), story.OfferFailed("ana", "no answer"))


async def test_who_picks_up_for_a_caller_who_is_gone_is_told_so() -> None:
    house = House(BY_KEY)
    async with house.open():
        script = Script([])
        await asyncio.wait_for(house.comes_in("careline-leg-99", script), PATIENCE)
        assert "Someone else has taken this call. Thank you." in script.heard


async def test_a_line_that_nobody_waits_for_is_hung_up_on() -> None:
    house = House(BY_KEY)
    async with house.open():
        script = Script(["1"])
        await asyncio.wait_for(house.comes_in(f"{BACK_PREFIX}99", script), PATIENCE)
        assert script.heard == []
