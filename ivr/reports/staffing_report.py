"""A queue's week in people: what its record and its target ask for, as a plain table and as JSON. Pure.

visits ──▶ profile (acd.forecast) ──▶ people per half hour (acd.staffing) ──▶ table, JSON, chart
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

from acd.forecast import HalfHour, Visit, mean_handle_seconds, weekly_profile
from acd.patience import patience_of
from acd.staffing import IDLE, Load, Need, Target, people_needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, tzinfo

    from acd.patience import Patience

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SELDOM = 0.2  # fewer calls than one in five such half hours: a day does not begin or end with it
FEW_WEEKS = 4
MOST_TOLD = 8  # half hours that are named one by one
NOBODY = "."
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the practice wants. `busy`: plan for half hours that are busier than this share of days; None: for the mean.

    `patience_seconds`: when callers give up on average; infinite counts on nobody's giving up, which is the safe side.
    None: as the record shows, and infinite where it shows too little.
    """

    target: Target
    patience_seconds: float | None = None
    busy: float | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """A queue of the plan: who can serve it, after each call busy for `wrap_up_seconds`; `shared` with other queues."""

    queue: str
    people: tuple[str, ...]
    wrap_up_seconds: float = 0.0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """All visits of the record so far, the moment of looking (seconds since the epoch) and the practice's time zone."""

    visits: Sequence[Visit]
    now: float
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Slot:
    """One half hour: the calls that are planned for, and who is needed."""

    calls: float
    need: Need


@dataclass(frozen=True)
class QueueWeek:
    """`days[0]` is Monday: 48 slots; None for a weekday not on record. `used` days made it; `left_out` were unusual.

    `patience` is the record's, whatever is wished.
    """

    crew: Crew
    wish: Wish
    handle_seconds: float
    used: int
    left_out: tuple[date, ...]
    days: tuple[tuple[Slot, ...] | None, ...]
    patience: Patience

    def slots(self) -> Iterator[tuple[int, int, Slot]]:
        """Every slot on record with its weekday and half hour."""
        for weekday, day in enumerate(self.days):
            for n, slot in enumerate(day or ()):
                yield weekday, n, slot

    @cached_property
    def open_half_hours(self) -> range:
        """From the first half hour that needs somebody on any day to the last."""
        needed = [n for _, n, slot in self.slots() if slot.need.people]
        return range(min(needed), max(needed) + 1) if needed else range(0)

    @cached_property
    def peak(self) -> int:
        return max((slot.need.rostered for _, _, slot in self.slots()), default=0)

    @cached_property
    def beyond_plan(self) -> list[tuple[int, int, Slot]]:
        return [each for each in self.slots() if self.is_beyond_plan(each[2])]

    def is_beyond_plan(self, slot: Slot) -> bool:
        return slot.need.rostered > len(self.crew.people)

    def hours(self, weekday: int) -> float | None:
        """A day's work in persons' hours; None for a weekday not on record."""
        day = self.days[weekday]
        return None if day is None else sum(slot.need.rostered for slot in day) / 2


def queue_week(crew: Crew, wish: Wish, records: Records) -> QueueWeek | None:
    """The queue's week; None without a whole day on record, or before anybody was answered."""
    own = [visit for visit in records.visits if visit.queue == crew.queue]
    handled = mean_handle_seconds(own, records.now)
    if handled is None:
        return None
    began = min(visit.joined for visit in records.visits)
    profile = weekly_profile((visit.joined for visit in own), began, records.now, records.zone)
    if not profile.used:
        return None
    busy_seconds = handled + crew.wrap_up_seconds
    patience = patience_of((visit.wait for visit in own if visit.wait), expected=inf)
    counted_on = patience.seconds if wish.patience_seconds is None else wish.patience_seconds
    each_call = Load(0, busy_seconds, counted_on)
    days = tuple(_slots(day, each_call, wish) for day in profile.days)
    return QueueWeek(crew, wish, busy_seconds, profile.used, profile.left_out, days, patience)


def _slots(day: Sequence[HalfHour] | None, each_call: Load, wish: Wish) -> tuple[Slot, ...] | None:
    """Seldom calls are planned for between the day's first usual half hour and its last, but not at night."""
    if day is None:
        return None
    usual = [n for n, half_hour in enumerate(day) if half_hour.calls >= SELDOM]
    planned = range(usual[0], usual[-1] + 1) if usual else range(0)
    return tuple(_slot(each, each_call, wish, is_planned=n in planned) for n, each in enumerate(day))


def _slot(half_hour: HalfHour, each_call: Load, wish: Wish, *, is_planned: bool) -> Slot:
    if not is_planned:
        return Slot(half_hour.calls, Need(0, 0, IDLE))
    calls = half_hour.calls if wish.busy is None else half_hour.busy(wish.busy)
    return Slot(calls, people_needed(replace(each_call, calls_per_hour=calls * 2), wish.target))


# ---- words ------------------------------------------------------------------------------------------------------


def asked(wish: Wish) -> str:
    """The target in words."""
    target = wish.target
    words = [f"{target.percent:g} % of callers are answered within {target.seconds:g} s"]
    if target.max_occupancy < 1:
        words.append(f"nobody is busy for more than {percent(target.max_occupancy)} of the time")
    return " and ".join(words)


