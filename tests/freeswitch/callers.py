"""Callers in the hands of somebody simpler than Careline: enough of a Call to be joined with a person."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.freeswitch.outbound import EslSession


class PlainCall:
    """On hold, or not; FreeSWITCH's own timer is taken off, so that nobody has to wind it up."""

    def __init__(self, session: EslSession) -> None:
        self.id = session.uuid
        self.held = asyncio.Event()
        self.gone = asyncio.Event()
        self.began = asyncio.Event()
        self.talking = False
        self.is_walked = True
        self.sessions = 0
        self._session = session

    async def attach(self, session: EslSession) -> None:
        self._session = session
        self.sessions += 1
        await session.api(f"sched_del {self.id}")
        await session.execute("answer")

    def hold(self) -> None:
        self.is_walked = False
        self.held.set()

    async def hang_up(self) -> None:
        self.is_walked = False
        await self._session.api(f"uuid_kill {self.id} NORMAL_CLEARING")

    async def variable(self, name: str) -> str:
        return await self._session.api(f"uuid_getvar {self.id} {name}")

    def joins(self) -> None:
        self.talking = True

    def not_joined(self) -> None:
        self.talking = False

    def talks(self) -> None:
        self.talking = True
        self.began.set()
        self._session.close()


class PlainCallers:
    """`serve` is for an OutboundServer, `on_gone` hears of each call that is over."""

    def __init__(self, on_gone: Callable[[str], None]) -> None:
        self._on_gone = on_gone
        self._calls: dict[str, PlainCall] = {}
        self._arrival = asyncio.Condition()

    def get(self, call: str, /) -> PlainCall | None:
        return self._calls.get(call)

    def ids(self) -> frozenset[str]:
        return frozenset(self._calls)

    def hung_up(self, call_id: str, /) -> None:
        if call := self._calls.pop(call_id, None):
            call.gone.set()
            self._on_gone(call_id)

    async def coming(self, call: str, /) -> PlainCall:
        return await self.where(lambda each: each.id == call)

    async def where(self, wanted: Callable[[PlainCall], bool]) -> PlainCall:
        """The first such call; waits for it."""
        async with asyncio.timeout(10), self._arrival:
            await self._arrival.wait_for(lambda: any(map(wanted, self._calls.values())))
            return next(filter(wanted, self._calls.values()))

    async def serve(self, session: EslSession) -> None:
        call = self._calls.setdefault(session.uuid, PlainCall(session))
        await call.attach(session)
        async with self._arrival:
            self._arrival.notify_all()
        await session.ended.wait()
