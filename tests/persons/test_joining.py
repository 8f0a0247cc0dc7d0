from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from ivr.persons.joining import joinable


@dataclass
class Caller:
    held: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class Lobby:
    """Callers by id; whoever is not there does not come."""

    def __init__(self, **callers: Caller) -> None:
        self._callers = callers

    async def coming(self, call: str, /) -> Caller:
        if call not in self._callers:
            await asyncio.Event().wait()
        return self._callers[call]


async def test_a_caller_on_the_way_to_hold_is_waited_for() -> None:
    caller = Caller()
    asyncio.get_running_loop().call_soon(caller.held.set)
    assert await joinable(Lobby(one=caller), "one") is caller


async def test_a_caller_who_hangs_up_is_none() -> None:
    caller = Caller()
    caller.held.set()
    caller.gone.set()
    assert await joinable(Lobby(one=caller), "one") is None


async def test_a_caller_who_does_not_come_is_none() -> None:
    assert await joinable(Lobby(), "one", seconds=0.01) is None
