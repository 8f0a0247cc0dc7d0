"""The wait estimator: sane, bounded, written and read without loss."""

from __future__ import annotations

import json

from acd.wait import MAX_PENDING, Estimate, WaitEstimator


def learned() -> WaitEstimator:
    """Twenty calls of 200 s each by two people, one caller after the other."""
    estimator = WaitEstimator()
    for number in range(20):
        now = 100.0 * number
        estimator.joined(str(number), ahead=0, servers=2, now=now)
        estimator.answered(str(number), now=now + 100)
        estimator.handled(200.0, now=now + 100)
    return estimator


def asked(estimator: WaitEstimator, ahead: int, servers: int, free: int = 0) -> Estimate:
    estimate = estimator.estimate(ahead, servers, waited=0.0, now=2000.0, free=free)
    assert estimate
    return estimate


def test_nothing_is_said_before_anything_was_learned() -> None:
    assert WaitEstimator().estimate(ahead=3, servers=2, waited=0, now=10) is None


def test_nothing_is_said_while_nobody_is_at_work() -> None:
    assert learned().estimate(ahead=3, servers=0, waited=0, now=2000) is None


def test_a_longer_line_is_never_a_shorter_wait() -> None:
    estimates = [asked(learned(), ahead, servers=2) for ahead in range(200)]
    for field in ("low", "seconds", "high"):
        figures = [getattr(each, field) for each in estimates]
        assert figures == sorted(figures)


def test_more_people_are_never_a_longer_wait() -> None:
    waits = [asked(learned(), ahead=5, servers=servers).seconds for servers in range(1, 40)]
    assert waits == sorted(waits, reverse=True)


def test_the_interval_is_around_the_estimate() -> None:
    for ahead in range(100):
        estimate = asked(learned(), ahead, servers=3)
        assert 0 <= estimate.low <= estimate.seconds <= estimate.high


def test_what_was_learned_is_written_and_read_without_loss() -> None:
    estimator = learned()
    estimator.joined("waits", ahead=0, servers=2, now=2000)
    again = WaitEstimator.from_json(json.loads(json.dumps(estimator.as_json())))
    for each in (estimator, again):
        each.answered("waits", now=2100)
    assert again.as_json() == estimator.as_json()
    assert asked(again, 3, 2) == asked(estimator, 3, 2)


def test_calls_whose_end_nobody_told_are_forgotten() -> None:
    estimator = WaitEstimator()
    for number in range(MAX_PENDING + 500):
        estimator.joined(str(number), ahead=number, servers=1, now=float(number))
    assert len(estimator.as_json()["_pending"]) == MAX_PENDING


def test_unknown_calls_are_no_error() -> None:
    estimator = learned()
    estimator.answered("nobody", now=2000)
    estimator.left("nobody", now=2000)
    assert asked(estimator, 0, 2) == asked(learned(), 0, 2)
