"""WAV files as studios save them: 8 to 32 bits, whole or floating-point samples, or G.711; any rate and channels.

    "RIFF" <bytes: u32> "WAVE"   then chunks   <name: 4 bytes> <bytes: u32> <content> [a byte to make it even]
    "fmt "  format u16, channels u16, rate u32, bytes a second u32, bytes a frame u16, bits a sample u16,
            and for format 0xFFFE: extra u16, valid bits u16, speakers u32, the real format u16 ...
    "data"  the samples, channel by channel

Source: Microsoft, Multiple Channel Audio Data and WAVE Files; RFC 2361.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ivr.speech.sound import g711

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Samples = NDArray[np.float64]

_PCM, _FLOAT, _ALAW, _ULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_FULL_SCALE = 32768.0


class NotWav(ValueError):  # noqa: N818 - says what the bytes are
    """The bytes are no WAV file that can be read here; the message says why."""


class Wav(NamedTuple):
    """Samples of all channels mixed into one, as large as 16-bit ones; `rate` of them a second."""

    samples: Samples
    rate: int


class _Format(NamedTuple):
    code: int
    channels: int
    rate: int
    bits: int


def read(content: bytes) -> Wav:
    """A file that was cut off is read up to there. Raises NotWav."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotWav("it is no WAV file")
    chunks = dict(_chunks(content))
    shape, data = _format(chunks.get(b"fmt ", b"")), chunks.get(b"data", b"")
    decode = _DECODERS.get((shape.code, shape.bits))
    if decode is None:
        raise NotWav(f"its samples (format {shape.code}, {shape.bits} bits) are none that can be read here")
    frame = shape.channels * shape.bits // 8
    samples = decode(data[: len(data) // frame * frame])
    return Wav(samples.reshape(-1, shape.channels).mean(axis=1), shape.rate)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The first of each name counts; backwards, so that it is the one that stays in a dictionary."""
    found: list[tuple[bytes, bytes]] = []
    at = 12  # after the header
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        found.append((name, content[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return reversed(found)


def _format(chunk: bytes) -> _Format:
    if len(chunk) < 16:  # noqa: PLR2004 - see above
        raise NotWav("it does not say what its samples are")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if code == _EXTENSIBLE and len(chunk) >= 26:  # noqa: PLR2004
        (code,) = struct.unpack_from("<H", chunk, 24)
    if not channels or not rate:
        raise NotWav("it has no channels, or no rate")
    return _Format(code, channels, rate, bits)


def _whole(kind: str, size: int) -> Callable[[bytes], Samples]:
    return lambda data: np.frombuffer(data, kind).astype(np.float64) * (_FULL_SCALE / 2 ** (8 * size - 1))


def _of_24_bits(data: bytes) -> Samples:
    """Each as the upper three bytes of 32 bits."""
    wide = np.zeros((len(data) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
    return wide.view("<i4").ravel().astype(np.float64) / 2**16


_DECODERS: Mapping[tuple[int, int], Callable[[bytes], Samples]] = {
    (_PCM, 8): lambda data: (np.frombuffer(data, np.uint8).astype(np.float64) - 128) * 256,
    (_PCM, 16): _whole("<i2", 2),
    (_PCM, 24): _of_24_bits,
    (_PCM, 32): _whole("<i4", 4),
    (_FLOAT, 32): lambda data: np.frombuffer(data, "<f4").astype(np.float64) * _FULL_SCALE,
    (_FLOAT, 64): lambda data: np.frombuffer(data, "<f8") * _FULL_SCALE,
    (_ALAW, 8): lambda data: g711.from_alaw(data).astype(np.float64),
    (_ULAW, 8): lambda data: g711.from_ulaw(data).astype(np.float64),
}
