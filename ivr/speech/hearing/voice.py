"""How a voice sounds, apart from its words: pitch, loudness and pace of one utterance. Pure.

Measured as phoneticians do, within what a telephone lets through (300 to 3400 Hz, 8 kHz):

    pitch      from the autocorrelation of 40 ms frames (Boersma 1993); a telephone takes the fundamental away, its
               harmonics keep the period
    loudness   the RMS of the frames in which the caller speaks, in dBov: 0 is the loudest that G.711 can carry
    pace       peaks of the loudness's envelope, which are the syllables (de Jong & Wempe 2009)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ivr.call import Voice
from ivr.speech.sound.audio import RATE

Floats = NDArray[np.float64]

FRAME = 320  # samples: 40 ms hold three periods of the deepest voice
HOP = 160
LOWEST_HZ, HIGHEST_HZ = 75.0, 600.0  # a deep man's voice; a child's, or anybody's cry
VOICED = 0.45  # autocorrelation of a voiced frame, as Boersma has it
OCTAVE = 0.9  # a shorter period wins that is nearly as good: half the pitch fits every voice as well
SPEAKING_DB = 25.0  # below the loudest frame is the line's noise
DROP_DB = 3.0  # between two syllables
CRY_HZ = 380.0  # above what adults speak with: a voice that breaks, a cry
FULL_SCALE = 32768.0
SHORTEST_SECONDS = 0.4  # less says nothing about a voice


def voice_of(pcm: bytes) -> Voice | None:
    """The voice in 8 kHz 16-bit little-endian mono sound; None where too little is spoken to tell."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float64) / FULL_SCALE
    if len(samples) < FRAME:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP]
    levels = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)
    speaking = levels > levels.max() - SPEAKING_DB
    seconds = float(speaking.sum()) * HOP / RATE
    if seconds < SHORTEST_SECONDS:
        return None
    pitches = _pitches(frames[speaking])
    voiced = pitches[pitches > 0]
    if not len(voiced):
        return None
    return Voice(
        seconds=seconds,
        loudness_db=float(10 * np.log10(np.mean(frames[speaking] ** 2))),
        pitch_hz=float(np.median(voiced)),
        syllables_per_second=_syllables(levels) / seconds,
        cry_seconds=_longest_run(pitches > CRY_HZ) * HOP / RATE,
    )


def _pitches(frames: Floats) -> Floats:
    """Hz by frame, 0 where it is not voiced."""
    window = np.hanning(FRAME)
    size = 2 * FRAME
    spectrum = np.abs(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window, size)) ** 2
    own = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2)
    correlation = np.fft.irfft(spectrum)
    correlation = correlation / (correlation[:, :1] + 1e-12) / (own / own[0] + 1e-12)
    shortest, longest = int(RATE / HIGHEST_HZ), int(RATE / LOWEST_HZ)
    searched = correlation[:, shortest : longest + 1]
    best = searched.max(axis=1)
    first = (searched >= OCTAVE * best[:, None]) & _peaks(searched)
    period = shortest + np.where(first.any(axis=1), first.argmax(axis=1), searched.argmax(axis=1))
    return np.where(best >= VOICED, RATE / period, 0.0)


def _peaks(rows: Floats) -> NDArray[np.bool_]:
    found = np.zeros(rows.shape, np.bool_)
    found[:, 1:-1] = (rows[:, 1:-1] >= rows[:, :-2]) & (rows[:, 1:-1] > rows[:, 2:])
    return found


def _syllables(levels: Floats) -> int:
    """Peaks of the smoothed loudness that stand out of the valleys before them."""
    smooth = np.convolve(levels, np.ones(3) / 3, "same")
    count, lowest, highest = 0, smooth[0], smooth[0]
    rising = True
    for level in smooth:
        if rising:
            highest = max(highest, level)
            if level < highest - DROP_DB:
                count, rising, lowest = count + 1, False, level
        else:
            lowest = min(lowest, level)
            if level > lowest + DROP_DB:
                rising, highest = True, level
    return count


def _longest_run(found: NDArray[np.bool_]) -> int:
    longest = now = 0
    for each in found:
        now = now + 1 if each else 0
        longest = max(longest, now)
    return longest
