"""Speech as a telephone sends it, and what tests do with it. The recordings are flite's voices through G.711."""

from __future__ import annotations

import asyncio
import wave
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.speech.sound.audio import FRAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.call import Spoke
    from ivr.services import Ear

RECORDINGS = Path(__file__).with_name("recordings")
TINY_MODEL = Path(__file__).parents[1] / "models" / "vosk-tiny-en"
FRAMES_PER_SECOND = 50
WITHIN = 20.0  # seconds; a test that takes so long has failed

PHRASES = {"en": ("reschedule my appointment", "billing", "chest pain", "cannot breathe", "cardiology", "orthopedics")}


def spoken(name: str) -> bytes:
    """A recording with silence around it, long enough for any pause."""
    with wave.open(str(RECORDINGS / f"{name}.wav")) as file:
        return silence(0.4) + file.readframes(file.getnframes()) + silence(1.0)


def silence(seconds: float) -> bytes:
    return bytes(2 * int(8000 * seconds))


def frames(pcm: bytes) -> Iterator[bytes]:
    for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
        yield pcm[at : at + FRAME_BYTES]


async def said_to(ear: Ear, pcm: bytes) -> Spoke:
    """Feed the audio, faster than it was spoken but never far ahead of the worker, and wait for the result."""
    async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as group:
        hearing = group.create_task(ear.heard())
        for frame in frames(pcm):
            ear.feed(frame)
            if hearing.done():
                break
            await asyncio.wait([hearing], timeout=0.008)
        return await hearing
