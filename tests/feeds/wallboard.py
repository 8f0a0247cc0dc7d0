"""A wallboard's side of a connection, for tests."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from ivr.feeds.ami_server import Access, AmiServer
from ivr.feeds.board import Board
from tests.fakes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.feeds.told import Practice


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def asks(self, *lines: str) -> str:
        """Send an action; returns the block that comes back."""
        self.writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        return await self.hears()

    async def hears(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    async def line(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return (await self.reader.readline()).decode()

    async def is_cut(self) -> bool:
        """Wait for the end of the connection."""
        async with asyncio.timeout(PATIENCE):
            try:
                while await self.reader.read(65536):
                    pass
            except ConnectionError:
                pass
        return True


class Hall:
    """A server on `port`, and the connections that tests made to it, which end with it."""

    def __init__(self, server: AmiServer, port: int) -> None:
        self.server = server
        self.port = port
        self._connections: list[Connection] = []

    async def connected(self) -> Connection:
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self.port))
        self._connections.append(connection)
        return connection

    async def close(self) -> None:
        for connection in self._connections:
            connection.writer.transport.abort()
        await self.server.close()
        for connection in self._connections:
            with suppress(ConnectionError):
                await connection.writer.wait_closed()


@asynccontextmanager
async def served(practice: Practice, access: Access | None = None) -> AsyncIterator[Hall]:
    """A server of this practice on a free port, at second 1100."""
    board = Board(practice.happenings.roster, lambda: 1100.0)
    board.phones = {"ana": "PJSIP/1001"}
    board.engine = practice.engine
    server = AmiServer(board, access or Access("board", "hush"))
    hall = Hall(server, await server.open("127.0.0.1", 0))
    try:
        yield hall
    finally:
        await hall.close()
