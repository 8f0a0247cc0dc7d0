"""What is open when: any week, any exception, any night in which the clock is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.menus.plan.calendar import Calendar, spans_of
from ivr.menus.plan.opening import Opening
from tests.menus.plans import small

NEW_YORK = "America/New_York"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def calendar(hours: dict[str, Any], zone: str = NEW_YORK) -> Calendar:
    plan = small((NEW_YORK, zone))
    return Calendar(plan.model_copy(update={"hours": {"office": Opening.model_validate(hours)}}))


def at(text: str, zone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def open_times(hours: dict[str, Any], begins: str, until: str, zone: str = NEW_YORK) -> list[str]:
    """When it opens and closes between two moments, on the wall."""
    found, moment, rules = [], at(begins, zone), calendar(hours, zone)
    while (moment := rules.next_change("office", moment)) < at(until, zone):
        found.append(f"{moment:%m-%d %H:%M} {'opens' if rules.is_open('office', moment) else 'closes'}")
    return found


# ---- the week -------------------------------------------------------------------------------------------------------


def test_a_lunch_break_and_a_half_day() -> None:
    hours = {"mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": "09:00-12:00"}
    assert open_times(hours, "2026-11-20 00:00", "2026-11-23 00:00") == [
        "11-20 08:00 opens",
        "11-20 12:00 closes",
        "11-20 13:00 opens",
        "11-20 17:00 closes",
        "11-21 09:00 opens",
        "11-21 12:00 closes",
    ]


def test_a_night_goes_on_into_a_day_on_which_none_begins() -> None:
    hours = {"mon-thu": "17:00-08:00"}
    assert open_times(hours, "2026-11-19 12:00", "2026-11-23 12:00") == ["11-19 17:00 opens", "11-20 08:00 closes"]


def test_the_first_minute_is_open_and_the_last_one_over() -> None:
    rules = calendar({"mon-fri": "08:00-17:00"})
    moments = ("07:59", "08:00", "16:59", "17:00")
    assert [rules.is_open("office", at(f"2026-11-20 {each}")) for each in moments] == [False, True, True, False]


def test_round_the_clock_never_changes() -> None:
    rules = calendar({"mon-sun": "00:00-00:00"})
    assert rules.is_open("office", at("2026-11-20 00:00"))
    assert rules.next_change("office", at("2026-11-20 10:00")) > at("2027-11-20 10:00")


def test_a_moment_may_come_in_any_zone() -> None:
    assert calendar({"fri": "08:00-17:00"}).is_open("office", datetime(2026, 11, 20, 13, tzinfo=UTC))


# ---- other days -----------------------------------------------------------------------------------------------------

RIVERSIDE = {
    "mon-fri": "08:00-17:00",
    "sat": "09:00-12:00",
    "except": {
        "holidays": "US-MA",
        "named": {"columbus day": "open", "Veterans Day": "10:00-14:00", "day after Thanksgiving Day": "closed"},
        "yearly": {"12-24": "08:00-12:00", "07-03": "closed"},
        "dates": {"2027-12-24": ["08:00-10:00", "11:00-12:00"], "2026-12-31": "closed", "2026-11-25": "08:00-20:00"},
    },
}


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-11-20", "08:00-17:00"),  # an ordinary Friday
        ("2026-11-21", "09:00-12:00"),
        ("2026-11-22", ""),
        ("2026-04-20", ""),  # Patriots' Day, of Massachusetts alone
        ("2026-05-25", ""),
        ("2026-10-12", "08:00-17:00"),  # a holiday on which this practice works
        ("2026-11-11", "10:00-14:00"),
        ("2026-11-26", ""),  # Thanksgiving moves, and the day after it, too
        ("2026-11-27", ""),
        ("2027-11-26", ""),
        ("2026-07-03", ""),
        ("2028-07-03", ""),
        ("2026-12-24", "08:00-12:00"),
        ("2027-12-24", "08:00-10:00 11:00-12:00"),  # a date wins over what is so every year
        ("2026-12-31", ""),
        ("2026-11-25", "08:00-20:00"),
    ],
)
def test_dates_win_over_what_is_yearly_over_holidays_over_the_week(day: str, hours: str) -> None:
    spans = spans_of(Opening.model_validate(RIVERSIDE), date.fromisoformat(day))
    assert " ".join(f"{span.begins:%H:%M}-{span.ends:%H:%M}" for span in spans) == hours


def test_holidays_have_names() -> None:
    rules = calendar(RIVERSIDE)
    days = ("2026-11-26", "2026-10-12", "2026-11-20")
    assert [rules.holiday("office", at(f"{day} 09:00")) for day in days] == ["Thanksgiving Day", "Columbus Day", ""]
    assert calendar({"mon": "08:00-17:00"}).holiday("office", at("2026-11-26 09:00")) == ""


def test_a_holiday_that_is_kept_on_another_day_is_the_same_one() -> None:
    hours = {"mon-sun": "08:00-17:00", "except": {"holidays": "US", "named": {"Independence Day": "10:00-11:00"}}}
    kept = [spans_of(Opening.model_validate(hours), date(2026, 7, day))[0].begins.hour for day in (2, 3, 4)]
    assert kept == [8, 10, 10]


def test_holidays_of_two_countries() -> None:
    hours = {"mon-fri": "08:00-17:00", "except": {"holidays": ["PR", "MX"]}}
    rules = calendar(hours, "America/Puerto_Rico")
    assert rules.holiday("office", at("2026-09-16 12:00", "America/Puerto_Rico")) == "Independence Day"
    assert rules.holiday("office", at("2026-01-06 12:00", "America/Puerto_Rico")) == "Epiphany"


def test_the_night_before_a_holiday_is_finished_and_the_holidays_own_does_not_begin() -> None:
    hours = {"mon-fri": "17:00-08:00", "except": {"holidays": "US"}}
    assert open_times(hours, "2026-11-25 12:00", "2026-11-27 12:00") == ["11-25 17:00 opens", "11-26 08:00 closes"]


# ---- the nights when the clock is changed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "night", "lasts"),
    [
        (NEW_YORK, "2026-03-07", 14),
        (NEW_YORK, "2026-10-31", 16),
        (NEW_YORK, "2026-11-07", 15),
        ("Europe/Madrid", "2026-03-28", 14),
        ("Europe/Madrid", "2026-10-24", 16),
        ("Australia/Lord_Howe", "2026-10-03", 14.5),
        ("America/Havana", "2026-03-07", 14),
        ("America/Puerto_Rico", "2026-03-07", 15),
    ],
)
def test_a_night_is_read_off_the_wall(zone: str, night: str, lasts: float) -> None:
    rules = calendar({"mon-sun": "17:00-08:00"}, zone)
    begins = rules.next_change("office", at(f"{night} 12:00", zone))
    ends = rules.next_change("office", begins)
    assert (f"{begins:%H:%M}", f"{ends:%H:%M}") == ("17:00", "08:00")
    assert (ends.astimezone(UTC) - begins.astimezone(UTC)) / timedelta(hours=1) == lasts


def test_what_is_over_does_not_begin_again_when_the_clock_is_put_back() -> None:
    rules = calendar({"sun": "00:00-01:30"})
    assert open_times({"sun": "00:00-01:30"}, "2026-10-31 12:00", "2026-11-02 00:00") == [
        "11-01 00:00 opens",
        "11-01 01:30 closes",
    ]
    assert not rules.is_open("office", datetime(2026, 11, 1, 6, 15, tzinfo=UTC))  # 01:15 for the second time


def test_hours_that_the_clock_jumps_over_are_none() -> None:
    assert open_times({"sun": "02:10-02:50"}, "2026-03-07 12:00", "2026-03-09 00:00") == []


# ---- any hours -------------------------------------------------------------------------------------------------------

ZONES = st.sampled_from([NEW_YORK, "Europe/Madrid", "Australia/Lord_Howe", "America/Havana", "America/Phoenix"])
CLOCK = st.integers(0, 95).map(lambda quarter: f"{time(quarter // 4, quarter % 4 * 15):%H:%M}")
SPAN = st.tuples(CLOCK, CLOCK).map("-".join)
SPECIAL = st.one_of(SPAN, st.just("closed"), st.just("open"))
CHANGES = (date(2026, 3, 7), date(2026, 3, 28), date(2026, 10, 3), date(2026, 10, 24), date(2026, 10, 31))


@st.composite
def openings(draw: st.DrawFn, first: date) -> dict[str, Any]:
    days = st.dictionaries(st.sampled_from(["mon-fri", "sat", "sun", "fri-mon"]), st.lists(SPAN, max_size=2))
    dates = st.dictionaries(st.integers(0, 3).map(lambda ahead: str(first + ahead * DAY)), SPECIAL, max_size=2)
    return {**draw(days), "except": {"holidays": "US", "dates": draw(dates)}}


def naively(hours: dict[str, Any], zone: ZoneInfo, first: datetime, minutes: int) -> list[bool]:
    """Look at the clock each minute; one that is put back stands still until it has caught up."""
    opening, latest, found = Opening.model_validate(hours), datetime(1, 1, 1), []  # noqa: DTZ001 - the wall has no zone
    for minute in range(minutes):
        latest = max(latest, (first + minute * MINUTE).astimezone(zone).replace(tzinfo=None))
        found.append(any(begins <= latest < ends for begins, ends in written(opening, latest.date())))
    return found


def written(opening: Opening, today: date) -> list[tuple[datetime, datetime]]:
    found = []
    for day in (today - DAY, today):
        for span in spans_of(opening, day):
            begins, ends = datetime.combine(day, span.begins), datetime.combine(day, span.ends)
            found.append((begins, ends if ends > begins else ends + DAY))
    return found


@settings(max_examples=25, deadline=None)
@given(data=st.data(), zone=ZONES, first=st.sampled_from(CHANGES))
def test_a_look_at_the_clock_each_minute_agrees(data: st.DataObject, zone: str, first: date) -> None:
    hours = data.draw(openings(first))
    rules, begins = calendar(hours, zone), datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)
    minutes = 2 * 24 * 60
    found = [rules.is_open("office", begins + minute * MINUTE) for minute in range(minutes)]
    assert found == naively(hours, ZoneInfo(zone), begins, minutes)
    now = begins
    while (change := rules.next_change("office", now)) < begins + minutes * MINUTE:
        before, after = (now - begins) // MINUTE, (change.astimezone(UTC) - begins) // MINUTE
        assert set(found[before:after]) == {found[before]}
        assert found[after] != found[before]
        now = change
    assert len(set(found[(now.astimezone(UTC) - begins) // MINUTE :])) == 1
