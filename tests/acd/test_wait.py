"""The wait estimator: sane, bounded, written and read without loss, and nearer the truth than its peers.

The comparison replays the traces of tests/acd/traces, which `python -m lab.wait_traces` made. Those of TUNING were
looked at while the estimator was made; those of HELD_OUT have other seeds and other shapes and were not.
"""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as some

from acd.wait import MAX_PENDING, Estimate, WaitEstimator
from lab.wait_trace import read
from lab.wait_traces import HELD_OUT, TRACES, TUNING
from lab.wait_trial import PEERS, Said, coverage, error, replay

NOW = 1e6


def learned(seconds: float = 200.0) -> WaitEstimator:
    """Twenty calls of so many seconds each by two people, while always one caller waits."""
    estimator = WaitEstimator()
    for number in range(20):
        now = number * seconds / 2
        estimator.joined(str(number), ahead=0, servers=2, now=now)
        estimator.answered(str(number), now=now + seconds / 2)
        estimator.handled(seconds, now=now + seconds / 2)
    return estimator


def asked(estimator: WaitEstimator, ahead: int, servers: int, free: int = 0, now: float = 2000.0) -> Estimate:
    estimate = estimator.estimate(ahead, servers, waited=0.0, now=now, free=free)
    assert estimate
    return estimate


