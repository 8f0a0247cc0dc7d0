"""Erlang C and A against published figures, against the plain definition, and against a simulation."""

from __future__ import annotations

from dataclasses import astuple, replace
from fractions import Fraction
from heapq import heappop, heappush
from math import exp, factorial, inf, sqrt
from random import Random
from statistics import NormalDist
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from acd.staffing import IDLE, Load, Need, Service, Target, erlang_b, people_needed, service

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICE = Load(calls_per_hour=200, handle_seconds=180)
IMPATIENT = replace(OFFICE, patience_seconds=60)

loads = some.builds(
    Load,
    calls_per_hour=some.floats(0.1, 2000),
    handle_seconds=some.floats(10, 1200),
    patience_seconds=some.one_of(some.just(inf), some.floats(5, 3600)),
)
targets = some.builds(
    Target,
    percent=some.floats(1, 99.9),
    seconds=some.floats(0, 300),
    max_occupancy=some.floats(0.3, 1),
    shrinkage=some.floats(0, 0.6),
)


# ---- published figures ------------------------------------------------------------------------------------------


def test_the_worked_example_of_tanner_is_met() -> None:
    """M. Tanner, "The Erlang-C Formula": 360 calls in half an hour of 4 minutes each, 55 people, 15 s."""
    found = service(Load(720, 240), 55, 15)
    assert rounded(found, 3) == (0.846, 0.239, 0.0, 8.184, 0.873)


def test_the_example_of_the_workforce_planners_is_met() -> None:
    """Call Centre Helper, "Erlang C formula": 10 erlangs need 14 people for 80/20, which gives 88.8 % and 7.8 s."""
    need = people_needed(OFFICE, Target(80, 20))
    assert need.people == 14
    assert rounded(need.service, 3) == (0.888, 0.174, 0.0, 7.836, 0.714)


def test_the_comparison_of_garnett_mandelbaum_and_reiman_is_met() -> None:
    """48 calls a minute of one minute, 50 people: 20.8 s of wait; with a patience of 2 minutes 3.7 s, 3.1 % give up."""
    patient = service(Load(48 * 60, 60), 50, 20)
    impatient = service(Load(48 * 60, 60, 120), 50, 20)
    mean_wait = impatient.abandoned * 120  # each waiting caller leaves at the rate of one per patience
    assert (round(patient.answer_seconds, 1), patient.occupancy) == (20.8, 0.96)
    assert (round(impatient.abandoned, 3), round(mean_wait, 1), round(impatient.occupancy, 2)) == (0.031, 3.7, 0.93)


@pytest.mark.parametrize(("erlangs", "people"), [(0.5, 1), (3.0, 5), (10.0, 14), (40.0, 30), (100.0, 120)])
def test_erlang_b_is_its_definition_in_exact_fractions(erlangs: float, people: int) -> None:
    offered = Fraction(erlangs)
    terms = [offered**n / factorial(n) for n in range(people + 1)]
    assert erlang_b(erlangs, people) == pytest.approx(float(terms[-1] / sum(terms)), rel=1e-13)


# ---- against the chain of states, computed in another way -------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "people", "seconds"),
    [
        (OFFICE, 14, 20.0),
        (IMPATIENT, 8, 20.0),
        (IMPATIENT, 14, 0.0),
        (Load(8, 240, 120), 1, 30.0),
        (Load(300, 60, 300), 3, 45.0),
        (Load(720, 240, 900), 46, 15.0),
    ],
)
def test_the_chain_of_states_says_the_same(load: Load, people: int, seconds: float) -> None:
    assert astuple(service(load, people, seconds)) == pytest.approx(by_states(load, people, seconds), rel=1e-6)


