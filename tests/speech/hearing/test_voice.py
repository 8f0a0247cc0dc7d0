"""A voice measured: made ones whose pitch, loudness and pace are known, and recorded ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.hearing.voice import voice_of
from ivr.speech.sound.audio import RATE
from ivr.speech.sound.g711 import from_ulaw, to_ulaw
from tests.speech.heard import spoken

if TYPE_CHECKING:
    from ivr.call import Voice


def sung(hertz: float, seconds: float = 1.5, *, amplitude: float = 0.1, per_second: float = 4.0) -> bytes:
    """Harmonics of a pitch, in syllables, through a telephone: nothing below 300 Hz is left of it."""
    times = np.arange(int(seconds * RATE)) / RATE
    numbers = [number for number in range(1, 30) if 300 <= number * hertz <= 3400]
    tone = sum(np.sin(2 * np.pi * number * hertz * times) / number for number in numbers)
    envelope = np.abs(np.sin(np.pi * per_second * times))
    scaled = tone / np.max(np.abs(tone)) * envelope * amplitude * 32767
    return from_ulaw(to_ulaw(scaled.astype("<i2"))).tobytes()


def measured(pcm: bytes) -> Voice:
    voice = voice_of(pcm)
    assert voice
    return voice


@pytest.mark.parametrize("hertz", [95.0, 120.0, 180.0, 240.0, 320.0, 450.0])
def test_the_pitch_is_found_though_a_telephone_takes_the_fundamental_away(hertz: float) -> None:
    assert abs(measured(sung(hertz)).pitch_hz / hertz - 1) < 0.06


def test_ten_times_the_amplitude_is_twenty_decibels() -> None:
    quiet, loud = measured(sung(180, amplitude=0.03)), measured(sung(180, amplitude=0.3))
    assert round(loud.loudness_db - quiet.loudness_db) == 20


def test_the_pace_is_that_of_the_syllables() -> None:
    slow, fast = (measured(sung(180, 3.0, per_second=each)).syllables_per_second for each in (3.0, 7.0))
    assert (2.5 < slow < 4.0, 6.0 < fast < 9.0) == (True, True)


def test_a_cry_is_a_long_time_far_above_a_speaking_voice() -> None:
    assert measured(sung(480, 1.0, per_second=0.5)).cry_seconds > 0.6
    assert measured(sung(200, 1.0, per_second=0.5)).cry_seconds == 0.0


@pytest.mark.parametrize(("name", "lowest", "highest"), [("yes.awb", 100, 160), ("cardiology.rms", 80, 130)])
def test_a_mans_voice_is_a_mans(name: str, lowest: float, highest: float) -> None:
    assert lowest < measured(spoken(name)).pitch_hz < highest


def test_calm_recordings_hold_no_cry() -> None:
    for name in ("reschedule.slt", "chest_pain.awb", "billing_nurse.rms", "dont_know.awb"):
        assert measured(spoken(name)).cry_seconds < 0.2


def test_silence_and_a_click_have_no_voice() -> None:
    assert voice_of(b"") is None
    assert voice_of(bytes(16000)) is None
    assert voice_of(bytes(8000) + b"\xff\x7f" * 20 + bytes(8000)) is None


@given(st.binary(max_size=20_000))
def test_any_sound_is_a_voice_or_none(pcm: bytes) -> None:
    voice = voice_of(pcm)
    assert voice is None or np.isfinite([voice.loudness_db, voice.pitch_hz, voice.syllables_per_second]).all()
