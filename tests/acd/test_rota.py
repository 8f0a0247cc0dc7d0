"""On-call rotas, also in the nights when the clock is changed: 8 March and 1 November 2026 in New York."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.rota import Doubt, Gap, Rota, Rotation, Shift, Swap, doubtful, gaps, next_change, on_call

NEW_YORK = ZoneInfo("America/New_York")
EVERY_DAY = frozenset(range(7))
SUNDAY, MONDAY = frozenset({6}), frozenset({0})
DAY = Shift(("dee",), EVERY_DAY, time(7), time(23))
NIGHT = Shift(("nia", "nick"), EVERY_DAY, time(23), time(7))
WEEKS = Rotation(date(2026, 11, 2), (("ana", "bo"), ("bo", "ana"), ("cleo",)))


def rota(*shifts: Shift, rotation: Rotation | None = None, swaps: tuple[Swap, ...] = ()) -> Rota:
    return Rota("nurse", "America/New_York", shifts, rotation, swaps)


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold)


def swap(begins: str, ends: str, instead_of: str, who: str) -> Swap:
    return Swap(datetime.fromisoformat(begins), datetime.fromisoformat(ends), instead_of, who)


# ---- who is on call -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-11-20 06:59", ("nia", "nick")),
        ("2026-11-20 07:00", ("dee",)),
        ("2026-11-20 22:59", ("dee",)),
        ("2026-11-20 23:00", ("nia", "nick")),
        ("2026-11-21 00:00", ("nia", "nick")),
    ],
)
def test_a_shift_begins_on_its_minute_and_may_pass_midnight(at: str, who: tuple[str, ...]) -> None:
    assert on_call(rota(DAY, NIGHT), local(at)) == who


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    friday_night = Shift(("fay",), frozenset({4}), time(23), time(7))
    assert on_call(rota(friday_night), local("2026-11-21 03:00")) == ("fay",)
    assert on_call(rota(friday_night), local("2026-11-20 03:00")) == ()


def test_the_same_time_twice_is_a_whole_day() -> None:
    sunday = rota(Shift(("sue",), SUNDAY, time(8), time(8)))
    assert on_call(sunday, local("2026-11-22 08:00")) == ("sue",)
    assert on_call(sunday, local("2026-11-23 07:59")) == ("sue",)
    assert on_call(sunday, local("2026-11-23 08:00")) == ()


def test_of_shifts_at_the_same_time_the_first_named_is_called_first_and_nobody_twice() -> None:
    backup = Shift(("cleo", "dee"), EVERY_DAY, time(0), time(0))
    assert on_call(rota(DAY, backup), local("2026-11-20 12:00")) == ("dee", "cleo")


def test_a_moment_may_come_in_any_zone() -> None:
    assert on_call(rota(DAY, NIGHT), datetime(2026, 11, 20, 12, 0, tzinfo=UTC)) == ("dee",)
    assert on_call(rota(DAY, NIGHT), datetime(2026, 11, 20, 11, 59, tzinfo=UTC)) == ("nia", "nick")


# ---- the nights when the clock is changed ---------------------------------------------------------------------------


def seconds_on_call(of: Rota, who: str, night: str) -> int:
    """How many minutes' worth of seconds `who` is on call in the 24 hours from noon of the day."""
    noon = local(f"{night} 12:00").astimezone(UTC)
    minutes = [noon + timedelta(minutes=minute) for minute in range(24 * 60)]
    return 60 * sum(who in on_call(of, minute) for minute in minutes)


def test_a_night_shift_is_an_hour_shorter_or_longer_when_the_clock_is_changed() -> None:
    nights = ("2026-03-06", "2026-03-07", "2026-10-31")
    assert [seconds_on_call(rota(DAY, NIGHT), "nia", night) / 3600 for night in nights] == [8, 7, 9]


