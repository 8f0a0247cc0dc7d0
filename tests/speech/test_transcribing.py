"""Recordings as words: real recognisers, and ears that fail."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.clock import SystemClock
from ivr.services import RecognizerUnavailable
from ivr.speech.pool import RecognizerPool
from ivr.speech.transcribing import transcribe
from tests.asterisk.ears import LoudEars
from tests.speech.heard import PHRASES, WITHIN, silence, spoken

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE = spoken("reschedule.slt") + silence(2.0) + spoken("chest_pain.rms")


async def fast(seconds: float) -> None:
    """Twenty times as fast as a caller speaks."""
    await asyncio.sleep(seconds / 20)


async def test_the_sentences_of_a_message_are_told_one_by_one(tmp_path: Path) -> None:
    pool = RecognizerPool(workers=1, models={}, cache=tmp_path, phrases=PHRASES, clock=SystemClock())
    await pool.start()
    try:
        async with asyncio.timeout(WITHIN):
            await pool.ready()
            first, second = [said async for said in transcribe(pool, "en", MESSAGE, fast)]
    finally:
        await pool.close()
    assert ("appointment" in first[0], "chest pain" in second[0]) == (True, True)


async def test_silence_holds_no_sentence() -> None:
    assert [said async for said in transcribe(LoudEars("x"), "en", b"", fast)] == []


async def test_a_language_that_nobody_hears_is_refused() -> None:
    with pytest.raises(RecognizerUnavailable):
        await anext(transcribe(LoudEars(), "es", MESSAGE, fast))


async def test_a_recogniser_that_dies_in_the_middle_is_no_transcript() -> None:
    ears = LoudEars("hello")
    ears.dies = True
    with pytest.raises(RecognizerUnavailable):
        await anext(transcribe(ears, "en", MESSAGE, fast))
