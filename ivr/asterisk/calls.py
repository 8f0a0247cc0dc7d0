"""The callers' calls by Uniqueid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ivr.asterisk.agi import AgiError
from ivr.asterisk.call import AsteriskCall, Parts
from ivr.asterisk.fastagi import AgiSession
from ivr.callers.known import TIMER_SECONDS, KnownCalls
from ivr.services import SwitchDown

if TYPE_CHECKING:
    import asyncio

    from ivr.asterisk import ami

OnCall = Callable[[AsteriskCall], Awaitable[None]]


class Calls(KnownCalls[AsteriskCall, AgiSession]):
    def __init__(self, parts: Parts, on_call: OnCall, on_gone: Callable[[str], None]) -> None:
        super().__init__(parts.tasks, on_call, on_gone)
        self._parts = parts

    async def serve(self, session: AgiSession) -> None:
        """One AGI connection of the hook, until it ends. Without AMI nobody winds up the timer: come again later."""
        if not self._parts.ami.up:
            return
        if not session.environment.keys() >= {"uniqueid", "channel", "context"}:
            raise AgiError("no call in the environment")
        await self._attend(session.environment["uniqueid"], session, lambda new: AsteriskCall(new, self._parts))

    def _wind(self, call: AsteriskCall) -> None:
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
