"""What a simulated day came to: per queue, in all, per person, per half hour."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from acd.simulation.traffic import HALF_HOUR_SECONDS, HALF_HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT_ABANDON_SECONDS = 5.0  # who hung up sooner had misdialled, and is no failure of ours: as in acd.stats


@dataclass(frozen=True, slots=True)
class HalfHourFigures:
    """Of those who came in it."""

    offered: int
    answered: int
    abandoned: int
    service_level: float | None
    answer_seconds: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every caller offered is in exactly one of: answered, abandoned, overflowed, callbacks kept or lost, waiting.

    `service_level`, 0 to 1, counts as acd.stats does: answered in the queue's time, of those answered and those who
    gave up; None without any. `answer_seconds` (ASA) and `p90_seconds` are of those answered on the line. `overflowed`
    counts by target. Of the callbacks `agreed` upon, those neither kept nor lost (`callbacks_lost`: never reached)
    are among the `waiting`, who are left at the end of the day. `alerts` were raised, however often repeated.
    """

    offered: int
    answered: int
    abandoned: int
    overflowed: Mapping[str, int]
    callbacks_agreed: int
    callbacks_kept: int
    callbacks_lost: int
    waiting: int
    service_level: float | None
    answer_seconds: float | None
    p90_seconds: float | None
    longest_seconds: float
    alerts: int
    half_hours: tuple[HalfHourFigures, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """`occupancy`: of each person who was at work, the share of that time spent on calls and wrap-ups."""

    total: Outcome
    queues: Mapping[str, Outcome]
    occupancy: Mapping[str, float]

    @property
    def mean_occupancy(self) -> float | None:
        return fmean(self.occupancy.values()) if self.occupancy else None


@dataclass(slots=True)
class _Waits:
    offered: int = 0
    in_time: int = 0
    abandoned: int = 0
    shortly: int = 0
    answered: list[float] = field(default_factory=list)

    @property
    def service_level(self) -> float | None:
        counted = len(self.answered) + self.abandoned - self.shortly
        return self.in_time / counted if counted else None

    @property
    def answer_seconds(self) -> float | None:
        return fmean(self.answered) if self.answered else None

    def figures(self) -> HalfHourFigures:
        return HalfHourFigures(
            self.offered, len(self.answered), self.abandoned, self.service_level, self.answer_seconds
        )


@dataclass(slots=True)
class Tally:
    """Counts what becomes of callers. `came` is when a caller called, in seconds since midnight."""

    alerts: int = 0
    agreed: int = 0
    kept: int = 0
    lost: int = 0
    waiting: int = 0
    longest: float = 0.0
    overflowed: Counter[str] = field(default_factory=Counter)
    _day: _Waits = field(default_factory=_Waits)
    _half_hours: list[_Waits] = field(default_factory=lambda: [_Waits() for _ in range(HALF_HOURS)])

    def joined(self, came: float) -> None:
        for waits in self._both(came):
            waits.offered += 1

    def answered(self, came: float, waited: float, *, in_time: bool) -> None:
        self.longest = max(self.longest, waited)
        for waits in self._both(came):
            waits.answered.append(waited)
            waits.in_time += in_time

    def abandoned(self, came: float, waited: float) -> None:
        self.longest = max(self.longest, waited)
        for waits in self._both(came):
            waits.abandoned += 1
            waits.shortly += waited < SHORT_ABANDON_SECONDS

    def sent(self, to: str, waited: float) -> None:
        self.longest = max(self.longest, waited)
        self.overflowed[to] += 1

    def left_over(self, waited: float) -> None:
        self.longest = max(self.longest, waited)
        self.waiting += 1

    def outcome(self) -> Outcome:
        day = self._day
        waits = sorted(day.answered)
        return Outcome(
            offered=day.offered,
            answered=len(waits),
            abandoned=day.abandoned,
            overflowed=dict(sorted(self.overflowed.items())),
            callbacks_agreed=self.agreed,
            callbacks_kept=self.kept,
            callbacks_lost=self.lost,
            waiting=self.waiting,
            service_level=day.service_level,
            answer_seconds=day.answer_seconds,
            p90_seconds=waits[int(len(waits) * 0.9)] if waits else None,
            longest_seconds=self.longest,
            alerts=self.alerts,
            half_hours=tuple(waits.figures() for waits in self._half_hours),
        )

    def _both(self, came: float) -> tuple[_Waits, _Waits]:
        return self._day, self._half_hours[min(int(came // HALF_HOUR_SECONDS), HALF_HOURS - 1)]
