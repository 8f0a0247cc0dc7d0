"""Conversations that a real Asterisk 22.10.1 had, as the bytes of one direction.

A recording is one line per line or frame: time, [#connection], direction (C>S or S>C), what was said. An audio frame
shows its first bytes and its length only; the rest is filled with zeros.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FOLDER = Path(__file__).parents[1] / "recordings" / "asterisk"
_LINE = re.compile(r"[0-9:.]+ (?:#(?P<connection>\d+) )?(?P<direction>C>S|S>C) ?(?P<said>.*)")
_FRAME = re.compile(r"(?P<header>(?:[0-9a-f]{2} ){3})\| (?P<payload>(?:[0-9a-f]{2} ?)*)")


def lines(recording: str, direction: str, connection: int | None = None) -> list[str]:
    """Return what one side said in one connection, without "-- EOF"."""
    found = map(_LINE.fullmatch, (FOLDER / recording).read_text().splitlines())
    return [
        match["said"]
        for match in found
        if match
        and match["direction"] == direction
        and not match["said"].startswith("--")
        and (connection is None or match["connection"] == str(connection))
    ]


def frames(recording: str, direction: str) -> bytes:
    """Return the AudioSocket frames that one side sent."""
    sent = b""
    for match in map(_FRAME.match, lines(recording, direction)):
        assert match
        header, payload = bytes.fromhex(match["header"]), bytes.fromhex(match["payload"])
        sent += header + payload.ljust(int.from_bytes(header[1:], "big"), b"\0")
    return sent


FrameT_co = TypeVar("FrameT_co", covariant=True)


class Decodes(Protocol[FrameT_co]):
    def feed(self, data: bytes) -> Sequence[FrameT_co]: ...


def whole(decoder: Callable[[], Decodes[FrameT_co]], data: bytes) -> list[FrameT_co]:
    return list(decoder().feed(data))


def byte_by_byte(decoder: Callable[[], Decodes[FrameT_co]], data: bytes) -> list[FrameT_co]:
    decodes = decoder()
    return [frame for index in range(len(data)) for frame in decodes.feed(data[index : index + 1])]
