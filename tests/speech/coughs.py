"""Coughs as a telephone hears them: a burst, noise that dies away, and with some a voice at the end."""

from __future__ import annotations

import numpy as np

RATE = 8000


def cough(seed: int, *, voiced: bool = False) -> bytes:
    """A quarter of a second, more or less, with silence around it."""
    rng = np.random.default_rng(seed)
    rising = np.linspace(0.3, 1, RATE // 20)
    length = int(rng.uniform(0.12, 0.28) * RATE)
    falling = np.exp(-np.arange(length) / (0.08 * RATE))
    sound = rng.normal(0, 1, RATE // 20 + length) * np.concatenate([rising, falling])
    if voiced:
        at = np.arange(int(rng.uniform(0.04, 0.1) * RATE)) / RATE
        pitch = rng.uniform(90, 220)
        voice = sum(np.sin(2 * np.pi * pitch * harmonic * at) / harmonic for harmonic in range(1, 6))
        sound = np.concatenate([sound, 0.35 * voice * np.hanning(len(at))])
    loud = np.convolve(sound, [0.25, 0.5, 0.25], "same") * rng.uniform(3000, 9000)
    silence = np.zeros(RATE)
    return np.concatenate([silence, loud, silence]).clip(-32767, 32767).astype("<i2").tobytes()
