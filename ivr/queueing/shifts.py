"""Tells the queues who is on call and what is open, as it changes with the hour.

    a shift, or hours, begin or end ──┐
    a closure is switched ──── look() ┼──▶ routing_of(plan, who is on call, what is open) ──▶ the engine, if it differs
    another version of the plan ──────┘

Nothing of it is kept: after a restart the hour says it again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import structlog

from acd.rota import next_change
from ivr.menus.plan.calendar import Calendar
from ivr.menus.routing import on_call_at, rotas_of, routing_of

if TYPE_CHECKING:
    from acd.events import Configured
    from ivr.menus.plan.doors import Doors
    from ivr.menus.plan.model import Plan
    from ivr.queueing.orders import Phones
    from ivr.services import Clock

LONGEST_WAIT = 60.0  # the host's clock may be set, and a closure may end by itself

log = structlog.get_logger()


class Queues(Protocol):
    """ivr.queueing.runner.QueueRunner."""

    async def configure(self, configured: Configured, phones: Phones) -> None: ...


@dataclass(frozen=True, slots=True)
class _Version:
    plan: Plan
    doors: Doors
    phones: Phones
    calendar: Calendar


class Shifts:
    """`follow` a version of the plan first; `run` then keeps the queues as the hour wants them."""

    def __init__(self, queues: Queues, clock: Clock) -> None:
        self._queues = queues
        self._clock = clock
        self._version: _Version | None = None
        self._told: Configured | None = None
        self._as_of = datetime.fromtimestamp(0, UTC)
        self._turn = asyncio.Lock()
        self._woken = asyncio.Event()

    async def follow(self, plan: Plan, doors: Doors, phones: Phones) -> None:
        """From now on this version of the plan; the queues know it on return."""
        self._version, self._told = _Version(plan, doors, phones, Calendar(plan)), None
        await self._tell()
        self.look()

    def look(self) -> None:
        """Something else is open, or closed, than the hours say: look now."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._seconds_left()):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self._tell()
            except Exception:
                log.exception("the queues could not be told who is on call; it is tried again in a minute")

    async def _tell(self) -> None:
        async with self._turn:
            version = self._version
            if version is None:
                return
            self._as_of = self._now()  # what changes from here on is told next time
            on_call = on_call_at(version.plan, self._as_of)
            configured = routing_of(version.plan, on_call, version.doors)
            if configured == self._told:
                return
            await self._queues.configure(configured, version.phones)
            self._told = configured
            log.info("the queues know who is on call and what is open", on_call=dict(on_call))

    def _seconds_left(self) -> float:
        if self._version is None:
            return LONGEST_WAIT
        plan, calendar = self._version.plan, self._version.calendar
        changes = [next_change(rota, self._as_of) for rota in rotas_of(plan).values()]
        changes += [calendar.next_change(hours, self._as_of) for hours in plan.hours]
        now = self._now()
        return max(0.0, min([LONGEST_WAIT, *((change - now).total_seconds() for change in changes)]))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)
