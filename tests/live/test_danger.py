"""A caller in danger at night, on a real Asterisk: said in a whole sentence, heard by the embedded recogniser."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from lab.voices import speak
from tests.live.practice import HERE, Practice, entries, rung
from tests.live.tones import hears

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEARD_WITHIN_SECONDS = 20


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
    assert entries(record, story.RedFlagRaised)[0].sign in {"chest pain", "trouble breathing"}
    assert [each.person for each in entries(record, story.Connected)] == ["bo"]
    waits.hang_up()
