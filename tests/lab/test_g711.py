"""G.711 both ways, against values of the standard's own tables."""

import numpy as np
import pytest

from lab.g711 import ALAW, ULAW, Codec

BYTES = bytes(range(256))


@pytest.mark.parametrize("codec", [ULAW, ALAW])
def test_every_byte_comes_back_as_itself_but_the_negative_zero_of_ulaw(codec: Codec) -> None:
    again = codec.encode(codec.decode(BYTES))
    assert [a for a, b in zip(BYTES, again, strict=True) if a != b] == ([0x7F] if codec is ULAW else [])


def test_ulaw_is_the_standards() -> None:
    assert list(ULAW.decode(bytes([0x00, 0x80, 0x7F, 0xFF, 0x2A]))) == [-32124, 32124, 0, 0, -5372]
    assert list(ULAW.encode(np.array([0, 1000, -1000, 32767, -32768], np.int16))) == [0xFF, 0xCE, 0x4E, 0x80, 0x00]


def test_alaw_is_the_standards() -> None:
    assert list(ALAW.decode(bytes([0x00, 0x80, 0x55, 0xD5, 0x2A]))) == [-5504, 5504, -8, 8, -32256]
    assert list(ALAW.encode(np.array([0, 1000, -1000, 32767, -32768], np.int16))) == [0xD5, 0xFA, 0x7A, 0xAA, 0x2A]


@pytest.mark.parametrize("codec", [ULAW, ALAW])
def test_no_sample_moves_by_more_than_a_step_of_its_loudness(codec: Codec) -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    off = np.abs(codec.decode(codec.encode(samples)).astype(int) - samples)
    assert np.all(
        off <= np.maximum(16, np.abs(samples.astype(int)) // 16 + 16) + 600 * (np.abs(samples.astype(int)) > 32000)
    )
