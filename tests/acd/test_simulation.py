from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from acd.events import Configured
from acd.model import Agent, Callback, Condition, Escalation, Overflow, Queue, Rung, Step, WrapUp
from acd.simulation.chance import Chance
from acd.simulation.day import Day, Habits, simulate
from acd.simulation.traffic import Stream, Visitor, visitors
from acd.skills import Needs
from acd.staffing import Load, service

if TYPE_CHECKING:
    from acd.simulation.figures import Outcome

HOUR = 3600.0
DESK, HEART = Needs.parse("desk"), Needs.parse("cardiology")
OFFICE = tuple(12.0 if 16 <= half_hour < 34 else 0.0 for half_hour in range(48))
AT_ONCE = Habits(pick_up_seconds=0.0, missed=0.0)
ALL_DAY = ((0.0, 24 * HOUR),)


def desk(**rules: object) -> Queue:
    return Queue("desk", steps=(Step(DESK),), **rules)  # type: ignore[arg-type]


def people(count: int) -> tuple[Agent, ...]:
    return tuple(Agent(f"p{number}", {"desk": 3}) for number in range(count))


def caller(at: float, talk: float = 60.0, patience: float = HOUR, *, takes_callback: bool = False) -> Visitor:
    return Visitor(f"c{at:.0f}", "desk", at, talk, patience, Chance(int(at)), takes_callback=takes_callback)


def accounted(outcome: Outcome) -> int:
    gone = outcome.answered + outcome.abandoned + sum(outcome.overflowed.values())
    return gone + outcome.callbacks_kept + outcome.callbacks_lost + outcome.waiting


BUSY = Configured(
    (
        desk(
            wrap_up=WrapUp(seconds=20.0),
            overflow=(
                Overflow(Condition(60.0), to="callback", offered=True),
                Overflow(Condition(150.0), queue="heart"),
            ),
            refuse=(Overflow(Condition(length=15), to="voicemail desk"),),
            escalations=(Escalation("long", Condition(120.0), (Rung(("p0",)),)),),
        ),
        Queue("heart", steps=(Step(HEART),), overflow=(Overflow(Condition(400.0), to="voicemail heart"),)),
    ),
    (*people(2), Agent("cai", {"desk": 1, "cardiology": 5})),
)
SHIFTS = dict.fromkeys(("p0", "p1", "cai"), ((8 * HOUR, 12 * HOUR), (12.5 * HOUR, 17 * HOUR)))


def busy_day(seed: int) -> Day:
    streams = (Stream("desk", OFFICE, urgent=0.05), Stream("heart", OFFICE, talk_seconds=60.0))
    return Day(visitors(streams, seed), SHIFTS)


@pytest.mark.parametrize("seed", range(5))
def test_every_caller_is_answered_or_gives_up_or_goes_elsewhere_or_is_called_back_or_still_waits(seed: int) -> None:
    day = busy_day(seed)
    figures = simulate(BUSY, day)
    assert figures.total.offered == len(day.visitors) == accounted(figures.total)
    for outcome in figures.queues.values():
        assert outcome.offered == accounted(outcome)


def test_the_busy_day_has_something_of_everything() -> None:
    total, desk_of_it = simulate(BUSY, busy_day(1)).total, simulate(BUSY, busy_day(1)).queues["desk"]
    assert min(total.answered, total.abandoned, total.callbacks_agreed, total.callbacks_kept, total.alerts) > 0
    assert desk_of_it.overflowed["queue heart"] > 0
    assert sum(each.offered for each in total.half_hours) == total.offered


def test_the_same_seed_is_the_same_day_and_another_one_is_not() -> None:
    assert simulate(BUSY, busy_day(3)) == simulate(BUSY, busy_day(3))
    assert simulate(BUSY, busy_day(3)) != simulate(BUSY, busy_day(4))


@pytest.mark.parametrize("servers", [15, 17])
def test_callers_who_wait_for_ever_get_what_erlang_c_says(servers: int) -> None:
    load = Load(calls_per_hour=180.0, handle_seconds=200.0)
    said = service(load, servers, 30.0)
    waits, levels, occupancies = [], [], []
    for seed in range(3):
        stream = Stream("desk", (90.0,) * 48, patience_seconds=1e9)
        random_talks = tuple(
            replace(each, talk_seconds=each.chance.exponential(load.handle_seconds, 99))
            for each in visitors((stream,), seed)
        )
        day = Day(random_talks, {agent.name: ALL_DAY for agent in people(servers)}, AT_ONCE)
        figures = simulate(Configured((desk(),), people(servers)), day)
        waits.append(figures.total.answer_seconds or 0.0)
        levels.append(figures.total.service_level or 0.0)
        occupancies.append(figures.mean_occupancy or 0.0)
    assert sum(levels) / len(levels) == pytest.approx(said.in_time, abs=0.025)
    assert sum(waits) / len(waits) == pytest.approx(said.answer_seconds, abs=2.5)
    assert sum(occupancies) / len(occupancies) == pytest.approx(said.occupancy, abs=0.02)


