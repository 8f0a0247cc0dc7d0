"""AudioSocket() run inside an AGI session: opened to speak with the caller, ended to give the caller back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from ivr.asterisk.fastagi import AgiEnded, AgiSession

if TYPE_CHECKING:
    from ivr.asterisk import agi
    from ivr.asterisk.audioserver import AudioServer
    from ivr.asterisk.audiostream import AudioStream
    from ivr.tasks import Tasks

CONNECT_SECONDS = 3.0  # Asterisk itself gives up after 2 s (MAX_CONNECT_TIMEOUT_MSEC)

log = structlog.get_logger(__name__)


class AudioLine:
    def __init__(self, session: AgiSession, server: AudioServer, tasks: Tasks) -> None:
        self._session = session
        self._server = server
        self._tasks = tasks
        self._opening: asyncio.Task[AudioStream | None] | None = None
        self._running: asyncio.Task[agi.Reply | None] | None = None

    @property
    def is_open(self) -> bool:
        return self._opening is not None

    async def stream(self) -> AudioStream | None:
        """Return the live audio, opened if need be; None where this Asterisk cannot. A cancelled waiter ends nothing.

        Raises AgiEnded.
        """
        if self._opening is None or self._is_over(self._opening):
            self._opening = self._tasks.start(self._open(), "open audio")
        stream = await asyncio.shield(self._opening)
        if stream is None and self._session.ended.is_set():
            raise AgiEnded
        return stream

    async def end(self) -> None:
        """End AudioSocket(), so that AGI takes commands again."""
        if self._opening is None:
            return
        stream = await asyncio.shield(self._opening)
        if stream and self._running:
            stream.finish()
            await asyncio.shield(self._running)

    def abort(self) -> None:
        """The caller is gone."""
        if self._opening and self._opening.done() and not self._opening.cancelled():
            stream = self._opening.result()
            if stream:
                stream.abort()

    async def _open(self) -> AudioStream | None:
        if self._running:
            await self._running
        expected = self._server.expect()
        self._running = self._tasks.start(self._run(f"{expected.uuid},{self._server.address}"), "AudioSocket")
        first: set[asyncio.Future[Any]] = {expected.stream, self._running}
        await asyncio.wait(first, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if expected.stream.done():
            return expected.stream.result()
        expected.stream.cancel()
        return None

    async def _run(self, arguments: str) -> agi.Reply | None:
        """Return the reply of EXEC AudioSocket: 510, or result -2, where the application is missing."""
        try:
            reply = await self._session.command("EXEC", "AudioSocket", arguments)
        except AgiEnded:
            return None
        log.debug("AudioSocket ended", code=reply.code, result=reply.result)
        return reply

    @staticmethod
    def _is_over(opening: asyncio.Task[AudioStream | None]) -> bool:
        if not opening.done():
            return False
        stream = opening.result()
        return stream is None or stream.ended.is_set()
