from __future__ import annotations

import numpy as np
import pytest

from ivr.speech.hearing.upsampling import Doubler


def strength(pcm: bytes, hertz: float) -> float:
    """Of a tone in 16 kHz audio, by correlation."""
    samples = np.frombuffer(pcm, "<i2")
    return float(2 * abs(np.mean(samples * np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / 16000))))


TONE = (8000 * np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)).astype("<i2").tobytes()


@pytest.mark.parametrize(("mirror", "image"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
def test_the_mirror_image_has_the_strength_that_is_asked_for(mirror: float, image: float) -> None:
    doubled = Doubler(mirror).feed(TONE)
    assert strength(doubled, 7000) / strength(doubled, 1000) == pytest.approx(image, abs=0.02)


def test_a_stream_in_pieces_is_doubled_as_the_whole() -> None:
    doubler = Doubler(0.5)
    pieces = b"".join(doubler.feed(TONE[at : at + 34]) for at in range(0, len(TONE), 34))
    assert pieces == Doubler(0.5).feed(TONE)
    assert len(pieces) == 2 * len(TONE)


def test_the_loudest_speech_is_not_clipped_into_noise() -> None:
    loud = np.array([32767, -32768] * 100, "<i2").tobytes()
    assert np.frombuffer(Doubler(0.5).feed(loud), "<i2")[16::2].tolist()[:2] == [32767, -32768]
