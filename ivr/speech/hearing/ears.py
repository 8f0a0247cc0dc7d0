"""One caller's ear: endpointing on this side, recognition in a worker, which hears audio only while somebody speaks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import pocketsphinx

from ivr.call import Hearing, Hypothesis, Spoke
from ivr.services import RecognizerUnavailable
from ivr.speech.hearing.endpoint import Endpointer, SpeechBegan, SpeechEnded
from ivr.speech.hearing.patience import Patience
from ivr.speech.sound.audio import FRAME_SECONDS, RATE, Framer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.services import Clock

STABLE_PARTIALS = 2  # an urgent partial ends the turn when the next one, 100 ms later, is urgent too
PARTIAL_CONFIDENCE = 0.5  # a partial has no posterior
VAD_MODE = pocketsphinx.Vad.MEDIUM_LOOSE  # stricter ones begin later, looser ones end later, as measured


class Stream(Protocol):
    """The way to the worker for one utterance."""

    def audio(self, pcm: bytes) -> None: ...

    def end(self) -> None: ...

    def close(self) -> None:
        """Safe to call twice, and after the worker died."""

    def late(self) -> None:
        """Report that the worker did not keep up, before closing."""


class Listener(Protocol):
    """What comes back."""

    def progressed(self, taken_bytes: int, partial: str) -> None: ...

    def finished(self, spoke: Spoke) -> None: ...

    def failed(self) -> None: ...


class WorkerEar:
    """Implements services.Ear and Listener. Made on the event loop.

    `open_stream` raises RecognizerUnavailable when no worker can take the utterance.
    """

    def __init__(self, hearing: Hearing, open_stream: Callable[[Listener], Stream], clock: Clock) -> None:
        self._hearing = hearing
        self._open_stream = open_stream
        self._framer = Framer()
        self._endpointer = Endpointer(hearing.pause_seconds, pocketsphinx.Vad(VAD_MODE, RATE, FRAME_SECONDS).is_speech)
        self._patience = Patience(clock, self._gave_up)
        self._stream: Stream | None = None
        self._began = asyncio.Event()
        self._over = asyncio.Event()
        self._heard: Spoke | None = None
        self._urgent = _Urgency(hearing.urgent)
        self._partial = ""
        self._finished = False

    @property
    def speech_began(self) -> asyncio.Event:
        return self._began

    def feed(self, pcm: bytes) -> None:
        if self._finished or self._over.is_set():
            return
        for frame in self._framer.feed(pcm):
            self._feed(frame)

    def _feed(self, frame: bytes) -> None:
        happened = self._endpointer.feed(frame)
        if isinstance(happened, SpeechBegan):
            self._begin(happened.pcm)
        elif self._stream is not None and not self._finished:
            self._send(frame)
        if isinstance(happened, SpeechEnded):
            self.finish()

    def _begin(self, pcm: bytes) -> None:
        self._began.set()
        try:
            self._stream = self._open_stream(self)
        except RecognizerUnavailable:
            self.failed()
        else:
            self._send(pcm)

    def _send(self, pcm: bytes) -> None:
        if self._stream is not None:
            self._stream.audio(pcm)
            self._patience.sent(len(pcm))

    async def heard(self) -> Spoke:
        await self._over.wait()
        if self._heard is None:
            raise RecognizerUnavailable("the recogniser is late, dead or closed")
        return self._heard

    def finish(self) -> None:
        if self._finished or self._over.is_set():
            return
        self._finished = True
        if self._stream is None:
            self._settle(Spoke(()))
        else:
            self._stream.end()
            self._patience.asked()

    def close(self) -> None:
        self._settle(None)

    def progressed(self, taken_bytes: int, partial: str) -> None:
        self._patience.taken(taken_bytes)
        if self._hearing.enough and partial != self._partial:
            self._partial = partial
            self._endpointer.enough = self._hearing.enough(partial)
        if self._urgent.is_stable(partial):
            self._settle(Spoke((Hypothesis(partial, PARTIAL_CONFIDENCE),)))

    def finished(self, spoke: Spoke) -> None:
        self._settle(spoke)

    def failed(self) -> None:
        self._settle(None)

    def _gave_up(self) -> None:
        if self._stream is not None:
            self._stream.late()
        self._settle(None)

    def _settle(self, heard: Spoke | None) -> None:
        """The first outcome counts; None is RecognizerUnavailable."""
        if not self._over.is_set():
            self._heard = heard
            self._over.set()
        self._patience.close()
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class _Urgency:
    """Looks at every partial result.

    One that the next partial takes back is no evidence: of 405 synthesised recordings, four routine ones showed such a
    phantom, and no emergency was found by it alone.
    """

    def __init__(self, urgent: Callable[[str], bool] | None) -> None:
        self._urgent = urgent or _never
        self._last = ""
        self._is_urgent = False
        self._in_a_row = 0

    def is_stable(self, partial: str) -> bool:
        """True when this partial and the one before are urgent."""
        if partial != self._last:
            self._last = partial
            self._is_urgent = self._urgent(partial)
        self._in_a_row = self._in_a_row + 1 if self._is_urgent else 0
        return self._in_a_row >= STABLE_PARTIALS


def _never(_: str) -> bool:
    return False
