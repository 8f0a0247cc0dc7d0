from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pocketsphinx
import pytest
from numpy.typing import NDArray

from ivr.speech.hearing.ears import VAD_MODE
from ivr.speech.hearing.endpoint import Endpointer, SpeechBegan, SpeechEnded
from ivr.speech.prompting.music import compose, levelled
from tests.speech.heard import FRAMES_PER_SECOND, frames, spoken

if TYPE_CHECKING:
    from ivr.speech.sound.wav import Sound

RATE = 8000
BAR_SECONDS = 5.0
SPEECH_SECONDS = (0.4, 1.0)  # silence that is around a recording

Wave = NDArray[np.float64]


@pytest.fixture(scope="module")
def music() -> Sound:
    return compose()


def dbfs(value: float) -> float:
    return float(20 * np.log10(value / 32768))


def rms(sound: Sound | Wave) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def envelope(sound: Sound) -> Wave:
    """How loud it is at each sample, by the analytic signal."""
    spectrum = np.fft.fft(sound.astype(np.float64))
    spectrum[len(sound) // 2 :] = 0
    return np.asarray(np.abs(np.fft.ifft(2 * spectrum)))


def share(sound: Sound | Wave, low_hertz: float, high_hertz: float) -> float:
    """The part of the power (without what does not change) that is between the two frequencies."""
    power = np.abs(np.fft.rfft(sound - np.mean(sound))) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(power[(hertz >= low_hertz) & (hertz < high_hertz)].sum() / power.sum())


def test_the_music_is_80_seconds_and_always_the_same(music: Sound) -> None:
    assert len(music) == 80 * RATE
    assert np.array_equal(music, compose())


def test_it_is_softer_than_speech_and_far_from_clipping(music: Sound) -> None:
    assert dbfs(rms(music)) == pytest.approx(-23.0, abs=0.1)
    assert dbfs(np.abs(music.astype(float)).max()) < -6.0


def test_the_telephone_carries_all_of_it(music: Sound) -> None:
    assert share(music, 300, 3400) > 0.999


def test_it_has_no_click_also_where_it_begins_again(music: Sound) -> None:
    twice = np.concatenate([music, music]).astype(np.float64)
    steps = np.abs(np.diff(twice))
    assert np.abs(music[[0, -1]]).max() == 0
    assert steps[len(music) - 20 : len(music) + 20].max() < 0.05 * steps.max()
    assert share(np.diff(twice), 3400, 4000) < 0.001


def test_it_swells_slowly_and_does_not_beat_harshly(music: Sound) -> None:
    assert share(envelope(music), 0.1, 6) > 0.7
    assert share(envelope(music), 15, 80) < 0.03


def test_every_bar_dies_away(music: Sound) -> None:
    bars = music.reshape(-1, int(BAR_SECONDS * RATE))
    assert max(rms(bar[-RATE // 4 :]) / rms(bar) for bar in bars) < 0.1
    assert max(abs(dbfs(rms(a)) - dbfs(rms(b))) for a, b in pairwise(bars)) < 3.0


def test_other_music_is_made_as_loud_and_never_clips() -> None:
    quiet = (300 * np.sin(np.arange(RATE))).astype(np.int16)
    assert dbfs(rms(levelled(quiet))) == pytest.approx(-23.0, abs=0.1)
    quiet[::400] = 3000
    assert dbfs(np.abs(levelled(quiet).astype(float)).max()) == pytest.approx(-6.0, abs=0.1)


def test_silence_stays_silence() -> None:
    assert not levelled(np.zeros(RATE, np.int16)).any()
    assert levelled(np.zeros(0, np.int16)).size == 0


# ---- a loudspeaker that sends the music back -------------------------------------------------------------------------


def echo(music: Sound, decibels: float) -> Wave:
    """What comes back of the music, on a line that is not quite silent."""
    return music * 10 ** (decibels / 20) + np.random.default_rng(1).normal(0, 8, len(music))


def utterances(sound: Wave) -> list[tuple[float, float]]:
    """When speech began and ended, in seconds, by one endpointer after the other."""
    found: list[tuple[float, float]] = []
    endpointer = Endpointer(0.4, pocketsphinx.Vad(VAD_MODE, RATE, 1 / FRAMES_PER_SECOND).is_speech)
    began = 0.0
    for number, frame in enumerate(frames(np.rint(sound).astype("<i2").tobytes())):
        happened = endpointer.feed(frame)
        if isinstance(happened, SpeechBegan):
            began = number / FRAMES_PER_SECOND
        if isinstance(happened, SpeechEnded):
            found.append((began, number / FRAMES_PER_SECOND))
            endpointer = Endpointer(0.4, pocketsphinx.Vad(VAD_MODE, RATE, 1 / FRAMES_PER_SECOND).is_speech)
    return found


@pytest.mark.parametrize("decibels", [-15, -20, -25, -30])
def test_what_is_taken_for_speech_is_over_with_the_bar(music: Sound, decibels: float) -> None:
    heard = utterances(echo(music, decibels))
    assert len(heard) >= 16
    assert max(ended - began for began, ended in heard) < BAR_SECONDS


def test_what_any_echo_canceller_leaves_is_no_speech(music: Sound) -> None:
    assert utterances(echo(music, -40)) == []


@pytest.mark.parametrize("into_bar_seconds", [0.0, 1.0, 2.0, 3.0, 4.0])
def test_a_caller_is_heard_over_the_echo_and_the_end_is_found(music: Sound, into_bar_seconds: float) -> None:
    speech = np.frombuffer(spoken("chest_pain.rms"), "<i2").astype(np.float64)
    said = echo(music, -25)
    start = int((BAR_SECONDS + into_bar_seconds) * RATE)
    said[start : start + len(speech)] += speech
    begins, ends = start / RATE + SPEECH_SECONDS[0], (start + len(speech)) / RATE - SPEECH_SECONDS[1]
    assert [(a, b) for a, b in utterances(said) if a <= begins + 0.3 and ends - 0.1 <= b <= ends + 0.7]
