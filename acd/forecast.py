"""What a week brings to a queue: the calls of each half hour of each weekday, from the days on record.

    visits ──▶ counts per half hour of each whole day ──▶ usual days ──▶ weighted mean and spread per half hour

- A day a week older counts for less: its weight halves every HALF_LIFE_WEEKS.
- A day that brought less than a quarter of what its weekday usually brings (a holiday, an outage) is left out. So a
  change of hours is believed after about six weeks.
- A count far from its half hour's median counts as the bound: one storm of calls does not staff all Mondays.
- Days differ as a whole, beyond chance: that spread is estimated from the totals of all days together, since a half
  hour alone has too few. (A. Avramidis, A. Deslauriers, P. L'Ecuyer, "Modeling daily arrivals to a telephone call
  center", Management Science 50 (2004): the day's busyness factor.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from acd.patience import Wait

DAYS, HALF_HOURS = 7, 48
WEEKS = 16  # what is older weighs less than a sixteenth
HALF_LIFE_WEEKS = 4.0
USUAL_SHARE = 2 / 3  # the weekday's usual total: two thirds of its days, by weight, brought no more
UNUSUAL = 0.25
FAR = 3.0  # spreads from the median
MEDIAN_TO_SPREAD = 1.4826  # of a normal distribution's median deviation
MOST_MEDIANS = 10.0  # a handle time beyond ten medians is a receiver that was not put back

Day = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One caller's stay in one queue. `joined`: seconds since the epoch.

    `handle_seconds`: ringing and talk, a person's time without wrap-up; None when nobody answered. `wait`: on the line,
    rings included; None while it goes on, or when its end was not seen. Who takes a callback leaves the line, so the
    wait ends there, whatever comes of the callback.
    """

    queue: str
    joined: float
    handle_seconds: float | None = None
    wait: Wait | None = None


@dataclass(frozen=True, slots=True)
class HalfHour:
    """The calls to expect; `variance` of a coming half hour's count: chance, the day's busyness, our uncertainty."""

    calls: float
    variance: float

    def busy(self, share: float) -> float:
        """So many calls or fewer come on this share of days (0.5 to below 1), by the normal approximation."""
        return self.calls + NormalDist().inv_cdf(share) * sqrt(self.variance)


@dataclass(frozen=True, slots=True)
class Profile:
    """`days[0]` is Monday: its 48 half hours of local time; None for a weekday that is not on record yet.

    `used`: how many days it is made from; `left_out`: days that were not usual.
    """

    days: tuple[tuple[HalfHour, ...] | None, ...]
    used: int
    left_out: tuple[date, ...] = ()


def first_day(today: date) -> date:
    """The first day that a forecast looks at."""
    return today - timedelta(weeks=WEEKS)


def weekly_profile(joined: Iterable[float], recorded_from: float, now: float, zone: tzinfo) -> Profile:
    """The profile from the moments when callers joined (seconds since the epoch, any order).

    `recorded_from`: when the record began. Only whole days count: not its first, and not today.
    """
    today = datetime.fromtimestamp(now, zone).date()
    first = max(first_day(today), datetime.fromtimestamp(recorded_from, zone).date() + timedelta(days=1))
    days = _counted(joined, first, today, zone)
    usual = {day: counts for day, counts in days.items() if _is_usual(day, days, today)}
    weights = {day: _weight(day, today) for day in usual}
    busyness = _busyness(usual, weights)
    return Profile(
        tuple(_weekday(weekday, usual, weights, busyness) for weekday in range(DAYS)),
        used=len(usual),
        left_out=tuple(sorted(days.keys() - usual.keys())),
    )


def mean_handle_seconds(visits: Iterable[Visit], now: float) -> float | None:
    """A person's mean time per call, recent weeks first; None when nobody was answered."""
    answered = [(visit.handle_seconds, visit.joined) for visit in visits if visit.handle_seconds is not None]
    if not answered:
        return None
    weights = [0.5 ** (max(0.0, now - at) / timedelta(weeks=HALF_LIFE_WEEKS).total_seconds()) for _, at in answered]
    seconds = [handled for handled, _ in answered]
    most = MOST_MEDIANS * _quantile(seconds, weights, 0.5)
    return _mean([min(each, most) for each in seconds], weights)


def _counted(joined: Iterable[float], first: date, today: date, zone: tzinfo) -> dict[date, Day]:
    counts = {first + timedelta(days=n): [0] * HALF_HOURS for n in range((today - first).days)}
    for at in joined:
        local = datetime.fromtimestamp(at, zone)
        if (day := counts.get(local.date())) is not None:
            day[local.hour * 2 + local.minute // 30] += 1
    return {day: tuple(each) for day, each in counts.items()}


def _weight(day: date, today: date) -> float:
    return float(0.5 ** (((today - day).days - 1) // DAYS / HALF_LIFE_WEEKS))


def _is_usual(day: date, days: Mapping[date, Day], today: date) -> bool:
    alike = [each for each in days if each.weekday() == day.weekday()]
    totals = [sum(days[each]) for each in alike]
    usual = _quantile(totals, [_weight(each, today) for each in alike], USUAL_SHARE)
    return sum(days[day]) >= UNUSUAL * usual


def _busyness(days: Mapping[date, Day], weights: Mapping[date, float]) -> float:
    """The squared variation of whole days around their weekday's mean, beyond chance; 0 where none shows."""
    beyond, expected_squares = 0.0, 0.0
    for weekday in range(DAYS):
        alike = [day for day in days if day.weekday() == weekday]
        if len(alike) > 1:
            own = [weights[day] for day in alike]
            totals = [sum(days[day]) for day in alike]
            mean = _mean(totals, own)
            unbiased = 1 - 1 / _effective(own)
            variance = _mean([(total - mean) ** 2 for total in totals], own) / unbiased
            beyond += sum(own) * (variance - mean)
            expected_squares += sum(own) * mean**2
    return max(0.0, beyond / expected_squares) if expected_squares else 0.0


def _weekday(
    weekday: int, days: Mapping[date, Day], weights: Mapping[date, float], busyness: float
) -> tuple[HalfHour, ...] | None:
    alike = [day for day in days if day.weekday() == weekday]
    own = [weights[day] for day in alike]
    return tuple(_half_hour([days[day][n] for day in alike], own, busyness) for n in range(HALF_HOURS)) if own else None


def _half_hour(counts: Sequence[int], weights: Sequence[float], busyness: float) -> HalfHour:
    calls = _mean(_bounded(counts, weights), weights)
    of_a_day = calls + busyness * calls**2
    return HalfHour(calls, of_a_day * (1 + 1 / _effective(weights)))


def _bounded(counts: Sequence[int], weights: Sequence[float]) -> list[float]:
    median = _quantile(counts, weights, 0.5)
    deviation = MEDIAN_TO_SPREAD * _quantile([abs(count - median) for count in counts], weights, 0.5)
    far = FAR * max(deviation, sqrt(max(median, 1.0)))
    return [min(max(count, median - far), median + far) for count in counts]


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _effective(weights: Sequence[float]) -> float:
    """How many equally weighted days tell as much (Kish)."""
    return sum(weights) ** 2 / sum(weight**2 for weight in weights)


def _quantile(values: Sequence[float], weights: Sequence[float], share: float) -> float:
    """The smallest value which, with all below it, has more than this share of the weight."""
    ordered = sorted(zip(values, weights, strict=True))
    wanted, reached = share * sum(weights), 0.0
    for value, weight in ordered:
        reached += weight
        if reached > wanted:
            return value
    return ordered[-1][0]
