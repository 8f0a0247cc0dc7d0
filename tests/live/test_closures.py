"""A snow day by telephone, on a real Asterisk: a code, a PIN, a key; and the next caller is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from tests.live.practice import HERE, Practice, entries, first_rung
from tests.live.test_voicemail import command
from tests.live.tones import hears

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.call import PhoneCall


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana", "bo", "cleo"), "numbers": {"7700": ""}}


@pytest.fixture(scope="module")
def plan() -> Path:
    return HERE / "closures.yaml"


async def until_heard(call: PhoneCall, *prompts: str) -> None:
    async with asyncio.timeout(15):
        for prompt in prompts:
            await call.heard.until(lambda _, prompt=prompt: hears(call, prompt))


async def dials_the_code(house: Practice, pin: str) -> PhoneCall:
    """Ana, at her own phone."""
    call = house.phones["ana"].dial(house.pbx.uri("7700"))
    await until_heard(call, "code_pin")
    call.press(pin)
    return call


async def test_a_closure_is_switched_by_phone_and_the_next_caller_hears_it_and_leaves_a_message(
    house: Practice,
) -> None:
    call = await dials_the_code(house, "4711#")
    await until_heard(call, "closure.snow.off")
    call.press("1")
    await until_heard(call, "closure.snow.switched_on", "closure.snow.on")
    call.hang_up()
    house.careline.kill()
    await house.careline.start()
    patient = house.call()
    await until_heard(patient, "snow_message", "welcome")
    patient.press("1")
    await until_heard(patient, "voicemail_please", "beep")
    patient.hang_up()
    assert [entry.box for entry in entries(await house.record(), story.SentToVoicemail)] == ["messages"]
    assert "ana, by phone" in await asyncio.to_thread(command, house, "closure")
    off = await asyncio.to_thread(command, house, "closure", "off", "snow", "--by", "lena")
    assert off.splitlines()[-1].split()[:2] == ["snow", "off"]
    history = (await asyncio.to_thread(command, house, "closure", "--history")).splitlines()
    assert [line.split()[2:4] for line in history[1:]] == [["snow", "off"], ["snow", "on"]]
    await house.caller("1")
    assert await first_rung([house.phones["ana"], house.phones["bo"]])


async def test_who_does_not_know_the_pin_is_sent_away(house: Practice) -> None:
    call = await dials_the_code(house, "1111#")
    for times in (1, 2):
        async with asyncio.timeout(15):
            await call.heard.until(lambda _, times=times: len(hears(call, "code_pin_again")) == times)
        call.press("1111#")
    async with asyncio.timeout(15):
        assert not (await call.ended).by_us
