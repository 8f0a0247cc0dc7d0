"""Makes the traces of tests/acd/traces: `python -m lab.wait_traces` (PYTHONPATH=scripts).

Sixteen practices, each from its own seed, so the files come out the same each time. Those of TUNING were looked at
while acd.wait was made; those of HELD_OUT have other seeds, other sizes and other habits, and only judge it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from lab.practice_day import DAY, HOUR, Day, Demand, Shift
from lab.terminal import say
from lab.wait_trace import Happened, write

if TYPE_CHECKING:
    from collections.abc import Sequence

TRACES = Path(__file__).parents[2] / "tests" / "acd" / "traces"

# Callers per hour over the day, as shares of the busiest: a peak after opening, a lesser one after lunch.
OFFICE = (0,) * 8 + (1.0, 0.9, 0.75, 0.6, 0.45, 0.7, 0.75, 0.55, 0.4) + (0,) * 7
MONDAY = (0,) * 8 + (1.0, 1.0, 0.8, 0.55, 0.4, 0.6, 0.55, 0.4, 0.3) + (0,) * 7
FLAT = (0,) * 8 + (0.8, 0.9, 1.0, 0.9, 0.9, 1.0, 0.9, 0.8, 0.7) + (0,) * 7
LUNCH = (0,) * 8 + (0.6, 0.6, 0.7, 0.8, 1.0, 1.0, 0.8, 0.6, 0.5) + (0,) * 7
NIGHT = (0.6, 0.4, 0.3, 0.3, 0.3, 0.5, 0.8) + (0,) * 11 + (1.0, 1.0, 1.0, 0.9, 0.8, 0.7)

STEADY = (1.0,) * 24
SLOW_MORNING = (1.0,) * 8 + (1.25, 1.2, 1.1, 1.0, 0.9, 0.9, 0.95, 1.0, 1.0) + (1.0,) * 7
SLOW_AFTERNOON = (1.0,) * 8 + (0.85, 0.85, 0.9, 1.0, 1.1, 1.3, 1.3, 1.2, 1.0) + (1.0,) * 7

Hours = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """`peak` callers per hour at the busiest; `shared` of the people serve a second queue of `other_peak`, too."""

    seed: int
    people: int
    days: int
    peak: float
    curve: Sequence[float] = OFFICE
    talk_seconds: float = 180.0
    slowness: Sequence[float] = STEADY
    wrap_up_seconds: float = 25.0
    patience_seconds: float = 900.0
    urgent: float = 0.0
    shared: int = 0
    other_peak: float = 0.0
    lunch_together: int = 1
    jumps: tuple[tuple[float, float, int], ...] = ()
    close: float = 17.0


TUNING = {
    "small-practice": Practice(11, people=2, days=5, peak=30),
    "centre": Practice(12, people=15, days=2, peak=265, slowness=SLOW_MORNING),
    "overload-morning": Practice(13, people=6, days=3, peak=150, curve=MONDAY, patience_seconds=1500),
    "understaffed-lunch": Practice(14, people=6, days=4, peak=95, curve=LUNCH, lunch_together=4),
    "shared-staff": Practice(15, people=6, days=4, peak=55, shared=6, other_peak=45),
    "priority-mix": Practice(16, people=5, days=3, peak=90, urgent=0.15),
    "staff-jump": Practice(17, people=9, days=3, peak=90, curve=FLAT, jumps=((8, 10.5, 4), (10.5, 13, 9), (13, 17, 5))),
    "quiet-night": Practice(18, people=2, days=6, peak=12, curve=NIGHT, talk_seconds=300, close=24),
}

HELD_OUT = {
    "three-at-the-desk": Practice(
        201, people=3, days=5, peak=38, talk_seconds=210, wrap_up_seconds=60, slowness=SLOW_AFTERNOON
    ),
    "centre-of-twelve": Practice(
        202, people=12, days=2, peak=230, talk_seconds=165, slowness=SLOW_AFTERNOON, patience_seconds=600
    ),
    "flu-week": Practice(
        203, people=10, days=3, peak=240, curve=MONDAY, talk_seconds=200, slowness=SLOW_MORNING, patience_seconds=1200
    ),
    "lunch-of-half": Practice(204, people=8, days=3, peak=120, curve=LUNCH, talk_seconds=190, lunch_together=5),
    "half-shared": Practice(205, people=7, days=3, peak=70, shared=4, other_peak=60, talk_seconds=220),
    "many-urgent": Practice(206, people=4, days=4, peak=72, urgent=0.25, talk_seconds=170, wrap_up_seconds=40),
    "half-goes-home": Practice(
        207,
        people=12,
        days=3,
        peak=125,
        curve=FLAT,
        talk_seconds=200,
        jumps=((8, 12, 10), (12, 14.5, 5), (14.5, 17, 12)),
    ),
    "one-nurse-at-night": Practice(208, people=1, days=8, peak=7, curve=NIGHT, talk_seconds=260, close=24),
}


def main() -> None:
    TRACES.mkdir(exist_ok=True)
    for name, practice in (TUNING | HELD_OUT).items():
        happened = days_of(practice)
        write(TRACES / f"{name}.csv.gz", happened)
        say(f"{name}: {len(happened)} events")


def days_of(practice: Practice) -> list[Happened]:
    rng = Random(practice.seed)
    speeds = [rng.lognormvariate(0, 0.25) for _ in range(practice.people)]
    happened: list[Happened] = []
    for day in range(practice.days):
        today = rng.lognormvariate(0, 0.12)
        happened += Day(
            rng,
            day * DAY,
            practice.close * HOUR,
            _shifts(practice, speeds, rng),
            _demands(practice, today),
            first_number=day * 100_000,
        ).run()
    return happened


def _demands(practice: Practice, today: float) -> tuple[Demand, ...]:
    ours = Demand(
        rates=tuple(share * practice.peak * today for share in practice.curve),
        talk_seconds=tuple(practice.talk_seconds * each for each in practice.slowness),
        wrap_up_seconds=practice.wrap_up_seconds,
        patience_seconds=practice.patience_seconds,
        urgent=practice.urgent,
    )
    theirs = replace(
        ours,
        rates=tuple(share * practice.other_peak for share in LUNCH),
        talk_seconds=tuple(practice.talk_seconds * 1.4 for _ in STEADY),
    )
    return (ours, theirs) if practice.other_peak else (ours,)


def _shifts(practice: Practice, speeds: list[float], rng: Random) -> tuple[Shift, ...]:
    return tuple(
        Shift(
            speed,
            tuple((begin * HOUR, end * HOUR) for begin, end in _hours(practice, number, rng)),
            frozenset({0, 1}) if number < practice.shared else frozenset({0}),
        )
        for number, speed in enumerate(speeds)
    )


def _hours(practice: Practice, number: int, rng: Random) -> Hours:
    """When one of the people is there: the night whole, or the day with a lunch and two short breaks."""
    if practice.close > 17:
        return ((0.0, 7.0), (18.0, 24.0))
    if practice.jumps:
        return tuple((begin, end) for begin, end, there in practice.jumps if number < there)
    lunch = 11.5 + 0.5 * (number // practice.lunch_together % 4) + rng.uniform(0, 0.1)
    morning, afternoon = rng.uniform(9.5, 10.8), rng.uniform(14.3, 15.8)
    return (
        (8.0 + rng.choice((0.0, 0.0, 0.5)), morning),
        (morning + 0.2, lunch),
        (lunch + 0.5 + 0.25 * (practice.lunch_together > 1), afternoon),
        (afternoon + 0.2, 17.0),
    )


if __name__ == "__main__":
    main()
