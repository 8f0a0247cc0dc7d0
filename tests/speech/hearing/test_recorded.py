"""Recordings heard as callers are: real recognisers, and ears that fail."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.call import Hearing
from ivr.clock import SystemClock
from ivr.services import RecognizerUnavailable
from ivr.speech.hearing.pool import RecognizerPool
from ivr.speech.hearing.recorded import utterances
from tests.media.ears import LoudEars
from tests.speech.heard import PHRASES, WITHIN, silence, spoken

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.services import Ears

MESSAGE = spoken("reschedule.slt") + silence(2.0) + spoken("chest_pain.rms")


async def heard(ears: Ears, pcm: bytes, language: str = "en") -> list[str]:
    """The best reading of each turn, ten times as fast as it was spoken."""
    said = utterances(ears, Hearing(language, pause_seconds=0.8), pcm, pace=10.0)
    return [spoke.hypotheses[0].text async for spoke in said]


async def test_a_message_is_told_turn_by_turn(tmp_path: Path) -> None:
    pool = RecognizerPool(workers=1, models={}, cache=tmp_path, phrases=PHRASES, clock=SystemClock())
    await pool.start()
    try:
        async with asyncio.timeout(WITHIN):
            await pool.ready()
            first, second = await heard(pool, MESSAGE)
    finally:
        await pool.close()
    assert ("appointment" in first, "chest pain" in second) == (True, True)


async def test_silence_holds_no_turn() -> None:
    assert await heard(LoudEars("hello"), b"") == []


async def test_a_language_that_nobody_hears_is_refused() -> None:
    with pytest.raises(RecognizerUnavailable):
        await heard(LoudEars(), MESSAGE, "es")


async def test_a_recogniser_that_dies_in_the_middle_is_told() -> None:
    ears = LoudEars("hello")
    ears.dies = True
    with pytest.raises(RecognizerUnavailable):
        await heard(ears, MESSAGE)
