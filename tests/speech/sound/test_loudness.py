"""The active speech level of ITU-T P.56, against sounds whose level is known."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.speech.sound.loudness import PEAK_DBOV, SILENCE, TARGET_DBOV, level_of, levelled


def noise(seconds: float, dbov: float, rate: int = 8000) -> np.ndarray:
    samples: np.ndarray = np.random.default_rng(1).normal(0, 1, int(seconds * rate))
    loud: np.ndarray = samples / samples.std() * 32768 * 10 ** (dbov / 20)
    return loud


def quiet(seconds: float, rate: int = 8000) -> np.ndarray:
    return np.zeros(int(seconds * rate))


@pytest.mark.parametrize("dbov", [-50.0, -26.0, -20.0, -12.0])
@pytest.mark.parametrize("rate", [8000, 16_000])
def test_a_sound_without_pauses_has_its_power_as_level(dbov: float, rate: int) -> None:
    assert level_of(noise(3, dbov, rate), rate).active == pytest.approx(dbov, abs=0.1)


@pytest.mark.parametrize("pause", [1.0, 5.0])
def test_long_pauses_do_not_make_speech_softer(pause: float) -> None:
    talk = np.concatenate([part for _ in range(5) for part in (noise(1.8, -20), quiet(pause))])
    level = level_of(talk, 8000)
    assert level.active == pytest.approx(-20.5, abs=0.2)  # the hangover of 0.2 s after each stretch counts as speech
    assert level.activity == pytest.approx(2.0 / (1.8 + pause), abs=0.03)


def test_the_level_moves_with_the_gain() -> None:
    talk = np.concatenate([noise(1, -20), quiet(0.7), noise(0.4, -32), quiet(0.3)])
    assert level_of(talk / 2, 8000).active == pytest.approx(level_of(talk, 8000).active - 6.02, abs=0.05)


@pytest.mark.parametrize("nothing", [quiet(0), quiet(1)])
def test_silence_has_no_level_and_stays_silence(nothing: np.ndarray) -> None:
    assert level_of(nothing, 8000) is SILENCE
    assert np.array_equal(levelled(nothing, 8000), nothing)


@pytest.mark.parametrize("dbov", [-45.0, -26.0, -12.0])
@pytest.mark.parametrize("rate", [8000, 16_000])
def test_callers_get_one_loudness_with_peaks_held(dbov: float, rate: int) -> None:
    peaky = noise(2, dbov, rate)
    peaky[:: rate // 4] *= 4
    level = level_of(levelled(peaky, rate), rate)
    assert level.active == pytest.approx(TARGET_DBOV, abs=0.2)
    assert level.peak <= PEAK_DBOV + 1e-9


def test_what_is_mostly_peaks_stays_softer() -> None:
    clicks = noise(2, -60)
    clicks[::2000] = 20_000
    level = level_of(levelled(clicks, 8000), 8000)
    assert (level.active < TARGET_DBOV - 3, level.peak <= PEAK_DBOV + 1e-9) == (True, True)


def test_holding_a_peak_leaves_the_rest_alone() -> None:
    talk = noise(1, -26)
    talk[4000] = 32_000
    before, after = talk, levelled(talk, 8000)
    ratio = after[:3900] / before[:3900]
    assert np.ptp(ratio) == pytest.approx(0, abs=1e-9)
