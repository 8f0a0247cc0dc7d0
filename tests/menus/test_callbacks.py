"""Callers are dialled within the practice's hours, and never in the quiet ones of where they live."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.menus.callbacks import windows
from ivr.menus.plan.queues import Callback

BOSTON, DENVER = ZoneInfo("America/New_York"), ZoneInfo("America/Denver")


def at(text: str, zone: ZoneInfo = BOSTON) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def told(rules: dict[str, object], now: str, caller: ZoneInfo | None = None) -> list[str]:
    """The first windows in Boston's time."""
    found = windows(Callback.model_validate(rules), at(now), BOSTON, caller)
    return [" to ".join(f"{datetime.fromtimestamp(end, BOSTON):%a %H:%M}" for end in window) for window in found[:3]]


OFFICE: dict[str, object] = {"hours": {"mon-fri": ["08:00-12:00", "13:00-17:00"]}}


def test_without_hours_it_is_at_any_time() -> None:
    assert windows(Callback(), 0, BOSTON) == ()


def test_the_practices_hours_from_now_on() -> None:
    assert told(OFFICE, "2026-11-20T10:30") == [
        "Fri 10:30 to Fri 12:00",
        "Fri 13:00 to Fri 17:00",
        "Mon 08:00 to Mon 12:00",
    ]


def test_quiet_hours_are_the_callers() -> None:
    rules = OFFICE | {"quiet": "20:00-09:00"}
    assert told(rules, "2026-11-20T18:00")[0] == "Mon 09:00 to Mon 12:00"
    assert told(rules, "2026-11-20T18:00", DENVER)[0] == "Mon 11:00 to Mon 12:00"


def test_quiet_hours_alone_leave_the_rest_of_the_day() -> None:
    assert told({"quiet": "20:00-09:00"}, "2026-11-20T22:00")[:2] == [
        "Sat 09:00 to Sat 20:00",
        "Sun 09:00 to Sun 20:00",
    ]


def test_hours_over_midnight_hold_in_the_night() -> None:
    assert told({"hours": {"thu": "22:00-02:00"}}, "2026-11-20T01:00") == [
        "Fri 01:00 to Fri 02:00",
        "Thu 22:00 to Fri 01:00",
    ]


def test_hours_that_overlap_are_one() -> None:
    rules: dict[str, object] = {"hours": {"fri": ["08:00-12:00", "11:00-13:00"], "fri,sat": "12:30-14:00"}}
    assert told(rules, "2026-11-20T07:00") == ["Fri 08:00 to Fri 14:00", "Sat 12:30 to Sat 14:00"]


def test_the_clock_that_is_changed_moves_the_hours_with_it() -> None:
    spring = windows(Callback.model_validate({"hours": {"sun": "01:00-09:00"}}), at("2027-03-13T12:00"), BOSTON)
    assert spring == ((at("2027-03-14T01:00"), at("2027-03-14T09:00")),)
    assert spring[0][1] - spring[0][0] == 7 * 3600
