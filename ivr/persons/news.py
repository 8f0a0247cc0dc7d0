"""What a PBX tells of its persons' side, until somebody reads it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from ivr.services import SwitchEvent

    Tell = Callable[[SwitchEvent], None]

EVENTS_WAITING = 10_000  # more than that, and whoever reads them is stuck
log = structlog.get_logger(__name__)


class News:
    def __init__(self) -> None:
        self._events: asyncio.Queue[SwitchEvent] = asyncio.Queue()

    def tell(self, event: SwitchEvent) -> None:
        self._events.put_nowait(event)
        waiting = self._events.qsize()
        if waiting % EVENTS_WAITING == 0:
            log.error("nobody reads the switch's events", waiting=waiting)

    async def read(self) -> AsyncIterator[SwitchEvent]:
        while True:
            yield await self._events.get()
