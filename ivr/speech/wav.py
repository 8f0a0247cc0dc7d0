"""Sounds as callers get them: 8 kHz, 16-bit, mono, from whatever the practice or the PBX has recorded.

In memory a sound is a NumPy array of int16 samples at 8 kHz.
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

from ivr.speech import g711

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RATE_HZ = 8000

_FULL_SCALE = 32768.0
_SPEECH_DBFS = -20.0  # RMS of the speech itself: as loud as a telephone talk
_PEAK_DBFS = -3.0  # G.711 clips above, and lines add gain
_SILENCE_DB = -35.0  # below the loudest 20 ms: a room, not a voice
_MARGIN_SECONDS = 0.06  # kept at both ends, or a soft first consonant is cut
_FRAME = RATE_HZ // 50

Sound = NDArray[np.int16]


class UnusableSound(Exception):  # noqa: N818 - says what the file is
    """The file is no sound that can be played to callers; the message names file, fault and remedy."""


def read(path: Path) -> Sound:
    """The sound in a WAV file (16 bit, any rate, mono or stereo) or one of Asterisk's raw formats, by its suffix.

    Raises UnusableSound.
    """
    if path.suffix == ".wav":
        return _read_wav(path)
    if path.suffix not in _RAW:
        raise UnusableSound(f"{path}: no format that can be read here; save it as a 16-bit WAV file")
    return _RAW[path.suffix](path.read_bytes())


def write(path: Path, sound: Sound) -> None:
    """Write an 8 kHz WAV, whole or not at all: nobody ever reads half a prompt."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file, wave.open(file) as out:
            out.setparams((1, 2, RATE_HZ, 0, "NONE", "not compressed"))
            out.writeframes(sound.astype("<i2").tobytes())
        Path(name).chmod(0o644)  # the PBX, another user, plays it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def for_callers(sound: Sound) -> Sound:
    """Without silence at the ends, and as loud as a telephone talk."""
    return levelled(trimmed(sound))


def trimmed(sound: Sound) -> Sound:
    """Without the silence at both ends, but for a short margin. All silence stays as it is."""
    speaking = np.flatnonzero(_speaking(sound))
    if speaking.size == 0:
        return sound
    margin = int(_MARGIN_SECONDS * RATE_HZ)
    start, end = int(speaking[0]) * _FRAME, int(speaking[-1] + 1) * _FRAME
    return sound[max(0, start - margin) : end + margin]


def levelled(sound: Sound) -> Sound:
    """The same at -20 dBFS RMS where there is speech, less where peaks would pass -3 dBFS."""
    speaking = _speaking(sound)
    if not speaking.any():
        return sound
    loudness = np.sqrt(np.mean(_frame_powers(sound)[speaking]))
    peak = np.abs(sound.astype(np.float64)).max()
    gain = min(_amplitude(_SPEECH_DBFS) / loudness, _amplitude(_PEAK_DBFS) / peak)
    return _as_sound(sound * gain)


def tone(hertz: float, seconds: float) -> Sound:
    """A tone at speech level; its ends fade over 10 ms, a click is what they would be."""
    count = int(seconds * RATE_HZ)
    at = np.arange(count)
    fade = np.minimum(1.0, np.minimum(at + 1, count - at) / (0.01 * RATE_HZ))
    swing = _amplitude(_SPEECH_DBFS) * np.sqrt(2) * fade * np.sin(2 * np.pi * hertz * at / RATE_HZ)
    return _as_sound(swing)


def _read_wav(path: Path) -> Sound:
    try:
        with wave.open(str(path)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise UnusableSound(f"{path}: {error or 'empty'}; save it as a 16-bit PCM WAV file") from error
    if width != 2:  # noqa: PLR2004 - bytes of a 16-bit sample
        raise UnusableSound(f"{path}: {8 * width} bits a sample; save it as a 16-bit WAV file")
    samples = _samples(data[: len(data) // (2 * channels) * 2 * channels])
    return _at_8_khz(samples.reshape(-1, channels).mean(axis=1), rate)


def _samples(data: bytes) -> Sound:
    return np.frombuffer(data, "<i2", count=len(data) // 2).astype(np.int16)


def _at_8_khz(samples: NDArray[np.float64], rate: int) -> Sound:
    if rate != RATE_HZ:
        samples = soxr.resample(samples, rate, RATE_HZ)
    return _as_sound(samples)


_RAW: Mapping[str, Callable[[bytes], Sound]] = {
    ".ulaw": g711.from_ulaw,
    ".alaw": g711.from_alaw,
    ".sln": _samples,
    ".sln16": lambda data: _at_8_khz(_samples(data).astype(np.float64), 16_000),
}

READABLE = (".wav", *_RAW)


def _frame_powers(sound: Sound) -> NDArray[np.float64]:
    """Mean square of each 20 ms; a last part frame counts as a whole one."""
    padded = np.pad(sound.astype(np.float64), (0, -len(sound) % _FRAME))
    return np.asarray(np.mean(padded.reshape(-1, _FRAME) ** 2, axis=1))


def _speaking(sound: Sound) -> NDArray[np.bool_]:
    """Which 20 ms frames hold speech rather than the room."""
    powers = _frame_powers(sound)
    if powers.size == 0 or not powers.any():
        return np.zeros(powers.shape, np.bool_)
    return np.asarray(powers > powers.max() * 10 ** (_SILENCE_DB / 10))


def _as_sound(samples: NDArray[np.float64]) -> Sound:
    return np.clip(np.rint(samples), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)


def _amplitude(dbfs: float) -> float:
    return float(_FULL_SCALE * 10 ** (dbfs / 20))
