"""Who heard what: tones, silence, and where a known clip occurs in a recording. Sound is int16 mono at 8 kHz."""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 8000
QUIET_RMS = 60  # G.711's own noise is below; a whisper on the line is above

Pcm = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a clip occurs: its start in the recording and the normalised correlation there, -1 to 1."""

    at_seconds: float
    likeness: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of sound that is not silence."""

    start_seconds: float
    end_seconds: float


def read_wav(file: Path) -> Pcm:
    """Samples of an 8 kHz 16-bit mono WAV; ValueError names the file when it is another format."""
    with wave.open(str(file)) as source:
        if (source.getframerate(), source.getnchannels(), source.getsampwidth()) != (RATE, 1, 2):
            raise ValueError(f"{file}: must be 8 kHz, mono, 16 bit")
        return np.frombuffer(source.readframes(source.getnframes()), "<i2").astype(np.int16)


def write_wav(file: Path, pcm: Pcm) -> None:
    with wave.open(str(file), "wb") as sink:
        sink.setparams((1, 2, RATE, 0, "NONE", ""))
        sink.writeframes(pcm.astype("<i2").tobytes())


def tone(hertz: float, seconds: float, loudness: int = 8000) -> Pcm:
    """A sine; `loudness` is its peak."""
    t = np.arange(int(seconds * RATE)) / RATE
    return (loudness * np.sin(2 * np.pi * hertz * t)).astype(np.int16)


def rms(pcm: Pcm) -> float:
    return float(np.sqrt(np.mean(np.square(pcm, dtype=np.float64)))) if len(pcm) else 0.0


def share_of_tone(pcm: Pcm, hertz: float) -> float:
    """How much of the energy is that tone, 0 to 1; 0 for silence."""
    loudness = rms(pcm)
    if loudness < QUIET_RMS:
        return 0.0
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(pcm)) / RATE)
    return float(2 * abs(np.mean(pcm * turns)) ** 2 / loudness**2)


def hears_tone(pcm: Pcm, hertz: float, *, window_seconds: float = 0.1) -> list[Span]:
    """Where the tone is at least a third of the sound, from window to window."""
    return _spans([share_of_tone(window, hertz) > 1 / 3 for window in _windows(pcm, window_seconds)], window_seconds)


def not_silent(pcm: Pcm, *, window_seconds: float = 0.02, join_seconds: float = 0.3) -> list[Span]:
    """Stretches of sound; pauses shorter than `join_seconds` belong to them."""
    found = _spans([rms(window) >= QUIET_RMS for window in _windows(pcm, window_seconds)], window_seconds)
    joined: list[Span] = []
    for span in found:
        if joined and span.start_seconds - joined[-1].end_seconds < join_seconds:
            joined[-1] = Span(joined[-1].start_seconds, span.end_seconds)
        else:
            joined.append(span)
    return joined


def find(clip: Pcm, recording: Pcm) -> Found:
    """The place where `clip` fits best. Above 0.8 it was heard whole; unrelated speech stays below 0.3."""
    if len(clip) > len(recording):
        recording = np.pad(recording, (0, len(clip) - len(recording)))
    wanted, heard = clip.astype(np.float64), recording.astype(np.float64)
    size = 1 << (len(wanted) + len(heard)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    energy = np.concatenate([[0.0], np.cumsum(heard**2)])
    places = len(heard) - len(wanted) + 1
    local = np.sqrt(np.maximum(energy[len(wanted) :] - energy[:places], _floor(wanted)))
    likeness = products[:places] / (local * np.linalg.norm(wanted) + 1e-9)
    best = int(np.argmax(likeness))
    return Found(best / RATE, float(likeness[best]))


def _floor(wanted: npt.NDArray[np.float64]) -> float:
    """Least energy of a place that can count: a clip is not found in what is a hundred times quieter."""
    return float(np.sum(wanted**2)) * 1e-4


def _windows(pcm: Pcm, seconds: float) -> npt.NDArray[np.int16]:
    size = int(seconds * RATE)
    return pcm[: len(pcm) // size * size].reshape(-1, size)


def _spans(flags: list[bool], window_seconds: float) -> list[Span]:
    edges = np.flatnonzero(np.diff([False, *flags, False]))
    return [Span(float(a * window_seconds), float(b * window_seconds)) for a, b in edges.reshape(-1, 2)]
