"""The weekly profile: from days on record to the half hours of a week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import ceil
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from acd.forecast import HalfHour, Profile, Visit, mean_handle_seconds, weekly_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 11, 20)  # a Friday
NOW = datetime(2026, 11, 20, 12, tzinfo=NEW_YORK).timestamp()
MONDAY, FRIDAY, SUNDAY = 0, 4, 6
NINE = 18


def day_before(days: int) -> date:
    return TODAY - timedelta(days=days)


def at(day: date, hour: int, minute: int = 0) -> float:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK).timestamp()


def record(weeks: int, calls: Callable[[date], int]) -> Iterator[float]:
    """So many calls at nine on each of the last weeks' days."""
    for days in range(1, weeks * 7 + 1):
        for n in range(calls(day_before(days))):
            yield at(day_before(days), 9, n % 30)


def profile_of(joined: Iterator[float] | list[float], weeks: int) -> Profile:
    return weekly_profile(joined, at(day_before(weeks * 7 + 1), 12), NOW, NEW_YORK)


def nine_on(profile: Profile, weekday: int) -> HalfHour:
    half_hours = profile.days[weekday]
    assert half_hours is not None
    return half_hours[NINE]


def test_the_same_calls_every_day_are_expected_again() -> None:
    profile = profile_of(record(5, lambda _: 6), weeks=5)
    assert [day and round(day[NINE].calls, 9) for day in profile.days] == [6.0] * 7
    assert [day and day[NINE + 1] for day in profile.days] == [HalfHour(0.0, 0.0)] * 7
    assert (profile.used, profile.left_out) == (35, ())


def test_recent_weeks_count_for_more() -> None:
    grown = profile_of(record(16, lambda day: 8 if day > day_before(29) else 5), weeks=16)
    assert 6.5 < nine_on(grown, MONDAY).calls < 6.7  # the last four weeks are 53 % of the weight


def test_a_holiday_does_not_spoil_its_weekday() -> None:
    holiday = day_before(4)  # last Monday
    profile = profile_of(record(3, lambda day: 0 if day == holiday else 9), weeks=3)
    assert nine_on(profile, MONDAY).calls == pytest.approx(9.0)
    assert profile.left_out == (holiday,)


def test_a_weekday_that_is_always_closed_is_expected_to_be_closed() -> None:
    closed_sundays = profile_of(record(6, lambda day: 0 if day.weekday() == SUNDAY else 4), weeks=6)
    assert nine_on(closed_sundays, SUNDAY) == HalfHour(0.0, 0.0)
    assert closed_sundays.left_out == ()


def test_new_hours_are_believed_after_six_weeks() -> None:
    def calls(weeks_ago: int) -> Callable[[date], int]:
        return lambda day: 0 if day.weekday() == SUNDAY and day > day_before(weeks_ago * 7) else 4

    assert nine_on(profile_of(record(16, calls(3)), weeks=16), SUNDAY).calls == pytest.approx(4.0)
    assert nine_on(profile_of(record(16, calls(7)), weeks=16), SUNDAY).calls < 1.5


def test_one_storm_of_calls_counts_as_a_bound() -> None:
    storm = profile_of(record(8, lambda day: 200 if day == day_before(4) else 4), weeks=8)
    assert 4.0 < nine_on(storm, MONDAY).calls < 6.0  # 4 + 3 spreads of 2, with a fifth of the weight


def test_half_hours_are_those_of_the_practice_also_over_the_change_of_clocks() -> None:
    """New York put its clocks back on 2026-11-01: nine o'clock stays nine o'clock."""
    profile = profile_of([at(day_before(4), 9, 29), at(day_before(25), 9, 0), at(day_before(11), 9, 30)], weeks=4)
    monday = profile.days[MONDAY]
    assert monday is not None
    assert [n for n, half_hour in enumerate(monday) if half_hour.calls] == [NINE, NINE + 1]


def test_only_whole_days_count() -> None:
    today_and_first = [NOW - 60, at(day_before(8), 13)]
    profile = profile_of([*today_and_first, *record(1, lambda _: 2)], weeks=1)
    assert (nine_on(profile, FRIDAY).calls, profile.used) == (2.0, 7)
    assert sum(half_hour.calls for day in profile.days if day for half_hour in day) == 14


def test_weekdays_that_are_not_on_record_are_not_guessed() -> None:
    profile = weekly_profile(record(1, lambda _: 2), at(day_before(3), 8), NOW, NEW_YORK)
    assert [day is None for day in profile.days] == [True, True, False, False, True, True, True]
    assert profile.used == 2
    assert weekly_profile([NOW - 60], NOW - 3600, NOW, NEW_YORK) == Profile((None,) * 7, used=0)


def test_old_records_are_left_behind() -> None:
    profile = weekly_profile(record(60, lambda _: 1), at(day_before(420), 8), NOW, UTC)
    assert profile.used == 16 * 7


# ---- a busy half hour -------------------------------------------------------------------------------------------


def test_the_middle_of_days_is_what_is_expected_and_busy_is_more() -> None:
    usual = HalfHour(9.0, 9.0)
    assert (usual.busy(0.5), round(usual.busy(0.8), 2)) == (9.0, 11.52)
    assert HalfHour(0.0, 0.0).busy(0.8) == 0.0


@pytest.mark.parametrize("weeks", [4, 12])
@pytest.mark.parametrize("busyness", [0.0, 0.25])
def test_on_eight_of_ten_days_no_more_come_than_a_busy_half_hour_has(weeks: int, busyness: float) -> None:
    """Simulated practices: days differ by a factor, calls come by chance; the next week is compared."""
    random, kept, asked = Random(3), 0, 0
    for _ in range(40):
        profile = profile_of(simulated(random, weeks, busyness), weeks)
        for day in profile.days:
            assert day is not None
            factor = max(0.0, random.gauss(1, busyness))
            kept += sum(poisson(random, 8 * factor) <= ceil(day[n].busy(0.8) - 0.5) for n in range(NINE, NINE + 8))
            asked += 8
    assert 0.76 < kept / asked < 0.90


def simulated(random: Random, weeks: int, busyness: float) -> Iterator[float]:
    for days in range(1, weeks * 7 + 1):
        factor = max(0.0, random.gauss(1, busyness))
        for half_hour in range(NINE, NINE + 8):
            for _ in range(poisson(random, 8 * factor)):
                yield at(day_before(days), half_hour // 2, half_hour % 2 * 30)


def poisson(random: Random, mean: float) -> int:
    count, passed = 0, random.expovariate(1)
    while passed < mean:
        count, passed = count + 1, passed + random.expovariate(1)
    return count


# ---- handle times -----------------------------------------------------------------------------------------------


def visits(*handled: float | None, joined: float = NOW) -> list[Visit]:
    return [Visit("desk", joined, each) for each in handled]


def test_the_handle_time_is_the_mean_of_those_who_were_answered() -> None:
    assert mean_handle_seconds(visits(100, None, 200, 300), NOW) == 200


def test_recent_handle_times_count_for_more() -> None:
    month_ago = visits(100, joined=NOW - timedelta(weeks=4).total_seconds())
    assert mean_handle_seconds([*month_ago, *visits(400)], NOW) == pytest.approx(300)


def test_a_receiver_that_was_not_put_back_counts_as_ten_medians() -> None:
    assert mean_handle_seconds(visits(100, 100, 100, 36_000), NOW) == pytest.approx(325)


def test_without_an_answer_there_is_no_handle_time() -> None:
    assert mean_handle_seconds(visits(None), NOW) is None
