"""What a patient on a lab phone does: listens until the prompt is over, and stops when talked over."""

import asyncio

import numpy as np

from lab.call import PhoneCall
from lab.sound import RATE, rms

LISTEN_AGAIN_SECONDS = 0.05
QUIET_RMS = 60.0


async def prompt_over(call: PhoneCall, *, quiet_seconds: float = 0.7, within_seconds: float = 60.0) -> None:
    """Return once something is heard from now on, and then nothing for `quiet_seconds`. Raises TimeoutError."""
    spoken = False
    async with asyncio.timeout(within_seconds):
        while True:
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)
            spoken = spoken or rms(call.heard.last(LISTEN_AGAIN_SECONDS)) >= QUIET_RMS
            if spoken and rms(call.heard.last(quiet_seconds)) < QUIET_RMS:
                return


def silent_from(call: PhoneCall, at: float) -> float:
    """Seconds from `at` (the event loop's time) until what the caller heard fell silent for good (0.2 s)."""
    window = RATE // 50
    heard = call.heard.since(at)
    frames = heard[: len(heard) // window * window].reshape(-1, window).astype(np.float64)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) >= QUIET_RMS)
    quiet_after = [int(frame) for frame in loud if not _loud_soon(loud, int(frame))]
    return (quiet_after[0] + 1) / 50 if quiet_after else 0.0


def _loud_soon(loud: np.ndarray, frame: int) -> bool:
    return bool(((loud > frame) & (loud <= frame + 10)).any())
