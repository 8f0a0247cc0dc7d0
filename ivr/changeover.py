"""All that goes by the version of the plan in force, and how it goes over to another one under calls."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from ivr.conversation.openings import Openings
from ivr.edition import phones_of
from ivr.menus.routing import rotas_of

if TYPE_CHECKING:
    from ivr.alerting import AlertCalls
    from ivr.conversation.desk import Desk
    from ivr.edition import Edition, Editions
    from ivr.feeds.feeds import Feeds
    from ivr.front_desk import FrontDesk
    from ivr.notify.dispatcher import Dispatcher
    from ivr.queueing.shifts import Shifts
    from ivr.speech.prompting.prompts import PromptLibrary
    from ivr.store.versions import Version

log = structlog.get_logger()


@dataclass(slots=True)
class Changeover:
    """`front_desk` serves by `edition`, the first one, already."""

    edition: Edition
    editions: Editions
    front_desk: FrontDesk
    shifts: Shifts
    feeds: Feeds
    dispatcher: Dispatcher
    alert_calls: AlertCalls
    _replaced: asyncio.Queue[tuple[Desk, Edition]] = field(default_factory=asyncio.Queue)
    _incomplete: asyncio.Queue[PromptLibrary] = field(default_factory=asyncio.Queue)

    async def begin(self) -> None:
        await self._configure(self.edition, self.front_desk.desk)

    async def put_in_force(self, edition: Edition, version: Version) -> None:
        """Whoever calls from now on is served by `edition`; the one before goes with its last caller.

        The queues come first: who calls a moment too early goes by the old menus, to queues that there are.
        """
        before = self.front_desk.desk
        desk = replace(
            before,
            plan=edition.plan,
            ears=edition.ears,
            understanding=edition.understanding,
            prompts=edition.prompts,
            version=version.number,
            doors=Openings(edition.plan, before.closures, before.clock),
        )
        await self._configure(edition, desk)
        self.front_desk.desk = desk
        self._replaced.put_nowait((before, self.edition))
        self.edition = edition
        gc.freeze()  # as at the start: the collector need not look at what stays

    async def run(self) -> None:
        """Clear away what was replaced, and make what may come after the first call, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._complete())
            while True:
                group.create_task(self._clear_away(*await self._replaced.get()))

    async def _configure(self, edition: Edition, desk: Desk) -> None:
        plan, phones = edition.plan, phones_of(edition.plan)
        self.feeds.know(phones.device)
        self.dispatcher.know(edition.contacts, rotas_of(plan))
        self.alert_calls.speak(edition.prompts, plan.practice.languages[0])
        await self.shifts.follow(plan, desk.doors, phones)
        self._incomplete.put_nowait(edition.prompts)

    async def _complete(self) -> None:
        """The pieces of numbers and dates, which are hundreds: callers are served meanwhile."""
        while True:
            prompts = await self._incomplete.get()
            try:
                missing = await prompts.complete()
            except Exception:
                log.exception("pieces of numbers and dates were not made")
                continue
            if missing:
                reasons = sorted({each.reason for each in missing})
                log.warning("some numbers and dates cannot be said to callers", pieces=len(missing), reasons=reasons)
            else:
                log.info("numbers and dates can be said to callers")

    async def _clear_away(self, desk: Desk, edition: Edition) -> None:
        await self.front_desk.until_left(desk)
        await self.editions.let_go(edition)
