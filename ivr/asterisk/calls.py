"""The callers' calls by Uniqueid: who is with us, who comes again, and the timer that says that we are alive."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.agi import AgiError
from ivr.asterisk.call import BYE, PLAIN, AsteriskCall, Parts
from ivr.asterisk.fastagi import AgiEnded, AgiSession
from ivr.call import CallerGone
from ivr.services import LEG_PREFIX, SwitchDown

if TYPE_CHECKING:
    from ivr.asterisk import ami

WIND_UP_SECONDS = 1.0  # each caller's timer is wound up so often …
TIMER_SECONDS = 4  # … to this: Careline may stand still for 3 s before a caller is taken away from it
SLICES = 20  # not all callers at once: a Bridge must not wait behind hundreds of these

OnCall = Callable[[AsteriskCall], Awaitable[None]]
log = structlog.get_logger(__name__)


class Calls:
    def __init__(self, parts: Parts, on_call: OnCall, on_gone: Callable[[str], None]) -> None:
        self._parts = parts
        self._on_call = on_call
        self._on_gone = on_gone
        self._calls: dict[str, AsteriskCall] = {}
        self._turn: deque[AsteriskCall] = deque()
        self._arrival = asyncio.Condition()

    def get(self, call: str) -> AsteriskCall | None:
        return self._calls.get(call)

    async def coming(self, call: str) -> AsteriskCall:
        """Return the call; waits for one that is not with us yet."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: call in self._calls)
        return self._calls[call]

    def ids(self) -> frozenset[str]:
        return frozenset(self._calls)

    async def serve(self, session: AgiSession) -> None:
        """One AGI connection of the hook, until it ends. Without AMI nobody winds up the timer: come again later."""
        if not self._parts.ami.up:
            return
        if not session.environment.keys() >= {"uniqueid", "channel", "context"}:
            raise AgiError("no call in the environment")
        call = self._calls.get(session.environment["uniqueid"]) or self._new(session)
        async with self._arrival:
            self._arrival.notify_all()
        try:
            await call.attach(session)
            await session.ended.wait()
        except AgiEnded:
            pass
        finally:
            call.detach(session)

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
                self._wind(self._turn[-1])

    def _new(self, session: AgiSession) -> AsteriskCall:
        call = AsteriskCall(session, self._parts)
        self._calls[call.id] = call
        self._turn.append(call)
        self._parts.tasks.start(self._run(call), f"call {call.id}")
        return call

    async def _run(self, call: AsteriskCall) -> None:
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

    def _wind(self, call: AsteriskCall) -> None:
        if call.talking or (call.held.is_set() and call.id.startswith(LEG_PREFIX)):  # a leg that waits: the switch
            return
        try:
            answer = self._parts.ami.begin(
                "AbsoluteTimeout", ("Channel", call.channel), ("Timeout", str(TIMER_SECONDS))
            )
        except SwitchDown:
            return
        answer.add_done_callback(lambda answered: self._wound(call, answered))

    def _wound(self, call: AsteriskCall, answered: asyncio.Future[ami.Message]) -> None:
        if answered.cancelled() or answered.exception():
            return
        if answered.result()["Message"] == "No such channel":
            self.hung_up(call.id)
