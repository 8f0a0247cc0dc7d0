"""The clock on the wall, and the moments at which it comes to a time.

23:00-07:00  lasts eight hours, but seven or nine in the nights when the clock is changed
02:30        of the night that has no 02:30 is the moment of the change
01:30        of the night that has it twice is the first one: what is over does not begin again
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def shown(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows at an aware moment, without a zone."""
    return at.astimezone(zone).replace(tzinfo=None)


def reached(time: datetime, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, at which the clock shows `time`, which is without a zone, or later."""
    first = time.replace(tzinfo=zone).astimezone(UTC)
    again = time.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= again:
        return first
    seconds = range(int(again.timestamp()), int(first.timestamp()))  # the clock jumps somewhere in between
    jump = bisect_left(seconds, time, key=lambda second: shown(datetime.fromtimestamp(second, UTC), zone))
    return datetime.fromtimestamp(seconds.start + jump, UTC)
