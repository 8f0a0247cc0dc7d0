"""The active speech level of ITU-T P.56, against sounds whose level is known."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.speech.loudness import PEAK_DBOV, SILENCE, TARGET_DBOV, gain_for_callers, level_of


def noise(seconds: float, dbov: float, rate: int = 8000) -> np.ndarray:
    samples = np.random.default_rng(1).normal(0, 1, int(seconds * rate))
    return samples / samples.std() * 32768 * 10 ** (dbov / 20)


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
    assert gain_for_callers(nothing, 8000) == 1.0


def test_callers_get_the_target_unless_a_peak_is_in_the_way() -> None:
    soft, peaky = noise(2, -40), noise(2, -40)
    peaky[::200] = 20_000
    assert level_of(soft * gain_for_callers(soft, 8000), 8000).active == pytest.approx(TARGET_DBOV, abs=0.05)
    limited = level_of(peaky * gain_for_callers(peaky, 8000), 8000)
    assert (limited.peak, limited.active < TARGET_DBOV) == (pytest.approx(PEAK_DBOV), True)