def test_a_boundary_in_the_hour_that_does_not_occur_is_the_moment_of_the_change() -> None:
    halves = rota(
        Shift(("early",), EVERY_DAY, time(23), time(2, 30)), Shift(("late",), EVERY_DAY, time(2, 30), time(7))
    )
    assert on_call(halves, local("2026-03-08 01:59")) == ("early",)
    assert on_call(halves, local("2026-03-08 03:00")) == ("late",)


def test_a_boundary_in_the_hour_that_occurs_twice_is_the_first_one() -> None:
    halves = rota(
        Shift(("early",), EVERY_DAY, time(23), time(1, 30)), Shift(("late",), EVERY_DAY, time(1, 30), time(7))
    )
    assert on_call(halves, local("2026-11-01 01:29")) == ("early",)
    assert on_call(halves, local("2026-11-01 01:30")) == ("late",)
    assert on_call(halves, local("2026-11-01 01:15", fold=1)) == ("late",)
    assert on_call(halves, local("2026-11-01 01:45", fold=1)) == ("late",)


def test_a_shift_that_has_the_whole_hour_has_it_both_times() -> None:
    hour = rota(Shift(("una",), EVERY_DAY, time(1), time(2)))
    assert seconds_on_call(hour, "una", "2026-10-31") == 2 * 3600
    assert seconds_on_call(hour, "una", "2026-10-30") == 3600


def test_a_shift_inside_the_hour_that_does_not_occur_is_no_shift_that_night() -> None:
    assert seconds_on_call(rota(Shift(("una",), EVERY_DAY, time(2, 10), time(2, 40))), "una", "2026-03-07") == 0


@given(
    cuts=st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=5, unique=True),
    minute=st.integers(0, 2 * 24 * 60),
    night=st.sampled_from(["2026-03-07", "2026-10-31", "2026-06-01"]),
)
def test_shifts_that_meet_on_the_wall_leave_nobody_out_and_nobody_doubled(
    cuts: list[int], minute: int, night: str
) -> None:
    clocks = [time(*divmod(cut, 60)) for cut in sorted(cuts)]
    ends = [*clocks[1:], clocks[0]]
    whole = rota(*(Shift((str(n),), EVERY_DAY, *cut) for n, cut in enumerate(zip(clocks, ends, strict=True))))
    assert gaps(whole) == ()
    assert len(on_call(whole, local(f"{night} 00:00").astimezone(UTC) + timedelta(minutes=minute))) == 1


# ---- rotation, swaps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-11-02 08:00", ("ana", "bo")),
        ("2026-11-09 07:59", ("ana", "bo")),
        ("2026-11-09 08:00", ("bo", "ana")),
        ("2026-11-16 12:00", ("cleo",)),
        ("2026-11-23 08:00", ("ana", "bo")),
        ("2026-11-01 12:00", ("cleo",)),
    ],
)
def test_the_week_changes_hands_with_the_shift_and_goes_round(at: str, who: tuple[str, ...]) -> None:
    assert on_call(rota(Shift((), EVERY_DAY, time(8), time(8)), rotation=WEEKS), local(at)) == who


def test_who_takes_a_night_is_called_for_it_and_the_shift_goes_on_as_planned_afterwards() -> None:
    covered = rota(DAY, NIGHT, swaps=(swap("2026-11-20 23:00", "2026-11-21 07:00", "nia", "bo"),))
    assert on_call(covered, local("2026-11-20 22:59")) == ("dee",)
    assert on_call(covered, local("2026-11-21 06:59")) == ("bo", "nick")
    assert on_call(covered, local("2026-11-21 23:00")) == ("nia", "nick")


def test_a_swap_may_have_a_zone_of_its_own() -> None:
    begins = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    covered = rota(DAY, NIGHT, swaps=(Swap(begins, begins + timedelta(hours=1), "nia", "bo"),))
    assert on_call(covered, local("2026-11-20 23:59")) == ("bo", "nick")
    assert on_call(covered, local("2026-11-21 00:00")) == ("nia", "nick")


