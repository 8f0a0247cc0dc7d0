"""What changed in the hours of a week, day by day: "closes at 16:00 instead of 17:00 on Friday"."""

from __future__ import annotations

from calendar import day_name
from typing import TYPE_CHECKING, NamedTuple

from ivr.menus.comparing.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import time

    from ivr.menus.plan.hours import Span

    Week = Mapping[frozenset[int], tuple[Span, ...]]


class Verbs(NamedTuple):
    opens: str
    closes: str
    is_open: str
    is_closed: str


DOORS = Verbs("opens", "closes", "is open", "is closed")
WORK = Verbs("begins", "ends", "is done", "is not done")


def week_changes(old: Week, new: Week, verbs: Verbs = DOORS) -> Iterator[str]:
    """The ends of sentences; days with the same change together."""
    days: dict[str, list[int]] = {}
    before, now = _by_day(old), _by_day(new)
    for day in range(7):
        if before[day] != now[day]:
            days.setdefault(_change(before[day], now[day], verbs), []).append(day)
    for change, when in days.items():
        yield change.format(days=_named(when))


def _by_day(week: Week) -> list[tuple[Span, ...]]:
    """In the order of the day; a day that two keys name has the spans of both."""
    spans = [[span for days, each in week.items() if day in days for span in each] for day in range(7)]
    return [tuple(sorted(each, key=lambda span: span.begins)) for each in spans]


def _change(old: tuple[Span, ...], new: tuple[Span, ...], verbs: Verbs) -> str:
    if not new:
        return f"{verbs.is_closed} on {{days}}, before {_spans(old)}"
    if not old:
        return f"{verbs.is_open} {_spans(new)} on {{days}}, before not at all"
    told = []
    if (first := new[0].begins) != old[0].begins:
        told.append(f"{verbs.opens} at {first:%H:%M} instead of {old[0].begins:%H:%M}")
    if (last := new[-1].ends) != old[-1].ends:
        told.append(f"{verbs.closes} at {last:%H:%M} instead of {old[-1].ends:%H:%M}")
    if _inside(old) != _inside(new):
        return f"{verbs.is_open} {_spans(new)} on {{days}}, before {_spans(old)}"
    return f"{' and '.join(told)} on {{days}}"


def _inside(spans: tuple[Span, ...]) -> list[time]:
    """All but when the day begins and ends."""
    return [edge for span in spans for edge in (span.begins, span.ends)][1:-1]


def _spans(spans: tuple[Span, ...]) -> str:
    return " and ".join(map(shown, spans))


def _named(days: list[int]) -> str:
    """ "Friday", "Monday to Friday", "Monday and Saturday"."""
    names = [day_name[day] for day in days]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):  # noqa: PLR2004 - two are named
        return f"{names[0]} to {names[-1]}"
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
