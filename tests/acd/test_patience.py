"""The patience that is found is the one that callers had, though most of them were answered first."""

from __future__ import annotations

from math import inf
from statistics import fmean

import pytest

from acd.patience import LEAST, LONGEST_WAIT, Ending, Patience, Wait, patience_of
from acd.simulation.chance import Chance


def waits(number: int, patience: float, shape: float = 1.0, answered_after: float = 60.0) -> list[Wait]:
    """Callers of a Weibull patience, who are offered an exponential wait; a tenth of those go elsewhere."""
    met = []
    for n in range(number):
        chance = Chance(n)
        endures, offered = chance.weibull(patience, shape, 1), chance.exponential(answered_after, 2)
        otherwise = Ending.ELSEWHERE if n % 10 == 0 else Ending.ANSWERED
        met.append(Wait(endures, Ending.GAVE_UP) if endures < offered else Wait(offered, otherwise))
    return met


@pytest.mark.parametrize("shape", [0.8, 1.0, 1.2, 2.0])
@pytest.mark.parametrize("answered_after", [60.0, 600.0])
def test_the_patience_that_callers_had_is_found(shape: float, answered_after: float) -> None:
    found = patience_of(waits(20_000, 200.0, shape, answered_after), inf, shape)
    assert found.seconds == pytest.approx(200, rel=0.05)


def test_the_mean_wait_of_those_who_gave_up_is_far_too_short() -> None:
    met = waits(20_000, 200.0)
    assert fmean(wait.seconds for wait in met if wait.ended is Ending.GAVE_UP) < 50
    assert fmean(wait.seconds for wait in met) < 50
    assert patience_of(met, inf).seconds == pytest.approx(200, rel=0.05)


def test_where_everybody_gives_up_it_is_the_mean_wait() -> None:
    assert patience_of([Wait(seconds, Ending.GAVE_UP) for seconds in (30.0, 90.0)] * 10, inf) == Patience(60.0, 20)


@pytest.mark.parametrize("expected", [240.0, inf])
def test_a_few_who_gave_up_tell_nothing(expected: float) -> None:
    few = [Wait(30.0, Ending.GAVE_UP)] * (LEAST - 1) + [Wait(30.0, Ending.ANSWERED)] * 1000
    assert patience_of(few, expected) == Patience(expected, LEAST - 1)
    assert not patience_of(few, expected).is_seen
    assert patience_of([*few, Wait(30.0, Ending.GAVE_UP)], expected) == Patience(30.0 * (LEAST + 1000) / LEAST, LEAST)
    assert patience_of((), expected) == Patience(expected, 0)


def test_a_clock_that_was_set_does_not_make_callers_patient() -> None:
    usual = [Wait(60.0, Ending.GAVE_UP)] * 99
    assert patience_of([*usual, Wait(1e9, Ending.GAVE_UP)], inf).seconds == pytest.approx(
        0.99 * 60 + 0.01 * LONGEST_WAIT
    )


@pytest.mark.parametrize("shape", [0.8, 1.0, 1.2])
def test_who_has_waited_is_as_patient_as_those_who_wait_at_least_as_long(shape: float) -> None:
    everybody = [Chance(n).weibull(200.0, shape, 1) for n in range(40_000)]
    longer = [Chance(n).weibull(200.0, shape, 1, beyond=150.0) for n in range(10_000)]
    assert min(longer) >= 150
    assert fmean(longer) == pytest.approx(fmean(each for each in everybody if each > 150), rel=0.05)


def test_callers_who_hang_up_at_once_have_some_patience_left() -> None:
    assert patience_of([Wait(0.0, Ending.GAVE_UP)] * LEAST, inf) == Patience(1.0, LEAST)
