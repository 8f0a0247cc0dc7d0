"""The server for callers: the PBX connects each time that the dialplan hands one to us."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from ivr.sockets import Address, listening
from ivr.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SessionT = TypeVar("SessionT")


class CallServer(ABC, Generic[SessionT]):
    """Listens; `serve` is run for each session, and the connection is closed when it returns."""

    protocol: ClassVar[str]

    def __init__(self, address: Address, serve: Callable[[SessionT], Awaitable[None]]) -> None:
        self._address = address
        self._serve = serve
        self._tasks = Tasks()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._server, "started"
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Raises CannotListen."""
        with listening(f"calls ({self.protocol})", self._address):
            self._server = await asyncio.start_server(self._accept, self._address.host, self._address.port)

    async def close(self) -> None:
        """End every session at once; the callers hear music, and the dialplan brings them again."""
        if self._server:
            self._server.close()
        await self._tasks.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.start(self._connection(reader, writer), f"{self.protocol} connection")

    @abstractmethod
    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, and close it. A stranger's is closed unserved."""
