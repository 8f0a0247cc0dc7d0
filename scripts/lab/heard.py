"""What one side of a call heard: a recording on the wall clock's line, keys, and where packets were missing.

Packets are kept as they came and decoded when somebody asks: a hundred callers who only wait cost little.
"""

import asyncio
import struct
from collections.abc import Callable
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lab.g711 import Codec
from lab.moment import Moment
from lab.sip import Media
from lab.sound import RATE, Pcm, Span, write_wav

KEYS = "0123456789*#ABCD"
OFF_THE_CLOCK = RATE // 10  # samples: packets are lined up by their own time until that is this far from ours


class _Packet(NamedTuple):
    at: float
    timestamp: int
    codec: Codec
    audio: bytes


class Heard:
    """One recording; sample 0 is at `began_at` (the event loop's time), when the audio was opened."""

    def __init__(self) -> None:
        self.began_at = 0.0
        self.first_audio = Moment[None]()
        self.keys = ""
        self.lost = 0
        self._packets: list[_Packet] = []
        self._next: tuple[int, int] | None = None
        self._last_key: tuple[int, int] | None = None

    def take(self, packet: bytes, now: float, sender: Media) -> None:
        """An RTP packet of at least 12 bytes; what is neither audio nor a key is dropped."""
        first, kind, sequence, timestamp, source = struct.unpack_from("!BBHII", packet)
        payload = packet[12 + 4 * (first & 0x0F) :]
        if kind & 0x7F == sender.codec.payload_type:
            self._packets.append(_Packet(now, timestamp, sender.codec, payload))
            if not self.first_audio.over:
                self.first_audio.happened(None)
        elif kind & 0x7F == sender.keys and len(payload) >= 4:
            self._take_key(payload[0], timestamp)
        else:
            return
        self._count(sequence, source)

    @property
    def received(self) -> int:
        """Packets of audio."""
        return len(self._packets)

    def pcm(self) -> Pcm:
        """The recording so far, silence where nothing came."""
        starts = self._starts()
        end = starts[-1] + len(self._packets[-1].audio) if starts else 0
        recording = np.zeros(end, np.int16)
        for start, packet in zip(starts, self._packets, strict=True):
            recording[start : start + len(packet.audio)] = packet.codec.decode(packet.audio)
        return recording

    def since(self, at: float) -> Pcm:
        """The recording from a time of the event loop on."""
        return self.pcm()[max(0, int((at - self.began_at) * RATE)) :]

    def last(self, seconds: float) -> Pcm:
        """What came in the last seconds, without the pauses between packets; cheap, however long the call is."""
        since = asyncio.get_running_loop().time() - seconds
        recent = list(takewhile(lambda packet: packet.at >= since, reversed(self._packets)))
        return np.concatenate([np.zeros(0, np.int16), *(each.codec.decode(each.audio) for each in reversed(recent))])

    async def until(self, holds: Callable[[Pcm], object]) -> None:
        """Return once something holds of the recording; looked at every 50 ms. The caller sets the time limit."""
        while not holds(self.pcm()):  # noqa: ASYNC110 - sound is no event
            await asyncio.sleep(0.05)

    def save(self, file: Path) -> None:
        """As a WAV file."""
        write_wav(file, self.pcm())

    def gaps(self, longer_than_seconds: float = 0.06) -> list[Span]:
        """Times without a packet between two packets, from the beginning of the recording.

        A PBX that has nothing to play sends nothing: whether a gap is a fault depends on what was being played.
        """
        times = [packet.at - self.began_at for packet in self._packets]
        return [Span(a, b) for a, b in pairwise(times) if b - a > longer_than_seconds]

    def _starts(self) -> list[int]:
        """Each packet's first sample."""
        starts: list[int] = []
        earliest, place, last = 0, 0, 0
        for packet in self._packets:
            clock = int((packet.at - self.began_at) * RATE)
            place += (packet.timestamp - last + 0x80000000) % 0x100000000 - 0x80000000
            if abs(place - clock) > OFF_THE_CLOCK or not starts:
                place = clock
            place, last = max(place, earliest), packet.timestamp
            starts.append(place)
            earliest = place + len(packet.audio)
        return starts

    def _take_key(self, key: int, timestamp: int) -> None:
        """All packets of one press of a key bear the same time."""
        if (key, timestamp) != self._last_key and key < len(KEYS):
            self._last_key = (key, timestamp)
            self.keys += KEYS[key]

    def _count(self, sequence: int, source: int) -> None:
        if self._next and self._next[0] == source:
            missing = (sequence - self._next[1]) & 0xFFFF
            self.lost += missing if missing < 0x8000 else 0
        self._next = (source, (sequence + 1) & 0xFFFF)
