"""A recogniser worker: `python -m ivr.speech.hearing.worker`, a process that hears many callers at once; see wire.py.

One thread takes turns between the utterances, a slice of audio each, since the recognisers keep the interpreter to
themselves. What kills a recogniser kills this process and nothing else. It ends with its parent, by the end of standard
input.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivr.call import Spoke
from ivr.speech.hearing import wire
from ivr.speech.hearing.voice import voice_of
from ivr.speech.hearing.wire import Decoder, Frame, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.speech.hearing.recognizer import Recognizer, Utterance

STDIN, STDOUT, STDERR = 0, 1, 2
SLICE_BYTES = 1600  # 100 ms: the grain of partial results, and of taking turns
READ_BYTES = 1 << 16


class Stream:
    """One utterance: the audio that waits, and the recogniser's state."""

    def __init__(self, number: int, utterance: Utterance) -> None:
        self.number = number
        self.utterance = utterance
        self.ended = False
        self._waiting = bytearray()
        self._heard = bytearray()

    def put(self, pcm: bytes) -> None:
        self._waiting += pcm

    @property
    def has_work(self) -> bool:
        return self.ended or len(self._waiting) >= SLICE_BYTES

    def work(self) -> bytes:
        """Recognise the next slice, or end; returns the frame to send."""
        if self._waiting:
            piece = bytes(self._waiting[:SLICE_BYTES])
            del self._waiting[:SLICE_BYTES]
            self.utterance.take(piece)
            self._heard += piece
            return wire.encode_progress(self.number, len(self._heard), self.utterance.partial())
        return wire.encode_spoke(self.number, Spoke(self.utterance.final(), voice_of(bytes(self._heard))))


class Worker:
    """Frames in, frames out; no pipes."""

    def __init__(self, recognizers: Mapping[str, Recognizer]) -> None:
        self._recognizers = recognizers
        self._streams: dict[int, Stream] = {}
        self._turns: deque[int] = deque()

    @property
    def has_work(self) -> bool:
        return any(stream.has_work for stream in self._streams.values())

    def take(self, frame: Frame) -> bytes:
        """What the service said; returns the answer, if there is one at once."""
        if frame.kind is Kind.OPEN:
            return self._open(frame)
        if frame.kind is Kind.PING:
            return wire.encode(Kind.PONG)
        stream = self._streams.get(frame.stream)
        if stream is None:
            return b""  # failed or closed already
        if frame.kind is Kind.AUDIO:
            stream.put(frame.body)
        elif frame.kind is Kind.END:
            stream.ended = True
        elif frame.kind is Kind.CLOSE:
            self._forget(stream)
        return b""

    def _open(self, frame: Frame) -> bytes:
        asked = frame.json()
        grammar = None if asked["grammar"] is None else tuple(asked["grammar"])
        try:
            utterance = self._recognizers[asked["language"]].begin(grammar)
        except (KeyError, RuntimeError, ValueError, OSError):
            return wire.encode(Kind.FAILED, frame.stream)
        self._streams[frame.stream] = Stream(frame.stream, utterance)
        self._turns.append(frame.stream)
        return b""

    def work(self) -> bytes:
        """Let the next utterance that has work do a slice of it; returns what to send."""
        for _ in range(len(self._turns)):
            self._turns.rotate(-1)
            stream = self._streams[self._turns[-1]]
            if stream.has_work:
                return self._slice(stream)
        return b""

    def _slice(self, stream: Stream) -> bytes:
        try:
            answer = stream.work()
        except RuntimeError:
            self._forget(stream)
            return wire.encode(Kind.FAILED, stream.number)
        if answer[wire.LENGTH.size] == Kind.FINAL:
            self._forget(stream)
        return answer

    def _forget(self, stream: Stream) -> None:
        del self._streams[stream.number]
        self._turns.remove(stream.number)
        stream.utterance.close()


def load(setup: Mapping[str, Any]) -> tuple[dict[str, Recognizer], dict[str, str]]:
    """The recognisers by language, and per language "" or one sentence on why it is not heard."""
    recognizers: dict[str, Recognizer] = {}
    why_not: dict[str, str] = {}
    for language, of in setup["languages"].items():
        try:
            recognizers[language] = _recognizer(language, of, Path(setup["cache"]))
            why_not[language] = ""
        except (RuntimeError, ValueError, OSError) as error:
            why_not[language] = str(error)
    return recognizers, why_not


def _recognizer(language: str, of: Mapping[str, Any], cache: Path) -> Recognizer:
    """Imports only the library that is used: each takes tens of megabytes."""
    if of["engine"] == "vosk":
        from ivr.speech.hearing.vosk_engine import Vosk  # noqa: PLC0415 - see above

        return Vosk(Path(of["model"]), of["phrases"])
    from ivr.speech.hearing.plan_model import PlanModel  # noqa: PLC0415 - see above
    from ivr.speech.hearing.pocketsphinx_engine import PocketSphinx  # noqa: PLC0415 - see above

    return PocketSphinx(Path(of["model"]), PlanModel(language, of["phrases"], Path(of["dictionary"]), cache))


def serve(source: int, target: int) -> None:
    """Until the source ends: read what is there, then do one slice of work."""
    decoder = Decoder()
    worker: Worker | None = None
    while (data := _read(source, wait=worker is None or not worker.has_work)) != b"":
        for frame in decoder.feed(data or b""):
            if worker is None:
                recognizers, why_not = load(frame.json())
                worker = Worker(recognizers)
                _write(target, wire.encode_json(Kind.READY, 0, why_not))
            else:
                _write(target, worker.take(frame))
        if worker is not None:
            _write(target, worker.work())


def _read(source: int, *, wait: bool) -> bytes | None:
    """What came; b"" at the end; None when there is nothing now and we shall not wait."""
    if not wait and not select.select([source], [], [], 0)[0]:
        return None
    return os.read(source, READ_BYTES)


def _write(target: int, data: bytes) -> None:
    while data:
        data = data[os.write(target, data) :]


def main() -> None:
    """Answers go to a private copy of standard output: what a library prints must not become a frame."""
    target = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the service ends us itself
    os.nice(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    try:
        serve(STDIN, target)
    except BrokenPipeError:
        return  # the service is gone


if __name__ == "__main__":
    main()
