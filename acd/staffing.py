"""How many people a queue needs: Erlang C, and Erlang A for callers who give up.

    calls ──▶ waiting in order ──▶ n people            M/M/n (Erlang C); M/M/n+M with patience (Erlang A)
                   └─▶ gives up, if the wait outlasts the caller's patience

Calls come at random (Poisson), handle times and patience are exponential, and people serve this queue alone.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges" (1917). C. Palm, "Etude des délais d'attente", Ericsson Technics 5 (1937), and "Methods of judging the
annoyance caused by congestion", Tele 4 (1953). O. Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with
impatient customers", Manufacturing & Service Operations Management 4 (2002). The density of the wait that a caller is
offered, c·exp(λH(t) - nμt) with H(t) = (1 - exp(-θt))/θ: F. Baccelli, G. Hebuterne, "On queues with impatient
customers" (1981).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, expm1, inf, isfinite, log

SECONDS_PER_HOUR = 3600.0
NEGLIGIBLE = 1e-17  # a rest of a sum that no double can show
RESCALE = 1e250  # partial sums are kept below it, their logarithm apart
MOST_PATIENCE = 1e6  # seconds: nobody holds the line for eleven days, and a sum grows with it
ROUNDING = 1e-9  # 7 / (1 - 0.3) is 10 people, not 10.000000000000002


@dataclass(frozen=True, slots=True)
class Load:
    """What callers ask of a queue. `handle_seconds`: a person's mean time per call, wrap-up included.

    `patience_seconds`: the mean time after which a caller gives up; infinite is Erlang C.
    """

    calls_per_hour: float
    handle_seconds: float
    patience_seconds: float = inf

    def __post_init__(self) -> None:
        if not (self.calls_per_hour >= 0 and isfinite(self.calls_per_hour)):
            raise ValueError(f"calls per hour must be 0 or more, not {self.calls_per_hour}")
        if not (self.handle_seconds > 0 and isfinite(self.handle_seconds)):
            raise ValueError(f"the handle time must be more than 0 seconds, not {self.handle_seconds}")
        if not (0 < self.patience_seconds <= MOST_PATIENCE or self.patience_seconds == inf):
            raise ValueError(f"the patience must be more than 0 and at most 1e6 seconds, not {self.patience_seconds}")

    @property
    def erlangs(self) -> float:
        """People busy on average, if nobody gave up."""
        return self.calls_per_second * self.handle_seconds

    @property
    def calls_per_second(self) -> float:
        return self.calls_per_hour / SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Service:
    """What callers and people get; shares from 0 to 1.

    `in_time`: of all callers, those answered within the time asked for: who gave up counts as not answered.
    `waiting`: of all callers, those who are not answered at once. `abandoned`: those who give up.
    `answer_seconds`: the mean wait of those who are answered (ASA). `occupancy`: the part of their time that people
    are busy. A queue that only grows has in_time 0 and an infinite wait.
    """

    in_time: float
    waiting: float
    abandoned: float
    answer_seconds: float
    occupancy: float


@dataclass(frozen=True, slots=True)
class Target:
    """`percent` of all callers are answered within `seconds`, and nobody is busier than `max_occupancy` on average.

    `shrinkage`: the share of the paid time in which people are not at their phones (breaks, training, illness).
    """

    percent: float = 80.0
    seconds: float = 30.0
    max_occupancy: float = 1.0
    shrinkage: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.percent < 100:  # noqa: PLR2004 - per cent
            raise ValueError(f"the service level must be between 0 and 100 percent, not {self.percent}")
        if not 0 <= self.seconds < inf:
            raise ValueError(f"the time to answer must be 0 seconds or more, not {self.seconds}")
        if not 0 < self.max_occupancy <= 1:
            raise ValueError(f"the highest occupancy must be more than 0 and at most 1, not {self.max_occupancy}")
        if not 0 <= self.shrinkage < 1:
            raise ValueError(f"the shrinkage must be at least 0 and less than 1, not {self.shrinkage}")

    def met_by(self, service: Service) -> bool:
        return service.in_time >= self.percent / 100 and service.occupancy <= self.max_occupancy


@dataclass(frozen=True, slots=True)
class Need:
    """`people` at their phones; `rostered`: people to plan for, so that so many are there; what callers then get."""

    people: int
    rostered: int
    service: Service


IDLE = Service(in_time=1.0, waiting=0.0, abandoned=0.0, answer_seconds=0.0, occupancy=0.0)


def people_needed(load: Load, target: Target) -> Need:
    """The fewest people who meet the target; nobody where nobody calls."""
    if load.erlangs == 0:
        return Need(0, 0, IDLE)
    enough = max(1, ceil(load.erlangs))
    while not target.met_by(service(load, enough, target.seconds)):
        enough *= 2
    people = _fewest(load, target, enough)
    rostered = ceil(people / (1 - target.shrinkage) - ROUNDING)
    return Need(people, rostered, service(load, people, target.seconds))


def _fewest(load: Load, target: Target, enough: int) -> int:
    """Halve the range: with more people no figure gets worse."""
    too_few = 0
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if target.met_by(service(load, middle, target.seconds)):
            enough = middle
        else:
            too_few = middle
    return enough


def service(load: Load, people: int, seconds: float) -> Service:
    """What callers get from so many people (1 or more), with `seconds` as the time to answer within."""
    if people < 1:
        raise ValueError(f"people must be 1 or more, not {people}")
    if load.erlangs == 0:
        return IDLE
    return _erlang_c(load, people, seconds) if load.patience_seconds == inf else _erlang_a(load, people, seconds)


def erlang_b(erlangs: float, people: int) -> float:
    """The share of callers who find everybody busy, if none could wait. Exact, and stable for thousands of people."""
    blocked = 1.0
    for n in range(1, people + 1):
        blocked = erlangs * blocked / (n + erlangs * blocked)
    return blocked


def _erlang_c(load: Load, people: int, seconds: float) -> Service:
    spare = people - load.erlangs
    if spare <= 0:
        return Service(in_time=0.0, waiting=1.0, abandoned=0.0, answer_seconds=inf, occupancy=1.0)
    blocked = erlang_b(load.erlangs, people)
    waiting = people * blocked / (spare + load.erlangs * blocked)
    late = waiting * exp(-spare * seconds / load.handle_seconds)
    answer_seconds = waiting * load.handle_seconds / spare
    return Service(1 - late, waiting, 0.0, answer_seconds, load.erlangs / people)


def _erlang_a(load: Load, people: int, seconds: float) -> Service:
    """Every share is a quotient of integrals over the wait that a caller is offered; see _Waits."""
    arrivals, leaving = load.calls_per_second, 1 / load.patience_seconds
    freed = people / load.handle_seconds
    offered, answered = _Waits.of(arrivals, freed, leaving), _Waits.of(arrivals, freed + leaving, leaving)
    odds = arrivals * erlang_b(load.erlangs, people - 1)
    waiting = _share_of_odds(log(odds) + offered.log) if odds > 0 else 0.0
    answered_of_waiting = exp(answered.log - offered.log)
    late_of_waiting = exp(_log_later(seconds, arrivals, freed + leaving, leaving) - offered.log)
    abandoned = waiting * max(0.0, 1 - answered_of_waiting)
    return Service(
        in_time=max(0.0, 1 - waiting * (1 - answered_of_waiting + late_of_waiting)),
        waiting=waiting,
        abandoned=abandoned,
        answer_seconds=waiting * answered_of_waiting * answered.mean / (1 - abandoned),
        occupancy=min(1.0, load.erlangs * (1 - abandoned) / people),
    )


def _share_of_odds(logarithm: float) -> float:
    """odds / (1 + odds), without overflow on either side."""
    smaller = exp(-abs(logarithm))
    return (1.0 if logarithm > 0 else smaller) / (1 + smaller)


def _log_later(since: float, arrivals: float, rate: float, leaving: float) -> float:
    """The logarithm of _Waits' integral from `since` on: the same integral again, with fewer arrivals."""
    kept = exp(-leaving * since)
    before = -arrivals * expm1(-leaving * since) / leaving - rate * since
    return before + _Waits.of(arrivals * kept, rate, leaving).log


