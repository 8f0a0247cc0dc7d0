"""A prompt recorded from a desk phone, on a real Asterisk: the next caller hears that voice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lab.sound import RATE, find
from lab.voices import speak
from tests.live.practice import HERE, Practice
from tests.live.test_closures import until_heard
from tests.live.tones import hears

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.call import PhoneCall
    from lab.sound import Pcm

SAID_WHOLE = 0.8  # likeness after G.711 and a jitter buffer, twice
HEARD_WITHIN_SECONDS = 20
BREATH = np.zeros(RATE // 2, np.int16)  # people speak when the beep is over


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana", "bo"), "numbers": {"7701": ""}}


@pytest.fixture(scope="module")
def plan() -> Path:
    return HERE / "recording.yaml"


def number_of(house: Practice, prompt: str) -> str:
    """As `careline prompts list` shows it."""
    settings = house.careline.folder / "careline.yaml"
    command = [sys.executable, "-m", "ivr", "prompts", "list", "--settings", str(settings)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return next(row[0] for row in rows if row[1:3] == ["en", prompt])


async def until_said(call: PhoneCall, said: Pcm) -> None:
    """The call hears a voice say it."""
    async with asyncio.timeout(HEARD_WITHIN_SECONDS):
        await call.heard.until(lambda heard: len(heard) > len(said) and find(said, heard).likeness > SAID_WHOLE)


async def test_a_prompt_recorded_from_a_desk_phone_is_what_the_next_caller_hears(house: Practice) -> None:
    said = speak("thank you for calling the house of voices", "rms")
    number = await asyncio.to_thread(number_of, house, "welcome")
    call = house.phones["ana"].dial(house.pbx.uri("7701"))
    await until_heard(call, "code_pin")
    call.press("4711#")
    await until_heard(call, "record_which")
    call.press(f"{number}#")
    await until_heard(call, "welcome", "beep")
    call.say(BREATH)
    await call.say(said)
    call.press("#")
    await until_said(call, said)
    await until_heard(call, "record_choose")
    call.press("1")
    await until_heard(call, "record_kept")
    call.hang_up()
    patient = house.call()
    await until_said(patient, said)
    assert hears(patient, "welcome") == []
