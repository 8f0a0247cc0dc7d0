"""Speech by way of Vosk, for real: a caller's audio over RTP, AudioSocket, a worker process, a queue, a phone."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ivr import record as story
from lab.patients import silent_from
from lab.voices import VOICES, speak
from tests.live.practice import HERE, Practice, entries, first_rung
from tests.live.tones import hears

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.call import PhoneCall

MODEL = HERE.parent / "models/vosk-tiny-en"
WORKER = "ivr.speech.hearing.worker"
PROMPT_STOPS_SECONDS = 1.0  # the budget is 0.3; a busy machine may be late, a prompt that goes on is later


@pytest.fixture(scope="module")
def speech() -> Mapping[str, Any]:
    return {"models": {"en": str(MODEL)}}


@pytest.fixture
async def listening(house: Practice) -> Practice:
    await house.careline.hearing()
    return house


async def calling(house: Practice) -> PhoneCall:
    call = house.call()
    await call.heard.first_audio
    return call


def worker_of(careline: int) -> int:
    """The process id of Careline's recogniser worker."""
    for task in Path(f"/proc/{careline}/task").iterdir():
        for child in (task / "children").read_text().split():
            if WORKER.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    raise AssertionError("no recogniser worker runs")


@pytest.mark.parametrize("voice", VOICES)
async def test_a_word_over_the_greeting_makes_the_right_phone_ring(listening: Practice, voice: str) -> None:
    call = await calling(listening)
    call.say(speak("billing", voice))
    await first_rung([listening.phones["ana"], listening.phones["bo"]])
    call.hang_up()
    record = await listening.record()
    assert [heard.phi_text for heard in entries(record, story.HeardSpeech)] == ["billing"]
    assert (record.summary.intent, record.summary.route) == ("billing", "desk")


async def test_the_prompt_stops_when_the_caller_speaks(listening: Practice) -> None:
    call = await calling(listening)
    began = asyncio.get_running_loop().time()
    call.say(np.tile(speak("nurse"), 3))
    await listening.until_waiting(1)
    assert silent_from(call, began) < PROMPT_STOPS_SECONDS
    call.hang_up()


async def test_an_emergency_passes_everybody(listening: Practice) -> None:
    """Somebody waits for the nurse already; the one who says the word is served first."""
    first = await calling(listening)
    first.press("2")
    await listening.until_waiting(1)
    second = await calling(listening)
    second.say(speak("emergency"))
    await listening.until_waiting(2)
    waiting = (await listening.careline.ask(do="status"))["waiting"]
    assert [(each["position"], each["urgent"]) for each in waiting] == [(1, True), (2, False)]
    await listening.careline.ask(do="ready", person="cleo")
    await listening.until_person("cleo", "talking")
    second.hang_up()
    assert entries(await listening.record(), story.RedFlagRaised)[0].sign == "emergency"
    first.hang_up()


async def test_a_word_that_fits_nothing_is_asked_again_with_a_closed_list(listening: Practice) -> None:
    call = await calling(listening)
    call.say(speak("spanish"))
    async with asyncio.timeout(10):
        await call.heard.until(lambda _: hears(call, "not_understood"))
    call.say(speak("refill", "rms"))
    await listening.until_waiting(1)
    call.hang_up()
    record = await listening.record()
    assert [asked.prompts[0] for asked in entries(record, story.Asked)] == ["welcome", "not_understood"]
    assert record.summary.intent == "refill"


async def test_a_worker_killed_in_mid_utterance_costs_that_caller_a_turn_and_the_next_nothing(
    listening: Practice,
) -> None:
    call = await calling(listening)
    call.say(np.tile(speak("nurse"), 5))
    await asyncio.sleep(0.7)  # in the middle of what is said
    os.kill(worker_of(listening.careline.pid), signal.SIGKILL)
    async with asyncio.timeout(2):
        await call.heard.until(lambda _: hears(call, "please_press"))
    call.press("1")
    await first_rung([listening.phones["ana"], listening.phones["bo"]])
    call.hang_up()
    assert entries(await listening.record(), story.RecognizerLost) == [story.RecognizerLost()]
    await listening.careline.hearing()
    following = await calling(listening)
    following.say(speak("billing"))
    await first_rung([listening.phones["ana"], listening.phones["bo"]])
    following.hang_up()
    assert (await listening.record()).summary.intent == "billing"
