"""WAV files as studios and editors save them."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from ivr.speech.sound import g711
from ivr.speech.sound.riff import NotWav, read

SINE = np.rint(8000 * np.sin(np.arange(400) / 7))
NAME = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"  # of every WAVE_FORMAT_EXTENSIBLE, after the code


def file(code: int, bits: int, data: bytes, *, channels: int = 1, rate: int = 44_100, more: bytes = b"") -> bytes:
    frame = channels * bits // 8
    shape = struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits) + more
    chunks = [(b"fmt ", shape), (b"LIST", b"odd"), (b"data", data)]
    body = b"".join(struct.pack("<4sI", name, len(part)) + part + b"\0" * (len(part) % 2) for name, part in chunks)
    return struct.pack("<4sI4s", b"RIFF", 4 + len(body), b"WAVE") + body


def of_24_bits(samples: np.ndarray) -> bytes:
    wide = (samples * 256).astype("<i4").view(np.uint8).reshape(-1, 4)
    return wide[:, :3].tobytes()


@pytest.mark.parametrize(
    ("code", "bits", "data", "error"),
    [
        (1, 8, np.rint(SINE / 256 + 128).astype(np.uint8).tobytes(), 128),
        (1, 16, SINE.astype("<i2").tobytes(), 0),
        (1, 24, of_24_bits(SINE), 0),
        (1, 32, (SINE * 65536).astype("<i4").tobytes(), 0),
        (3, 32, (SINE / 32768).astype("<f4").tobytes(), 0),
        (3, 64, (SINE / 32768).astype("<f8").tobytes(), 0),
        (6, 8, g711.to_alaw(SINE.astype(np.int16)), 256),
        (7, 8, g711.to_ulaw(SINE.astype(np.int16)), 256),
    ],
    ids=["8 bits", "16 bits", "24 bits", "32 bits", "float", "double", "A-law", "µ-law"],
)
def test_samples_of_every_kind_come_out_alike(code: int, bits: int, data: bytes, error: int) -> None:
    for content in (
        file(code, bits, data),
        file(0xFFFE, bits, data, more=struct.pack("<HHIH", 22, bits, 0, code) + NAME),
    ):
        samples, rate = read(content)
        assert (rate, len(samples)) == (44_100, 400)
        assert np.abs(samples - SINE).max() <= error


def test_channels_are_mixed() -> None:
    both = np.stack([SINE, np.zeros(400)], axis=1).astype("<i2").tobytes()
    assert np.array_equal(read(file(1, 16, both, channels=2)).samples, SINE / 2)


def test_a_file_that_was_cut_off_is_read_up_to_there() -> None:
    assert len(read(file(1, 16, SINE.astype("<i2").tobytes())[:-101]).samples) == 349


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no WAV"),
        (b"ID3 an mp3 by the wrong name", "no WAV"),
        (b"RIFF\0\0\0\0WAVE", "does not say"),
        (file(1, 16, b"", channels=0), "no channels"),
        (file(85, 0, b""), "format 85, 0 bits"),
        (file(1, 12, b""), "format 1, 12 bits"),
    ],
)
def test_what_is_no_readable_wav_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotWav, match=why):
        read(content)
