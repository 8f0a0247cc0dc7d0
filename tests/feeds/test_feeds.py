"""All feeds as one, as the queue runner and the wiring see them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx2

from acd import events
from acd.commands import Ring
from ivr.feeds.ami_server import Access
from ivr.feeds.feeds import Feeds, FeedSettings, Port
from tests.fakes import PATIENCE, FakeClock
from tests.feeds.told import ANA, Practice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ANY = Port("127.0.0.1", 0)
JOINED = events.CallerJoined("c1", "desk")


@asynccontextmanager
async def running(feeds: Feeds) -> AsyncIterator[None]:
    await feeds.open()
    task = asyncio.get_running_loop().create_task(feeds.run())
    await asyncio.wait({task}, timeout=0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_one_call_in_all_feeds(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    feeds = Feeds(FeedSettings(queue_log=path, ami=ANY, access=Access("board", "hush"), metrics=ANY), FakeClock(1000))
    feeds.know({"ana": "PJSIP/1001"})
    async with running(feeds), httpx2.AsyncClient() as client:
        practice = Practice(ANA, feeds=feeds)
        reader, writer = await asyncio.open_connection("127.0.0.1", feeds.ami_port)
        writer.write(b"Action: Login\r\nUsername: board\r\nSecret: hush\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            await reader.readuntil(b"Event: FullyBooted\r\n")
            practice.after(JOINED, at=1010)
            await reader.readuntil(b"Event: AgentCalled\r\n")
            assert b"Interface: PJSIP/1001\r\n" in await reader.readuntil(b"\r\n\r\n")
        text = (await client.get(f"http://127.0.0.1:{feeds.metrics_port}/metrics")).text
        assert 'careline_calls_entered_total{queue="desk"} 1.0' in text
        assert "careline_queue_log_lines_lost 0.0" in text
        writer.transport.abort()
    assert path.read_text() == (
        "1000|NONE|NONE|NONE|QUEUESTART|\n"
        "1000|NONE|NONE|NONE|CONFIGRELOAD|\n"
        "1000|MANAGER|desk|ana|ADDMEMBER|\n"
        "1000|MANAGER|heart|ana|ADDMEMBER|\n"
        "1010|c1|desk|NONE|ENTERQUEUE|||1\n"
    )


async def test_with_everything_off_nothing_is_opened_and_nothing_written() -> None:
    feeds = Feeds(FeedSettings(), FakeClock())
    async with running(feeds):
        Practice(ANA, feeds=feeds).after(JOINED, at=1010)
        assert (feeds.ami_port, feeds.metrics_port) == (0, 0)


def test_a_fault_of_the_feeds_costs_no_call() -> None:
    feeds = Feeds(FeedSettings(), FakeClock())
    practice = Practice(ANA, feeds=feeds)
    feeds.take(JOINED, [Ring(9, "ana", "nobody knows", 20)], None, 1010)  # type: ignore[arg-type]  # a fault of ours
    practice.after(JOINED, at=1010)
