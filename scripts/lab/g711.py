"""G.711 by table: 8 kHz 16-bit samples to one byte each and back. Source: ITU-T G.711, as in Sun's g711.c."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lab.sound import Pcm


@dataclass(frozen=True, slots=True)
class Codec:
    """One of the two laws; `payload_type` and `name` as in RTP and SDP (RFC 3551)."""

    payload_type: int
    name: str
    _to_samples: Pcm = field(repr=False)
    _to_bytes: npt.NDArray[np.uint8] = field(repr=False)

    def encode(self, pcm: Pcm) -> bytes:
        return self._to_bytes[pcm.view(np.uint16)].tobytes()

    @property
    def silence(self) -> bytes:
        """One sample of it."""
        return self.encode(np.zeros(1, np.int16))

    def decode(self, data: bytes) -> Pcm:
        return self._to_samples[np.frombuffer(data, np.uint8)]


def _ulaw_samples() -> Pcm:
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, 0x84 - size, size - 0x84).astype(np.int16)


def _ulaw_bytes() -> npt.NDArray[np.uint8]:
    sample = _every_sample()
    size = np.minimum(np.abs(sample >> 2), 8158) + 33  # the law is defined on 14 bits
    exponent = _bit_length(size) - 6
    code = np.where(sample < 0, 0x80, 0) | (exponent << 4) | ((size >> (exponent + 1)) & 0x0F)
    return np.asarray(~code & 0xFF, np.uint8)


def _alaw_samples() -> Pcm:
    code = np.arange(256) ^ 0x55
    mantissa, exponent = (code & 0x0F) << 4, (code & 0x70) >> 4
    size = np.where(exponent == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


def _alaw_bytes() -> npt.NDArray[np.uint8]:
    sample = _every_sample()
    size = np.where(sample >= 0, sample, -sample - 1) >> 4
    exponent = np.maximum(_bit_length(size) - 4, 0)
    mantissa = np.where(exponent == 0, size, size >> np.maximum(exponent - 1, 0)) & 0x0F
    return np.asarray((np.where(sample >= 0, 0x80, 0) | (exponent << 4) | mantissa) ^ 0x55, np.uint8)


def _every_sample() -> npt.NDArray[np.int64]:
    """All 16-bit samples, at the index of their two's complement."""
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)


def _bit_length(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.frexp(numbers)[1].astype(np.int64)


ULAW = Codec(0, "PCMU", _ulaw_samples(), _ulaw_bytes())
ALAW = Codec(8, "PCMA", _alaw_samples(), _alaw_bytes())
CODECS = {codec.payload_type: codec for codec in (ULAW, ALAW)}
