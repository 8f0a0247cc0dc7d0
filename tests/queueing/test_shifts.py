"""The queues know who is on call and what is open, at every hour and after every switch."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ivr.menus.plan.calendar import Calendar
from ivr.queueing.runner import Phones
from ivr.queueing.shifts import Shifts
from tests.fakes import FakeClock, Seen
from tests.menus.plans import small

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from acd.events import Configured
    from ivr.menus.plan.model import Plan

ROTA = """\
hours: {office: {mon-fri: "08:00-17:00"}}
rotas:
  on_call_nurse:
    shifts:
      - {from: "08:00", to: "17:00", who: [emma, ana]}
      - {from: "17:00", to: "08:00", who: ana}
menus:
"""
PLAN = small(
    ("menus:\n", ROTA),
    ("desk: {needs: [desk],", "desk: {needs: [desk], hours: office, closed: {to: voicemail desk},"),
    ("clinical: yes,", "overflow: {after: 3m, to: queue desk},"),
)
NOON, EVENING = "2026-11-20 12:00", "2026-11-20 17:00"
BY_DAY = ({"emma": 5, "ana": 4}, ["queue desk"])
AT_NIGHT = ({"ana": 5}, ["voicemail desk"])


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York")).timestamp()


class Told:
    """Queues that remember what they were told: who is on call at which level, and where the nurses' line overflows."""

    def __init__(self) -> None:
        self.seen: Seen[tuple[dict[str, int], list[str]]] = Seen()
        self.tries: Seen[tuple[dict[str, int], list[str]]] = Seen()
        self.all: list[tuple[dict[str, int], list[str]]] = []
        self.broken = False

    async def configure(self, configured: Configured, phones: Phones) -> None:
        on_call = {agent.name: agent.skills for agent in configured.agents}
        levels = {name: skills["on_call_nurse"] for name, skills in on_call.items() if "on_call_nurse" in skills}
        overflow = [f"queue {rule.queue}" if rule.queue else rule.to for rule in configured.queues[1].overflow]
        self.tries.add((levels, overflow))
        if self.broken:
            raise OSError
        self.all.append((levels, overflow))
        self.seen.add(self.all[-1])


class Doors:
    """Open as the hours say, but for a closure."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.closure = False

    def is_open(self, hours: str) -> bool:
        moment = datetime.fromtimestamp(self.clock.now(), ZoneInfo("America/New_York"))
        return not self.closure and Calendar(PLAN).is_open(hours, moment)

    def messages(self) -> tuple[str, ...]:
        return ()


class Running(FakeClock):
    """Time goes on by a hundredth of a second with each look at it."""

    def now(self) -> float:
        self.time += 0.01
        return self.time


@asynccontextmanager
async def shifts(clock: FakeClock, told: Told, doors: Doors, plan: Plan = PLAN) -> AsyncIterator[Shifts]:
    running = Shifts(told, clock)
    await running.follow(plan, doors, Phones({}, {}))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(running.run())
        yield running
        task.cancel()


async def test_the_queues_know_it_from_the_start_on_whatever_was_before() -> None:
    for moment, known in ((NOON, BY_DAY), (EVENING, AT_NIGHT)):
        clock, told = FakeClock(at(moment)), Told()
        async with shifts(clock, told, Doors(clock)):
            assert told.all == [known]


async def test_they_are_told_at_each_change_and_at_no_other_time() -> None:
    clock, told = FakeClock(at(NOON)), Told()
    async with shifts(clock, told, Doors(clock)) as running:
        clock.time += 60
        running.look()
        clock.time = at(EVENING)
        running.look()
        await told.seen.until(lambda known: known == AT_NIGHT)
    assert told.all == [BY_DAY, AT_NIGHT]


async def test_a_change_comes_by_itself() -> None:
    clock, told = Running(at(EVENING) - 0.05), Told()
    async with shifts(clock, told, Doors(clock)):
        await told.seen.until(lambda known: known == AT_NIGHT)


async def test_a_closure_counts_as_soon_as_it_is_looked_at() -> None:
    clock, told = FakeClock(at(NOON)), Told()
    doors = Doors(clock)
    async with shifts(clock, told, doors) as running:
        doors.closure = True
        running.look()
        await told.seen.until(lambda known: known == (BY_DAY[0], AT_NIGHT[1]))


async def test_another_version_of_the_plan_is_known_at_once() -> None:
    clock, told = FakeClock(at(NOON)), Told()
    doors = Doors(clock)
    async with shifts(clock, told, doors) as running:
        await running.follow(PLAN.model_copy(update={"rotas": {}}), doors, Phones({}, {}))
        assert told.all == [BY_DAY, ({}, BY_DAY[1])]


async def test_queues_that_fail_once_are_told_again() -> None:
    clock, told = FakeClock(at(NOON)), Told()
    async with shifts(clock, told, Doors(clock)) as running:
        told.broken = True
        clock.time = at(EVENING)
        running.look()
        await told.tries.until(lambda known: known == AT_NIGHT)
        told.broken = False
        running.look()
        await told.seen.until(lambda known: known == AT_NIGHT)
