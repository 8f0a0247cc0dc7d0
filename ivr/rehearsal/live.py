"""Paths of keys as real calls: the PBX calls its own dialplan, presses the keys, and the record tells where it came to.

Nobody's phone may ring for it, so everybody has to be logged out or not ready; a call is compared up to the line or the
voicemail box that it comes to. Speech, silence, waiting and doors that are not so now are for the simulator.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from ivr import control
from ivr.errors import UserError
from ivr.menus.paths.conditions import hours_in_use
from ivr.menus.paths.crowds import NOBODY_ELSE
from ivr.menus.paths.nouns import How
from ivr.menus.plan.calendar import Calendar
from ivr.own_calls import CannotRehearse
from ivr.rehearsal.results import Result
from ivr.rehearsal.stations import stations
from ivr.store.database import beside
from ivr.store.readings import StoredRecords
from ivr.store.vault import unlock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from pathlib import Path as Folder

    from ivr.menus.paths.nouns import Path
    from ivr.menus.plan.model import Plan
    from ivr.own_calls import OwnCalls
    from ivr.record import CallRecord

AT_ONCE = 5  # calls at the same time: a practice's trunk has not many more lines
LONGEST_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.2
AWAY = frozenset({"not ready", "logged out"})


def of_keys(plan: Plan, paths: Iterable[Path], now: datetime) -> list[Path]:
    """Those that keys alone go through, as the doors are now."""
    calendar = Calendar(plan)
    shut = {hours for hours in hours_in_use(plan) if not calendar.is_open(hours, now)}
    return [path for path in paths if _is_so_now(path, shut) and all(act.how is How.PRESS for act in path.acts)]


def _is_so_now(path: Path, shut: set[str]) -> bool:
    doors = path.doors
    usual = not doors.says and not doors.meanwhile and path.crowd == NOBODY_ELSE
    return usual and bool(path.acts) and doors.shut == shut


@dataclass(frozen=True, slots=True)
class LiveRehearsal:
    """`placing` opens a way to have the PBX call itself; `state` is the folder of the Careline that it calls."""

    placing: Callable[[], AbstractAsyncContextManager[OwnCalls]]
    state: Folder

    async def run(self, paths: Sequence[Path]) -> list[Result]:
        """Raises UserError where calls cannot be placed, or somebody's phone would ring."""
        await self._nobody_is_rung()
        places = asyncio.Semaphore(AT_ONCE)
        async with self.placing() as calls, beside(self.state) as database:
            records = StoredRecords(database, await unlock(database))
            began = asyncio.get_running_loop().time()
            names = (f"careline-rehearsal-{began:.0f}-{number}" for number in count(1))

            async def walked(path: Path, name: str) -> Result:
                async with places:
                    return await _walked(path, name, calls, records)

            return await asyncio.gather(*(walked(path, name) for path, name in zip(paths, names, strict=False)))

    async def _nobody_is_rung(self) -> None:
        status = await control.ask(self.state, do="status")
        at_work = [person["name"] for person in status["people"] if person["state"] not in AWAY]
        if at_work:
            raise CannotRehearse(
                f"phones would ring: first `careline not-ready {at_work[0]} rehearsal`, and so for all {len(at_work)}"
            )


async def _walked(path: Path, name: str, calls: OwnCalls, records: StoredRecords) -> Result:
    keys = [act.what for act in path.acts]
    call = await calls.place(name, keys, dialled=path.dialled, caller=path.caller.number)
    expected = replace(path, end=_to_the_line(path.end))
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            record = await _ended(call, records)
    except TimeoutError:
        return Result(expected, (), fault=f"the call is not in the record after {LONGEST_SECONDS:.0f} s")
    return Result(expected, _to_the_line(stations(noted.entry for noted in record.timeline)))


async def _ended(name: str, records: StoredRecords) -> CallRecord:
    """The record of a call, once it is over; what another process writes is no event here."""
    while True:
        try:
            record = await records.call(name)
        except UserError:
            record = None  # it has not begun
        if record and record.summary.ended is not None:
            return record
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


def _to_the_line(end: Sequence[str]) -> tuple[str, ...]:
    """What is decided before anybody waits or speaks."""
    return tuple(end[:1])
