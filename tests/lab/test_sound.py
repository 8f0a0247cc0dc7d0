"""The measures by which tests say who heard what."""

from pathlib import Path

import numpy as np
import pytest

from lab.sound import Found, Span, find, hears_tone, not_silent, read_wav, rms, share_of_tone, tone, write_wav

SILENCE = np.zeros(8000, np.int16)


def test_a_tone_is_found_where_it_is() -> None:
    assert hears_tone(np.concatenate([SILENCE, tone(500, 1), SILENCE]), 500) == [Span(1.0, 2.0)]


def test_another_tone_is_not_taken_for_it() -> None:
    assert hears_tone(tone(500, 1), 700) == []


def test_a_pure_tone_is_all_of_the_sound_and_half_of_a_mixture() -> None:
    assert share_of_tone(tone(500, 1), 500) == pytest.approx(1, abs=0.01)
    assert share_of_tone(tone(500, 1) + tone(700, 1), 500) == pytest.approx(0.5, abs=0.01)


def test_speech_spans_join_over_short_pauses_only() -> None:
    short, long = np.zeros(1600, np.int16), np.zeros(4000, np.int16)
    recording = np.concatenate([tone(500, 0.5), short, tone(500, 0.5), long, tone(500, 0.5)])
    assert not_silent(recording) == [Span(0.0, 1.2), Span(1.7, 2.2)]


def test_a_clip_is_found_in_a_recording_also_when_it_is_quieter_there() -> None:
    clip = np.random.default_rng(1).normal(0, 3000, 4000).astype(np.int16)
    recording = np.concatenate([SILENCE, clip // 4, SILENCE])
    assert find(clip, recording) == Found(1.0, pytest.approx(1, abs=0.01))


def test_a_clip_that_was_not_played_is_not_found() -> None:
    noise = np.random.default_rng(1)
    clip, other = (noise.normal(0, 3000, size).astype(np.int16) for size in (4000, 20000))
    assert find(clip, other).likeness < 0.3
    assert find(clip, SILENCE[:100]).likeness < 0.3


def test_silence_has_no_loudness() -> None:
    assert (rms(SILENCE), rms(SILENCE[:0]), share_of_tone(SILENCE, 500)) == (0, 0, 0)


def test_a_wav_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_wav(tmp_path / "tone.wav", tone(500, 0.1))
    assert np.array_equal(read_wav(tmp_path / "tone.wav"), tone(500, 0.1))
