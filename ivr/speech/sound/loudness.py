"""How loud speech is: the active speech level, which pauses do not change, and the level that callers get.

Source: ITU-T P.56 (12/2011), method B, with its constants: an envelope smoothed twice over 30 ms, held for 200 ms, and
the level at which it stays 15.9 dB above the threshold that counts as speech. 0 dBov is a square wave of
full scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

TARGET_DBOV = -20.0  # Asterisk's own voice has -18.4 (en) and -19.5 (es); people on a telephone line some 6 dB less
PEAK_DBOV = -3.0  # G.711 clips at full scale, and lines add gain

MOST_HELD_DB = 6.0  # more is heard as a change of the voice

_FULL_SCALE = 32768.0
_HOLDING_SECONDS = 0.005
_SMOOTHING_SECONDS = 0.03
_HANGOVER_SECONDS = 0.2
_MARGIN_DB = 15.9
_THRESHOLDS = 15  # one for each bit of a sample, 6 dB apart
_TAIL = 16  # smoothing times after which a sample has no weight left that 16 bits could tell

_Samples = NDArray[np.int16] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """`active` and `peak` in dBov; both are -inf for silence. `activity` is the share of the time that is speech."""

    active: float
    peak: float
    activity: float


SILENCE = Level(-np.inf, -np.inf, 0.0)


def level_of(sound: _Samples, rate: int) -> Level:
    """The active speech level of a sound in 16-bit samples, `rate` of them a second."""
    samples = np.asarray(sound, np.float64) / _FULL_SCALE
    energy = float(np.sum(samples**2))
    if not energy:
        return SILENCE
    envelope, hangover = _envelope(samples, rate), round(_HANGOVER_SECONDS * rate)
    peak = _db(float(np.abs(samples).max()) ** 2)
    before: tuple[float, float, int] | None = None
    for bit in range(_THRESHOLDS, 0, -1):
        active = _active_count(envelope >= 2.0**-bit, hangover)
        if not active:
            break
        level, threshold = _db(energy / active), _db(4.0**-bit)
        excess = level - threshold - _MARGIN_DB
        if excess <= 0:
            return _between(before, (level, excess, active), peak, len(samples))
        before = (level, excess, active)
    level, active = (before[0], before[2]) if before else (_db(energy / len(samples)), len(samples))
    return Level(level, peak, active / len(samples))


def levelled(sound: _Samples, rate: int) -> NDArray[np.float64]:
    """Speech at -20 dBov with its peaks held below -3 dBov, less loud where they would be held by more than 6 dB."""
    samples, level = np.asarray(sound, np.float64), level_of(sound, rate)
    if level is SILENCE:
        return samples
    gain = min(TARGET_DBOV - level.active, PEAK_DBOV + MOST_HELD_DB - level.peak)
    return _held(samples * 10 ** (gain / 20), rate)


def _held(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Peaks held below the limit, by a gain that moves within 10 ms: no click, no flat top."""
    limit = _FULL_SCALE * 10 ** (PEAK_DBOV / 20)
    reach = round(_HOLDING_SECONDS * rate)
    gains = limit / np.maximum(np.abs(samples), limit)
    least = sliding_window_view(np.pad(gains, 2 * reach, constant_values=1.0), 2 * reach + 1).min(axis=1)
    smooth = np.convolve(least, np.full(2 * reach + 1, 1 / (2 * reach + 1)), "valid")
    return np.asarray(samples * smooth)


def _between(
    before: tuple[float, float, int] | None, after: tuple[float, float, int], peak: float, count: int
) -> Level:
    """Where the excess over the margin is nought, between two thresholds."""
    if before is None:
        return Level(after[0], peak, after[2] / count)
    share = before[1] / (before[1] - after[1])
    level, active = before[0] + share * (after[0] - before[0]), before[2] + share * (after[2] - before[2])
    return Level(level, peak, active / count)


def _envelope(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """The magnitude through two one-pole filters, as one convolution: their response is (n + 1) g^n (1 - g)^2."""
    decay = np.exp(-1 / (rate * _SMOOTHING_SECONDS))
    at = np.arange(round(_TAIL * _SMOOTHING_SECONDS * rate))
    response = (1 - decay) ** 2 * (at + 1) * decay**at
    size = 1 << (len(samples) + len(response)).bit_length()
    smoothed = np.fft.irfft(np.fft.rfft(np.abs(samples), size) * np.fft.rfft(response, size), size)
    return np.asarray(smoothed[: len(samples)])


def _active_count(above: NDArray[np.bool_], hangover: int) -> int:
    """Samples above the threshold, or not longer than the hangover after one."""
    at = np.arange(len(above))
    last = np.maximum.accumulate(np.where(above, at, -hangover - 1))
    return int(np.count_nonzero(at - last <= hangover)) if above.any() else 0


def _db(power: float) -> float:
    return float(10 * np.log10(power))
