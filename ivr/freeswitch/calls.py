"""The callers' calls by their channel's uuid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from ivr.callers.known import KnownCalls
from ivr.freeswitch import orders
from ivr.freeswitch.call import FreeSwitchCall, Parts
from ivr.freeswitch.outbound import EslSession
from ivr.services import SwitchDown

if TYPE_CHECKING:
    import asyncio

    from ivr.freeswitch.esl import Message

NO_CHANNEL = ("false", "-err no such channel")  # with capitals as each command likes

OnCall = Callable[[FreeSwitchCall], Awaitable[None]]


class Calls(KnownCalls[FreeSwitchCall, EslSession]):
    """`context` is the dialplan context of the hook."""

    def __init__(self, parts: Parts, context: str, on_call: OnCall, on_gone: Callable[[str], None]) -> None:
        super().__init__(parts.tasks, on_call, on_gone)
        self._parts = parts
        self._context = context

    async def serve(self, session: EslSession) -> None:
        """One connection of the hook, until it ends.

        Without the inbound connection nobody winds up the timer: come again later.
        """
        if self._parts.esl.up:
            await self._attend(session.uuid, session, lambda new: FreeSwitchCall(new, self._parts))

    def _wind(self, call: FreeSwitchCall) -> None:
        """The timer of a caller who was lost is the hook's, which hands the caller to us again."""
        lines = orders.wind_up(call.id, self._context) if call.is_in_socket else orders.look_for(call.id)
        try:
            *_, answer = self._parts.esl.begin_all(lines)
        except SwitchDown:
            return
        answer.add_done_callback(partial(self._wound, call))

    def _wound(self, call: FreeSwitchCall, answered: asyncio.Future[Message]) -> None:
        if answered.cancelled() or answered.exception():
            return
        if answered.result().text.lower().startswith(NO_CHANNEL):
            self.hung_up(call.id)
