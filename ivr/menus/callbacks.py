"""When callers may be called back: the practice's hours, less the quiet ones where the caller is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ivr.menus.plan.hours import EVERY_DAY, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from ivr.menus.plan.queues import Callback

DAYS_AHEAD = 7  # a promise for longer would be forgotten by both

Window = tuple[float, float]
"""From, until: seconds since the epoch."""


def windows(rules: Callback, now: float, practice: ZoneInfo, caller: ZoneInfo | None = None) -> tuple[Window, ...]:
    """When a caller may be dialled from `now` on, for a week; () is at any time (acd.events.CallbackAsked.hours).

    `caller` is the time zone of the caller, whose quiet hours they are; the practice's where it is not known.
    """
    if not rules.hours and rules.quiet is None:
        return ()
    end = now + timedelta(days=DAYS_AHEAD).total_seconds()
    hours = (
        [(now, end)]
        if not rules.hours
        else sorted(window for days, spans in rules.hours.items() for window in _windows(spans, days, now, practice))
    )
    quiet = sorted(_windows([rules.quiet], EVERY_DAY, now, caller or practice)) if rules.quiet else []
    return tuple(_without(quiet, _merged((max(begins, now), min(ends, end)) for begins, ends in hours)))


def _windows(spans: Sequence[Span], days: Collection[int], now: float, zone: ZoneInfo) -> Iterator[Window]:
    today = datetime.fromtimestamp(now, zone).date()
    for ahead in range(-1, DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        for span in spans if day.weekday() in days else ():
            begins = datetime.combine(day, span.begins, zone)
            ends = datetime.combine(day + timedelta(days=span.ends <= span.begins), span.ends, zone)
            yield begins.astimezone(UTC).timestamp(), ends.astimezone(UTC).timestamp()


def _merged(windows: Iterator[Window]) -> Iterator[Window]:
    """Sorted windows without overlaps; empty ones are left out."""
    last: Window | None = None
    for begins, ends in windows:
        if ends <= begins:
            continue
        if last and begins <= last[1]:
            last = (last[0], max(last[1], ends))
            continue
        if last:
            yield last
        last = (begins, ends)
    if last:
        yield last


def _without(quiet: Sequence[Window], windows: Iterator[Window]) -> Iterator[Window]:
    for begins, ends in windows:
        reached = begins
        for quiet_begins, quiet_ends in quiet:
            if reached < min(quiet_begins, ends):
                yield reached, min(quiet_begins, ends)
            reached = max(reached, quiet_ends) if quiet_begins < ends else reached
        if reached < ends:
            yield reached, ends
