"""A running Careline, as far as a PBX sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from ivr.callers.walking import WalkedCall
from tests.media.ears import LoudEars

if TYPE_CHECKING:
    from ivr.services import Switch, SwitchEvent


class Door(Protocol):
    @property
    def switch(self) -> Switch: ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...


CallT = TypeVar("CallT", bound=WalkedCall)  # type: ignore[type-arg]
DoorT = TypeVar("DoorT", bound=Door)


class House(Generic[DoorT, CallT]):
    """Calls come out of `call`, events out of `event`. A call lasts until the caller is gone, is over at once where the
    house is `hasty`, or fails where it `fails`. PJSIP/ana is somebody's phone.

    A subclass makes the `door`, with `_serve` and `_person`, before it calls __init__.
    """

    door: DoorT

    def __init__(self) -> None:
        self.ears = LoudEars()
        self.calls: asyncio.Queue[CallT] = asyncio.Queue()
        self.persons: list[tuple[str, bool]] = []
        self.fails = self.hasty = False
        self._events = self.door.switch.events()

    async def call(self) -> CallT:
        return await asyncio.wait_for(self.calls.get(), 10)

    async def event(self) -> SwitchEvent:
        return await asyncio.wait_for(anext(self._events), 10)

    async def _serve(self, call: CallT) -> None:
        self.calls.put_nowait(call)
        if self.fails:
            raise RuntimeError("a bug in the application")
        if not self.hasty:
            await call.gone.wait()

    async def _person(self, phone: str, ready: bool) -> bool:
        self.persons.append((phone, ready))
        return phone == "PJSIP/ana"
