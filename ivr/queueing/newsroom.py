"""The news of callers on their way to the callers' sessions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ivr.queueing.news import Gone, Talking

if TYPE_CHECKING:
    from ivr.queueing.news import News, Place


class Newsroom:
    """A queue of news for every call that somebody listens to, or will once an outage is over."""

    def __init__(self) -> None:
        self.queues: dict[str, asyncio.Queue[News]] = {}
        self._awaited: dict[str, Place] = {}

    def open(self, call: str) -> None:
        self.queues.setdefault(call, asyncio.Queue())

    def awaits(self, call: str, place: Place) -> None:
        """The caller stood there before an outage: what becomes of them is kept until they are back."""
        self._awaited[call] = place
        self.open(call)

    def back(self, call: str) -> Place | None:
        """Where the caller stood, once."""
        return self._awaited.pop(call, None)

    async def next(self, call: str) -> News:
        self.open(call)
        return await self.queues[call].get()

    def tell(self, call: str, news: News) -> None:
        """What is told to nobody is not kept."""
        if isinstance(news, Talking | Gone) and self._awaited.pop(call, None) is not None:
            self.close(call)  # a caller who talks or is gone does not come back for a place in line
        if call in self.queues:
            self.queues[call].put_nowait(news)

    def close(self, call: str) -> None:
        self.queues.pop(call, None)
