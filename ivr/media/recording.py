"""A caller's message, while it is spoken."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from ivr.media.sounds import BYTES_PER_SECOND, write_wav

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

VOICE_RMS = 100.0  # -50 dBFS: above the noise of a quiet line. A noisy line is never silent and runs to the limit
DRAFT_BYTES = 8192  # half a second: what a kill may cost, and how often the disk is asked
TAIL_SECONDS = 0.5  # kept after the last voice: a soft end of a word lies below the limit


class Recording:
    """Feed it 8 kHz 16-bit audio; `over` is set at the limit, or when nobody spoke for `silence_seconds`."""

    def __init__(self, longest_seconds: float, silence_seconds: float) -> None:
        self.over = asyncio.Event()
        self._pcm = bytearray()
        self._longest = _bytes(longest_seconds)
        self._silence = _bytes(silence_seconds)
        self._voice_until = 0

    @property
    def length(self) -> int:
        """How much arrived, in bytes."""
        return len(self._pcm)

    def feed(self, pcm: bytes) -> None:
        if self.over.is_set():
            return
        self._pcm += pcm
        if _rms(pcm) > VOICE_RMS:
            self._voice_until = len(self._pcm)
        if len(self._pcm) >= self._longest or len(self._pcm) - self._voice_until >= self._silence:
            self.over.set()

    def pcm(self) -> bytes:
        """Return the message without the silence at its end; nothing, when nobody spoke."""
        if not self._voice_until:
            return b""
        return bytes(self._pcm[: min(self._voice_until + _bytes(TAIL_SECONDS), self._longest)])

    @staticmethod
    def seconds_of(pcm: bytes) -> float:
        return len(pcm) / BYTES_PER_SECOND


class Draft:
    """The message on disk while it is spoken, as a WAV whose header does not know its length yet.

    Should this process be killed, that is what is left of the message. A disk that fails costs the draft alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def write(self, pcm: bytes) -> None:
        with suppress(OSError):
            if self._file is None:
                write_wav(self._path, b"")
                self._file = self._path.open("ab", buffering=DRAFT_BYTES)
            self._file.write(pcm)

    def close(self) -> None:
        with suppress(OSError):
            if self._file:
                self._file.close()


def _bytes(seconds: float) -> int:
    """Whole samples."""
    return int(seconds * BYTES_PER_SECOND) // 2 * 2


def _rms(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    return float(np.sqrt(np.mean(samples * samples))) if len(samples) else 0.0