def by_states(load: Load, people: int, seconds: float) -> tuple[float, ...]:
    """The stationary chain, cut at 600 callers; a caller's way up the line by uniformisation."""
    arrivals, most = load.calls_per_hour / 3600, 600
    leaving = 0.0 if load.patience_seconds == inf else 1 / load.patience_seconds
    done = 1 / load.handle_seconds

    def departures(n: int) -> float:
        return min(n, people) * done + max(0, n - people) * leaving

    weights = [1.0]
    for n in range(1, most + 1):
        weights.append(weights[-1] * arrivals / departures(n))
    states = [weight / sum(weights) for weight in weights]
    ahead = states[people:]  # a caller who comes at state people + j has j waiting ahead
    at_once, freed = sum(states[:people]), people * done
    answered = at_once + sum(p * eventually(j, freed, leaving) for j, p in enumerate(ahead))
    waited = sum(p * time_until_answered(j, freed, leaving) for j, p in enumerate(ahead)) / answered
    busy = sum(p * min(n, people) for n, p in enumerate(states)) / people
    return (at_once + within(ahead, freed, leaving, seconds), sum(ahead), 1 - answered, waited, busy)


def eventually(ahead: int, freed: float, leaving: float) -> float:
    """The chance that the caller at this place is answered: each step up must come before giving up."""
    chance = 1.0
    for j in range(ahead + 1):
        chance *= (freed + j * leaving) / (freed + (j + 1) * leaving)
    return chance


def time_until_answered(ahead: int, freed: float, leaving: float) -> float:
    """The mean wait of a caller at this place, counted as 0 for who gives up: the steps are independent."""
    return eventually(ahead, freed, leaving) * sum(1 / (freed + (j + 1) * leaving) for j in range(ahead + 1))


def within(ahead: list[float], freed: float, leaving: float, seconds: float) -> float:
    """The share of all callers who wait and are answered within the time: up the line at the events of a clock."""
    line, answered, in_time = list(ahead), 0.0, 0.0
    pace = freed + (len(line) + 1) * leaving
    chance, steps, seen = exp(-pace * seconds), 0, 0.0
    while seen < 1 - 1e-12:
        in_time += chance * answered
        seen += chance
        answered += line[0] * freed / pace
        line = [
            p * (1 - (freed + (j + 1) * leaving) / pace) + behind * (freed + (j + 1) * leaving) / pace
            for j, (p, behind) in enumerate(zip(line, [*line[1:], 0.0], strict=True))
        ]
        steps += 1
        chance *= pace * seconds / steps
    return in_time


# ---- against a simulation ---------------------------------------------------------------------------------------


def test_a_simulated_office_gets_what_is_computed() -> None:
    load, people, seconds = Load(60, 240, 120), 4, 20.0
    assert simulated(load, people, seconds, calls=100_000) == pytest.approx(
        astuple(service(load, people, seconds)), rel=0.02
    )


def simulated(load: Load, people: int, seconds: float, calls: int) -> tuple[float, ...]:
    """First come, first served; a caller who would have to wait for longer than their patience leaves then."""
    random, now, busy_seconds = Random(7), 0.0, 0.0
    free_at = [0.0] * people
    in_time = waiting = abandoned = 0
    answered: list[float] = []
    for _ in range(calls):
        now += random.expovariate(load.calls_per_hour / 3600)
        free = heappop(free_at)
        wait = max(0.0, free - now)
        waiting += wait > 0
        if wait > random.expovariate(1 / load.patience_seconds):
            abandoned += 1
            heappush(free_at, free)
            continue
        in_time += wait <= seconds
        answered.append(wait)
        handled = random.expovariate(1 / load.handle_seconds)
        busy_seconds += handled
        heappush(free_at, now + wait + handled)
    mean = sum(answered) / len(answered)
    return (in_time / calls, waiting / calls, abandoned / calls, mean, busy_seconds / now / people)


# ---- limits and properties --------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [11, 14, 30])
def test_with_endless_patience_erlang_a_is_erlang_c(people: int) -> None:
    patient = service(replace(OFFICE, patience_seconds=1e6), people, 20)
    assert astuple(patient) == pytest.approx(astuple(service(OFFICE, people, 20)), rel=5e-3, abs=2e-4)


