from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest

from acd.forecast import Visit
from acd.model import Callback
from acd.patience import Ending, Patience, Wait
from acd.simulation.traffic import Stream
from ivr.errors import UserError
from ivr.reports.simulated_day import (
    day_under,
    expected,
    generated,
    patience_on_record,
    recorded,
    scaled,
    typical_shifts,
    usual_streams,
    with_patience,
    with_people,
)
from tests.menus.plans import small

ZONE = ZoneInfo("America/New_York")
TUESDAY = date(2026, 11, 17)
DESK = Stream("desk", (0.0,) * 16 + (6.0,) * 18 + (0.0,) * 14)


def moment(day: date, hour: float) -> float:
    return (datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)).timestamp()


def test_a_typical_day_has_sixty_calls_for_each_person_split_as_people_serve_the_queues() -> None:
    """Ana serves both queues, emma the nurse's alone."""
    calls = {stream.queue: sum(stream.calls) for stream in expected(small(), None)}
    assert calls == {"desk": pytest.approx(30), "nurse": pytest.approx(90)}


def test_only_the_queue_for_danger_has_urgent_callers_and_some_callers_need_the_other_language() -> None:
    desk, nurse = expected(small(), None)
    assert (desk.urgent, nurse.urgent > 0) == (0.0, True)
    assert [(str(needs), share) for needs, share in desk.needs] == [("spanish", 0.15)]


def test_calls_are_spread_as_before_when_there_are_more() -> None:
    (twice,) = scaled((DESK,), 216)
    assert twice.calls == tuple(2 * calls for calls in DESK.calls)


def test_lunch_is_taken_in_turns() -> None:
    shifts = typical_shifts(("ana", "bo"))
    assert {name: (stretches[1][1], stretches[2][0]) for name, stretches in shifts.items()} == {
        "ana": (11.5 * 3600, 12.0 * 3600),
        "bo": (12.0 * 3600, 12.5 * 3600),
    }


def test_only_people_who_are_named_are_at_work() -> None:
    plan = small()
    comings = with_people(generated("a day", 1, (DESK,), seed=1), plan.people, None)
    assert day_under(plan, comings, None).shifts.keys() == {"ana", "emma"}
    assert day_under(plan, comings, ("emma",)).shifts.keys() == {"emma"}


def test_callers_are_called_back_within_the_hours_of_the_plan() -> None:
    hours = 'callback: {hours: {tue: "09:00-16:30"}}, overflow'
    plan = small(("overflow", hours))
    callback = day_under(plan, generated("a day", 1, (DESK,), seed=1), None).callbacks["desk"]
    assert callback == Callback(hours=((9 * 3600.0, 16.5 * 3600.0),))


def test_in_an_urgent_queue_everybody_is_urgent() -> None:
    plan = small(("clinical: yes", "clinical: yes, priority: urgent"))
    assert day_under(plan, generated("a day", 1, (DESK,), seed=1), None).urgent == {"nurse"}


def test_a_day_on_record_has_its_calls_at_their_times_with_their_talks() -> None:
    seen = [
        Visit("desk", moment(TUESDAY, -1), 100.0),
        Visit("desk", moment(TUESDAY, 9), 105.0),
        Visit("desk", moment(TUESDAY, 10), None),
        Visit("gone", moment(TUESDAY, 10), 50.0),
        Visit("desk", moment(TUESDAY, 25), 100.0),
    ]
    comings = recorded((DESK,), seen, TUESDAY, ZONE, seed=1)
    first, second = comings.visitors
    assert (first.at, first.talk_seconds, second.at) == (9 * 3600.0, 100.0, 10 * 3600.0)
    assert comings.told == "Tuesday, 2026-11-17, with the 2 calls on record"


def test_who_gave_up_on_record_gives_up_then_and_who_did_not_is_more_patient_than_the_wait() -> None:
    waits = [Wait(600.0, ended) for ended in Ending for _ in range(100)]
    seen = [Visit("desk", moment(TUESDAY, 9) + n, wait=wait) for n, wait in enumerate(waits)]
    patience: dict[Ending, list[float]] = {ended: [] for ended in Ending}
    for visitor, wait in zip(recorded((DESK,), seen, TUESDAY, ZONE, seed=1).visitors, waits, strict=True):
        patience[wait.ended].append(visitor.patience_seconds)
    assert patience[Ending.GAVE_UP] == [600.0] * 100
    assert all(seconds > 600 for seconds in patience[Ending.ANSWERED] + patience[Ending.ELSEWHERE])


def test_a_caller_of_whose_wait_nothing_is_known_is_as_patient_as_anybody() -> None:
    seen = [Visit("desk", moment(TUESDAY, 9) + n) for n in range(500)]
    drawn = [visitor.patience_seconds for visitor in recorded((DESK,), seen, TUESDAY, ZONE, seed=1).visitors]
    assert fmean(drawn) == pytest.approx(DESK.patience_seconds, rel=0.1)


def test_callers_of_a_queue_are_as_patient_as_its_record_shows_where_it_shows_enough() -> None:
    gave_up = Wait(60.0, Ending.GAVE_UP)
    seen = [Visit(queue, 0.0, wait=gave_up) for queue, calls in (("desk", 30), ("nurse", 3)) for _ in range(calls)]
    nurse = replace(DESK, queue="nurse")
    exponential = replace(DESK, patience_shape=1.0)
    patience = patience_on_record((exponential, nurse), seen)
    assert patience == {"desk": Patience(60.0, 30), "nurse": Patience(240.0, 3)}
    assert [stream.patience_seconds for stream in with_patience((exponential, nurse), patience)] == [60.0, 240.0]


def test_a_day_without_a_call_on_record_is_told() -> None:
    with pytest.raises(UserError, match="no call of 2026-11-17 is on record"):
        recorded((DESK,), [], TUESDAY, ZONE, seed=1)


def test_a_usual_weekday_is_what_the_record_brings_on_it() -> None:
    days = [TUESDAY - timedelta(days=ago) for ago in range(1, 29)]
    seen = [Visit("desk", moment(day, 9 + n / 100), 90.0) for day in days for n in range(8)]
    seen.append(Visit("desk", moment(days[-1], -5), 90.0))
    (usual,) = usual_streams((DESK,), sorted(seen, key=lambda visit: visit.joined), 1, moment(TUESDAY, 12), ZONE)
    assert usual.talk_seconds == pytest.approx(90)
    assert {half_hour: round(calls) for half_hour, calls in enumerate(usual.calls) if calls >= 0.5} == {18: 8}


def test_a_weekday_that_is_not_on_record_is_told() -> None:
    with pytest.raises(UserError, match="no whole day of that weekday is on record yet"):
        usual_streams((DESK,), [], 1, moment(TUESDAY, 12), ZONE)
