"""Sounds as callers get them: 16-bit, mono, 8 kHz as a rule, from whatever the practice or the PBX has recorded.

In memory a sound is a NumPy array of int16 samples; its rate is 8 kHz where nothing else is said.
"""

from __future__ import annotations

import os
import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.typing import NDArray

from ivr.speech.sound import g711, loudness, riff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RATE_HZ = 8000

_FULL_SCALE = 32768.0
_SILENCE_DB = -35.0  # below the loudest 20 ms: a room, not a voice
_MARGIN_SECONDS = 0.06  # kept at both ends, or a soft first consonant is cut
_FRAMES_PER_SECOND = 50

Sound = NDArray[np.int16]


class UnusableSound(Exception):  # noqa: N818 - says what the file is
    """The file is no sound that can be played to callers; the message names file, fault and remedy."""


def read(path: Path, rate: int = RATE_HZ) -> Sound:
    """The sound in a WAV file (see riff.py) or one of Asterisk's raw formats, by its suffix; at the rate wanted.

    Raises UnusableSound, OSError.
    """
    if path.suffix == ".wav":
        return _read_wav(path, rate)
    if path.suffix not in _RAW:
        raise UnusableSound(f"{path}: no format that can be read here; save it as a WAV file")
    own, decode = _RAW[path.suffix]
    return at_rate(decode(path.read_bytes()), own, rate)


def write(path: Path, sound: Sound, rate: int = RATE_HZ) -> None:
    """Write a WAV, whole or not at all: nobody ever reads half a prompt."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file, wave.open(file) as out:
            out.setparams((1, 2, rate, 0, "NONE", "not compressed"))
            out.writeframes(sound.astype("<i2").tobytes())
        Path(name).chmod(0o644)  # the PBX, another user, plays it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def for_callers(sound: Sound, rate: int = RATE_HZ) -> Sound:
    """Without silence at the ends, and as loud as a telephone talk."""
    return levelled(trimmed(sound, rate), rate)


def trimmed(sound: Sound, rate: int = RATE_HZ) -> Sound:
    """Without the silence at both ends, but for a short margin. All silence stays as it is."""
    frame = rate // _FRAMES_PER_SECOND
    speaking = np.flatnonzero(_speaking(sound, frame))
    if speaking.size == 0:
        return sound
    margin = int(_MARGIN_SECONDS * rate)
    start, end = int(speaking[0]) * frame, int(speaking[-1] + 1) * frame
    return sound[max(0, start - margin) : end + margin]


def levelled(sound: Sound, rate: int = RATE_HZ) -> Sound:
    """The same as loud as callers get it: see loudness.py."""
    return _as_sound(loudness.levelled(sound, rate))


def silence(seconds: float, rate: int = RATE_HZ) -> Sound:
    return np.zeros(int(seconds * rate), np.int16)


def tone(hertz: float, seconds: float, rate: int = RATE_HZ) -> Sound:
    """A tone at speech level; its ends fade over 10 ms, a click is what they would be."""
    count = int(seconds * rate)
    at = np.arange(count)
    fade = np.minimum(1.0, np.minimum(at + 1, count - at) / (0.01 * rate))
    swing: NDArray[np.float64] = (
        _amplitude(loudness.TARGET_DBOV) * np.sqrt(2) * fade * np.sin(2 * np.pi * hertz * at / rate)
    )
    return _as_sound(swing)


def at_rate(sound: Sound, rate: int, other: int) -> Sound:
    """A sound of one rate at another."""
    return resampled(sound.astype(np.float64), rate, other)


def resampled(samples: NDArray[np.float64], rate: int, other: int) -> Sound:
    """Samples as large as 16-bit ones, of one rate, as a sound of another."""
    return _as_sound(soxr.resample(samples, rate, other) if rate != other else samples)


def _read_wav(path: Path, rate: int) -> Sound:
    try:
        found = riff.read(path.read_bytes())
    except riff.NotWav as fault:
        raise UnusableSound(f"{path}: {fault}; save it as a WAV file") from None
    return resampled(found.samples, found.rate, rate)


def _samples(data: bytes) -> Sound:
    return np.frombuffer(data, "<i2", count=len(data) // 2).astype(np.int16)


_RAW: Mapping[str, tuple[int, Callable[[bytes], Sound]]] = {
    ".ulaw": (8_000, g711.from_ulaw),
    ".alaw": (8_000, g711.from_alaw),
    ".sln": (8_000, _samples),
    ".sln16": (16_000, _samples),
}

READABLE = (".wav", *_RAW)


def _speaking(sound: Sound, frame: int) -> NDArray[np.bool_]:
    """Which frames hold speech rather than the room; a last part frame counts as a whole one."""
    padded = np.pad(sound.astype(np.float64), (0, -len(sound) % frame))
    powers = np.mean(padded.reshape(-1, frame) ** 2, axis=1)
    return np.asarray(powers > powers.max(initial=0.0) * 10 ** (_SILENCE_DB / 10))


def _as_sound(samples: NDArray[np.float64]) -> Sound:
    return np.clip(np.rint(samples), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)


def _amplitude(dbfs: float) -> float:
    return float(_FULL_SCALE * 10 ** (dbfs / 20))