def test_two_people_exchange_places() -> None:
    both = (
        swap("2026-11-20 23:00", "2026-11-21 07:00", "nia", "nick"),
        swap("2026-11-20 23:00", "2026-11-21 07:00", "nick", "nia"),
    )
    assert on_call(rota(NIGHT, swaps=both), local("2026-11-21 01:00")) == ("nick", "nia")


def test_who_stands_in_for_somebody_beside_them_is_called_once() -> None:
    covered = rota(NIGHT, swaps=(swap("2026-11-20 23:00", "2026-11-21 07:00", "nia", "nick"),))
    assert on_call(covered, local("2026-11-21 01:00")) == ("nick",)


# ---- when it changes ------------------------------------------------------------------------------------------------


def changes(of: Rota, begins: str, number: int) -> list[str]:
    found, moment = [], local(begins)
    for _ in range(number):
        moment = next_change(of, moment)
        found.append(f"{moment.astimezone(NEW_YORK):%m-%d %H:%M} {' '.join(on_call(of, moment))}")
    return found


def test_when_somebody_else_is_on_call() -> None:
    covered = rota(DAY, NIGHT, swaps=(swap("2026-11-20 12:00", "2026-11-20 13:30", "dee", "bo"),))
    assert changes(covered, "2026-11-20 07:00", 4) == [
        "11-20 12:00 bo",
        "11-20 13:30 dee",
        "11-20 23:00 nia nick",
        "11-21 07:00 dee",
    ]


def test_a_week_that_changes_hands_is_a_change_and_a_shift_of_the_same_people_is_none() -> None:
    weekly = rota(Shift((), EVERY_DAY, time(8), time(8)), rotation=WEEKS)
    assert changes(weekly, "2026-11-03 12:00", 2) == ["11-09 08:00 bo ana", "11-16 08:00 cleo"]


def test_where_nobody_else_comes_it_is_looked_at_again_after_eight_days() -> None:
    always = rota(Shift(("ana",), EVERY_DAY, time(8), time(8)))
    assert next_change(always, local("2026-11-03 12:00")) == local("2026-11-11 12:00")


@given(st.integers(0, 60 * 24 * 7), st.integers(0, 60 * 24 * 7))
def test_nobody_else_is_on_call_before_the_next_change(begun: int, later: int) -> None:
    shifts = rota(DAY, NIGHT, swaps=(swap("2026-11-01 00:30", "2026-11-01 01:30", "nia", "bo"),))
    now = local("2026-10-29 00:00").astimezone(UTC) + timedelta(minutes=begun)
    moment = now + timedelta(minutes=later)
    assert moment >= next_change(shifts, now) or on_call(shifts, moment) == on_call(shifts, now)


# ---- gaps -----------------------------------------------------------------------------------------------------------


def test_day_and_night_leave_no_gap() -> None:
    assert gaps(rota(DAY, NIGHT)) == ()


def test_gaps_are_told_in_words() -> None:
    office = Shift(("dee",), frozenset(range(5)), time(8), time(17))
    weekend = Shift(("sue",), frozenset({5}), time(0), time(12))
    assert [str(gap) for gap in gaps(rota(office, weekend))] == [
        "Monday 17:00 to Tuesday 08:00",
        "Tuesday 17:00 to Wednesday 08:00",
        "Wednesday 17:00 to Thursday 08:00",
        "Thursday 17:00 to Friday 08:00",
        "Friday 17:00 to Saturday 00:00",
        "Saturday 12:00 to Monday 08:00",
    ]


def test_a_rota_without_shifts_leaves_the_whole_week() -> None:
    assert gaps(rota()) == (Gap(0, time(), 0, time()),)
    assert str(gaps(rota())[0]) == "the whole week"


def test_sunday_night_covers_monday_morning() -> None:
    assert [str(gap) for gap in gaps(rota(Shift(("sue",), SUNDAY, time(20), time(8))))] == [
        "Monday 08:00 to Sunday 20:00"
    ]


def test_a_gap_may_end_with_the_week() -> None:
    six_days = Shift(("dee",), EVERY_DAY - SUNDAY, time(0), time(0))
    assert [str(gap) for gap in gaps(rota(six_days))] == ["Sunday 00:00 to Monday 00:00"]


