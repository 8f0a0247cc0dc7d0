"""The week of a queue in people: figures, words, table and JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from math import inf
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from acd.forecast import Visit
from acd.patience import Ending, Patience, Wait
from acd.staffing import Load, Target, people_needed
from ivr.reports.staffing_report import (
    HEAD,
    Crew,
    QueueWeek,
    Records,
    Wish,
    as_json,
    asked,
    basis,
    queue_week,
    rows,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 11, 20)  # a Friday
NOW = datetime(2026, 11, 20, 12, tzinfo=NEW_YORK).timestamp()
DESK = Crew("desk", ("ana", "bo"), wrap_up_seconds=20.0)
WISH = Wish(Target(80, 30))


def days(count: int, calls: dict[int, int], queue: str = "desk") -> Iterator[Visit]:
    """So many calls of 100 seconds in the half hours of each of the last days, but Sundays; one on the day before."""
    for ago in range(1, count + 1):
        day = TODAY - timedelta(days=ago)
        midnight = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK)
        for n, many in calls.items() if day.weekday() < 6 else ():
            for each in range(many):
                yield Visit(queue, (midnight + timedelta(minutes=30 * n)).timestamp() + each, 100.0)
    before = TODAY - timedelta(days=count + 1)
    yield Visit(queue, datetime(before.year, before.month, before.day, 20, tzinfo=NEW_YORK).timestamp(), 100.0)


def week_of(*visits: Visit, wish: Wish = WISH, crew: Crew = DESK) -> QueueWeek:
    week = queue_week(crew, wish, Records(visits, NOW, NEW_YORK))
    assert week
    return week


MORNING = tuple(days(28, {18: 3, 19: 24, 21: 1}))
IMPATIENT = tuple(
    replace(each, wait=Wait(4.0, Ending.ANSWERED) if n % 25 else Wait(4.0, Ending.GAVE_UP))
    for n, each in enumerate(days(28, {19: 26}))
)


def test_each_half_hour_needs_whom_its_calls_ask_for() -> None:
    week = week_of(*MORNING)
    monday = week.days[0]
    assert monday
    assert (round(week.handle_seconds, 6), monday[19].calls) == (120.0, 24.0)
    assert monday[19].need == people_needed(Load(48, week.handle_seconds), Target(80, 30))
    assert [slot.need.people for slot in monday[17:23]] == [0, 1, 3, 0, 1, 0]
    assert (week.open_half_hours, week.peak, week.hours(0), week.hours(6)) == (range(18, 22), 3, 2.5, 0.0)


def test_the_table_has_half_hours_down_and_weekdays_across() -> None:
    assert HEAD == ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    assert rows(week_of(*MORNING)) == [
        ("09:00", *["1 (3.0)"] * 6, "."),
        ("09:30", *["3! (24.0)"] * 6, "."),
        ("10:00", *["."] * 7),
        ("10:30", *["1 (1.0)"] * 6, "."),
        ("hours", *["2.5"] * 6, "0"),
    ]


def test_weekdays_that_are_not_on_record_are_shown_as_unknown() -> None:
    week = week_of(*days(3, {18: 2}))
    assert rows(week) == [
        ("09:00", "?", "1 (2.0)", "1 (2.0)", "1 (2.0)", "?", "?", "?"),
        ("hours", "?", "0.5", "0.5", "0.5", "?", "?", "?"),
    ]
    assert week.hours(4) is None


def test_a_stray_call_at_night_keeps_nobody_up() -> None:
    stray = Visit("desk", NOW - 7 * 86_400 - 9 * 3600, 100.0)
    long_record = tuple(days(112, {18: 3}))
    assert week_of(*long_record, stray, wish=Wish(Target(), busy=0.9)).open_half_hours == range(18, 19)


def test_a_half_hour_with_seldom_calls_between_others_needs_somebody() -> None:
    seldom = Visit("desk", NOW - 11 * 86_400 - 2 * 3600, 100.0)  # one Monday at ten
    monday = week_of(*days(112, {18: 3, 22: 3}), seldom).days[0]
    assert monday
    assert [slot.need.people for slot in monday[18:23]] == [1, 0, 1, 0, 1]
    assert 0 < monday[20].calls < 0.2


def test_a_busy_day_has_more_calls_than_the_mean() -> None:
    busy = week_of(*MORNING, wish=Wish(Target(), busy=0.8)).days[0]
    assert busy
    assert 28 < busy[19].calls < 30


def test_callers_are_as_patient_as_on_record_if_nothing_else_is_said() -> None:
    for wished, counted_on in ((None, 100.0), (180.0, 180.0), (inf, inf)):
        week = week_of(*IMPATIENT, wish=replace(WISH, patience_seconds=wished))
        assert week.days[0]
        assert week.days[0][19].need == people_needed(Load(52, week.handle_seconds, counted_on), WISH.target)


def test_the_patience_of_another_queue_is_not_this_ones() -> None:
    others = [replace(each, queue="billing") for each in IMPATIENT]
    assert week_of(*MORNING, *others).patience == Patience(inf, 0)


def test_breaks_and_absences_are_in_the_table() -> None:
    with_breaks = week_of(*MORNING, wish=Wish(Target(shrinkage=0.3)))
    assert rows(with_breaks)[1][1] == "5! (24.0)"
    assert with_breaks.hours(0) == 4.5


@pytest.mark.parametrize(
    "visits",
    [
        (),
        tuple(days(20, {18: 4}, queue="billing")),
        tuple(replace(each, handle_seconds=None) for each in MORNING),
        (Visit("desk", NOW - 60, 100.0),),
    ],
)
def test_without_a_whole_day_with_an_answer_there_is_no_week(visits: tuple[Visit, ...]) -> None:
    assert queue_week(DESK, WISH, Records(visits, NOW, NEW_YORK)) is None


# ---- words ------------------------------------------------------------------------------------------------------


def test_the_target_is_told() -> None:
    assert asked(WISH) == "80 % of callers are answered within 30 s"
    assert asked(Wish(Target(90, 20, max_occupancy=0.85))) == (
        "90 % of callers are answered within 20 s and nobody is busy for more than 85 % of the time"
    )


def test_what_the_figures_are_made_from_is_told() -> None:
    assert basis(week_of(*MORNING)) == (
        "From 4 weeks of record; a call takes 2:00 of a person's time; "
        "as if nobody gave up (0 did: too few to tell patience from)."
    )
    assert basis(week_of(*days(3, {18: 2}), wish=Wish(Target(), patience_seconds=inf))) == (
        "From 3 days of record; a call takes 2:00 of a person's time; as if nobody gave up. "
        "So little is a first guess only."
    )
    holiday = tuple(each for each in MORNING if not 3.3 < (NOW - each.joined) / 86_400 < 4.4)
    assert basis(week_of(*holiday, wish=Wish(Target(shrinkage=0.3), 180.0, busy=0.8))) == (
        "From 3 weeks of record; 1 unusual day left out (2026-11-16); a call takes 2:00 of a person's time; "
        "callers give up after 3:00 on average; calls as on a busy day (80 % of days bring no more); "
        "people are away from their phones for 30 % of their time. So little is a first guess only."
    )


def test_the_patience_on_record_is_told() -> None:
    assert "; patience 1:40, from 25 who gave up." in basis(week_of(*IMPATIENT))


def test_the_plan_is_compared() -> None:
    assert verdict(week_of(*MORNING)) == (
        "The plan has 2 people for desk (ana, bo). More are needed (!) in 6 half hours: Mon 09:30 (3), "
        "Tue 09:30 (3), Wed 09:30 (3), Thu 09:30 (3), Fri 09:30 (3), Sat 09:30 (3)."
    )
    shared = Crew("desk", ("ana", "bo", "cleo"), wrap_up_seconds=20.0, shared=True)
    assert verdict(week_of(*MORNING, crew=shared)) == (
        "The plan has 3 people for desk (ana, bo, cleo); what other queues take of their time comes on top. "
        "That is enough for every half hour: at most 3 needed."
    )
    assert verdict(week_of(*MORNING, crew=Crew("desk", ()))).startswith("The plan has 0 people for desk. More are")
    assert verdict(week_of(*MORNING, crew=Crew("desk", ()))).endswith(" and 10 more.")


# ---- JSON -------------------------------------------------------------------------------------------------------


def test_json_has_every_half_hour_with_a_need() -> None:
    told = as_json(week_of(*MORNING, wish=Wish(Target(80, 30, shrinkage=0.3), 180.0)))
    half_hours = told.pop("half_hours")
    assert told == {
        "queue": "desk",
        "target": {
            "percent": 80,
            "seconds": 30,
            "max_occupancy": 1.0,
            "shrinkage": 0.3,
            "busy": None,
        },
        "days_of_record": 28,
        "left_out": [],
        "handle_seconds": 120.0,
        "patience_seconds": 180.0,
        "gave_up": 0,
        "plan": ["ana", "bo"],
    }
    assert [(each["day"], each["at"], each["people"], each["beyond_plan"]) for each in half_hours[:3]] == [
        ("Mon", "09:00", 1, False),
        ("Mon", "09:30", 3, True),
        ("Mon", "10:30", 1, False),
    ]
    assert len(half_hours) == 18
    assert half_hours[1]["in_time"] >= 0.8
    assert as_json(week_of(*MORNING))["patience_seconds"] is None
    assert {name: as_json(week_of(*IMPATIENT))[name] for name in ("patience_seconds", "gave_up")} == {
        "patience_seconds": 100.0,
        "gave_up": 25,
    }
