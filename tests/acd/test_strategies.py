from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from acd.events import (
    AgentNotReady,
    AgentReady,
    CallerJoined,
    CallerLeft,
    Cause,
    Configured,
    DayBegan,
    OfferFailed,
    TalkEnded,
)
from acd.model import Agent, Queue, WrapUp
from acd.strategies import STRATEGIES, UnknownStrategyError, check_strategies, drawn
from tests.acd.scene import ANA, BO, CAI, DESK, engine_with, join, ring, rung, serve, step, talk


def desk(strategy: str, wrap_up: WrapUp = DESK.wrap_up, *, nearest_first: bool = False) -> Queue:
    return replace(DESK, strategy=strategy, wrap_up=wrap_up, nearest_first=nearest_first)


# ---- the table ----------------------------------------------------------------------------------------------------


def test_every_strategy_that_the_plan_may_name_is_in_the_table() -> None:
    check_strategies([Queue("desk", strategy=name) for name in STRATEGIES])


def test_an_unknown_strategy_is_named_with_its_queue_and_the_known_ones() -> None:
    with pytest.raises(UnknownStrategyError) as error:
        check_strategies([DESK, Queue("heart", strategy="loudest")])
    assert str(error.value) == (
        "queue 'heart' names the strategy 'loudest', which does not exist; use one of: fewest-calls, fewest-skills, "
        "least-occupied, least-talk-time, longest-idle, longest-since-call, most-skilled, ordered, random, "
        "round-robin, weighted"
    )


def test_a_plan_with_an_unknown_strategy_changes_nothing() -> None:
    engine = engine_with(ANA)
    with pytest.raises(UnknownStrategyError):
        engine.handle(Configured((Queue("desk", strategy="loudest"),), ()), now=1)
    assert join(engine, "c1", now=2) == [ring(1, ANA, "c1")]


# ---- who was idle -------------------------------------------------------------------------------------------------


def test_longest_idle_counts_from_signing_in_and_longest_since_call_does_not() -> None:
    """Bo talked before ana, then had coffee: available for less long, but longer without a call."""
    for strategy, chosen in {"longest-idle": "ana", "longest-since-call": "bo"}.items():
        engine = engine_with(BO, ANA, queues=[desk(strategy)])
        join(engine, "c1", "c2")
        serve(engine, 1, 2, 10)
        serve(engine, 2, 2, 20)
        engine.handle(AgentNotReady("bo", "coffee"), now=30)
        engine.handle(AgentReady("bo"), now=40)
        assert rung(join(engine, "c3", now=50)) == [chosen]


def test_longest_idle_counts_from_the_end_of_the_wrap_up_and_longest_since_call_from_the_end_of_the_talk() -> None:
    """Ana's talk ended first; extended wrap-up made her available last."""
    for strategy, chosen in {"longest-idle": "bo", "longest-since-call": "ana"}.items():
        engine = engine_with(ANA, BO, queues=[desk(strategy, WrapUp(60))])
        join(engine, "c1", "c2")
        serve(engine, 1, 2, 10)
        serve(engine, 2, 2, 20)
        engine.handle(AgentReady("bo"), now=30)
        engine.handle(AgentReady("ana"), now=40)
        assert rung(join(engine, "c3", now=50)) == [chosen]


def test_who_had_no_call_yet_goes_first_by_the_last_call() -> None:
    engine = engine_with(ANA, BO, queues=[desk("longest-since-call")])
    join(engine, "c1")
    serve(engine, 1, 2, 10)
    assert rung(join(engine, "c2", now=11)) == ["bo"]


# ---- who worked least ---------------------------------------------------------------------------------------------


def test_fewest_calls_counts_talks_and_no_failed_rings() -> None:
    engine = engine_with(ANA, BO, queues=[desk("fewest-calls")])
    join(engine, "c1")
    engine.handle(OfferFailed(1, Cause.BUSY), now=2)
    serve(engine, 2, 3, 4)
    assert rung(join(engine, "c2", now=20)) == ["ana"]


def test_at_equal_calls_the_longest_idle_is_next() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[desk("fewest-calls")])
    assert rung(join(engine, "c1")) == ["ana"]


