"""What `careline doctor` finds about a recogniser: it is started as the service starts it, and hears a sound."""

from __future__ import annotations

import asyncio
import math
from array import array
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ivr.call import Hearing
from ivr.findings import Finding
from ivr.services import RecognizerUnavailable
from ivr.speech.hearing.pool import RecognizerPool
from ivr.speech.sound.audio import RATE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from ivr.services import Clock

READY_SECONDS = 60.0  # a second or two; a Vosk model on a slow disk takes longer
HEARD_SECONDS = 10.0  # the sound is as long as a word
PHRASES = {"en": ("yes", "no"), "es": ("sí", "no")}
PITCH_HZ, FORMANTS_HZ = 120.0, (700.0, 1200.0, 2500.0)  # an "ah"
VOICED_SECONDS, SILENT_SECONDS = 0.6, 1.2


async def hears(language: str, models: Mapping[str, Path], clock: Clock, heard_with: str) -> Finding:
    """`models`: a language's model, if not in its usual place. `heard_with` says which one that is."""
    began = clock.monotonic()
    try:
        async with _pool(language, models, clock) as pool, asyncio.timeout(READY_SECONDS):
            await pool.ready()
            ready = clock.monotonic()
            async with asyncio.timeout(HEARD_SECONDS):
                await _heard(pool, language)
    except (TimeoutError, RecognizerUnavailable):
        return Finding(
            False,
            f"speech in '{language}' is not heard with {heard_with}: it does not answer",
            f"see the log of `careline run`; `careline model get {language}` brings the model anew",
        )
    took = f"ready in {ready - began:.1f} s, a word in {clock.monotonic() - ready:.1f} s"
    return Finding(True, f"speech in '{language}' is heard with {heard_with}: {took}")


@asynccontextmanager
async def _pool(language: str, models: Mapping[str, Path], clock: Clock) -> AsyncIterator[RecognizerPool]:
    """A recogniser of its own: one that serves callers is left to them."""
    with TemporaryDirectory(prefix="careline-doctor-") as cache:
        phrases = {language: PHRASES.get(language, ())}
        pool = RecognizerPool(workers=1, models=models, cache=Path(cache), phrases=phrases, clock=clock)
        await pool.start()
        try:
            yield pool
        finally:
            await pool.close()


async def _heard(pool: RecognizerPool, language: str) -> None:
    """Raises RecognizerUnavailable. What was understood does not matter."""
    ear = pool.listen(Hearing(language))
    try:
        ear.feed(_sound())
        await ear.heard()
    finally:
        ear.close()


def _sound() -> bytes:
    """A voice's vowel and a pause, as a telephone brings it."""
    harmonics = [PITCH_HZ * n for n in range(1, int(3400 / PITCH_HZ))]
    loud = [
        1500 * sum(math.exp(-(((hertz - formant) / 150) ** 2)) for formant in FORMANTS_HZ) + 60 for hertz in harmonics
    ]
    voiced = [
        sum(size * math.sin(2 * math.pi * hertz * at / RATE) for hertz, size in zip(harmonics, loud, strict=True))
        for at in range(int(VOICED_SECONDS * RATE))
    ]
    return array("h", [int(max(-32_000, min(32_000, each))) for each in voiced]).tobytes() + bytes(
        2 * int(SILENT_SECONDS * RATE)
    )
