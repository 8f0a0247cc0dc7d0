"""The clock on the wall, in the nights when it is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from acd.wall import reached, shown


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        ("America/New_York", "2026-03-07 02:30", "2026-03-07 07:30"),  # an ordinary night
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:00"),  # there is no 02:30: the change at 02:00
        ("America/New_York", "2026-03-08 03:00", "2026-03-08 07:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),  # there are two: the first one
        ("America/New_York", "2026-11-01 02:00", "2026-11-01 07:00"),
        ("Europe/Madrid", "2026-03-29 02:15", "2026-03-29 01:00"),
        ("Europe/Madrid", "2026-10-25 02:15", "2026-10-25 00:15"),
        ("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-03 15:30"),  # half an hour only
        ("America/Havana", "2026-03-08 00:00", "2026-03-08 05:00"),  # a day that begins at one
        ("America/Puerto_Rico", "2026-03-08 02:30", "2026-03-08 06:30"),  # never changed
    ],
)
def test_when_the_clock_comes_to_a_time(zone: str, wall: str, moment: str) -> None:
    found = reached(datetime.fromisoformat(wall), ZoneInfo(zone))
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_what_the_clock_shows() -> None:
    moment = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert shown(moment, ZoneInfo("America/New_York")) == datetime.fromisoformat("2026-11-01 01:30")
