"""G.711 as tables: µ-law and A-law bytes to 16-bit samples and back, bit-exact with the old audioop.

Source: ITU-T G.711; Sun's g711.c, whose rounding audioop and Asterisk share.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

_SEGMENT_ENDS = np.array([0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF])  # A-law; µ-law's are twice these


def _ulaw_decoding() -> Samples:
    code = ~np.arange(256) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_decoding() -> Samples:
    code = np.arange(256) ^ 0x55
    segment, step = (code & 0x70) >> 4, (code & 0x0F) << 4
    magnitude = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _ulaw_encoding() -> NDArray[np.uint8]:
    sample = _all_samples() >> 2
    magnitude = np.minimum(np.abs(sample), 8159) + 33
    segment = np.searchsorted(2 * _SEGMENT_ENDS + 1, magnitude)
    code = np.where(segment > 7, 0x7F, (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F))  # noqa: PLR2004 - eight segments
    return (code ^ np.where(sample < 0, 0x7F, 0xFF)).astype(np.uint8)


def _alaw_encoding() -> NDArray[np.uint8]:
    sample = _all_samples() >> 3
    magnitude = np.where(sample < 0, -sample - 1, sample)
    segment = np.searchsorted(_SEGMENT_ENDS, magnitude)
    code = (segment << 4) | ((magnitude >> np.maximum(segment, 1)) & 0x0F)
    return (code ^ np.where(sample < 0, 0x55, 0xD5)).astype(np.uint8)


def _all_samples() -> NDArray[np.int64]:
    """Every 16-bit sample, at the place that its bits name as an unsigned number."""
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)


_FROM_ULAW, _FROM_ALAW = _ulaw_decoding(), _alaw_decoding()
_TO_ULAW, _TO_ALAW = _ulaw_encoding(), _alaw_encoding()


def from_ulaw(data: bytes) -> Samples:
    return _FROM_ULAW[np.frombuffer(data, np.uint8)]


def from_alaw(data: bytes) -> Samples:
    return _FROM_ALAW[np.frombuffer(data, np.uint8)]


def to_ulaw(samples: Samples) -> bytes:
    return _TO_ULAW[samples.view(np.uint16)].tobytes()


def to_alaw(samples: Samples) -> bytes:
    return _TO_ALAW[samples.view(np.uint16)].tobytes()