def basis(week: QueueWeek) -> str:
    """What the figures are made from, and how far to trust them."""
    weeks = week.used // len(WEEKDAYS)
    words = [f"From {counted(weeks, 'week') if weeks > 1 else counted(week.used, 'day')} of record"]
    if week.left_out:
        words.append(f"{counted(len(week.left_out), 'unusual day')} left out ({', '.join(map(str, week.left_out))})")
    words.append(f"a call takes {minutes(week.handle_seconds)} of a person's time")
    words.append(_patience(week.wish.patience_seconds, week.patience))
    if week.wish.busy is not None:
        words.append(f"calls as on a busy day ({percent(week.wish.busy)} of days bring no more)")
    if week.wish.target.shrinkage:
        words.append(f"people are away from their phones for {percent(week.wish.target.shrinkage)} of their time")
    caution = " So little is a first guess only." if weeks < FEW_WEEKS else ""
    return "; ".join(words) + "." + caution


def _patience(wished: float | None, recorded: Patience) -> str:
    if wished == inf:
        return "as if nobody gave up"
    if wished is not None:
        return f"callers give up after {minutes(wished)} on average"
    if recorded.is_seen:
        return f"patience {minutes(recorded.seconds)}, from {recorded.gave_up} who gave up"
    return f"as if nobody gave up ({recorded.gave_up} did: too few to tell patience from)"


def verdict(week: QueueWeek) -> str:
    """The week beside the plan."""
    crew = week.crew
    has = f"The plan has {counted(len(crew.people), 'person', 'people')} for {crew.queue}"
    who = f" ({', '.join(crew.people)})" if crew.people else ""
    shared = "; what other queues take of their time comes on top" if crew.shared else ""
    return f"{has}{who}{shared}. {_shortage(week)}"


def _shortage(week: QueueWeek) -> str:
    short = week.beyond_plan
    if not short:
        return f"That is enough for every half hour: at most {week.peak} needed."
    named = ", ".join(f"{WEEKDAYS[day]} {clock(n)} ({slot.need.rostered})" for day, n, slot in short[:MOST_TOLD])
    more = f" and {len(short) - MOST_TOLD} more" if len(short) > MOST_TOLD else ""
    return f"More are needed (!) in {counted(len(short), 'half hour')}: {named}{more}."


def clock(half_hour: int) -> str:
    return f"{half_hour // 2:02}:{half_hour % 2 * 30:02}"


def percent(share: float) -> str:
    return f"{share * 100:g} %"


def minutes(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}"


def counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


# ---- table and JSON ---------------------------------------------------------------------------------------------

HEAD = ("", *WEEKDAYS)


def rows(week: QueueWeek) -> list[tuple[str, ...]]:
    """Half hours down, weekdays across: `people (calls)`, with a mark where the plan has fewer; then persons' hours."""
    table = [(clock(n), *(_cell(week, weekday, n) for weekday in range(len(WEEKDAYS)))) for n in week.open_half_hours]
    hours = [week.hours(weekday) for weekday in range(len(WEEKDAYS))]
    return [*table, ("hours", *(UNKNOWN if each is None else f"{each:g}" for each in hours))]


def _cell(week: QueueWeek, weekday: int, n: int) -> str:
    day = week.days[weekday]
    if day is None:
        return UNKNOWN
    slot = day[n]
    if not slot.need.people:
        return NOBODY
    return f"{slot.need.rostered}{'!' if week.is_beyond_plan(slot) else ''} ({slot.calls:.1f})"


def as_json(week: QueueWeek) -> dict[str, Any]:
    """Shares are 0..1; `people` at their phones, `rostered` with breaks and absences; only half hours with a need.

    `patience_seconds` is what the figures count on, null for nobody's giving up; `gave_up` are those on record.
    """
    target, wish = week.wish.target, week.wish
    patience = wish.patience_seconds if wish.patience_seconds is not None else week.patience.seconds
    return {
        "queue": week.crew.queue,
        "target": {
            "percent": target.percent,
            "seconds": target.seconds,
            "max_occupancy": target.max_occupancy,
            "shrinkage": target.shrinkage,
            "busy": wish.busy,
        },
        "days_of_record": week.used,
        "left_out": [str(each) for each in week.left_out],
        "handle_seconds": round(week.handle_seconds, 1),
        "patience_seconds": None if patience == inf else round(patience, 1),
        "gave_up": week.patience.gave_up,
        "plan": list(week.crew.people),
        "half_hours": [_slot_json(week, *each) for each in week.slots() if each[2].need.people],
    }


def _slot_json(week: QueueWeek, weekday: int, n: int, slot: Slot) -> dict[str, Any]:
    service = slot.need.service
    return {
        "day": WEEKDAYS[weekday],
        "at": clock(n),
        "calls": round(slot.calls, 2),
        "people": slot.need.people,
        "rostered": slot.need.rostered,
        "beyond_plan": week.is_beyond_plan(slot),
        "in_time": round(service.in_time, 4),
        "abandoned": round(service.abandoned, 4),
        "answer_seconds": round(service.answer_seconds, 1),
        "occupancy": round(service.occupancy, 4),
    }
