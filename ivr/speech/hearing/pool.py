"""The recognisers of this host: worker processes that hear all callers; implements services.Ears."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import structlog

from ivr.services import RecognizerUnavailable
from ivr.speech.hearing import wire
from ivr.speech.hearing.ears import Listener, Stream, WorkerEar
from ivr.speech.hearing.models import recognizer_of
from ivr.speech.hearing.wire import Kind
from ivr.speech.hearing.worker_process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ivr.call import Hearing
    from ivr.services import Clock, Ear

log = structlog.get_logger(__name__)


class RecognizerPool:
    def __init__(
        self,
        *,
        workers: int,
        models: Mapping[str, Path],
        cache: Path,
        phrases: Mapping[str, Sequence[str]],
        clock: Clock,
    ) -> None:
        """`phrases`: what callers may say, by language; `models`: a language's model, if not in its usual place.

        Raises ModelError when a named model is not there.
        """
        self._clock = clock
        found = {language: recognizer_of(language, models, os.environ) for language in phrases}
        self._languages = {language: of for language, of in found.items() if of is not None}
        setup = {
            "cache": str(cache.resolve()),
            "languages": {
                language: {
                    "engine": of.engine,
                    "model": str(of.model),
                    "dictionary": str(of.dictionary or ""),
                    "phrases": list(phrases[language]),
                }
                for language, of in self._languages.items()
            },
        }
        frame = wire.encode_json(Kind.SETUP, 0, setup)
        self._workers = [WorkerProcess(frame, clock, self._told) for _ in range(workers)]
        self._deaf: set[str] = set()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the workers; they are ready in a second or two, and until then nobody is heard."""
        self._running = asyncio.get_running_loop().create_task(self._run(), name="recogniser workers")
        self._running.add_done_callback(_report)

    async def close(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    async def ready(self) -> None:
        """Wait until every worker can hear."""
        for worker in self._workers:
            await worker.ready.wait()

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """The processes, for measurements."""
        return tuple(worker.pid for worker in self._workers if worker.pid is not None)

    def can_hear(self, language: str) -> bool:
        """Whether there is a recogniser for the language at all; it may still be busy."""
        return bool(self._workers) and language in self._languages and language not in self._deaf

    def hears_now(self, language: str) -> bool:
        return self.can_hear(language) and any(worker.available for worker in self._workers)

    def listen(self, hearing: Hearing) -> Ear:
        """Raises RecognizerUnavailable."""
        if not self.can_hear(hearing.language):
            raise RecognizerUnavailable(f"there is no recogniser for '{hearing.language}'")
        self._freest()

        def open_stream(listener: Listener) -> Stream:
            return self._freest().open(hearing, listener)

        return WorkerEar(hearing, open_stream, self._clock)

    def _freest(self) -> WorkerProcess:
        available = [worker for worker in self._workers if worker.available]
        if not available:
            raise RecognizerUnavailable("no recogniser is free")
        return min(available, key=lambda worker: worker.load)

    def _told(self, why_not: Mapping[str, str]) -> None:
        for language, why in why_not.items():
            if why and language not in self._deaf:
                log.error("a language cannot be heard", language=language, why=why)
        self._deaf = {language for language, why in why_not.items() if why}

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for worker in self._workers:
                group.create_task(worker.run())


def _report(running: asyncio.Task[None]) -> None:
    if not running.cancelled() and (error := running.exception()) is not None:
        log.error("the recogniser workers are given up", exc_info=error)