def bounds(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.low, estimate.seconds, estimate.high


@some.composite
def histories(draw: some.DrawFn) -> WaitEstimator:
    """An estimator that has seen anything at all, and at least one call handled."""
    estimator = WaitEstimator()
    now = 0.0
    calls = some.sampled_from("abcdefgh")
    for kind in draw(some.lists(some.sampled_from(("joined", "answered", "left", "handled")), max_size=60)):
        now += draw(some.floats(0, 5000))
        match kind:
            case "joined":
                ahead, servers, free = (draw(some.integers(0, 100)) for _ in range(3))
                estimator.joined(draw(calls), ahead, servers, now, free)
            case "answered":
                estimator.answered(draw(calls), now)
            case "left":
                estimator.left(draw(calls), now)
            case _:
                estimator.handled(draw(some.floats(0, 5000)), now)
    estimator.handled(draw(some.floats(1, 5000)), now)
    return estimator


# ---- sane ---------------------------------------------------------------------------------------------------------


def test_nothing_is_said_before_anything_was_learned() -> None:
    assert WaitEstimator().estimate(ahead=3, servers=2, waited=0, now=10) is None


def test_nothing_is_said_while_nobody_is_at_work() -> None:
    assert learned().estimate(ahead=3, servers=0, waited=0, now=2000) is None


@given(histories(), some.integers(0, 300), some.integers(1, 50), some.integers(0, 20))
def test_a_longer_line_is_never_a_shorter_wait(estimator: WaitEstimator, ahead: int, servers: int, free: int) -> None:
    here, behind = (bounds(asked(estimator, place, servers, free, NOW)) for place in (ahead, ahead + 1))
    assert all(near <= far for near, far in zip(here, behind, strict=True))


@given(histories(), some.integers(0, 300), some.integers(1, 50), some.integers(0, 20))
def test_more_people_are_never_a_longer_wait(estimator: WaitEstimator, ahead: int, servers: int, free: int) -> None:
    few, busier, freer = (
        bounds(asked(estimator, ahead, servers + more, free + idle, NOW)) for more, idle in ((0, 0), (1, 0), (1, 1))
    )
    assert all(f >= b >= i for f, b, i in zip(few, busier, freer, strict=True))


@given(histories(), some.integers(0, 10**6), some.integers(1, 1000), some.integers(0, 1000))
def test_the_interval_is_finite_and_around_the_estimate(
    estimator: WaitEstimator, ahead: int, servers: int, free: int
) -> None:
    estimate = asked(estimator, ahead, servers, free, NOW)
    assert 0 <= estimate.low <= estimate.seconds <= estimate.high < float("inf")


def test_the_same_line_is_a_longer_wait_where_calls_take_longer() -> None:
    assert asked(learned(seconds=600), 3, 2).seconds > 2 * asked(learned(seconds=200), 3, 2).seconds


def test_somebody_who_is_free_is_a_wait_of_one_ring() -> None:
    assert asked(learned(), ahead=0, servers=2, free=1).high < 20 < asked(learned(), ahead=0, servers=2).seconds


def test_a_line_that_stands_still_becomes_a_longer_wait() -> None:
    estimator = learned()
    estimator.joined("waits", ahead=0, servers=2, now=2000)
    assert asked(estimator, 3, 2, now=5000).seconds > asked(estimator, 3, 2, now=2000).seconds


def test_people_who_also_serve_elsewhere_are_noticed_by_the_pace_of_the_line() -> None:
    """Calls take 200 s, but somebody is free for this queue every 300 s only."""
    estimator = learned()
    for number in range(100):
        now = 2000 + 300.0 * number
        estimator.joined(f"later {number}", ahead=0, servers=2, now=now)
        estimator.answered(f"later {number}", now=now + 300)
        estimator.handled(200.0, now=now + 300)
    assert asked(estimator, 3, 2, now=32_000).seconds > 1.5 * asked(learned(), 3, 2).seconds


# ---- bounded, and kept --------------------------------------------------------------------------------------------


@given(histories())
def test_what_was_learned_is_written_and_read_without_loss(estimator: WaitEstimator) -> None:
    again = WaitEstimator.from_json(json.loads(json.dumps(estimator.as_json())))
    for each in (estimator, again):
        each.joined("new", ahead=1, servers=2, now=NOW)
        each.answered("a", NOW)
        each.answered("new", NOW + 100)
    assert again.as_json() == estimator.as_json()
    assert asked(again, 3, 2, now=NOW + 200) == asked(estimator, 3, 2, now=NOW + 200)


def test_calls_whose_end_nobody_told_are_forgotten() -> None:
    estimator = WaitEstimator()
    for number in range(MAX_PENDING + 500):
        estimator.joined(str(number), ahead=number, servers=1, now=float(number))
    assert len(estimator.as_json()["pending"]) == MAX_PENDING


def test_unknown_calls_are_no_error() -> None:
    estimator = learned()
    estimator.answered("nobody", now=2000)
    estimator.left("nobody", now=2000)
    assert asked(estimator, 0, 2) == asked(learned(), 0, 2)


def test_joining_again_keeps_the_beginning_of_the_wait() -> None:
    once, twice = learned(), learned()
    once.joined("waits", ahead=1, servers=2, now=2000)
    twice.joined("waits", ahead=1, servers=2, now=2000)
    twice.joined("waits", ahead=0, servers=2, now=2050)
    for each in (once, twice):
        each.answered("waits", now=2100)
    assert twice.as_json() == once.as_json()


# ---- nearer the truth than its peers ------------------------------------------------------------------------------


@cache
def said_on(trace: str) -> list[Said]:
    return replay(read(TRACES / f"{trace}.csv.gz"))


def said_on_all(traces: dict[str, object]) -> list[Said]:
    return [each for trace in traces for each in said_on(trace)]


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("trace", TUNING | HELD_OUT)
def test_ours_is_nearer_the_truth_on_every_trace(trace: str, peer: str) -> None:
    assert error(said_on(trace)) < error(said_on(trace), peer)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("traces", [TUNING, HELD_OUT], ids=["tuning", "held out"])
def test_ours_errs_by_a_tenth_less_over_all_traces(traces: dict[str, object], peer: str) -> None:
    assert error(said_on_all(traces)) < 0.9 * error(said_on_all(traces), peer)


@pytest.mark.parametrize("traces", [TUNING, HELD_OUT], ids=["tuning", "held out"])
def test_the_interval_holds_four_waits_out_of_five(traces: dict[str, object]) -> None:
    assert 0.75 <= coverage(said_on_all(traces)) <= 0.85


@pytest.mark.parametrize("trace", TUNING | HELD_OUT)
def test_the_interval_holds_about_as_many_on_every_trace(trace: str) -> None:
    """A trace of some hundred moments, as a nurse's nights are, is too short to tell 75 % from 73 %."""
    assert (0.73 if len(said_on(trace)) < 1000 else 0.75) <= coverage(said_on(trace)) <= 0.85
