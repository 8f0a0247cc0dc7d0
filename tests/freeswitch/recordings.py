"""Conversations that a real FreeSWITCH 1.10.12 had over its event socket, packet by packet.

In a recording, a line such as "===== 16:04:24.999606 FS->APP inbound" (time, direction, connection) stands before each
packet, and a line break after one that has none of its own. The recordings are shortened: most headers of channels and
variables are left out of the events, whose Content-Length was made to fit; 01d and 02j are as they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ivr.freeswitch.esl import Decoder, Event, Message

FOLDER = Path(__file__).parent / "recordings"
NAMES = sorted(path.name for path in FOLDER.glob("*.txt"))
_MARK = re.compile(
    r"(?:={2,5}|#####) [0-9:.]+ (?P<what>\S+) (?P<connection>\S+).*\n"
)  # one mark was cut when it was written


@dataclass(frozen=True, slots=True)
class Packet:
    """What one side said; `heard` when FreeSWITCH said it."""

    heard: bool
    connection: str
    text: str


def packets(recording: str, folder: Path = FOLDER) -> list[Packet]:
    """Return everything that was said, in order."""
    text = (folder / recording).read_text()
    marks = list(_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        Packet(mark["what"] == "FS->APP", mark["connection"], _said(text[mark.end() : end]))
        for mark, end in zip(marks, ends, strict=True)
        if mark["what"] != "NOTE"
    ]


def heard(recording: str, connection: str | None = None, folder: Path = FOLDER) -> bytes:
    """Return what FreeSWITCH said in one connection (the first)."""
    said = packets(recording, folder)
    connection = connection or said[0].connection
    return "".join(packet.text for packet in said if packet.heard and packet.connection == connection).encode()


def whole(data: bytes) -> list[Message | Event]:
    return Decoder().feed(data)


def byte_by_byte(data: bytes) -> list[Message | Event]:
    decoder = Decoder()
    return [packet for index in range(len(data)) for packet in decoder.feed(data[index : index + 1])]


def _said(text: str) -> str:
    return text.removesuffix("\n") if "Content-Type: text/event-json" in text else text
