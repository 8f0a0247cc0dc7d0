"""The AudioSocket server: live audio of the callers that we asked Asterisk for, and of nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog

from ivr.asterisk import audiosocket
from ivr.asterisk.audiostream import AudioStream, Pacer
from ivr.sockets import Address, listening

ID_SECONDS = 1.0  # the first frame names the call; a stranger must not hold a socket

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Expected:
    """Give `uuid` to AudioSocket(); `stream` resolves when Asterisk connects with it. Cancel `stream` to forget."""

    uuid: UUID
    stream: asyncio.Future[AudioStream]


class AudioServer:
    def __init__(self, address: Address) -> None:
        self._address = address
        self._pacer = Pacer()
        self._server: asyncio.Server | None = None
        self._expected: dict[UUID, asyncio.Future[AudioStream]] = {}
        self._connections: set[_Connection] = set()

    @property
    def address(self) -> Address:
        """Where Asterisk is to connect."""
        assert self._server, "started"
        return Address(self._address.host, int(self._server.sockets[0].getsockname()[1]))

    async def start(self) -> None:
        """Raises CannotListen."""
        loop = asyncio.get_running_loop()
        with listening("audio (AudioSocket)", self._address):
            self._server = await loop.create_server(lambda: _Connection(self), self._address.host, self._address.port)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        for connection in tuple(self._connections):
            connection.abort()
        for stream in tuple(self._expected.values()):
            stream.cancel()
        self._pacer.stop()

    def expect(self) -> Expected:
        """Issue an id that one connection may use, once."""
        uuid = uuid4()
        stream: asyncio.Future[AudioStream] = asyncio.get_running_loop().create_future()
        self._expected[uuid] = stream
        stream.add_done_callback(lambda _: self._expected.pop(uuid, None))
        return Expected(uuid, stream)

    def opened(self, connection: _Connection) -> None:
        self._connections.add(connection)

    def begin(self, uuid: UUID, transport: asyncio.Transport) -> AudioStream:
        """Admit the connection that brings `uuid`. Raises AudioSocketError for an id that is not expected."""
        expected = self._expected.pop(uuid, None)
        if expected is None or expected.done():
            raise audiosocket.AudioSocketError("an id that we did not issue, or that was used before")
        stream = AudioStream(transport)
        expected.set_result(stream)
        self._pacer.add(stream)
        return stream

    def closed(self, connection: _Connection, stream: AudioStream | None) -> None:
        self._connections.discard(connection)
        if stream:
            self._pacer.remove(stream)
            stream.close()


class _Connection(asyncio.Protocol):
    """One TCP connection: a stranger until its first frame names a call that is expected."""

    def __init__(self, server: AudioServer) -> None:
        self._server = server
        self._decoder = audiosocket.Decoder()
        self._stream: AudioStream | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._deadline = asyncio.get_running_loop().call_later(ID_SECONDS, transport.abort)
        self._server.opened(self)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._decoder.feed(data):
                self._take(frame)
        except audiosocket.AudioSocketError as error:
            log.warning("not our AudioSocket: connection closed", reason=str(error))
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        self._deadline.cancel()
        self._server.closed(self, self._stream)

    def abort(self) -> None:
        self._transport.abort()

    def _take(self, frame: audiosocket.Frame) -> None:
        if self._stream:
            self._stream.take(frame)
        elif isinstance(frame, audiosocket.Id):
            self._deadline.cancel()
            self._stream = self._server.begin(frame.uuid, self._transport)
        else:
            raise audiosocket.AudioSocketError("audio before the id")
