"""What the service and a recogniser worker say to each other over the worker's pipes.

    frame    length (u32, big-endian, of what follows) · kind (u8) · stream (u32) · body

    service -> worker                                  worker -> service
    SETUP   0  JSON {cache, languages}                 READY     0  JSON {language: "" or why not heard}
    OPEN    n  JSON {language, grammar}                PROGRESS  n  u32 bytes of audio taken so far · partial, UTF-8
    AUDIO   n  8 kHz 16-bit little-endian mono         FINAL     n  JSON {readings: [[text, confidence] ...], voice}
    END     n                                          FAILED    n  (this stream alone cannot be recognised)
    CLOSE   n
    PING    0                                          PONG      0

A stream is one utterance: OPEN, AUDIO ..., END, answered by PROGRESS ... and FINAL; CLOSE forgets it at any time.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

from ivr.call import Hypothesis, Spoke, Voice

HEADER = struct.Struct(">IBI")
LENGTH = struct.Struct(">I")
TAKEN = struct.Struct(">I")
HEAD = HEADER.size - LENGTH.size  # kind and stream are counted in the length
MAX_FRAME = 8 << 20  # a plan's phrases are a few hundred KiB; a peer must not grow our memory


class WireError(Exception):
    """The other side does not speak this protocol."""


class Kind(IntEnum):
    SETUP = 1
    OPEN = 2
    AUDIO = 3
    END = 4
    CLOSE = 5
    PING = 6
    READY = 16
    PROGRESS = 17
    FINAL = 18
    FAILED = 19
    PONG = 20


@dataclass(frozen=True, slots=True)
class Frame:
    kind: Kind
    stream: int = 0
    body: bytes = b""

    def json(self) -> Any:
        """The body as JSON. Raises WireError."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise WireError("a frame's body is no JSON") from error


def encode(kind: Kind, stream: int = 0, body: bytes = b"") -> bytes:
    return HEADER.pack(HEAD + len(body), kind, stream) + body


def encode_json(kind: Kind, stream: int, body: object) -> bytes:
    return encode(kind, stream, json.dumps(body, ensure_ascii=False).encode())


def encode_progress(stream: int, taken_bytes: int, partial: str) -> bytes:
    return encode(Kind.PROGRESS, stream, TAKEN.pack(taken_bytes) + partial.encode())


def progress(frame: Frame) -> tuple[int, str]:
    """Bytes of audio taken so far and the partial text. Raises WireError."""
    try:
        return TAKEN.unpack_from(frame.body)[0], frame.body[TAKEN.size :].decode()
    except (struct.error, UnicodeDecodeError) as error:
        raise WireError("a progress frame is malformed") from error


def encode_spoke(stream: int, spoke: Spoke) -> bytes:
    readings = [(reading.text, reading.confidence) for reading in spoke.hypotheses]
    return encode_json(Kind.FINAL, stream, {"readings": readings, "voice": spoke.voice and asdict(spoke.voice)})


def spoke(frame: Frame) -> Spoke:
    """Raises WireError."""
    told = frame.json()
    try:
        readings = tuple(Hypothesis(text, confidence) for text, confidence in told["readings"])
        return Spoke(readings, told["voice"] and Voice(**told["voice"]))
    except (KeyError, TypeError, ValueError) as error:
        raise WireError("a final frame is malformed") from error


class Decoder:
    """Bytes in, whole frames out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Raises WireError; nothing can be read after that."""
        self._buffer += data
        frames = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        if len(self._buffer) < HEADER.size:
            return None
        length, kind, stream = HEADER.unpack_from(self._buffer)
        if not HEAD <= length <= MAX_FRAME:
            raise WireError(f"a frame of {length} bytes")
        end = LENGTH.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[HEADER.size : end])
        del self._buffer[:end]
        try:
            return Frame(Kind(kind), stream, body)
        except ValueError as error:
            raise WireError(f"a frame of unknown kind {kind}") from error
