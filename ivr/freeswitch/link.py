"""One TCP connection of FreeSWITCH's event socket, whichever side opened it: replies in order, events to a callback."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from ivr.freeswitch import esl
from ivr.services import SwitchDown
from ivr.sockets import LinkLost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.sockets import Address

CONNECT_SECONDS = 3.0
STALL_SECONDS = 10.0  # a reply takes a millisecond, `uuid_record` at most 2 s; who owes one for longer has stalled
MAX_UNSENT = 262_144  # beyond what the kernel holds: FreeSWITCH does not read any more
READ_BYTES = 262_144

OnEvent = Callable[[esl.Event], None]


class LinkRejected(LinkLost):
    """FreeSWITCH turned this host away (text/rude-rejection)."""


class EslLink:
    """`on_event` is called for each event, must not block, and may be set anew. `greeted`: we were asked who we are."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_event: OnEvent,
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        self.on_event = on_event
        self.greeted = asyncio.Event()
        self._reader = reader
        self._writer = writer
        self._stall_seconds = stall_seconds
        self._waiting: deque[asyncio.Future[esl.Message]] = deque()
        self._overdue: asyncio.TimerHandle | None = None
        self._closed = False
        self._why = "FreeSWITCH closed the connection"

    @classmethod
    async def open(cls, address: Address, on_event: OnEvent) -> EslLink:
        """Raises OSError or TimeoutError."""
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(address.host, address.port)
        return cls(reader, writer, on_event)

    def begin(self, packet: bytes) -> asyncio.Future[esl.Message]:
        """Send a command now; the reply comes in the future, or SwitchDown when the connection ends before it."""
        return self.begin_all([packet])[0]

    def begin_all(self, packets: Sequence[bytes]) -> list[asyncio.Future[esl.Message]]:
        """Send commands in one write: FreeSWITCH gets all of them or, if the connection is over, none."""
        loop = asyncio.get_running_loop()
        replies: list[asyncio.Future[esl.Message]] = [loop.create_future() for _ in packets]
        owed = bool(self._waiting)
        self._waiting.extend(replies)
        if self._closed:
            self.close()
            return replies
        self._writer.write(b"".join(packets))
        if self._writer.transport.get_write_buffer_size() > MAX_UNSENT:
            self._stalled("FreeSWITCH does not take what we send")
        elif not owed:
            self._watch()
        return replies

    async def read(self) -> None:
        """Read for ever. Raises LinkLost at the end of the connection."""
        decoder = esl.Decoder()
        try:
            while data := await self._reader.read(READ_BYTES):
                for packet in decoder.feed(data):
                    self._take(packet)
        except (esl.EslError, OSError) as error:
            raise LinkLost(str(error)) from error
        finally:
            self.close()
        raise LinkLost(self._why)

    def close(self) -> None:
        self._closed = True
        if self._writer.transport.get_write_buffer_size():
            self._writer.transport.abort()  # a close would wait for a peer that does not read
        else:
            self._writer.close()
        while self._waiting:
            reply = self._waiting.popleft()
            if not reply.done():
                reply.set_exception(SwitchDown("the connection to FreeSWITCH ended before the reply"))
                reply.exception()  # seen: nobody may be waiting any more
        self._watch()

    def _take(self, packet: esl.Message | esl.Event) -> None:
        if isinstance(packet, esl.Event):
            self.on_event(packet)
            return
        match packet.kind:
            case "command/reply" | "api/response":
                self._answer(packet)
            case "auth/request":
                self.greeted.set()
            case "text/rude-rejection":
                raise LinkRejected("FreeSWITCH turned us away")
            case "text/disconnect-notice" if packet["Content-Disposition"] != "linger":
                raise LinkLost("FreeSWITCH ended the connection")

    def _answer(self, message: esl.Message) -> None:
        if self._closed:
            return
        if not self._waiting:
            raise esl.EslError("a reply to nothing")
        reply = self._waiting.popleft()
        if not reply.done():  # whoever waited may have given up; the reply is still his
            reply.set_result(message)
        self._watch()

    def _watch(self) -> None:
        """Give the peer time for the next reply that it owes."""
        if self._overdue:
            self._overdue.cancel()
            self._overdue = None
        if self._waiting:
            loop = asyncio.get_running_loop()
            self._overdue = loop.call_later(self._stall_seconds, self._stalled, "FreeSWITCH does not answer")

    def _stalled(self, why: str) -> None:
        self._why = why
        self._writer.transport.abort()
        self.close()
