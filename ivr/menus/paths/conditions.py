"""Which doors are open together: open, closed, a holiday, each closure; every set that a year of the plan has, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ivr.menus.plan.calendar import Calendar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ivr.menus.plan.model import Plan

A_DAY = timedelta(days=1)
A_YEAR = 366 * A_DAY
OPEN, CLOSED, HOLIDAY = "open", "closed", "holiday"
MEANWHILE = "closes meanwhile"


@dataclass(frozen=True, slots=True)
class Doorway:
    """These hours are `shut`, `meanwhile` once the caller has done something. `moment` is the first time of it."""

    name: str
    shut: frozenset[str]
    says: tuple[str, ...]
    moment: datetime
    meanwhile: bool = False

    def for_one_call(self) -> Doors:
        return Doors(self, are_shut=not self.meanwhile)


@dataclass(slots=True)
class Doors:
    """ivr.menus.plan.doors.Doors as one caller meets them; whatever the caller does, `pass_time` is told."""

    doorway: Doorway
    are_shut: bool

    def is_open(self, hours: str) -> bool:
        return not self.are_shut or hours not in self.doorway.shut

    def messages(self) -> tuple[str, ...]:
        return self.doorway.says

    def pass_time(self) -> None:
        self.are_shut = True


def doorways(plan: Plan, since: datetime) -> tuple[Doorway, ...]:
    """The usual opening first. Sets of the coming year that shut the same doors are one, with all their names."""
    names: dict[frozenset[str], dict[str, None]] = {}
    moments: dict[frozenset[str], datetime] = {}
    for moment, shut, name in _year(plan, since):
        names.setdefault(shut, {})[name] = None
        moments.setdefault(shut, moment)
    usual = [Doorway(" or ".join(names[shut]), shut, (), moments[shut]) for shut in sorted(names, key=len)]
    return (*usual, *_closing(usual[0], usual[-1]), *_closures(plan, usual[0]))


def hours_in_use(plan: Plan) -> list[str]:
    """Those that some menu or queue keeps."""
    menus, queues = plan.menus.values(), plan.queues.values()
    return sorted({*(menu.hours for menu in menus if menu.hours), *(queue.hours for queue in queues if queue.hours)})


def _closing(first: Doorway, last: Doorway) -> Iterator[Doorway]:
    """Who calls in the last minute meets doors that close while they choose."""
    if first.shut != last.shut:
        yield Doorway(MEANWHILE, last.shut, (), first.moment, meanwhile=True)


def _closures(plan: Plan, usual: Doorway) -> Iterator[Doorway]:
    for name, closure in plan.closures.items():
        shut = frozenset(hours for hours in plan.hours if closure.shuts(hours))
        yield Doorway(f"closure {name}", usual.shut | shut, (closure.say,) if closure.say else (), usual.moment)


def _year(plan: Plan, since: datetime) -> Iterator[tuple[datetime, frozenset[str], str]]:
    """Each moment at which something opens or closes, and every noon, for holidays; with all that is shut then."""
    calendar = Calendar(plan)
    used = hours_in_use(plan)
    noon = since.replace(hour=12, minute=0) + A_DAY
    noons = [noon + ahead * A_DAY for ahead in range(A_YEAR.days if used else 0)]
    changes = [change for hours in used for change in _changes(calendar, hours, since)]
    for moment in sorted({since, *changes, *noons}):
        shut = frozenset(hours for hours in used if not calendar.is_open(hours, moment))
        holiday = any(calendar.holiday(hours, moment) for hours in shut)
        yield moment, shut, _name(shut, used, holiday=holiday)


def _changes(calendar: Calendar, hours: str, since: datetime) -> Iterator[datetime]:
    moment = since
    while (moment := calendar.next_change(hours, moment)) < since + A_YEAR:
        yield moment


def _name(shut: frozenset[str], used: list[str], *, holiday: bool) -> str:
    if not shut:
        return OPEN
    word = HOLIDAY if holiday else CLOSED
    return word if len(shut) == len(used) else f"{word}: {', '.join(sorted(shut))}"