def test_under_another_plan_the_same_callers_come_with_the_same_luck() -> None:
    """Nobody gives up or is lost, so each talks as long under both plans: only waits differ."""
    day = replace(busy_day(2), visitors=tuple(caller(8 * HOUR + 60.0 * n, talk=100.0) for n in range(100)))
    few, many = (simulate(Configured((desk(),), people(count)), day) for count in (1, 2))
    assert few.total.offered == many.total.offered
    assert (few.total.answer_seconds or 0) > (many.total.answer_seconds or 0)


def test_more_calls_for_one_queue_change_no_other_queues_callers() -> None:
    one, other = Stream("desk", OFFICE), Stream("heart", OFFICE)
    more = replace(one, calls=tuple(2 * calls for calls in OFFICE))
    before, after = visitors((one, other), 1), visitors((more, other), 1)
    assert [each for each in before if each.queue == "heart"] == [each for each in after if each.queue == "heart"]


def test_exact_traffic_brings_as_many_calls_as_are_given() -> None:
    came = visitors((Stream("desk", (3.0, 0.0, 2.0), exact=True),), 1)
    assert [int(each.at // 1800) for each in came] == [0, 0, 0, 2, 2]


def test_who_goes_home_ends_the_talk_and_takes_no_further_call() -> None:
    plan = Configured((desk(),), people(1))
    day = Day((caller(100.0, talk=600.0), caller(300.0)), {"p0": ((0.0, 200.0),)}, AT_ONCE)
    figures = simulate(plan, day)
    assert (figures.total.answered, figures.total.waiting, figures.total.abandoned) == (1, 0, 1)


def test_a_break_is_no_time_at_work() -> None:
    plan = Configured((desk(),), people(1))
    day = Day((caller(0.0, talk=900.0),), {"p0": ((0.0, HOUR), (2 * HOUR, 4 * HOUR))}, AT_ONCE)
    assert simulate(plan, day).occupancy == {"p0": pytest.approx(900 / (3 * HOUR))}


def test_a_slower_person_talks_longer() -> None:
    plan = Configured((desk(),), people(1))
    day = Day((caller(0.0, talk=100.0),), {"p0": ((0.0, 1000.0),)}, AT_ONCE, paces={"p0": 1.5})
    assert simulate(plan, day).occupancy == {"p0": pytest.approx(0.15)}


def test_a_missed_ring_goes_on_to_the_next_person() -> None:
    plan = Configured((desk(ring_seconds=20.0),), people(1))
    day = Day((caller(10.0, patience=HOUR),), {"p0": ALL_DAY}, Habits(missed=1.0))
    figures = simulate(plan, day)
    assert (figures.total.answered, figures.total.abandoned, figures.total.longest_seconds) == (0, 1, HOUR)


def test_an_urgent_queues_callers_pass_those_who_waited_longer() -> None:
    heart = Queue("heart", steps=(Step(DESK),))
    came = (caller(0.0), caller(1.0), replace(caller(2.0), queue="heart"))
    day = Day(came, {"p0": ALL_DAY}, AT_ONCE)
    plan = Configured((desk(), heart), people(1))
    last, first = (simulate(plan, replace(day, urgent=names)) for names in (frozenset(), frozenset({"heart"})))
    assert (last.queues["heart"].answer_seconds, first.queues["heart"].answer_seconds) == (118.0, 58.0)


def test_a_callback_is_agreed_upon_and_kept_within_its_hours() -> None:
    rules = Overflow(Condition(60.0), to="callback", offered=True)
    plan = Configured((desk(overflow=(rules,)),), people(1))
    day = Day(
        (caller(100.0, talk=300.0), caller(110.0, takes_callback=True)),
        {"p0": ALL_DAY},
        replace(AT_ONCE, reached=1.0),
        callbacks={"desk": Callback(hours=((HOUR, 2 * HOUR),))},
    )
    total = simulate(plan, day).total
    assert (total.answered, total.callbacks_agreed, total.callbacks_kept, total.waiting) == (1, 1, 1, 0)
    without = simulate(plan, replace(day, until=HOUR - 1)).total
    assert (without.callbacks_agreed, without.callbacks_kept, without.waiting) == (1, 0, 1)


def test_a_caller_who_is_never_reached_is_lost() -> None:
    rules = Overflow(Condition(60.0), to="callback", offered=True)
    plan = Configured((desk(overflow=(rules,)),), people(1))
    talks = (caller(100.0, talk=300.0), caller(110.0, takes_callback=True))
    total = simulate(plan, Day(talks, {"p0": ALL_DAY}, replace(AT_ONCE, reached=0.0))).total
    assert (total.callbacks_agreed, total.callbacks_lost) == (1, 1)


def test_the_time_of_day_is_told_every_half_hour() -> None:
    told: list[float] = []
    simulate(Configured((desk(),), people(1)), Day((caller(2 * HOUR),), {"p0": ALL_DAY}), told.append)
    assert told[:4] == [1800.0, 3600.0, 5400.0, 7200.0]
