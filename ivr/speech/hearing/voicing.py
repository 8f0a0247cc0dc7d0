"""Is a sound the voice of somebody who speaks? Speech is periodic most of the time, a cough or a door is noise."""

from __future__ import annotations

import numpy as np

from ivr.speech.sound.audio import RATE

LOWEST, HIGHEST = 70, 400  # Hz: the pitch of men, women and children
SHORTEST_LAG, LONGEST_LAG = RATE // HIGHEST, RATE // LOWEST
LIKENESS = 0.55  # of a sound with itself one period later; noise reaches 0.3, a clear vowel 0.9
SPECTRUM = 1024  # samples; more than twice the frames, so that the end does not meet the beginning


def is_periodic(pcm: bytes) -> bool:
    """Whether 40 ms of 16-bit audio have a pitch: the highest normalised autocorrelation of any period of a voice."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    samples -= samples.mean()
    power = np.abs(np.fft.rfft(samples, SPECTRUM)) ** 2
    likeness = np.fft.irfft(power)[: LONGEST_LAG + 1]
    if likeness[0] <= 0:
        return False
    overlap = 1 - np.arange(LONGEST_LAG + 1) / len(samples)
    return bool((likeness / (likeness[0] * overlap))[SHORTEST_LAG:].max() >= LIKENESS)