@dataclass(frozen=True, slots=True)
class _Waits:
    """The integral of exp(λH(t) - rt) over t from 0 to infinity, as its logarithm, and the mean t under it.

    With x = r/θ and y = λ/θ it is Palm's series (1 + y/(x+1) + y²/((x+1)(x+2)) + ...)/r: the sum over how many wait.
    All terms are positive, so nothing cancels.
    """

    log: float
    mean: float

    @classmethod
    def of(cls, arrivals: float, rate: float, leaving: float) -> _Waits:
        x, y = rate / leaving, arrivals / leaving
        term = total = 1.0
        harmonic = weighted = 0.0  # the sum of 1/(x+k) up to here, and its sum weighted with the terms
        scale, k = 0.0, 0
        while not _rest_is_negligible(term, total, y / (x + k + 1)):
            k += 1
            term *= y / (x + k)
            harmonic += 1 / (x + k)
            total += term
            weighted += term * harmonic
            if total > RESCALE:
                term, total, weighted = term / RESCALE, total / RESCALE, weighted / RESCALE
                scale += log(RESCALE)
        return cls(log(total) + scale - log(rate), 1 / rate + weighted / total / leaving)


def _rest_is_negligible(term: float, total: float, ratio: float) -> bool:
    """Ratios of terms only fall: a geometric series bounds what follows."""
    return ratio < 1 and term * ratio < NEGLIGIBLE * total * (1 - ratio)
