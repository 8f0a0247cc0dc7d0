"""Waits and times are said in few words, with prompts that every plan has."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ivr.menus.model import GENERIC_PROMPTS
from ivr.menus.spoken import Piece, time_pieces, wait_pieces

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("seconds", "pieces"),
    [
        (0, ("wait_under_a_minute",)),
        (59, ("wait_under_a_minute",)),
        (60, ("wait_minute",)),
        (61, ("wait_about", 2, "wait_minutes")),
        (600, ("wait_about", 10, "wait_minutes")),
        (3 * 3600, ()),
    ],
)
def test_a_wait_is_rounded_up_to_minutes(seconds: float, pieces: tuple[Piece, ...]) -> None:
    assert wait_pieces(seconds) == pieces


@pytest.mark.parametrize(
    ("moment", "pieces"),
    [
        ("2026-11-20 16:30", ("day_today", "hour_4", "half_past", "in_the_afternoon")),
        ("2026-11-21 09:00", ("day_tomorrow", "hour_9", "in_the_morning")),
        ("2026-11-23 12:00", ("day_0", "hour_12", "in_the_afternoon")),
        ("2026-11-24 18:30", ("day_1", "hour_6", "half_past", "in_the_evening")),
        ("2026-11-25 00:30", ("day_2", "hour_12", "half_past", "in_the_morning")),
    ],
)
def test_a_time_is_a_day_an_hour_and_a_part_of_the_day(moment: str, pieces: tuple[Piece, ...]) -> None:
    assert time_pieces(datetime.strptime(moment, "%Y-%m-%d %H:%M"), FRIDAY) == pieces  # noqa: DTZ007 - local time


def test_every_half_hour_of_a_week_can_be_said() -> None:
    for half_hours in range(7 * 48):
        moment = datetime(2026, 11, 20) + timedelta(minutes=30 * half_hours)  # noqa: DTZ001 - local time
        assert set(time_pieces(moment, FRIDAY)) <= GENERIC_PROMPTS