def test_a_queue_that_only_grows_answers_nobody_in_time() -> None:
    assert service(OFFICE, 10, 20) == Service(0.0, 1.0, 0.0, inf, 1.0)


def test_where_nobody_calls_nobody_is_needed() -> None:
    assert people_needed(Load(0, 180), Target()) == Need(0, 0, IDLE)
    assert service(Load(0, 180), 1, 20) == IDLE


def test_thousands_of_people_are_no_trouble() -> None:
    busy = Load(60_000, 180)  # 3,000 erlangs
    need = people_needed(busy, Target(80, 20))
    assert need.people == 3012
    assert need.service.waiting == pytest.approx(halfin_whitt(3000, 3012), rel=5e-3)
    assert 2700 < people_needed(replace(busy, patience_seconds=180), Target(80, 20)).people < 3000
    overrun = service(replace(busy, patience_seconds=3600), 1000, 20)
    assert rounded(overrun, 6)[:3] == (0.0, 1.0, 0.666667)
    lonely = service(Load(0.001, 180, 60), 5000, 20)
    assert astuple(lonely)[:4] == (1.0, 0.0, 0.0, 0.0)


def halfin_whitt(erlangs: float, people: int) -> float:
    """S. Halfin, W. Whitt (1981): the share that waits, in the limit of many people."""
    beta, normal = (people - erlangs) / sqrt(erlangs), NormalDist()
    return 1 / (1 + beta * normal.cdf(beta) / normal.pdf(beta))


@given(loads, targets)
def test_what_is_needed_meets_the_target_and_one_fewer_does_not(load: Load, target: Target) -> None:
    need = people_needed(load, target)
    assert target.met_by(need.service)
    assert need.people == 1 or not target.met_by(service(load, need.people - 1, target.seconds))
    assert need.rostered * (1 - target.shrinkage) >= need.people - 1e-6
    assert (need.rostered - 1) * (1 - target.shrinkage) < need.people


@given(loads, some.integers(1, 60), some.floats(0, 300))
def test_with_more_people_nothing_gets_worse(load: Load, people: int, seconds: float) -> None:
    fewer, more = service(load, people, seconds), service(load, people + 1, seconds)
    assert more.in_time >= fewer.in_time - 1e-9
    assert more.waiting <= fewer.waiting + 1e-9
    assert more.abandoned <= fewer.abandoned + 1e-9
    assert more.occupancy <= fewer.occupancy + 1e-9
    assert more.answer_seconds <= fewer.answer_seconds * (1 + 1e-9)


@given(loads, some.integers(1, 60), some.floats(0, 300))
def test_shares_are_shares(load: Load, people: int, seconds: float) -> None:
    found = service(load, people, seconds)
    assert all(0 <= share <= 1 for share in (found.in_time, found.waiting, found.abandoned, found.occupancy))
    assert found.in_time <= 1 - found.abandoned + 1e-9
    assert found.answer_seconds >= 0


def test_breaks_and_absences_are_planned_for() -> None:
    seven = Target(80, 20, shrinkage=0.3)
    need = people_needed(Load(60, 240), seven)
    assert (need.people, need.rostered) == (7, 10)  # 7 / (1 - 0.3), and not a rounding error more
    assert people_needed(Load(45, 240), seven).rostered == 8  # 5 / 0.7 is 7.1


def test_nobody_is_busier_than_allowed() -> None:
    relaxed = people_needed(Load(720, 240), Target(80, 30, max_occupancy=0.8))
    assert (relaxed.people, relaxed.service.occupancy) == (60, 0.8)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Load(-1, 60),
        lambda: Load(inf, 60),
        lambda: Load(1, 0),
        lambda: Load(1, 60, 0),
        lambda: Load(1, 60, 2e6),
        lambda: Target(percent=100),
        lambda: Target(seconds=-1),
        lambda: Target(max_occupancy=0),
        lambda: Target(shrinkage=1),
        lambda: service(OFFICE, 0, 20),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        wrong()


def rounded(found: Service, digits: int) -> tuple[float, ...]:
    return tuple(round(each, digits) for each in astuple(found))
