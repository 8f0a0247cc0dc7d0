"""Caller audio: 8 kHz, 16-bit little-endian, mono, in frames of 20 ms."""

from __future__ import annotations

import array
import sys

RATE = 8000  # samples per second
FRAME_SECONDS = 0.02
FRAME_BYTES = 320


class Framer:
    """Cuts audio of any length into whole frames."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, pcm: bytes) -> list[bytes]:
        data = self._rest + pcm
        whole = len(data) - len(data) % FRAME_BYTES
        self._rest = data[whole:]
        return [data[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES)]


def level(frame: bytes) -> float:
    """The mean magnitude of the samples, 0..32768."""
    samples = array.array("h", frame)
    if sys.byteorder == "big":
        samples.byteswap()
    return sum(map(abs, samples)) / len(samples)
