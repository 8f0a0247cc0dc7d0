"""Prompts as the bytes that callers hear: 8 kHz, 16-bit little-endian, mono."""

from __future__ import annotations

import wave
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RATE = 8_000
SAMPLE_BYTES = 2
FRAME_BYTES = 320  # 20 ms
BYTES_PER_SECOND = RATE * SAMPLE_BYTES
SOUNDS_KEPT = 512  # a practice has some 200 prompts of 3 s, and music of 80 s: 11 MB


class SoundUnusable(ValueError):  # noqa: N818 - named for what is wrong
    """The message names the file, what it is, and what it must be."""


def pcm_of(sounds: Iterable[Path]) -> tuple[bytes, ...]:
    """Return each sound, padded to whole frames; whoever plays a sound gets the same bytes, not a copy.

    Raises SoundUnusable, OSError.
    """
    return tuple(_read(sound, sound.stat().st_mtime_ns) for sound in sounds)


@lru_cache(maxsize=SOUNDS_KEPT)
def _read(path: Path, _changed: int) -> bytes:
    """Read a WAV; kept until the file changes."""
    try:
        with wave.open(str(path), "rb") as sound:
            shape = (sound.getframerate(), sound.getsampwidth(), sound.getnchannels())
            pcm = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise SoundUnusable(f"{path}: no WAV file ({error}); prompts are 8 kHz 16-bit mono WAV") from error
    if shape != (RATE, SAMPLE_BYTES, 1):
        rate, width, channels = shape
        raise SoundUnusable(
            f"{path}: {rate} Hz, {8 * width} bit, {channels} channels; prompts are 8 kHz 16-bit mono WAV"
        )
    return pcm.ljust(-(-len(pcm) // FRAME_BYTES) * FRAME_BYTES, b"\0")


def write_wav(path: Path, pcm: bytes) -> None:
    """Write 8 kHz 16-bit mono audio."""
    with path.open("wb") as file, wave.open(file, "wb") as sound:
        sound.setparams((1, SAMPLE_BYTES, RATE, 0, "NONE", "not compressed"))
        sound.writeframes(pcm)


def seconds_of(path: Path) -> float:
    """Return the length of a WAV, 0.0 when there is none."""
    try:
        with wave.open(str(path), "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except (FileNotFoundError, EOFError, wave.Error):
        return 0.0
