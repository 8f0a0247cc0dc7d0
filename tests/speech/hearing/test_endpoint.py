from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pocketsphinx
import pytest

from ivr.conversation.listening_rules import PAUSES
from ivr.menus.plan.slots import SlotKind
from ivr.speech.hearing.ears import VAD_MODE
from ivr.speech.hearing.endpoint import Endpoint, Endpointer, SpeechBegan, SpeechEnded
from ivr.speech.sound.audio import FRAME_BYTES
from tests.speech.coughs import cough
from tests.speech.heard import FRAMES_PER_SECOND, frames, silence, spoken

if TYPE_CHECKING:
    from collections.abc import Callable

LOUD = (4000 * np.sin(np.arange(160))).astype("<i2").tobytes()
QUIET = bytes(FRAME_BYTES)


def always(_: bytes) -> bool:
    return True


def endpoints(pcm: bytes, pause_seconds: float = 0.4, is_voiced: Callable[[bytes], bool] = always) -> dict[str, int]:
    """At which frame what happened."""
    endpointer = Endpointer(pause_seconds, is_voiced)
    happened: list[tuple[Endpoint | None, int]] = [
        (endpointer.feed(frame), at) for frame, at in zip(frames(pcm), count(1), strict=False)
    ]
    return {type(what).__name__: at for what, at in happened if what is not None}


def noise(seconds: float, loudness: float, seed: int = 1) -> bytes:
    samples = np.random.default_rng(seed).normal(0, loudness, int(8000 * seconds))
    return samples.clip(-32768, 32767).astype("<i2").tobytes()


def real(pcm: bytes, pause_seconds: float = 0.4) -> dict[str, int]:
    return endpoints(pcm, pause_seconds, pocketsphinx.Vad(VAD_MODE, 8000, 0.02).is_speech)


def test_speech_begins_after_180_ms_of_voice_and_ends_after_the_pause() -> None:
    assert endpoints(QUIET * 20 + LOUD * 30 + QUIET * 60) == {"SpeechBegan": 29, "SpeechEnded": 68}


def test_the_recogniser_gets_what_was_before_the_decision_too() -> None:
    endpointer = Endpointer(0.4, always)
    began = [what for frame in [QUIET] * 40 + [LOUD] * 9 if (what := endpointer.feed(frame)) is not None]
    assert began == [SpeechBegan(QUIET * 18 + LOUD * 9)]


def test_a_click_and_a_short_cough_are_no_speech() -> None:
    assert endpoints((QUIET * 20 + LOUD * 8) * 10 + QUIET * 40) == {}


def test_noise_of_the_line_is_no_speech_however_the_classifier_takes_it() -> None:
    assert endpoints(noise(5.0, 60.0)) == {}


def test_louder_noise_is_speech_only_until_it_is_the_floor() -> None:
    endpointer = Endpointer(0.4, always)
    happened = [what for frame in frames(noise(20.0, 1000.0)) if (what := endpointer.feed(frame)) is not None]
    assert happened[-1:] in ([], [SpeechEnded()])


@pytest.mark.parametrize("pause_seconds", [0.2, 0.4, 1.0])
def test_the_pause_is_as_long_as_asked(pause_seconds: float) -> None:
    ended = endpoints(LOUD * 30 + QUIET * 100, pause_seconds)["SpeechEnded"]
    assert pause_seconds * FRAMES_PER_SECOND - 6 <= ended - 30 <= pause_seconds * FRAMES_PER_SECOND


def test_a_breath_in_the_pause_does_not_lengthen_it() -> None:
    assert endpoints(LOUD * 30 + QUIET * 10 + LOUD * 2 + QUIET * 30)["SpeechEnded"] == 50


def test_a_television_20_db_behind_the_caller_does_not_keep_the_turn_open() -> None:
    behind = (250 * np.sin(np.arange(160))).astype("<i2").tobytes()
    assert endpoints(LOUD * 40 + behind * 60, is_voiced=always)["SpeechEnded"] == 58


def test_after_the_end_nothing_more_is_said() -> None:
    endpointer = Endpointer(0.2, always)
    happened = [what for frame in ([LOUD] * 20 + [QUIET] * 20) * 3 if (what := endpointer.feed(frame)) is not None]
    assert [type(what) for what in happened] == [SpeechBegan, SpeechEnded]


@pytest.mark.parametrize("name", ["reschedule.slt", "reschedule.awb", "reschedule.rms", "chest_pain.rms", "yes.awb"])
def test_real_speech_begins_within_300_ms_and_is_not_cut(name: str) -> None:
    pcm = spoken(name)
    began_at, ended_at = 0.4 * FRAMES_PER_SECOND, len(pcm) / FRAME_BYTES - FRAMES_PER_SECOND
    found = real(pcm)
    assert began_at < found["SpeechBegan"] <= began_at + 15
    assert ended_at < found["SpeechEnded"] <= ended_at + 25


@pytest.mark.parametrize("voiced", [False, True])
def test_a_cough_is_no_speech(voiced: bool) -> None:
    assert [seed for seed in range(50) if real(cough(seed, voiced=voiced))] == []


def test_whoever_can_only_whisper_is_heard_a_little_later() -> None:
    whisper = noise(1.2, 1500.0)
    began = real(silence(1.0) + whisper + silence(1.0))["SpeechBegan"] / FRAMES_PER_SECOND - 1.0
    assert 0.5 < began < 0.8


DIGITS = ("yes.awb", "cardiology.rms", "yes.awb", "elephant.rms", "yes.awb")  # words as long as digits are


def test_a_slow_speaker_with_pauses_of_a_second_and_a_half_is_not_cut_off() -> None:
    words = [spoken(name)[6400:-16000] for name in DIGITS]  # without the silence of the recordings
    slowly = silence(1.0) + silence(1.5).join(words)
    pause = PAUSES[SlotKind.TELEPHONE]
    assert "SpeechEnded" not in real(slowly, pause)
    assert real(slowly + silence(3.0), pause)["SpeechEnded"] > len(slowly) / FRAME_BYTES


def test_once_enough_was_said_a_words_pause_ends_it() -> None:
    endpointer = Endpointer(1.8, always)
    assert [endpointer.feed(frame) for frame in [LOUD] * 30 + [QUIET] * 30][-1] is None
    endpointer.enough = True
    assert endpointer.feed(QUIET) == SpeechEnded()


def test_silence_never_begins() -> None:
    assert real(silence(10.0)) == {}
