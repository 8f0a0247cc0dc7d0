"""Days and times as they are written."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from pydantic import TypeAdapter, ValidationError

from ivr.menus.plan.hours import Clock, Day, Days, Hours, Moment, Span

DAYS: TypeAdapter[frozenset[int]] = TypeAdapter(Days)
HOURS: TypeAdapter[Span] = TypeAdapter(Hours)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", {0}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat,sun", {5, 6}),
        ("Fri-mon", {4, 5, 6, 0}),
        ("mon-wed, fri", {0, 1, 2, 4}),
    ],
)
def test_days(text: str, days: set[int]) -> None:
    assert DAYS.validate_python(text) == days


@pytest.mark.parametrize("text", ["", "monday", "mon-", "-mon", "mon--fri", "mon;tue", 5, None])
def test_what_are_no_days(text: object) -> None:
    with pytest.raises(ValidationError, match="must be days such as mon-fri"):
        DAYS.validate_python(text)


def test_hours() -> None:
    assert HOURS.validate_python("8:00 - 17:30") == Span(time(8), time(17, 30))
    for wrong in ("8-17", "08:00", "08:00-24:00", "08:00-12:00-13:00", 8):
        with pytest.raises(ValidationError, match="must be hours such as"):
            HOURS.validate_python(wrong)


def test_clocks_dates_and_moments() -> None:
    assert TypeAdapter(Clock).validate_python("17:00") == time(17)
    assert TypeAdapter(Day).validate_python("2026-12-24") == date(2026, 12, 24)
    assert TypeAdapter(Moment).validate_python("2026-12-24 17:00") == datetime(2026, 12, 24, 17)  # noqa: DTZ001
