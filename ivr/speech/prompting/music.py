"""What callers hear while they wait: a slow arpeggio of our own over soft chords, made for the telephone.

Sixteen bars of five seconds. Every bar is struck softly, rings, and has all but died away when the next one begins: the
piece begins and ends in silence, so it loops without a click, and a caller can be heard between two bars even where a
loudspeaker sends the music back. No two notes that sound together are nearer than three semitones, which would beat
harshly, and no partial leaves the telephone's band of 300 to 3400 Hz.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ivr.speech.sound.wav import RATE_HZ, Sound

VERSION = "1"  # raise it when the piece is changed: it is kept in the cache by this name

_BAR_SECONDS = 5.0
_STEP_SECONDS = 0.55  # from one note of the arpeggio to the next
_PLUCK_SECONDS = 2.7
_PAD_SECONDS = 4.9
_DBFS = -23.0  # RMS: somewhat softer than the voices of the prompts
_PEAK_DBFS = -6.0
_FULL_SCALE = 32768.0
_HIGHEST_HZ = 3300.0
_PARTIALS = (1.0, 0.30, 0.12, 0.05)
_STRINGS = ((1.0, -1.0), (0.25, 1.5))  # level and detuning in cents: the second lets a note swell slowly, no tremble
_PAD_LEVEL = 0.45
_DAMPING_SECONDS = 0.8  # the last of a note is faded, whatever is left of it

_Wave = NDArray[np.float64]

_C, _D, _E = (64, 67, 72, 76), (65, 69, 74, 77), (64, 67, 71, 76)  # MIDI notes, from E above middle C (330 Hz) on
_F, _G, _A = (65, 69, 72, 77), (67, 71, 74, 79), (64, 69, 72, 76)
_UP, _FALL, _TURN, _REST = (0, 1, 2, 3), (3, 2, 1, 0), (0, 2, 1, 3, 2), (0, 2, 3)  # which notes, step by step
_BARS = (
    *((_C, _UP), (_A, _TURN), (_F, _UP), (_G, _REST)),
    *((_E, _FALL), (_A, _UP), (_D, _TURN), (_G, _REST)),
    *((_C, _TURN), (_F, _UP), (_A, _FALL), (_E, _REST)),
    *((_F, _TURN), (_D, _UP), (_G, _FALL), (_C, _REST)),
)


def compose() -> Sound:
    """The whole piece: 80 s; the same samples every time."""
    bar = int(_BAR_SECONDS * RATE_HZ)
    piece = np.zeros(bar * len(_BARS))
    for number, (chord, order) in enumerate(_BARS):
        piece[number * bar : (number + 1) * bar] = _bar(chord, order)
    return levelled(piece)


def levelled(music: _Wave | Sound) -> Sound:
    """As loud as our own music: -23 dBFS RMS, less where a peak would pass -6 dBFS. Silence stays as it is."""
    peak = float(np.abs(music.astype(np.float64)).max(initial=0.0))
    if not peak:
        return music.astype(np.int16)
    rms = float(np.sqrt(np.mean(np.square(music, dtype=np.float64))))
    gain = min(_FULL_SCALE * 10 ** (_DBFS / 20) / rms, _FULL_SCALE * 10 ** (_PEAK_DBFS / 20) / peak)
    return np.rint(music * gain).astype(np.int16)


def _bar(chord: tuple[int, ...], order: tuple[int, ...]) -> _Wave:
    bar = np.zeros(int(_BAR_SECONDS * RATE_HZ))
    for note in chord[:3]:
        _add(bar, _PAD_LEVEL * _pad(note), 0.0)
    for step, place in enumerate(order):
        _add(bar, _pluck(chord[place]), step * _STEP_SECONDS)
    return bar


def _add(bar: _Wave, note: _Wave, at_seconds: float) -> None:
    start = int(at_seconds * RATE_HZ)
    assert start + len(note) <= len(bar), "every note dies within its bar"
    bar[start : start + len(note)] += note


@lru_cache(maxsize=32)
def _pluck(note: int) -> _Wave:
    """A string struck softly: 30 ms to the full sound, and the higher partials die first."""
    at = _times(_PLUCK_SECONDS)
    return _eased(at, 0.03) * sum(
        level * np.exp(-at * (1.0 + 0.7 * number)) * _strings(at, note, number)
        for number, level in enumerate(_PARTIALS, start=1)
    )


@lru_cache(maxsize=32)
def _pad(note: int) -> _Wave:
    """A breath of the chord: swells for 0.9 s, and dies away."""
    at = _times(_PAD_SECONDS)
    return _eased(at, 0.9) * np.exp(-at / 2.2) * (_strings(at, note, 1) + 0.15 * _strings(at, note, 2))


def _times(seconds: float) -> _Wave:
    return np.arange(int(seconds * RATE_HZ)) / RATE_HZ


def _eased(at: _Wave, attack_seconds: float) -> _Wave:
    """From 0 to 1 and, at the very end, to 0, without a corner."""
    left = at[-1] - at
    rise, fall = np.minimum(1.0, at / attack_seconds), np.minimum(1.0, left / _DAMPING_SECONDS)
    return np.asarray(np.sin(rise * np.pi / 2) ** 2 * np.sin(fall * np.pi / 2) ** 2)


def _strings(at: _Wave, note: int, partial: int) -> _Wave:
    """One partial of a note, silent where the telephone would not carry it."""
    hertz = partial * 440.0 * 2 ** ((note - 69) / 12)
    if hertz > _HIGHEST_HZ:
        return np.zeros_like(at)
    return np.asarray(sum(level * np.sin(2 * np.pi * hertz * 2 ** (cents / 1200) * at) for level, cents in _STRINGS))
