"""All feeds as one: an observer of the queues, and what writes and serves.

    runner ──(event, commands, engine, now)──▶ Feeds.take ──facts──┬──▶ queue log   (a file, written behind our back)
                                                                   ├──▶ wallboards  (AMI-like events on a port)
                                                                   └──▶ metrics     (Prometheus, on a port)

A feed that fails costs no call: `take` never raises, and nothing waits for a disk or a peer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from ivr.feeds import ami_events, queue_log
from ivr.feeds.ami_server import Access, AmiServer
from ivr.feeds.board import Board
from ivr.feeds.happenings import Happenings
from ivr.feeds.log_file import LogFile
from ivr.feeds.metrics import Metrics
from ivr.feeds.metrics_port import MetricsPort

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from acd.commands import Command
    from acd.engine import Engine
    from acd.events import Event
    from ivr.feeds.facts import Fact
    from ivr.services import Clock

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Port:
    """Where to listen; 0 takes any free port (for tests)."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """None switches a feed off. `access` is who may read the wallboards' port."""

    queue_log: Path | None = None
    ami: Port | None = None
    access: Access = field(default_factory=Access)
    metrics: Port | None = None


class Feeds:
    """`open` before the queues run, `run` while they do, `take` after each event."""

    def __init__(self, settings: FeedSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._happenings = Happenings()
        self._board = Board(self._happenings.roster, clock.now)
        self._file = LogFile(settings.queue_log) if settings.queue_log else None
        self._wallboards = AmiServer(self._board, settings.access) if settings.ami else None
        self.metrics = Metrics(self._happenings.roster, clock.now)
        self._metrics_port = MetricsPort(self.metrics.text)
        self.ami_port = 0
        self.metrics_port = 0

    def know(self, phones: Mapping[str, str]) -> None:
        """The PBX's device of each person, from the plan that comes next."""
        self._board.phones = phones

    def take(self, event: Event, orders: Sequence[Command], engine: Engine, now: float) -> None:
        """What happened, and how `engine` stands after it. Never raises, never waits."""
        try:
            self._board.engine = engine
            self.metrics.at(engine)
            for fact in self._happenings.take(event, orders, engine, now):
                self._tell(fact, now)
        except Exception:
            log.exception("the feeds could not tell of an event", kind=type(event).__name__)

    def _tell(self, fact: Fact, now: float) -> None:
        self._board.tallies.take(fact, self._happenings.roster.queues, now)
        self.metrics.take(fact)
        if self._file:
            for line in queue_log.lines(fact, now):
                self._file.put(line)
        if self._wallboards:
            self._wallboards.tell(ami_events.happened(fact, self._board))

    async def open(self) -> None:
        """Open the ports, and begin the log. Raises CannotListen."""
        if self._settings.metrics:
            self.metrics_port = await self._metrics_port.open(self._settings.metrics.host, self._settings.metrics.port)
        if self._wallboards and self._settings.ami:
            self.ami_port = await self._wallboards.open(self._settings.ami.host, self._settings.ami.port)
        if self._file:
            file = self._file
            file.put(queue_log.started(self._clock.now()))
            self.metrics.watch("queue_log_lines_lost", "Lines of the queue log that had no room", lambda: file.lost)

    async def run(self) -> None:
        """Write and serve until cancelled; then write what is left, and hang up on everybody."""
        try:
            if self._file:
                await self._file.run()
            await asyncio.get_running_loop().create_future()
        finally:
            self._metrics_port.close()
            if self._wallboards:
                await self._wallboards.close()
