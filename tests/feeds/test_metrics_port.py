"""GET /metrics, and what becomes of everything else."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest

from ivr.feeds import metrics_port
from ivr.feeds.listening import CannotListen
from ivr.feeds.metrics_port import MetricsPort
from tests.fakes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    port = MetricsPort(lambda: b"careline_calls_waiting 3.0\n")
    number = await port.open("127.0.0.1", 0)
    try:
        yield number
    finally:
        port.close()


async def answer(port: int, request: bytes) -> bytes:
    """All that comes back until the connection ends; b"" where it is cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def test_a_scraper_gets_the_text() -> None:
    async with served() as port, httpx2.AsyncClient() as client:
        response = await client.get(f"http://127.0.0.1:{port}/metrics?name=x")
        assert (response.status_code, response.text) == (200, "careline_calls_waiting 3.0\n")
        assert response.headers["content-type"].startswith("text/plain; version=")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET / HTTP/1.1", b"404 Not Found"),
        (b"POST /metrics HTTP/1.1", b"405 Method Not Allowed"),
        (b"nonsense", b"400 Bad Request"),
        (b"GET /metrics SIP/2.0", b"400 Bad Request"),
        (b"\xff\x00", b"400 Bad Request"),
    ],
)
async def test_everything_else_is_refused(request_line: bytes, status: bytes) -> None:
    async with served() as port:
        got = await answer(port, request_line + b"\r\n\r\n")
        assert got.startswith(b"HTTP/1.1 " + status + b"\r\n")


async def test_a_request_without_end_is_cut() -> None:
    async with served() as port:
        assert await answer(port, b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * 100_000) == b""
        assert await answer(port, b"GET /metrics HTTP/1.1\r\n\r\n") != b""


async def test_no_more_connections_than_scrapers() -> None:
    async with served() as port:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(metrics_port.MOST_CONNECTIONS)]
        assert await answer(port, b"GET /metrics HTTP/1.1\r\n\r\n") == b""
        for _, writer in idle:
            writer.transport.abort()


async def test_a_port_that_is_taken_is_told_in_one_sentence() -> None:
    async with served() as port:
        with pytest.raises(CannotListen, match=rf"^the feed 'metrics' cannot listen on 127\.0\.0\.1:{port}: "):
            await MetricsPort(bytes).open("127.0.0.1", port)
