"""Waits and times as prompts, in the order in which they are played. A number is for services.Prompts.number."""

from __future__ import annotations

from datetime import date, datetime, timedelta

MINUTE = 60.0
LONGEST_WAIT = 90 * MINUTE  # of a longer one nobody needs the minutes: it is not told
NOON, EVENING = 12, 18

Piece = str | int
"""A prompt's name, or a number."""


def wait_pieces(seconds: float) -> tuple[Piece, ...]:
    """ "Your wait is about five minutes", rounded up: who is served early is glad. () for one that is not told."""
    minutes = -int(-seconds // MINUTE)
    if seconds > LONGEST_WAIT:
        return ()
    if minutes <= 1:
        return ("wait_under_a_minute",) if seconds < MINUTE else ("wait_minute",)
    return ("wait_about", minutes, "wait_minutes")


def time_pieces(moment: datetime, today: date) -> tuple[Piece, ...]:
    """ "Tomorrow at nine thirty in the morning", of a full or half hour within a week; both in the practice's zone."""
    day = {today: "day_today", today + timedelta(days=1): "day_tomorrow"}
    part = "in_the_morning" if moment.hour < NOON else "in_the_afternoon" if moment.hour < EVENING else "in_the_evening"
    half = ("half_past",) if moment.minute else ()
    return (
        day.get(moment.date(), f"day_{moment.weekday()}"),
        f"hour_{(moment.hour - 1) % 12 + 1}",
        *half,
        part,
    )
