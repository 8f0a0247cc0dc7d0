"""Who is served first: urgency, head start, weight, age; one fair order over all queues that a person serves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from acd.commands import Restored, Ring
from acd.events import (
    AgentNotReady,
    AgentReady,
    CallerChanged,
    CallerJoined,
    CallerLeft,
    Cause,
    Configured,
    OfferFailed,
    Reconciled,
    TalkEnded,
    TimePassed,
)
from acd.model import Agent, Condition, Overflow, Queue
from tests.acd.scene import ANA, CAI, DESK, HEART, URGENT, engine_with, join, line_of, ring, serve, step, talk, told

if TYPE_CHECKING:
    from acd.engine import Engine

ALL = Agent("all", {"desk": 1, "cardiology": 1})


def served(engine: Engine, now: float) -> list[str]:
    """The callers in the order in which the one person takes them, all at this moment."""
    order: list[str] = []
    commands = engine.handle(AgentReady("all"), now)
    while rings := [command for command in commands if isinstance(command, Ring)]:
        [one] = rings
        order.append(one.call)
        commands = serve(engine, one.offer, now, now)
    return order


def nobody_there(*queues: Queue) -> Engine:
    engine = engine_with(ALL, queues=queues)
    engine.handle(AgentNotReady("all", "lunch"), now=0)
    return engine


# ---- one order ----------------------------------------------------------------------------------------------------


def test_over_all_queues_whoever_waits_longest_is_first() -> None:
    engine = nobody_there(DESK, replace(HEART, wrap_up=DESK.wrap_up))
    for number, queue in enumerate(("heart", "desk", "desk", "heart"), start=1):
        join(engine, f"c{number}", queue=queue, now=number)
    assert served(engine, now=100) == ["c1", "c2", "c3", "c4"]


def test_who_joined_at_the_same_moment_is_served_as_they_came() -> None:
    engine = nobody_there(DESK, replace(HEART, wrap_up=DESK.wrap_up))
    for number, queue in enumerate(("heart", "desk", "heart", "desk"), start=1):
        join(engine, f"c{number}", queue=queue, now=5)
    assert served(engine, now=100) == ["c1", "c2", "c3", "c4"]


def test_the_urgent_go_before_everybody_and_among_themselves_by_what_their_wait_counts() -> None:
    heavy = Queue("heavy", (step("desk"),), weight=100, head_start_seconds=10_000)
    engine = nobody_there(DESK, heavy)
    join(engine, "h1", queue="heavy", now=1)
    join(engine, "d1", now=2)
    engine.handle(CallerJoined("u1", "desk", urgency=URGENT), now=50)
    engine.handle(CallerJoined("u2", "heavy", urgency=URGENT, head_start_seconds=500), now=60)
    assert served(engine, now=100) == ["u2", "u1", "h1", "d1"]


# ---- head start ---------------------------------------------------------------------------------------------------


def test_a_head_start_is_seconds_waited_in_advance() -> None:
    ahead = Queue("ahead", (step("desk"),), head_start_seconds=60)
    engine = nobody_there(DESK, ahead)
    join(engine, "first", now=0)
    join(engine, "passes", queue="ahead", now=59)
    join(engine, "too late", queue="ahead", now=61)
    assert served(engine, now=100) == ["passes", "first", "too late"]


def test_a_caller_may_have_a_head_start_of_their_own_on_top() -> None:
    engine = nobody_there(replace(DESK, head_start_seconds=30))
    join(engine, "first", now=0)
    engine.handle(CallerJoined("passes", "desk", head_start_seconds=20), now=19)
    engine.handle(CallerJoined("does not", "desk", head_start_seconds=20), now=21)
    assert served(engine, now=100) == ["passes", "first", "does not"]


# ---- weight -------------------------------------------------------------------------------------------------------


def test_in_a_queue_that_weighs_twice_a_second_counts_twice() -> None:
    heavy = Queue("heavy", (step("desk"),), weight=2)
    engine = nobody_there(DESK, heavy)
    join(engine, "light", now=0)
    join(engine, "heavy", queue="heavy", now=60)
    assert served(engine, now=119) == ["light", "heavy"]
    engine = nobody_there(DESK, heavy)
    join(engine, "light", now=0)
    join(engine, "heavy", queue="heavy", now=60)
    assert served(engine, now=121) == ["heavy", "light"]


# ---- change while waiting -----------------------------------------------------------------------------------------


def test_a_change_of_priority_holds_from_the_next_decision_on() -> None:
    engine = engine_with(ALL)
    join(engine, "c1", "c2", "c3")
    talk(engine, 1, now=2)
    assert told(engine.handle(CallerChanged("c3", urgency=URGENT), now=3)) == {"c3": 1}
    assert engine.handle(TalkEnded(1), now=9) == [ring(2, ALL, "c3")]


def test_a_head_start_may_be_given_and_taken_while_waiting() -> None:
    engine = nobody_there(DESK)
    join(engine, "c1", now=0)
    join(engine, "c2", now=10)
    engine.handle(CallerChanged("c2", head_start_seconds=11), now=20)
    assert line_of(engine) == ["c2", "c1"]
    engine.handle(CallerChanged("c2"), now=30)
    assert line_of(engine) == ["c2", "c1"]
    engine.handle(CallerChanged("c2", head_start_seconds=0), now=40)
    assert line_of(engine) == ["c1", "c2"]


def test_urgency_never_sinks_by_a_change() -> None:
    engine = nobody_there(DESK)
    join(engine, "c1")
    engine.handle(CallerJoined("c2", "desk", urgency=URGENT), now=2)
    engine.handle(CallerChanged("c2", head_start_seconds=0), now=3)
    assert line_of(engine) == ["c2", "c1"]


def test_a_change_during_a_ring_lets_it_ring() -> None:
    engine = engine_with(ALL)
    join(engine, "c1", "c2")
    assert engine.handle(CallerChanged("c1", urgency=URGENT), now=3) == []
    assert [(offer.call, offer.stage) for offer in engine.offers()] == [("c1", "ringing")]


def test_a_change_is_no_abandoned_call() -> None:
    engine = nobody_there(DESK)
    join(engine, "c1")
    engine.handle(CallerChanged("c1", urgency=URGENT), now=30)
    assert (engine.queues(now=31)[0].figures.abandoned, engine.queues(now=31)[0].figures.joined) == (0, 1)


def test_a_change_for_a_stranger_is_no_error() -> None:
    assert nobody_there(DESK).handle(CallerChanged("stranger", urgency=URGENT), now=1) == []


# ---- nobody starves -----------------------------------------------------------------------------------------------

Rules: TypeAlias = list[tuple[float, float]]
"""The weight and the head start of each of three queues."""

Arrivals: TypeAlias = list[tuple[int, int]]
"""When, and in which queue."""

RULES = st.lists(
    st.tuples(st.sampled_from([0.5, 1.0, 2.0, 4.0]), st.sampled_from([0.0, 30.0, 120.0])), min_size=3, max_size=3
)
ARRIVALS = st.lists(st.tuples(st.integers(0, 600), st.integers(0, 2)), min_size=2, max_size=20)


def queues_of(rules: Rules) -> list[Queue]:
    return [
        Queue(f"q{number}", weight=weight, head_start_seconds=start) for number, (weight, start) in enumerate(rules)
    ]


@given(RULES, ARRIVALS, st.integers(0, 600))
def test_who_is_passed_is_passed_by_nobody_who_waited_less_than_the_bound(
    rules: Rules, arrivals: Arrivals, later: int
) -> None:
    """See acd.model.Queue: x seconds waited are passed only after (weight * x - H) / W seconds or more."""
    engine = nobody_there(*queues_of(rules))
    waits: dict[str, tuple[float, float]] = {}
    now = 600.0 + later
    for number, (arrived, queue) in enumerate(sorted(arrivals)):
        join(engine, f"c{number}", queue=f"q{queue}", now=arrived)
        waits[f"c{number}"] = (now - arrived, rules[queue][0])
    heaviest, longest = max(weight for weight, _ in rules), max(start for _, start in rules)
    order = served(engine, now)
    assert sorted(order) == sorted(waits)
    for place, call in enumerate(order):
        waited, weight = waits[call]
        for earlier in order[:place]:
            assert waits[earlier][0] >= (weight * waited - longest) / heaviest - 1e-6


@given(RULES, ARRIVALS)
def test_the_order_is_by_what_the_wait_counts(rules: Rules, arrivals: Arrivals) -> None:
    engine = nobody_there(*queues_of(rules))
    merits = {}
    for number, (arrived, queue) in enumerate(sorted(arrivals)):
        join(engine, f"c{number}", queue=f"q{queue}", now=arrived)
        weight, start = rules[queue]
        merits[f"c{number}"] = (-(weight * (900 - arrived) + start), number)
    assert served(engine, now=900) == sorted(merits, key=merits.__getitem__)


# ---- rung again after the line dropped ----------------------------------------------------------------------------

KEEPS = replace(DESK, return_seconds=120)


def dropped(queue: Queue = KEEPS) -> Engine:
    """C1 joined at 0 and dropped at 50; c2 joined at 10."""
    engine = nobody_there(queue, HEART, Queue("backup", (step("desk"),)))
    engine.handle(CallerJoined("c1", "desk", party="p1"), now=0)
    join(engine, "c2", now=10)
    engine.handle(CallerLeft("c1", dropped=True), now=50)
    return engine


def test_a_caller_whose_line_dropped_has_the_place_back() -> None:
    engine = dropped()
    commands = engine.handle(CallerJoined("c3", "desk", party="p1"), now=100)
    assert commands[0] == Restored("c3", waited_seconds=100)
    assert line_of(engine) == ["c3", "c2"]


def test_the_place_is_kept_for_a_while_only() -> None:
    engine = dropped()
    assert engine.next_deadline() == 170
    engine.handle(TimePassed(), now=170)
    engine.handle(CallerJoined("c3", "desk", party="p1"), now=171)
    assert line_of(engine) == ["c2", "c3"]


def test_the_place_is_given_back_once() -> None:
    engine = dropped()
    engine.handle(CallerJoined("c3", "desk", party="p1"), now=100)
    engine.handle(CallerJoined("c4", "desk", party="p1"), now=101)
    assert line_of(engine) == ["c3", "c2", "c4"]


def test_nobody_else_has_the_place() -> None:
    engine = dropped()
    engine.handle(CallerJoined("c3", "desk", party="p2"), now=100)
    engine.handle(CallerJoined("c4", "desk"), now=101)
    assert line_of(engine) == ["c2", "c3", "c4"]


def test_another_queue_has_no_place_of_theirs() -> None:
    engine = dropped()
    assert not any(
        isinstance(each, Restored) for each in engine.handle(CallerJoined("c3", "heart", party="p1"), now=100)
    )


def test_who_left_by_choice_gave_up_the_place() -> None:
    engine = nobody_there(KEEPS)
    engine.handle(CallerJoined("c1", "desk", party="p1"), now=0)
    join(engine, "c2", now=10)
    engine.handle(CallerLeft("c1"), now=50)
    engine.handle(CallerJoined("c3", "desk", party="p1"), now=60)
    assert line_of(engine) == ["c2", "c3"]


def test_a_queue_that_keeps_no_places_keeps_none() -> None:
    engine = dropped(DESK)
    engine.handle(CallerJoined("c3", "desk", party="p1"), now=60)
    assert line_of(engine) == ["c2", "c3"]


def test_a_line_that_an_outage_dropped_has_the_place_back_as_well() -> None:
    engine = nobody_there(KEEPS)
    engine.handle(CallerJoined("c1", "desk", party="p1"), now=0)
    join(engine, "c2", now=10)
    engine.handle(Reconciled(frozenset({"c2"}), frozenset(), frozenset()), now=50)
    engine.handle(CallerJoined("c3", "desk", party="p1"), now=60)
    assert line_of(engine) == ["c3", "c2"]


def test_a_place_that_is_kept_is_not_refused() -> None:
    full = replace(KEEPS, refuse=(Overflow(Condition(length=1), to="voicemail"),))
    engine = nobody_there(full)
    engine.handle(CallerJoined("c1", "desk", party="p1"), now=0)
    engine.handle(CallerLeft("c1", dropped=True), now=10)
    join(engine, "c2", now=20)
    engine.handle(CallerJoined("c3", "desk", party="p1"), now=30)
    assert line_of(engine) == ["c3", "c2"]


def test_who_overflowed_and_dropped_has_the_place_back_by_the_way_they_came() -> None:
    over = replace(KEEPS, overflow=(Overflow(Condition(30), queue="backup"),))
    engine = nobody_there(over, replace(DESK, name="backup", return_seconds=120))
    engine.handle(CallerJoined("c1", "desk", party="p1"), now=0)
    engine.handle(TimePassed(), now=30)
    engine.handle(CallerLeft("c1", dropped=True), now=50)
    assert engine.handle(CallerJoined("c3", "desk", party="p1"), now=60)[0] == Restored("c3", waited_seconds=60)


def test_after_a_failed_ring_and_another_plan_the_place_is_the_same() -> None:
    engine = engine_with(ANA, CAI)
    join(engine, "c1", "c2", "c3", "c4")
    engine.handle(OfferFailed(1, Cause.REFUSED), now=2)
    engine.handle(Configured((replace(DESK, weight=2), HEART), (ANA, CAI)), now=3)
    assert line_of(engine) == ["c1", "c2", "c3", "c4"]