def test_least_talk_time_weighs_seconds_and_not_calls() -> None:
    engine = engine_with(ANA, BO, queues=[desk("least-talk-time")])
    join(engine, "c1")
    serve(engine, 1, 2, 100)
    for offer in (2, 3, 4):
        assert rung(join(engine, f"c{offer}", now=100 * offer)) == ["bo"]
        serve(engine, offer, 100 * offer, 100 * offer + 10)
    assert rung(join(engine, "c5", now=500)) == ["bo"]
    serve(engine, 5, 500, 569)
    assert rung(join(engine, "c6", now=600)) == ["ana"]


def test_least_occupied_is_the_share_of_the_time_at_work() -> None:
    """Ana talked 50 s of 1,000; bo talked 40 s, but is at work since a minute only."""
    engine = engine_with(ANA, BO, queues=[desk("least-occupied")])
    engine.handle(AgentNotReady("bo", "late"), now=0)
    join(engine, "c1", now=0)
    serve(engine, 1, 0, 50)
    engine.handle(AgentNotReady("ana", "mail"), now=940)
    engine.handle(AgentReady("bo"), now=940)
    join(engine, "c2", now=950)
    serve(engine, 2, 950, 990)
    engine.handle(AgentReady("ana"), now=990)
    assert rung(join(engine, "c3", now=1000)) == ["ana"]


def test_a_new_day_forgets_what_the_strategies_counted() -> None:
    for strategy in ("fewest-calls", "least-talk-time", "least-occupied"):
        engine = engine_with(ANA, BO, queues=[desk(strategy)])
        join(engine, "c1")
        serve(engine, 1, 2, 50)
        assert rung(join(engine, "c2", now=60)) == ["bo"]
        engine.handle(CallerLeft("c2"), now=61)
        join(engine, "c2", now=62)
        serve(engine, 3, 62, 112)
        engine.handle(DayBegan(), now=200)
        assert rung(join(engine, "c3", now=201)) == ["ana"], strategy


def test_a_talk_over_the_days_border_counts_from_there() -> None:
    engine = engine_with(ANA, BO, queues=[desk("least-talk-time")])
    join(engine, "c1", "c2")
    talk(engine, 1, now=2)
    talk(engine, 2, now=90)
    engine.handle(DayBegan(), now=100)
    engine.handle(TalkEnded(1), now=105)
    engine.handle(TalkEnded(2), now=110)
    assert [engine.staff.people[name].work.talk_seconds for name in ("ana", "bo")] == [5, 10]


# ---- who knows what -----------------------------------------------------------------------------------------------


def test_most_skilled_adds_the_levels_of_what_is_needed() -> None:
    ada, ben = Agent("ada", {"desk": 3, "spanish": 2, "nurse": 5}), Agent("ben", {"desk": 2, "spanish": 4})
    queue = Queue("desk", (step("desk and spanish"),), strategy="most-skilled")
    engine = engine_with(ada, ben, queues=[queue])
    assert rung(join(engine, "c1")) == ["ben"]


def test_most_skilled_counts_nothing_that_is_not_wanted() -> None:
    ada, ben = Agent("ada", {"desk": 3, "trainee": 1}), Agent("ben", {"desk": 2})
    queue = Queue("desk", (step("desk and not trainee >= 3"),), strategy="most-skilled")
    assert rung(join(engine_with(ben, ada, queues=[queue]), "c1")) == ["ada"]


def test_fewest_skills_spares_who_knows_more() -> None:
    engine = engine_with(CAI, ANA, queues=[desk("fewest-skills")])
    assert rung(join(engine, "c1")) == ["ana"]


# ---- turns and order ----------------------------------------------------------------------------------------------


def test_round_robin_goes_on_after_whom_it_rang_last() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[desk("round-robin")])
    turns = []
    for number in range(1, 6):
        turns += rung(join(engine, f"c{number}", now=10 * number))
        serve(engine, number, 10 * number, 10 * number + 1)
    assert turns == ["ana", "bo", "cai", "ana", "bo"]


