"""Each state of the doors that a week, its exceptions and its closures can bring, with words for when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.menus.checking.week import State, states
from ivr.menus.plan.calendar import Calendar
from ivr.menus.plan.closures import Closure
from ivr.menus.plan.opening import Opening
from tests.menus.plans import small

OFFICE = {"mon-fri": "08:00-17:00", "sat": "09:00-12:00"}
NURSES = {"mon-sun": "07:00-23:00"}


def told(closures: dict[str, Any] | None = None, **hours: dict[str, Any]) -> list[tuple[str, str]]:
    update = {
        "hours": {name: Opening.model_validate(each) for name, each in hours.items()},
        "closures": {name: Closure.model_validate(each) for name, each in (closures or {}).items()},
    }
    return [(" ".join(sorted(each.open)), each.when) for each in states(small().model_copy(update=update))]


def test_a_plan_without_hours_has_one_state() -> None:
    assert states(small()) == (State(frozenset(), "at any time"),)


def test_what_is_open_together_in_the_week() -> None:
    assert told(office=OFFICE, nurses=NURSES) == [
        ("nurses", "from Monday 07:00"),
        ("nurses office", "from Monday 08:00"),
        ("", "from Monday 23:00"),
    ]


def test_an_evening_that_only_saturday_has_begins_on_saturday() -> None:
    assert told(office=OFFICE, weekend={"sat,sun": "12:00-20:00"}) == [
        ("office", "from Monday 08:00"),
        ("", "from Monday 17:00"),
        ("weekend", "from Saturday 12:00"),
    ]


def test_sunday_night_goes_on_into_monday() -> None:
    assert told(night={"sun": "22:00-06:00"}, day={"mon": "05:00-07:00"}) == [
        ("day night", "from Monday 05:00"),
        ("day", "from Monday 06:00"),
        ("", "from Monday 07:00"),
        ("night", "from Sunday 22:00"),
    ]


def test_a_holiday_may_bring_what_no_weekday_does() -> None:
    found = told(office={"mon-sun": "00:00-00:00", "except": {"holidays": "US"}}, nurses={"mon-sun": "00:00-00:00"})
    assert found[1] == ("nurses", "on a holiday from 00:00")


@pytest.mark.parametrize(
    ("rules", "when"),
    [
        ({"dates": {"2026-12-24": "08:00-12:00"}}, "on 2026-12-24 from 00:00"),
        ({"dates": {"2026-12-24": "00:00-12:00"}}, "on 2026-12-24 from 12:00"),
        ({"dates": {"2026-12-24": "00:00-00:00", "2026-12-25": "01:00-00:00"}}, "on 2026-12-25 from 00:00"),
        ({"yearly": {"12-24": "00:00-12:00"}}, "on 12-24 from 12:00"),
        ({"holidays": "US", "named": {"Labor Day": "00:00-12:00"}}, "on a holiday from 00:00"),
    ],
)
def test_so_may_a_date_and_a_day_of_every_year(rules: dict[str, Any], when: str) -> None:
    always = {"mon-sun": "00:00-00:00"}
    assert told(office={**always, "except": rules}, other=always)[1] == ("other", when)


def test_closures_shut_what_was_open_alone_and_together() -> None:
    always = {"mon-sun": "00:00-00:00"}
    assert told(
        {"snow": {"closes": "a"}, "flood": {"closes": ["b"]}, "note": {"say": "x", "closes": []}}, a=always, b=always
    ) == [
        ("a b", "from Monday 00:00"),
        ("b", "while snow is on"),
        ("a", "while flood is on"),
        ("", "while snow and flood are on"),
    ]


def test_everything_closed_is_always_looked_at() -> None:
    assert told(office={"mon-sun": "00:00-00:00"}) == [
        ("office", "from Monday 00:00"),
        ("", "while everything is closed"),
    ]


CLOCK = st.integers(0, 23).map(lambda hour: f"{hour:02}:00")
SPANS = st.tuples(CLOCK, CLOCK).map("-".join)
DAYS = st.dictionaries(st.sampled_from(["mon-fri", "sat", "sun", "thu"]), SPANS, max_size=3)
EXCEPT = st.fixed_dictionaries({"holidays": st.just("US"), "yearly": st.dictionaries(st.just("11-27"), SPANS)})


@settings(max_examples=20, deadline=None)
@given(one=DAYS, other=DAYS, rules=EXCEPT)
def test_no_hour_brings_a_state_that_was_not_looked_at(one: Any, other: Any, rules: Any) -> None:
    hours = {"one": Opening.model_validate({**one, "except": rules}), "other": Opening.model_validate(other)}
    plan = small().model_copy(update={"hours": hours})
    calendar, known = Calendar(plan), {state.open for state in states(plan)}
    first = datetime(2026, 11, 23, tzinfo=ZoneInfo("America/New_York"))  # Thanksgiving's week, and the next one
    for hour in range(14 * 24):
        moment = first + timedelta(hours=hour)
        assert frozenset(name for name in hours if calendar.is_open(name, moment)) in known
