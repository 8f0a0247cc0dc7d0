"""Who rings again: known by a keyed hash of the number, and with whom they talked last.

A party stands for a number without telling it: the hash's key is in the vault, and a withheld number has none.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeAlias

from acd import commands, events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from acd.engine import Engine

LastTalk: TypeAlias = tuple[str, str, float]
"""Party, person, when."""
REMEMBERED_SECONDS = 30 * 86400.0  # the longest that a plan may ask for


class TalkRows(Protocol):
    """Kept on disk; nothing raises: a disk that fails costs a preference, no call."""

    async def keep(self, talk: LastTalk) -> None: ...

    async def since(self, at: float) -> Sequence[LastTalk]:
        """And forget the older ones."""


def _unknown(_number: str) -> str:
    return ""


class Regulars:
    """`saw` is an observer of the queues; `run` writes what it saw."""

    def __init__(self, party_of: Callable[[str], str] = _unknown, rows: TalkRows | None = None) -> None:
        self._party_of = party_of
        self._rows = rows
        self._last: dict[str, tuple[str, float]] = {}
        self._unwritten: asyncio.Queue[LastTalk] = asyncio.Queue()

    async def load(self, now: float) -> None:
        for party, person, at in await self._rows.since(now - REMEMBERED_SECONDS) if self._rows else ():
            self._last[party] = (person, at)

    async def run(self) -> None:
        """Write until cancelled."""
        while self._rows:
            await self._rows.keep(await self._unwritten.get())

    def party_of(self, number: str) -> str:
        """Only the digits count; "" for a number that was withheld."""
        digits = "".join(digit for digit in number if digit.isdecimal())
        return self._party_of(digits) if digits else ""

    def last_with(self, party: str, within: float, now: float) -> str:
        """The person whom the party talked with last, "" for none within the time."""
        person, at = self._last.get(party, ("", 0.0))
        return person if party and now - at <= within else ""

    def saw(self, event: events.Event, _orders: Sequence[commands.Command], engine: Engine, now: float) -> None:
        """Remember who talks with whom."""
        offer = engine.open_offers.get(event.offer) if isinstance(event, events.TalkBegan) else None
        caller = engine.lobby.callers.get(offer.call) if offer else None
        if offer and caller and caller.party:
            self._last[caller.party] = (offer.agent, now)
            if self._rows:
                self._unwritten.put_nowait((caller.party, offer.agent, now))
