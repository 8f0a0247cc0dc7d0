"""What is open together: each state of the practice's doors that the week, its exceptions and its closures can bring.

Whoever finds what is wrong at some hour of the week looks at each of them once; see coverage.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from ivr.menus.plan.calendar import spans_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import time

    from ivr.menus.plan.hours import Span
    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.opening import Exceptions, Opening

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
A_DAY = 24 * 60
A_WEEK = 7 * A_DAY

Spans = tuple["Span", ...]
Openings = tuple[frozenset[str], str]


@dataclass(frozen=True, slots=True)
class State:
    """What is open, and in words the first time when it is so: "from Saturday 12:00"."""

    open: frozenset[str]
    when: str

    def is_open(self, hours: str) -> bool:
        return hours in self.open


def states(plan: Plan) -> tuple[State, ...]:
    """Each different one, with the week's first; and, at all events, that everything is closed."""
    if not plan.hours:
        return (State(frozenset(), "at any time"),)
    first: dict[frozenset[str], str] = {}
    for is_open, when in (*_of_the_week(plan), *_of_other_days(plan)):
        first.setdefault(is_open, when)
    without_closures = tuple(first)
    for shut, when in _shut(plan):
        for is_open in without_closures:
            first.setdefault(is_open - shut, when)
    first.setdefault(frozenset(), "while everything is closed")
    return tuple(State(is_open, when) for is_open, when in first.items())


# ---- the week -------------------------------------------------------------------------------------------------------


def _of_the_week(plan: Plan) -> Iterator[Openings]:
    """From the first hour of a change on, so that what is so over the weekend is told as beginning before it."""
    pieces = {name: list(_in_week(opening)) for name, opening in plan.hours.items()}
    edges = sorted({minute % A_WEEK for each in pieces.values() for piece in each for minute in piece}) or [0]
    for minute in edges:
        day, clock = divmod(minute, A_DAY)
        yield _open_at(pieces, minute), f"from {DAYS[day]} {_clock(clock)}"


def _in_week(opening: Opening) -> Iterator[tuple[int, int]]:
    """The minutes since Monday 00:00, Sunday night once more before it."""
    for days, spans in opening.week.items():
        for day in days:
            for begins, ends in _minutes(spans, day):
                yield begins, ends
                yield begins - A_WEEK, ends - A_WEEK


def _minutes(spans: Spans, day: int) -> Iterator[tuple[int, int]]:
    for span in spans:
        begins, ends = _minute(span.begins), _minute(span.ends)
        yield begins + day * A_DAY, ends + (day + (ends <= begins)) * A_DAY


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _open_at(pieces: Mapping[str, Sequence[tuple[int, int]]], minute: int) -> frozenset[str]:
    return frozenset(name for name, each in pieces.items() if any(begins <= minute < ends for begins, ends in each))


# ---- other days -----------------------------------------------------------------------------------------------------


def _of_other_days(plan: Plan) -> Iterator[Openings]:
    """A day that is not like others, on each weekday that it can have, with the night before it and the day after."""
    for day in sorted({day for opening in plan.hours.values() for day in opening.except_.dates}):
        three = [day + timedelta(days=shift) for shift in (-1, 0, 1)]
        spans = [{name: spans_of(each, one) for name, each in plan.hours.items()} for one in three]
        yield from _on(spans, str(three[1]), str(three[2]))
    for told, special in _movable(plan):
        for weekday in range(7):
            before, usual, after = (_usual_day(plan, weekday + shift) for shift in (-1, 0, 1))
            changed = {name: special(each.except_) for name, each in plan.hours.items()}
            itself = {name: usual[name] if spans is None else spans for name, spans in changed.items()}
            yield from _on((before, itself, after), told, f"the day after {told}")


def _usual_day(plan: Plan, day: int) -> Mapping[str, Spans]:
    return {
        name: tuple(span for days, spans in opening.week.items() if day % 7 in days for span in spans)
        for name, opening in plan.hours.items()
    }


def _on(days: Sequence[Mapping[str, Spans]], second: str, third: str) -> Iterator[Openings]:
    """Of three days, what can be found from the beginning of the second to the end of the third."""
    pieces = {name: [p for k, day in enumerate(days) for p in _minutes(day[name], k)] for name in days[0]}
    edges = {minute for each in pieces.values() for piece in each for minute in piece}
    for minute in sorted({A_DAY, *edges}):
        if A_DAY <= minute < 3 * A_DAY:
            day = second if minute < 2 * A_DAY else third
            yield _open_at(pieces, minute), f"on {day} from {_clock(minute % A_DAY)}"


def _movable(plan: Plan) -> Iterator[tuple[str, Callable[[Exceptions], Spans | None]]]:
    """The days of every year, in words, with what becomes of hours on them; None for the hours of the weekday."""
    rules = [opening.except_ for opening in plan.hours.values()]
    if any(rule.holidays for rule in rules):
        yield "a holiday", _on_holiday
    for name in dict.fromkeys(name for rule in rules for name in rule.named):
        yield name, partial(_on_named, name)
    for day in dict.fromkeys(day for rule in rules for day in rule.yearly):
        yield f"{day[0]:02}-{day[1]:02}", partial(_on_yearly, day)


def _on_holiday(rule: Exceptions) -> Spans | None:
    return () if rule.holidays else None


def _on_named(name: str, rule: Exceptions) -> Spans | None:
    return rule.named.get(name, _on_holiday(rule))


def _on_yearly(day: tuple[int, int], rule: Exceptions) -> Spans | None:
    return rule.yearly.get(day)


# ---- closures -------------------------------------------------------------------------------------------------------


def _shut(plan: Plan) -> Iterator[tuple[frozenset[str], str]]:
    """What closures shut, alone and two and more of them together."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for name, closure in plan.closures.items():
        own = frozenset(hours for hours in plan.hours if closure.shuts(hours))
        together = {own | shut: (*names, name) for shut, names in found.items()}
        found = {**together, **found, own: (name,)}
    for shut, names in sorted(found.items(), key=lambda each: len(each[1])):
        yield shut, f"while {' and '.join(names)} {'is' if len(names) == 1 else 'are'} on"
