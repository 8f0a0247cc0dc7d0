"""Callers as they are, on a real Asterisk: some cough, some read a number slowly, some only press, some only listen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ivr import record as story
from lab.patients import prompt_over
from lab.voices import speak
from tests.live.practice import HERE, Practice, entries, first_rung
from tests.live.tones import SECONDS, hears
from tests.speech.coughs import cough

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.call import PhoneCall
    from lab.sound import Pcm

NUMBER = "six one seven five five five zero one two three"
PAUSE = np.zeros(int(1.5 * 8000), np.int16)


@pytest.fixture(scope="module")
def plan() -> Path:
    return HERE / "manners.yaml"


@pytest.fixture(scope="module")
def speech() -> Mapping[str, Any]:
    return {"models": {"en": str(HERE.parent / "models/vosk-tiny-en")}}


@pytest.fixture
async def call(house: Practice) -> PhoneCall:
    await house.careline.hearing()
    call = house.call()
    await call.heard.first_audio
    return call


def slowly(number: str) -> Pcm:
    """Digit by digit, a second and a half of silence after each."""
    return np.concatenate([part for word in number.split() for part in (speak(word), PAUSE)])


async def test_a_cough_does_not_stop_the_greeting(house: Practice, call: PhoneCall) -> None:
    call.say(np.frombuffer(cough(1)[16000:], np.int16))
    async with asyncio.timeout(10):
        await call.heard.until(lambda _: heard_seconds(call, "welcome") > SECONDS["welcome"] - 0.1)
    assert len(hears(call, "welcome")) == 1
    call.press("2")
    await house.until_waiting(1)
    call.hang_up()
    assert entries(await house.record(), story.HeardSpeech) == []


async def test_a_number_read_with_pauses_of_a_second_and_a_half_is_heard_to_its_end(
    house: Practice, call: PhoneCall
) -> None:
    await call.press("1")
    call.say(PAUSE)  # until the question was asked
    await call.say(slowly(NUMBER))
    await prompt_over(call)  # the number, read back
    call.press("1")
    await first_rung([house.phones["ana"], house.phones["bo"]])
    call.hang_up()
    record = await house.record()
    assert [len(heard.phi_text.split()) for heard in entries(record, story.HeardSpeech)] == [10]
    assert entries(record, story.SlotGiven) == [story.SlotGiven("phone", "6175550123")]


async def test_a_number_that_is_pressed_is_read_back_and_confirmed_by_key(house: Practice, call: PhoneCall) -> None:
    call.press("161755501231")
    await first_rung([house.phones["ana"], house.phones["bo"]])
    call.hang_up()
    record = await house.record()
    assert entries(record, story.SlotGiven) == [story.SlotGiven("phone", "6175550123")]
    assert entries(record, story.HeardSpeech) == []


def heard_seconds(call: PhoneCall, prompt: str) -> float:
    return sum(span.end_seconds - span.start_seconds for span in hears(call, prompt))
