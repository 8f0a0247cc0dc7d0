"""What is open at a moment, and until when.

Hours are read off the practice's clock on the wall, as acd.wall does, and belong to the day on which they begin: a
night from 17:00 to 08:00 goes on into a holiday, and the holiday's own night does not begin.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from acd import wall
from ivr.menus.plan import public_holidays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.menus.plan.hours import Span
    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.opening import Exceptions, Opening

DAY = timedelta(days=1)
DAYS_AHEAD = 366  # what does not change within a year does not change
AFTER, BEFORE = "day after ", "day before "


class Calendar:
    """The hours of a plan. Moments are aware; hours are names of the plan's `hours`.

    Raises ZoneInfoNotFoundError for a time zone that this host does not know.
    """

    def __init__(self, plan: Plan) -> None:
        self._hours = plan.hours
        self._zone = ZoneInfo(plan.practice.timezone)

    def is_open(self, hours: str, moment: datetime) -> bool:
        today = wall.shown(moment, self._zone).date()
        return any(begins <= moment < ends for begins, ends in self._times(hours, (today - DAY, today)))

    def next_change(self, hours: str, moment: datetime) -> datetime:
        """When it opens, or closes, next; a year from `moment` where it does not within a year."""
        now, today = self.is_open(hours, moment), wall.shown(moment, self._zone).date()
        for ahead in range(-1, DAYS_AHEAD):
            for edge in sorted(edge for span in self._times(hours, (today + ahead * DAY,)) for edge in span):
                if edge > moment and self.is_open(hours, edge) != now:
                    return edge.astimezone(self._zone)
        return moment + DAYS_AHEAD * DAY

    def holiday(self, hours: str, moment: datetime) -> str:
        """The holiday of the day, also where the hours are open on it; "" for none."""
        day = wall.shown(moment, self._zone).date()
        return ", ".join(public_holidays.on(self._hours[hours].except_.holidays, day))

    def _times(self, hours: str, days: Sequence[date]) -> Iterator[tuple[datetime, datetime]]:
        """From when until when, for the spans that begin on these days; empty where the clock jumps over a span."""
        for day in days:
            for span in spans_of(self._hours[hours], day):
                begins = datetime.combine(day, span.begins)
                ends = datetime.combine(day + DAY if span.ends <= span.begins else day, span.ends)
                yield wall.reached(begins, self._zone), wall.reached(ends, self._zone)


def spans_of(opening: Opening, day: date) -> tuple[Span, ...]:
    """The spans that begin on a day."""
    special = _special(opening.except_, day)
    return _usual(opening, day) if special is None else special


def _usual(opening: Opening, day: date) -> tuple[Span, ...]:
    return tuple(span for days, spans in opening.week.items() if day.weekday() in days for span in spans)


def _special(rules: Exceptions, day: date) -> tuple[Span, ...] | None:
    """The hours of a day that is not like others; None for one that is."""
    if day in rules.dates:
        return rules.dates[day]
    if (day.month, day.day) in rules.yearly:
        return rules.yearly[day.month, day.day]
    if rules.named:
        called = _called(rules.holidays, day)
        if named := [spans for name, spans in rules.named.items() if name.casefold() in called]:
            return named[0]
    return () if public_holidays.on(rules.holidays, day) else None


def _called(codes: Sequence[str], day: date) -> set[str]:
    """All that a plan may call a day."""
    called = set(public_holidays.on(codes, day))
    called |= {AFTER + name for name in public_holidays.on(codes, day - DAY)}
    called |= {BEFORE + name for name in public_holidays.on(codes, day + DAY)}
    return {spoken.casefold() for name in called for spoken in (name, public_holidays.plain(name))}
