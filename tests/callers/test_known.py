from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from ivr.callers.known import KnownCalls
from ivr.callers.walking import PLAIN, WalkedCall
from ivr.media.voice import OutOfHands
from ivr.services import LEG_PREFIX
from ivr.tasks import Tasks
from tests.media.ears import LoudEars

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.media.live_voice import LiveVoice

LEG = f"{LEG_PREFIX}1"


@dataclass(eq=False)
class PlainSession:
    """A connection of a dialplan that never loses anybody."""

    call: str
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        self.ended.set()


@dataclass(frozen=True)
class PlainHands:
    session: PlainSession

    async def leave_for(self, label: str) -> None:
        """The dialplan goes on wherever it likes."""

    def abort(self) -> None:
        """There is no audio."""


class PlainCall(WalkedCall[PlainSession, PlainHands]):
    async def _taken(self, session: PlainSession) -> PlainHands:
        return PlainHands(session)

    async def _answered(self, hands: PlainHands) -> None:
        """It is."""

    async def _voice(self, hands: PlainHands) -> LiveVoice:
        raise OutOfHands

    async def _cut(self) -> None:
        self.gone.set()


class PlainCalls(KnownCalls[PlainCall, PlainSession]):
    """`wound` gives each call whose timer was wound up."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks, self._stays, lambda _: None)
        self.wound = asyncio.Queue[str]()

    async def meet(self, call: str) -> PlainCall:
        session = PlainSession(call)
        self._tasks.start(self._attend(call, session, lambda new: PlainCall(new.call, LoudEars)), "session")
        return await self.coming(call)

    def _wind(self, call: PlainCall) -> None:
        self.wound.put_nowait(call.id)

    async def _stays(self, call: PlainCall) -> None:
        await call.gone.wait()


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    running = Tasks()
    yield running
    await running.close()


async def test_only_whoever_is_in_our_care_is_kept_from_being_lost(tasks: Tasks) -> None:
    calls = PlainCalls(tasks)
    await calls.meet("walked")
    (await calls.meet("talking")).talking = True
    (await calls.meet(LEG)).held.set()
    await (await calls.meet("sent away")).go_on(PLAIN)
    (await calls.meet("waiting")).held.set()
    tasks.start(calls.wind_up(), "wind up")
    async with asyncio.timeout(10):
        assert {await calls.wound.get() for _ in range(10)} == {"walked", "waiting"}


async def test_a_call_that_comes_again_is_the_same_call(tasks: Tasks) -> None:
    calls = PlainCalls(tasks)
    call = await calls.meet("one")
    assert await calls.meet("one") is call
    assert calls.ids() == {"one"}
