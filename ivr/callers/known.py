"""The callers' calls by id: who is with us, who comes again, and the timer that says that we are alive."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog

from ivr.call import CallerGone
from ivr.callers.walking import BYE, PLAIN, SessionT, WalkedCall
from ivr.media.voice import OutOfHands
from ivr.services import LEG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.tasks import Tasks

WIND_UP_SECONDS = 1.0  # each caller's timer is wound up so often …
TIMER_SECONDS = 4  # … to this: Careline may stand still for 3 s before a caller is taken away; FreeSWITCH rounds to 2
SLICES = 20  # not all callers at once: to join two must not wait behind hundreds of these

CallT = TypeVar("CallT", bound=WalkedCall[Any, Any])
log = structlog.get_logger(__name__)


class KnownCalls(ABC, Generic[CallT, SessionT]):
    """`on_call` serves each new caller, `on_gone` is told who is gone."""

    def __init__(
        self, tasks: Tasks, on_call: Callable[[CallT], Awaitable[None]], on_gone: Callable[[str], None]
    ) -> None:
        self._tasks = tasks
        self._on_call = on_call
        self._on_gone = on_gone
        self._calls: dict[str, CallT] = {}
        self._turn: deque[CallT] = deque()
        self._arrival = asyncio.Condition()

    def get(self, call: str) -> CallT | None:
        return self._calls.get(call)

    async def coming(self, call: str) -> CallT:
        """Return the call; waits for one that is not with us yet."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: call in self._calls)
        return self._calls[call]

    def ids(self) -> frozenset[str]:
        return frozenset(self._calls)

    def hung_up(self, call_id: str) -> None:
        call = self._calls.pop(call_id, None)
        if call:
            self._turn.remove(call)
            call.hung_up()
            self._on_gone(call_id)

    async def wind_up(self) -> None:
        """Keep every caller's timer from ending, as long as this loop turns."""
        while True:
            await asyncio.sleep(WIND_UP_SECONDS / SLICES)
            for _ in range(-(-len(self._turn) // SLICES)):
                self._turn.rotate(-1)
                if _is_in_our_care(self._turn[-1]):
                    self._wind(self._turn[-1])

    @abstractmethod
    def _wind(self, call: CallT) -> None:
        """Wind up the call's timer to TIMER_SECONDS; whoever is found to be gone has hung up."""

    async def _attend(self, call_id: str, session: SessionT, new: Callable[[SessionT], CallT]) -> None:
        """One session of a call, to its end."""
        call = self._calls.get(call_id) or self._begin(new(session))
        async with self._arrival:
            self._arrival.notify_all()
        try:
            await call.attach(session)
            await session.ended.wait()
        except OutOfHands:
            pass
        finally:
            call.detach(session)

    def _begin(self, call: CallT) -> CallT:
        self._calls[call.id] = call
        self._turn.append(call)
        self._tasks.start(self._run(call), f"call {call.id}")
        return call

    async def _run(self, call: CallT) -> None:
        """Whatever goes wrong with the application, the caller is not left in silence."""
        label = PLAIN
        try:
            await self._on_call(call)
            label = BYE
        except CallerGone:
            return
        except Exception:
            log.exception("a call's session failed; the caller goes to the plain destination", call=call.id)
        if call.is_walked:
            try:
                await call.go_on(label)
            except CallerGone:
                return


def _is_in_our_care(call: WalkedCall[Any, Any]) -> bool:
    """A talk survives our death, and so does whoever was sent away; a leg that waits is in the switch's care."""
    return not (call.talking or call.has_left or (call.held.is_set() and call.id.startswith(LEG_PREFIX)))
