"""GET /metrics over HTTP/1.1, and nothing else: one request for each connection, on loopback."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST

from ivr.feeds.listening import listening

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CONNECTIONS = 8  # one or two scrapers
LONGEST_REQUEST = 8192  # a scraper's headers are some hundred bytes; a peer must not grow our memory
SECONDS = 5.0  # for the whole exchange: a peer that dawdles holds no connection


class MetricsPort:
    """Serves what `text` gives at the moment of the request."""

    def __init__(self, text: Callable[[], bytes]) -> None:
        self._text = text
        self._open = 0
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; returns the port, which is any free one for 0. Raises CannotListen."""
        with listening("metrics", host, port):
            self._server = await asyncio.start_server(self._serve, host, port, limit=LONGEST_REQUEST)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    def close(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._open += 1
        try:
            async with asyncio.timeout(SECONDS):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._reply(request.split(b"\r\n", 1)[0]))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            self._open -= 1
            writer.close()

    def _reply(self, request: bytes) -> bytes:
        match request.split(b" "):
            case [b"GET", target, version] if version.startswith(b"HTTP/1."):
                if target.split(b"?", 1)[0] == b"/metrics":
                    return _response("200 OK", CONTENT_TYPE_LATEST, self._text())
                return _response("404 Not Found", "text/plain", b"the figures are at /metrics\n")
            case [_, _, version] if version.startswith(b"HTTP/1."):
                return _response("405 Method Not Allowed", "text/plain", b"only GET\n", "Allow: GET\r\n")
            case _:
                return _response("400 Bad Request", "text/plain", b"no HTTP request\n")


def _response(status: str, kind: str, body: bytes, header: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{header}Connection: close\r\n\r\n"
    )
    return head.encode() + body
