"""An Asterisk without app_audiosocket: everything works by keys, and `careline doctor` says what is missing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from ivr.record import Outcome
from lab.music import NOTES_HZ
from lab.patients import prompt_over
from lab.sound import hears_tone, tone
from tests.live.practice import HERE, Practice, entries, first_rung
from tests.live.tones import hears, voice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.careline import Careline

MODEL = HERE.parent / "models/vosk-tiny-en"

pytestmark = pytest.mark.deaf


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana", "bo", "cleo"), "live_audio": False}


@pytest.fixture(scope="module")
def speech() -> Mapping[str, Any]:
    """There is a recogniser, and nothing for it to hear."""
    return {"models": {"en": str(MODEL)}}


async def test_a_caller_reaches_a_person_by_a_key(house: Practice) -> None:
    call = house.call()
    await call.heard.first_audio
    call.press("1")
    person = await first_rung([house.phones["ana"], house.phones["bo"]])
    await person.answered
    person.say(voice("ana"), repeat=True)
    async with asyncio.timeout(10):
        await call.heard.until(lambda _: hears(call, "ana"))
    call.hang_up()
    record = await house.record()
    assert record.summary.outcome is Outcome.TALKED
    assert "please_press" in entries(record, story.Asked)[0].prompts


async def test_a_caller_who_waits_hears_music(house: Practice) -> None:
    call = house.call()
    await call.heard.first_audio
    call.press("2")
    async with asyncio.timeout(10):
        await call.heard.until(lambda heard: any(hears_tone(heard, note) for note in NOTES_HZ))
    call.hang_up()
    assert (await house.record()).summary.outcome is Outcome.LEFT_IN_QUEUE


async def test_a_silent_caller_reaches_a_person(house: Practice) -> None:
    call = house.call()
    await call.heard.first_audio
    person = await first_rung([house.phones["ana"], house.phones["bo"]])
    await person.answered
    call.hang_up()
    assert len(entries(await house.record(), story.HeardNothing)) == 3


@pytest.mark.asterisk
@pytest.mark.parametrize("hangs_up", [True, False])
async def test_a_message_is_taken(house: Practice, hangs_up: bool) -> None:
    call = house.call()
    await call.heard.first_audio
    call.press("3")
    async with asyncio.timeout(10):
        await call.heard.until(lambda _: hears(call, "beep"))
    await prompt_over(call, quiet_seconds=0.1)
    await call.say(tone(1300, 1.0))
    if hangs_up:
        call.hang_up()
    else:
        call.press("#")
        async with asyncio.timeout(5):
            await call.ended
        assert hears(call, "voicemail_saved")
    record = await house.record()
    assert record.summary.outcome is Outcome.VOICEMAIL
    assert [message.seconds > 0.7 for message in entries(record, story.Voicemail)] == [True]


@pytest.mark.asterisk
def test_the_doctor_says_how_to_get_live_speech(careline: Careline) -> None:
    settings = careline.folder / "careline.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "doctor", "--settings", settings], capture_output=True, text=True, check=False
    )
    assert "module app_audiosocket is not loaded" in done.stdout
    assert "asterisk -rx 'module load app_audiosocket.so'" in " ".join(done.stdout.split())
    assert done.returncode == 2
