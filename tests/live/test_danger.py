"""Callers in danger at night, on a real Asterisk: said in a whole sentence, heard by the embedded recogniser.

To the menu, to a machine, or by somebody whom the practice does not want to hear from.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from lab.voices import speak
from tests.live.practice import HERE, Practice, entries, eventually, rung
from tests.live.test_voicemail import after_the_beep, command
from tests.live.tones import hears

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.conftest import PlugIn

HEARD_WITHIN_SECONDS = 20
SIGNS = {"chest pain", "trouble breathing"}


@pytest.fixture(scope="module")
def plan() -> Path:
    return HERE / "danger.yaml"


@pytest.fixture(scope="module")
def speech() -> Mapping[str, Any]:
    return {"workers": 1}


async def test_danger_at_night_reaches_the_nurse_on_call_before_who_waited_longer(house: Practice) -> None:
    """The caller is told of 911, cleo is told that somebody waits, and bo hears what it is before the caller."""
    await house.careline.hearing()
    waits = await house.caller("1")
    await house.until_waiting(1)
    call = house.call()
    await call.heard.first_audio
    call.say(speak("my chest hurts and I can't breathe"))
    told = await rung(house.phones["cleo"])
    assert "alert" in told.display
    async with asyncio.timeout(HEARD_WITHIN_SECONDS):
        await call.heard.until(lambda _: hears(call, "urgent_connecting"))
    assert [(each["position"], each["queue"], each["urgent"]) for each in await house.line()] == [
        (1, "on_call", True),
        (2, "on_call", False),
    ]
    await house.careline.ask(do="ready", person="bo")
    ringing = await rung(house.phones["bo"])
    assert "URGENT On call" in ringing.display
    async with asyncio.timeout(HEARD_WITHIN_SECONDS):
        await ringing.heard.until(lambda _: hears(ringing, "danger_chest_pain"))
    await house.until_person("bo", "talking")
    call.hang_up()
    record = await house.record()
    assert entries(record, story.RedFlagRaised)[0].sign in SIGNS
    assert [each.person for each in entries(record, story.Connected)] == ["bo"]
    waits.hang_up()


async def test_danger_in_a_message_rings_who_takes_it_by_key(house: Practice) -> None:
    """As soon as it is put into words, while nobody has listened to it."""
    await house.careline.hearing()
    call = await after_the_beep(house, "3")
    await call.say(speak("this is mister brown. my chest hurts and I can't breathe"))
    call.press("#")
    told = await rung(house.phones["cleo"])
    assert "alert" in told.display
    async with asyncio.timeout(HEARD_WITHIN_SECONDS):
        await told.heard.until(lambda _: hears(told, "alert_press"))
    told.press("1")
    async with asyncio.timeout(HEARD_WITHIN_SECONDS):
        assert not (await told.ended).by_us

    async def is_taken() -> bool:
        return "taken by cleo" in await asyncio.to_thread(command, house, "voicemail", "list", "--box", "messages")

    await eventually(is_taken)


async def test_a_blocked_caller_in_danger_reaches_the_urgent_queue(house: Practice, plug_in: PlugIn) -> None:
    """It is said over the sentence that the practice does not take this call."""
    await house.careline.hearing()
    unwanted = await plug_in("6175550166")
    call = unwanted.dial(house.pbx.uri("100"))
    await call.heard.first_audio
    call.say(speak("my chest hurts and I can't breathe"))
    await house.until_waiting(1)
    assert [(each["queue"], each["urgent"]) for each in await house.line()] == [("on_call", True)]
    call.hang_up()
    record = await house.record_of("6175550166")
    assert entries(record, story.RedFlagRaised)[0].sign in SIGNS
    assert entries(record, story.Asked)[0].prompts == ("blocked_caller",)
