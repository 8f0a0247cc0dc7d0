"""A recogniser worker as a child process: started, fed, and started again when it dies or hangs."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import structlog

from ivr.services import RecognizerUnavailable
from ivr.speech.hearing import wire
from ivr.speech.hearing.wire import Frame, Kind, WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.call import Hearing
    from ivr.services import Clock
    from ivr.speech.hearing.ears import Listener

log = structlog.get_logger(__name__)

READ_BYTES = 1 << 16
STREAMS = 16  # at once in one worker: what a core recognises in real time; one more would make all of them late
NICE = 5  # pacing the callers' audio goes before recognising it
HUNG_SECONDS = 3.0  # a worker that answers nothing for so long is killed
END_SECONDS = 1.0  # given to a worker to end by itself
FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 0.2, 30.0
HEALTHY_SECONDS = 10.0  # a worker that lived so long was no failed start

# A thread pool of the arrays' library would take memory and a core for nothing.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class WorkerProcess:
    def __init__(self, setup: bytes, clock: Clock, told: Callable[[Mapping[str, str]], None]) -> None:
        """`setup` is the worker's first frame. `told` hears, per language, "" or why it is not heard."""
        self._setup = setup
        self._clock = clock
        self._told = told
        self._process: asyncio.subprocess.Process | None = None
        self._listeners: dict[int, Listener] = {}
        self._numbers = count(1)
        self._suspect = False
        self.ready = asyncio.Event()

    @property
    def load(self) -> int:
        """Utterances being heard now."""
        return len(self._listeners)

    @property
    def available(self) -> bool:
        return self.ready.is_set() and not self._suspect and self.load < STREAMS

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def run(self) -> None:
        """Keep a worker alive until cancelled."""
        back_off = FIRST_BACK_OFF_SECONDS
        while True:
            began = self._clock.monotonic()
            await self._live()
            log.error("a recogniser worker died, another is started", seconds=back_off)
            await asyncio.sleep(back_off)
            healthy = self._clock.monotonic() - began > HEALTHY_SECONDS
            back_off = FIRST_BACK_OFF_SECONDS if healthy else min(2 * back_off, LONGEST_BACK_OFF_SECONDS)

    async def _live(self) -> None:
        """One process, from its start to its end."""
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ivr.speech.hearing.worker",
            str(NICE),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # libraries write there, words of callers perhaps among it
            env={**os.environ, **ENVIRONMENT},
        )
        try:
            self._write(self._setup)
            await self._read(process)
        finally:
            self._forget_all()
            await _end(process)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        decoder = wire.Decoder()
        with suppress(WireError):
            while data := await process.stdout.read(READ_BYTES):
                self._suspect = False
                for frame in decoder.feed(data):
                    self._take(frame)

    def _take(self, frame: Frame) -> None:
        if frame.kind is Kind.READY:
            self._told(frame.json())
            self.ready.set()
        elif (listener := self._listeners.get(frame.stream)) is not None:
            _deliver(frame, listener)

    def _forget_all(self) -> None:
        self.ready.clear()
        self._suspect = False
        listeners, self._listeners = self._listeners, {}
        for listener in listeners.values():
            listener.failed()

    def open(self, hearing: Hearing, listener: Listener) -> WorkerStream:
        """Raises RecognizerUnavailable when this worker cannot take one more utterance now."""
        if not self.available:
            raise RecognizerUnavailable("no recogniser is free")
        number = next(self._numbers)
        self._listeners[number] = listener
        self._write(wire.encode_json(Kind.OPEN, number, {"language": hearing.language, "grammar": hearing.grammar}))
        return WorkerStream(self, number)

    def send(self, kind: Kind, number: int, body: bytes = b"") -> None:
        if number in self._listeners:
            self._write(wire.encode(kind, number, body))

    def close_stream(self, number: int) -> None:
        self.send(Kind.CLOSE, number)
        self._listeners.pop(number, None)

    def suspect(self) -> None:
        """It did not keep up: it gets nothing new until it answers anything, and is killed when it does not."""
        if not self._suspect and self._process is not None:
            self._suspect = True
            self._write(wire.encode(Kind.PING))
            asyncio.get_running_loop().call_later(HUNG_SECONDS, self._kill_if_hung, self._process)

    def _kill_if_hung(self, process: asyncio.subprocess.Process) -> None:
        if self._suspect and process is self._process and process.returncode is None:
            log.error("a recogniser worker hangs and is killed")
            process.kill()

    def _write(self, data: bytes) -> None:
        assert self._process
        assert self._process.stdin
        if not self._process.stdin.is_closing():
            self._process.stdin.write(data)


class WorkerStream:
    """Implements ears.Stream."""

    def __init__(self, worker: WorkerProcess, number: int) -> None:
        self._worker = worker
        self._number = number

    def audio(self, pcm: bytes) -> None:
        self._worker.send(Kind.AUDIO, self._number, pcm)

    def end(self) -> None:
        self._worker.send(Kind.END, self._number)

    def close(self) -> None:
        self._worker.close_stream(self._number)

    def late(self) -> None:
        self._worker.suspect()


def _deliver(frame: Frame, listener: Listener) -> None:
    if frame.kind is Kind.PROGRESS:
        listener.progressed(*wire.progress(frame))
    elif frame.kind is Kind.FINAL:
        listener.finished(wire.spoke(frame))
    elif frame.kind is Kind.FAILED:
        listener.failed()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Closing its input ends a worker; one that does not listen is killed."""
    assert process.stdin
    process.stdin.close()
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
