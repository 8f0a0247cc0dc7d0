"""One caller's live audio over AudioSocket, and the clock that paces all of them.

Asterisk does not pace what it gets, and ends a session in which nothing is said for 2 s: so one timer sends one frame
to every caller each 20 ms, of the prompt or of silence.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk import audiosocket
from ivr.asterisk.audiosocket import FRAME_SECONDS
from ivr.media.live_audio import LiveAudio
from ivr.media.sounds import FRAME_BYTES, pcm_of

if TYPE_CHECKING:
    from pathlib import Path

CATCH_UP_FRAMES = 3  # after a delay of the event loop; more at once would overrun the telephone's jitter buffer
UNSENT_BYTES = 16_384  # one second that Asterisk did not take: from here on frames are dropped, not kept
CLOSING_SECONDS = 1.0  # Asterisk closes within milliseconds after our hang-up frame

_SILENCE = audiosocket.audio(bytes(FRAME_BYTES))

log = structlog.get_logger(__name__)


class AudioStream(LiveAudio):
    """One caller's audio both ways."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._playing: deque[bytes] = deque()
        self._position = 0  # in the first of them
        self._paused = False
        self._finished = False

    def play(self, *sounds: Path) -> None:
        self.play_pcm(*pcm_of(sounds))

    def stop(self) -> None:
        self.play_pcm()

    def pause(self) -> None:
        self._paused = True

    def go_on(self) -> None:
        self._paused = False

    def play_pcm(self, *pieces: bytes) -> None:
        """Play 8 kHz audio from now on, instead of what was playing. A piece of no whole frames is filled up.

        The pieces are not copied: a hundred callers who hear the same music share it.
        """
        self._playing = deque(piece for piece in pieces if piece)
        self._position = 0
        self._paused = False
        if self._playing:
            self.quiet.clear()
        else:
            self.quiet.set()

    def finish(self) -> None:
        """Give the caller back: AudioSocket() ends with success, and Asterisk closes the connection."""
        if self._finished or self.ended.is_set():
            return
        self._finished = True
        self._transport.write(audiosocket.hangup())
        # Closed from our side while audio is unread, TCP would reset, and AudioSocket() would end with failure.
        asyncio.get_running_loop().call_later(CLOSING_SECONDS, self._transport.abort)

    def abort(self) -> None:
        self._transport.abort()

    def send_frame(self) -> None:
        """Send 20 ms: called by the pacer."""
        if self._finished or self._transport.get_write_buffer_size() > UNSENT_BYTES:
            return
        if self.quiet.is_set() or self._paused:
            self._transport.write(_SILENCE)
        else:
            self._transport.write(audiosocket.audio(self._next_frame()))

    def take(self, frame: audiosocket.Frame) -> None:
        """Take what Asterisk said after the id."""
        match frame:
            case audiosocket.Audio(pcm, 8_000):
                if self.hears:
                    self.hears(pcm)
            case audiosocket.Digit(digit):
                self.press(digit)
            case audiosocket.Hangup():
                self._transport.close()
            case audiosocket.Failure(code):
                log.warning("Asterisk reports an audio failure", code=code)
            case _:
                raise audiosocket.AudioSocketError("a second id, or audio at another rate than 8 kHz")

    def close(self) -> None:
        """The connection is over."""
        self.stop()
        self.ended.set()

    def _next_frame(self) -> bytes:
        piece = self._playing[0]
        frame = piece[self._position : self._position + FRAME_BYTES]
        self._position += FRAME_BYTES
        if self._position >= len(piece):
            self._playing.popleft()
            self._position = 0
        if not self._playing:
            self.stop()
        return frame.ljust(FRAME_BYTES, b"\0")


class Pacer:
    """Sends a frame to each of `streams` every 20 ms; sleeps while there are none."""

    def __init__(self) -> None:
        self._streams: set[AudioStream] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def add(self, stream: AudioStream) -> None:
        self._streams.add(stream)
        if self._timer is None:
            self._due = asyncio.get_running_loop().time()
            self._tick()

    def remove(self, stream: AudioStream) -> None:
        self._streams.discard(stream)

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        if not self._streams:
            self._timer = None
            return
        loop = asyncio.get_running_loop()
        frames = 1 + int((loop.time() - self._due) / FRAME_SECONDS)
        for _ in range(min(frames, CATCH_UP_FRAMES)):
            for stream in self._streams:
                stream.send_frame()
        self._due += frames * FRAME_SECONDS  # counted from the first frame: no drift
        self._timer = loop.call_at(self._due, self._tick)