def test_a_week_of_the_rotation_that_names_nobody_is_a_gap() -> None:
    always = Shift((), EVERY_DAY, time(0), time(0))
    assert gaps(rota(always, rotation=WEEKS)) == ()
    assert [str(gap) for gap in gaps(rota(always, rotation=Rotation(date(2026, 11, 2), (("ana",), ()))))] == [
        "the whole week"
    ]
    assert [str(gap) for gap in gaps(rota(always))] == ["the whole week"]


# ---- doubts ---------------------------------------------------------------------------------------------------------

PEOPLE = {"dee", "nia", "nick", "bo"}


def test_a_right_rota_has_no_doubts() -> None:
    covered = (swap("2026-11-20 22:00", "2026-11-21 02:00", "nia", "bo"),)
    assert doubtful(rota(DAY, NIGHT, swaps=covered), PEOPLE) == ()


def test_people_who_do_not_exist_are_found_in_shifts_rotation_and_swaps() -> None:
    strange = rota(
        Shift(("dee", "x"), EVERY_DAY, time(0), time(0)),
        rotation=Rotation(date(2026, 11, 2), (("dee",), ("y",))),
        swaps=(swap("2026-11-20 08:00", "2026-11-20 09:00", "dee", "z"),),
    )
    assert doubtful(strange, PEOPLE) == (
        Doubt(("shifts", 0, "who", 1), "'x' is not a person"),
        Doubt(("rotation", "weeks", 1, 0), "'y' is not a person"),
        Doubt(("swaps", 0, "who"), "'z' is not a person"),
    )


def test_a_swap_with_somebody_who_is_not_on_call_then_is_doubted() -> None:
    by_day = swap("2026-11-20 08:00", "2026-11-20 20:00", "nia", "bo")
    assert doubtful(rota(DAY, NIGHT, swaps=(by_day,)), PEOPLE) == (
        Doubt(("swaps", 0, "instead_of"), "nia is not on call between 2026-11-20 08:00 and 2026-11-20 20:00"),
    )


def test_swaps_of_one_person_at_the_same_time_are_doubted() -> None:
    twice = (
        swap("2026-11-20 23:00", "2026-11-21 07:00", "nia", "bo"),
        swap("2026-11-21 06:00", "2026-11-22 07:00", "nia", "dee"),
        swap("2026-11-22 07:00", "2026-11-23 07:00", "nia", "bo"),
    )
    assert doubtful(rota(DAY, NIGHT, swaps=twice), PEOPLE) == (
        Doubt(("swaps", 1), "swap 1 replaces nia at 2026-11-21 06:00, too: keep one of them"),
    )


def test_a_swap_that_ends_before_it_begins_is_doubted() -> None:
    backwards = (swap("2026-11-21 07:00", "2026-11-20 23:00", "nia", "bo"),)
    assert doubtful(rota(DAY, NIGHT, swaps=backwards), PEOPLE) == (
        Doubt(("swaps", 0, "ends"), "the swap ends before it begins"),
    )


def test_shifts_and_weeks_without_anybody_are_doubted() -> None:
    always = Shift((), MONDAY, time(0), time(0))
    assert doubtful(rota(always), PEOPLE) == (
        Doubt(("shifts", 0, "who"), "the shift names nobody, and the rota has no rotation"),
    )
    assert doubtful(rota(always, rotation=Rotation(date(2026, 11, 2), (("bo",), ()))), PEOPLE) == (
        Doubt(("rotation", "weeks", 1), "week 2 of the rotation names nobody"),
    )


@pytest.mark.parametrize("name", ["America/Riverside", "", "../etc/passwd", "America"])
def test_a_time_zone_that_is_none_is_doubted(name: str) -> None:
    assert doubtful(Rota("nurse", name, (DAY,)), PEOPLE) == (Doubt(("timezone",), f"'{name}' is not a time zone"),)
