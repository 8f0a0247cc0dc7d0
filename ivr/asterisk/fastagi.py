"""The FastAGI server: one connection for each time that the dialplan hands a caller to us.

Commands are strictly one at a time, for a second command interrupts STREAM FILE and GET DATA without a reply of their
own. A waiter that is cancelled leaves its reply owed: the next command first waits for the owed reply and drops it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk import agi
from ivr.callers.server import CallServer
from ivr.media.voice import OutOfHands
from ivr.tasks import any_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT_SECONDS = 2.0  # Asterisk sends it at once; a stranger who says nothing must not hold a socket
READ_BYTES = 65_536
DEAD_CHANNEL = 511

log = structlog.get_logger(__name__)


class AgiEnded(OutOfHands):
    """Asterisk has left AGI. Whether the caller is gone only AMI knows."""


class AgiSession:
    """One AGI connection, from its environment to its end."""

    def __init__(self, environment: Mapping[str, str], writer: asyncio.StreamWriter) -> None:
        self.environment = environment
        self.ended = asyncio.Event()
        self._writer = writer
        self._turn = asyncio.Lock()
        self._replies: asyncio.Queue[agi.Reply] = asyncio.Queue()
        self._replied = asyncio.Event()
        self._owed = 0

    async def command(self, *words: str) -> agi.Reply:
        """Send one command and return its reply. Raises AgiEnded, also for a channel that is dead (511).

        Raises ValueError, and sends nothing, for a word with a control character.
        """
        line = agi.command(*words)
        async with self._turn:
            while self._owed:
                await self._reply()
            if self.ended.is_set():
                raise AgiEnded
            self._writer.write(line)
            self._owed += 1
            reply = await self._reply()
        if reply.code == DEAD_CHANNEL:
            raise AgiEnded
        return reply

    def take(self, frame: agi.Frame) -> None:
        """Take what Asterisk said."""
        match frame:
            case agi.Reply():
                self._replies.put_nowait(frame)
                self._replied.set()
            case agi.Hangup():
                self.close()
            case agi.Environment():
                raise agi.AgiError("a second environment")

    def close(self) -> None:
        """End AGI: the dialplan goes on."""
        self.ended.set()
        self._writer.close()

    async def _reply(self) -> agi.Reply:
        while self._replies.empty():
            self._replied.clear()
            if self.ended.is_set():
                raise AgiEnded
            await any_of(self._replied, self.ended)
        reply = self._replies.get_nowait()
        self._owed -= 1
        return reply


class FastAgiServer(CallServer[AgiSession]):
    protocol = "FastAGI"

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = agi.Decoder()
        try:
            async with asyncio.timeout(ENVIRONMENT_SECONDS):
                session, frames = await _begin(reader, writer, decoder)
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(_read(reader, decoder, session, frames))
                await self._serve(session)
                reading.cancel()
        except* (agi.AgiError, TimeoutError) as errors:
            log.warning("not AGI: connection closed", reasons=[str(error) for error in errors.exceptions])
        except* ConnectionError:
            log.info("AGI connection lost")
        finally:
            writer.close()


async def _begin(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, decoder: agi.Decoder
) -> tuple[AgiSession, list[agi.Frame]]:
    """Read the environment. Returns the session and what came with it, which can only be an early HANGUP."""
    while True:
        data = await reader.read(READ_BYTES)
        if not data:
            raise agi.AgiError("closed before the environment was complete")
        match decoder.feed(data):
            case [agi.Environment(values), *frames]:
                return AgiSession(values, writer), frames


async def _read(
    reader: asyncio.StreamReader, decoder: agi.Decoder, session: AgiSession, frames: list[agi.Frame]
) -> None:
    try:
        for frame in frames:
            session.take(frame)
        while data := await reader.read(READ_BYTES):
            for frame in decoder.feed(data):
                session.take(frame)
    finally:
        session.close()