def test_round_robin_passes_over_who_is_busy_and_goes_on_from_there() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[desk("round-robin")])
    engine.handle(AgentNotReady("bo", "lunch"), now=0)
    join(engine, "c1", now=1)
    assert rung(join(engine, "c2", now=2)) == ["cai"]
    engine.handle(AgentReady("bo"), now=3)
    serve(engine, 1, 3, 4)
    assert rung(join(engine, "c3", now=5)) == ["ana"]


def test_the_turn_is_kept_when_the_plan_changes() -> None:
    engine = engine_with(ANA, BO, CAI, queues=[desk("round-robin")])
    join(engine, "c1")
    serve(engine, 1, 2, 3)
    engine.handle(Configured((desk("round-robin"),), (Agent("abe", {"desk": 1}), ANA, BO, CAI)), now=4)
    assert rung(join(engine, "c2", now=5)) == ["bo"]


def test_each_queue_has_its_own_turn() -> None:
    engine = engine_with(ANA, BO, queues=[desk("round-robin"), replace(desk("round-robin"), name="billing")])
    join(engine, "c1")
    serve(engine, 1, 2, 3)
    assert rung(join(engine, "b1", queue="billing", now=4)) == ["ana"]


def test_ordered_rings_the_first_of_the_plan_who_is_free() -> None:
    engine = engine_with(ANA, BO, queues=[desk("ordered")])
    join(engine, "c1")
    assert rung(join(engine, "c2", now=2)) == ["bo"]
    serve(engine, 1, 3, 4)
    assert rung(join(engine, "c3", now=5)) == ["ana"]


# ---- chance -------------------------------------------------------------------------------------------------------


def test_the_lot_draws_everybody_about_equally_often_and_alike_on_each_replay() -> None:
    def drawn_in_a_day() -> list[str]:
        engine = engine_with(ANA, BO, CAI, queues=[desk("random")])
        names = []
        for number in range(1, 301):
            names += rung(join(engine, f"c{number}", now=number))
            engine.handle(CallerLeft(f"c{number}"), now=number)
        return names

    counts = Counter(drawn_in_a_day())
    assert drawn_in_a_day() == drawn_in_a_day()
    assert all(70 <= counts[name] <= 130 for name in ("ana", "bo", "cai"))


def test_who_weighs_three_times_as_much_is_drawn_three_times_as_often() -> None:
    heavy, light = Agent("heavy", {"desk": 1}, weight=3), Agent("light", {"desk": 1})
    engine = engine_with(light, heavy, queues=[desk("weighted")])
    names = []
    for number in range(1, 801):
        names += rung(join(engine, f"c{number}", now=number))
        engine.handle(CallerLeft(f"c{number}"), now=number)
    assert 540 <= Counter(names)["heavy"] <= 660


def test_who_weighs_nothing_is_drawn_when_nobody_else_is_there() -> None:
    idle, other = Agent("idle", {"desk": 1}, weight=0), Agent("other", {"desk": 1})
    engine = engine_with(idle, other, queues=[desk("weighted")])
    assert rung(join(engine, "c1")) == ["other"]
    assert rung(join(engine, "c2")) == ["idle"]


def test_drawn_numbers_are_64_bits_and_depend_on_each_argument() -> None:
    assert len({drawn(seed, offer, attempt) for seed in range(8) for offer in range(8) for attempt in range(8)}) == 512
    assert max(drawn(1, offer).bit_length() for offer in range(100)) == 64


# ---- sites --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_nearest_site_goes_before_every_strategy(strategy: str) -> None:
    far = Agent("far", {"desk": 5}, site="uptown")
    near = Agent("near", {"desk": 1, "mail": 1}, site="downtown")
    elsewhere = Agent("elsewhere", {"desk": 5})
    engine = engine_with(elsewhere, far, near, queues=[desk(strategy, nearest_first=True)])
    plan = replace(engine.plan, sites={"downtown": ("uptown",)})
    engine.handle(plan, now=0)
    chosen = [rung(engine.handle(CallerJoined(call, "desk", site="downtown"), now=1)) for call in ("c1", "c2", "c3")]
    assert chosen == [["near"], ["far"], ["elsewhere"]]
