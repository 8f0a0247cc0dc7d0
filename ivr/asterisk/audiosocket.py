"""AudioSocket: one TCP connection for each call, live audio both ways.

    +------+-------------------+-----------------+
    | kind | length, 16 bit BE | payload         |
    +------+-------------------+-----------------+
    0x00 hang-up      no payload; sent by us, it ends AudioSocket() and the dialplan goes on
    0x01 id           16 raw UUID bytes; the first frame, from Asterisk
    0x03 digit        1 ASCII character, at key-up; from Asterisk only
    0x10 audio        signed 16-bit little-endian mono at 8 kHz, 320 bytes (20 ms) as a rule
    0x11 … 0x18       the same at 12, 16, 24, 32, 44.1, 48, 96, 192 kHz
    0xff error        1 byte of code

Source: Asterisk include/asterisk/res_audiosocket.h, res/res_audiosocket.c.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from uuid import UUID

FRAME_SECONDS = 0.02
MAX_AUDIO_BYTES = 7680  # 20 ms at 192 kHz, the largest that Asterisk has a kind for

_HEADER = struct.Struct("!BH")
_HANGUP, _ID, _DIGIT, _AUDIO, _ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
_RATES = {
    0x10: 8_000,
    0x11: 12_000,
    0x12: 16_000,
    0x13: 24_000,
    0x14: 32_000,
    0x15: 44_100,
    0x16: 48_000,
    0x17: 96_000,
    0x18: 192_000,
}
_DIGITS = frozenset("0123456789*#ABCD")


class AudioSocketError(Exception):
    """The peer does not speak AudioSocket: close this connection."""


@dataclass(frozen=True, slots=True)
class Id:
    """Whose audio this is: what the dialplan gave to AudioSocket()."""

    uuid: UUID


@dataclass(frozen=True, slots=True)
class Audio:
    """Signed 16-bit little-endian mono, an even number of bytes."""

    pcm: bytes
    rate: int = 8_000


@dataclass(frozen=True, slots=True)
class Digit:
    digit: str


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Failure:
    """An error code of the application; Asterisk sends 1 hang-up, 2 frame, 4 memory."""

    code: int


Frame = Id | Audio | Digit | Hangup | Failure


class Decoder:
    """Feed it what the socket gives, in any pieces."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that are complete now. Raises AudioSocketError; the decoder is of no use afterwards."""
        self._rest += data
        frames: list[Frame] = []
        start = 0
        while len(self._rest) - start >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._rest, start)
            _refuse(kind, length)
            end = start + _HEADER.size + length
            if len(self._rest) < end:
                break
            frames.append(_frame(kind, bytes(self._rest[start + _HEADER.size : end])))
            start = end
        del self._rest[:start]
        return frames


def audio(pcm: bytes) -> bytes:
    """Encode 8 kHz audio. Write it in one piece: a header 20 ms before its payload ends the session."""
    if len(pcm) % 2 or len(pcm) > MAX_AUDIO_BYTES:
        raise ValueError(f"{len(pcm)} bytes are no audio frame")
    return _HEADER.pack(_AUDIO, len(pcm)) + pcm


def hangup() -> bytes:
    return _HEADER.pack(_HANGUP, 0)


def _refuse(kind: int, length: int) -> None:
    """Refuse by the header alone: what is wrong need not be waited for."""
    exact = {_HANGUP: 0, _ID: 16, _DIGIT: 1, _ERROR: 1}
    if kind in _RATES:
        if length % 2 or length > MAX_AUDIO_BYTES:
            raise AudioSocketError(f"an audio frame of {length} bytes")
    elif kind not in exact:
        raise AudioSocketError(f"unknown kind 0x{kind:02x}")
    elif length != exact[kind]:
        raise AudioSocketError(f"kind 0x{kind:02x} with {length} bytes")


def _frame(kind: int, payload: bytes) -> Frame:
    if kind in _RATES:
        return Audio(payload, _RATES[kind])
    if kind == _ID:
        return Id(UUID(bytes=payload))
    if kind == _DIGIT:
        return _digit(payload)
    return Hangup() if kind == _HANGUP else Failure(payload[0])


def _digit(payload: bytes) -> Digit:
    digit = payload.decode("latin-1").upper()
    if digit not in _DIGITS:
        raise AudioSocketError("a digit that no telephone has")
    return Digit(digit)
