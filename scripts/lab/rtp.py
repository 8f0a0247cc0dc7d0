"""One call's audio both ways: 20 ms packets out, a recording in, keys both ways. Source: RFC 3550, RFC 4733.

All streams of an event loop are paced by one timer, so that a hundred callers cost little.
"""

import asyncio
import secrets
import socket
import struct
from collections import deque
from collections.abc import Iterator
from typing import ClassVar
from weakref import WeakKeyDictionary

from lab.g711 import ULAW
from lab.heard import KEYS, Heard
from lab.moment import Moment
from lab.sip import Media
from lab.sound import Pcm

FRAME = 160  # samples, and bytes of G.711, in 20 ms
KEY_FRAMES = 5  # a key is held for 100 ms
PAUSE_FRAMES = 4  # and let go for 80 ms before the next
PHASES = 4  # streams take turns within 20 ms: real callers do not all speak at the same instant
STEP_SECONDS = 0.02 / PHASES
HOPELESS_SECONDS = 1.0  # so late that catching up would only burst


class Stream:
    """Sends to `other` once that is known, silence when there is nothing to say; records from `open` on."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self._sayings: deque[tuple[Pcm, Moment[None], bool]] = deque()
        self._keys: deque[tuple[str, Moment[None]]] = deque()
        self._talk = self._say_all()
        self._frames = self._send_all()
        self._ssrc, self._sequence, self._timestamp = (secrets.randbits(bits) for bits in (32, 15, 31))
        self._marker = 0x80
        self.other: Media | None = None
        self.muted = False
        self.sent = 0
        self.heard = Heard()
        self.port: int = self._socket.getsockname()[1]

    def open(self, other: Media) -> None:
        """Begin to send and to record; again with another peer to go on there."""
        first, self.other = self.other is None, other
        if first:
            self.heard.began_at = self._loop.time()
            self._loop.add_reader(self._socket, self._receive)
            Pacer.of_this_loop().add(self)

    def close(self) -> None:
        Pacer.of_this_loop().remove(self)
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self.hush("the call ended before all was said")
        for _, pressed in self._keys:
            pressed.cannot_happen("the call ended before all was pressed")
        self.heard.first_audio.cannot_happen("the call ended before anything was heard")

    def say(self, pcm: Pcm, *, repeat: bool = False) -> Moment[None]:
        """Play after what is being said already; happened when its last sample was sent."""
        said = Moment[None]()
        self._sayings.append((pcm, said, repeat))
        return said

    def press(self, keys: str) -> Moment[None]:
        """Press keys at once, after those pressed already; what is being said goes on afterwards."""
        pressed = Moment[None]()
        self._keys.append((keys, pressed))
        return pressed

    def hush(self, why: str = "hushed") -> None:
        """Say nothing more of what was begun."""
        for _, said, _ in self._sayings:
            said.cannot_happen(why)
        self._sayings.clear()
        self._talk = self._say_all()

    def send_frame(self) -> None:
        """The pacer calls it every 20 ms."""
        if self.other and not self.muted:
            next(self._frames)

    def _send_all(self) -> Iterator[None]:
        """One step is one frame."""
        while True:
            if self._keys:
                keys, pressed = self._keys.popleft()
                yield from self._press_all(keys)
                pressed.happened(None)
            else:
                next(self._talk)
                yield

    def _say_all(self) -> Iterator[None]:
        while True:
            if not self._sayings:
                self._send_audio(b"")
                yield
                continue
            pcm, said, repeat = self._sayings[0]
            audio = (self.other.codec if self.other else ULAW).encode(pcm)
            for at in range(0, len(audio), FRAME):
                self._send_audio(audio[at : at + FRAME])
                yield
            if not repeat or not audio:
                self._sayings.popleft()
                said.happened(None)

    def _press_all(self, keys: str) -> Iterator[None]:
        for key in keys:
            for frame in range(1, KEY_FRAMES + 1):
                self._send_key(key, frame)
                yield
            self._timestamp += KEY_FRAMES * FRAME
            for _ in range(PAUSE_FRAMES):
                self._send_audio(b"")
                yield

    def _send_audio(self, audio: bytes) -> None:
        codec = self.other.codec if self.other else ULAW
        self._send(codec.payload_type, audio.ljust(FRAME, codec.silence))
        self._timestamp += FRAME

    def _send_key(self, key: str, frame: int) -> None:
        """The last packet of a key says so three times, in case one is lost."""
        last = frame == KEY_FRAMES
        payload = struct.pack("!BBH", KEYS.index(key), (0x80 if last else 0) | 10, frame * FRAME)
        for _ in range(3 if last else 1):
            self._send(self.other.keys if self.other else 0, payload)

    def _send(self, kind: int, payload: bytes) -> None:
        if not self.other:
            return
        header = (0x80, kind | self._marker, self._sequence, self._timestamp & 0xFFFFFFFF, self._ssrc)
        try:
            self._socket.sendto(struct.pack("!BBHII", *header) + payload, (self.other.host, self.other.port))
        except BlockingIOError:
            return  # a full buffer loses the packet, as a network does
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._marker = 0
        self.sent += 1

    def _receive(self) -> None:
        try:
            packet = self._socket.recv(2048)
        except BlockingIOError:
            return
        if len(packet) >= 12 and self.other:
            self.heard.take(packet, self._loop.time(), self.other)


class Pacer:
    """One timer for all streams of an event loop; it rests when there are none."""

    _pacers: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, "Pacer"]] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._phases: list[set[Stream]] = [set() for _ in range(PHASES)]
        self._turn = 0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def of_this_loop(cls) -> "Pacer":
        loop = asyncio.get_running_loop()
        return cls._pacers.setdefault(loop, cls(loop))

    def add(self, stream: Stream) -> None:
        min(self._phases, key=len).add(stream)
        if not self._timer:
            self._due = self._loop.time()
            self._timer = self._loop.call_at(self._due, self._tick)

    def remove(self, stream: Stream) -> None:
        for phase in self._phases:
            phase.discard(stream)
        if self._timer and not any(self._phases):
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        for stream in tuple(self._phases[self._turn]):
            stream.send_frame()
        self._turn = (self._turn + 1) % PHASES
        self._due += STEP_SECONDS
        if self._loop.time() - self._due > HOPELESS_SECONDS:
            self._due = self._loop.time()
        self._timer = self._loop.call_at(self._due, self._tick)
