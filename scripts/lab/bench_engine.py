"""What the routing engine costs: per event, per caller who waits, per restart; and how both grow.

The practice is lab.large_practice's, the events are lab.crowded_day's. Means of different sizes are compared with the
same mix of events: a longer line loses more callers, and to hang up is cheap. The garbage collector runs as it does in
the product, and its pauses are in the figures.
"""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from random import Random
from statistics import fmean, linear_regression, median
from time import perf_counter
from typing import TYPE_CHECKING, Self

from acd.codec import decode
from acd.engine import Engine
from acd.simulation.day import Day, simulate
from acd.simulation.traffic import Stream, visitors
from ivr.queueing.journalled import JournalledEngine
from ivr.store.database import open_database
from ivr.store.journal import Journal
from lab.crowded_day import CrowdedDay
from lab.large_practice import PEOPLE, QUEUES, caller, large_practice
from lab.linear_scan import longest_scan
from lab.report import Report, Table
from lab.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from acd.simulation.figures import Outcome

LENGTHS = (100, 1_000, 10_000)
WARMING = 6_000
EVENTS = 20_000
JOURNAL = 10_000
PERCENTILE = 0.99
HOURS, CALLS_PER_HOUR = 8, 5_000
AT_WORK = 290  # too few: they are all busy, and callers wait, give up, are called back


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the events at one length of the line, in microseconds; `pairing`: a person becomes free and a phone rings.

    `longest_collection` is the garbage collector's longest pause, which is some event's bad luck.
    """

    waiting: int
    by_kind: Mapping[str, Sequence[float]]
    pairing: float
    longest_collection: float

    @property
    def all(self) -> list[float]:
        return sorted(spent for kind in self.by_kind.values() for spent in kind)

    def mean(self, mix: Mapping[str, float]) -> float:
        """With each kind of event as often as the mix says."""
        return sum(share * fmean(self.by_kind[kind]) for kind, share in mix.items()) / sum(mix.values())


async def run() -> Report:
    costs = [_cost(length) for length in LENGTHS]
    mix = _common(costs)
    growth = costs[-1].mean(mix) / costs[0].mean(mix)
    slope = linear_regression([log(cost.waiting) for cost in costs], [log(cost.mean(mix)) for cost in costs]).slope
    say("the same decision by looking at everybody ...")
    scanned = longest_scan(LENGTHS[-1])
    say("memory, and a restart ...")
    size = bytes_per_caller(LENGTHS[-1])
    replayed, restored = await _restart()
    say(f"{HOURS} hours of {CALLS_PER_HOUR:,} calls ...")
    simulated, outcome = _simulated()
    largest = costs[-1]
    return Report(
        tables=(
            _events(costs, mix),
            _kinds(largest),
            _rest(size, (replayed, restored), largest.pairing, scanned),
            _day(simulated, outcome),
        ),
        figures={
            "mean_us": fmean(largest.all),
            "median_us": median(largest.all),
            "p99_us": _p99(largest.all),
            "worst_us": largest.all[-1],
            "longest_collection_us": largest.longest_collection,
            "growth": growth,
            "growth_exponent": slope,
            "bytes_per_caller": size,
            "replay_seconds": replayed,
            "restore_seconds": restored,
            "pairing_us": largest.pairing,
            "linear_scan_us": scanned,
            "simulated_seconds": simulated,
            "simulated_calls": outcome.offered,
            "ratio": scanned / largest.pairing,
        },
    )


def _cost(length: int) -> Cost:
    say(f"{length} wait at {QUEUES} queues of {PEOPLE} people ...")
    day = CrowdedDay(length)
    day.warm_up(WARMING)
    with Collections() as pauses:
        day.run(EVENTS)
    by_kind: defaultdict[str, list[float]] = defaultdict(list)
    for kind, spent in day.spent:
        by_kind[kind.__name__].append(spent / 1000)
    return Cost(length, by_kind, median(day.paired_ns) / 1000, pauses.longest * 1e6)


class Collections:
    """Watches the garbage collector; `longest` is in seconds."""

    longest = 0.0
    _began = 0.0

    def __enter__(self) -> Self:
        gc.callbacks.append(self._told)
        return self

    def __exit__(self, *_: object) -> None:
        gc.callbacks.remove(self._told)

    def _told(self, phase: str, _: object) -> None:
        if phase == "start":
            self._began = perf_counter()
        else:
            self.longest = max(self.longest, perf_counter() - self._began)


def _common(costs: Sequence[Cost]) -> Mapping[str, float]:
    """The mix of all sizes together, of the events that happened at each."""
    seen = Counter(dict.fromkeys(costs[0].by_kind, 0))
    for cost in costs:
        seen.update({kind: len(spent) for kind, spent in cost.by_kind.items()})
    return {kind: count for kind, count in seen.items() if all(kind in cost.by_kind for cost in costs)}


def bytes_per_caller(waiting: int) -> float:
    """What is allocated (tracemalloc) for so many callers in line, while nobody is at work."""
    rng = Random(2)
    plan = large_practice(rng)
    engine = Engine()
    engine.handle(replace(plan, agents=tuple(replace(agent, ready=False) for agent in plan.agents)), 0.0)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(waiting):
        engine.handle(caller(number, rng), number / 100)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / waiting


async def _restart() -> tuple[float, float]:
    """Seconds from the file to an engine that stands where it stood: the engine's part, and with the record's notes."""
    day = CrowdedDay(200)
    day.warm_up(JOURNAL)
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder)) as database:
            lived = JournalledEngine(Journal(database))
            for at, event in day.history[:JOURNAL]:
                await lived.keep([event], at)
            began = perf_counter()
            engine = Engine()
            for _, at, encoded in await Journal(database).replay():
                engine.handle(decode(encoded), at)
            replayed = perf_counter()
            assert await JournalledEngine(Journal(database)).restore(day.now) == JOURNAL
            return replayed - began, perf_counter() - replayed


def _simulated() -> tuple[float, Outcome]:
    """How long `careline simulate`'s driver takes for a day of the large practice with everybody at work."""
    plan = large_practice(Random(4))
    share = CALLS_PER_HOUR / 2 / QUEUES
    streams = (Stream(queue.name, (0.0,) * 16 + (share,) * 2 * HOURS + (0.0,) * 16) for queue in plan.queues)
    shift = ((8 * 3600.0, (8 + HOURS) * 3600.0),)
    day = Day(visitors(streams, seed=4), {agent.name: shift for agent in plan.agents[:AT_WORK]})
    began = perf_counter()
    outcome = simulate(plan, day).total
    return perf_counter() - began, outcome


def _p99(spent: Sequence[float]) -> float:
    return sorted(spent)[int(len(spent) * PERCENTILE)]


def _figures(spent: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{value:.0f}" for value in (fmean(spent), median(spent), _p99(spent), max(spent)))


def _events(costs: Sequence[Cost], mix: Mapping[str, float]) -> Table:
    rows = [
        (f"{cost.waiting:,}", *_figures(cost.all), f"{cost.mean(mix):.0f}", f"{cost.longest_collection:.0f}")
        for cost in costs
    ]
    columns = ("waiting", "mean", "median", "p99", "worst", "mean, same mix", "longest gc")
    return Table("per event, µs", columns, tuple(rows))


def _kinds(cost: Cost) -> Table:
    kinds = sorted(cost.by_kind.items(), key=lambda kind: -sum(kind[1]))
    rows = tuple((kind, f"{len(spent):,}", *_figures(spent)) for kind, spent in kinds)
    return Table(f"by event with {cost.waiting:,} waiting, µs", ("", "events", "mean", "median", "p99", "worst"), rows)


def _rest(size: float, restart: tuple[float, float], pairing: float, scanned: float) -> Table:
    rows = (
        ("memory per caller who waits", f"{size:,.0f} bytes"),
        (f"restart: {JOURNAL:,} events read and replayed", f"{restart[0]:.2f} s"),
        ("the same with the notes for the record", f"{restart[1]:.2f} s"),
        ("a person becomes free, the next caller is found", f"{pairing:.0f} µs"),
        ("the same by looking at everybody who waits", f"{scanned:,.0f} µs, {scanned / pairing:.0f} x"),
    )
    return Table("the rest", ("", ""), rows)


def _day(seconds: float, outcome: Outcome) -> Table:
    rows = (
        ("took", f"{seconds:.1f} s"),
        ("calls", f"{outcome.offered:,}"),
        ("answered", f"{outcome.answered:,}"),
        ("given up", f"{outcome.abandoned:,}"),
        ("sent elsewhere", f"{sum(outcome.overflowed.values()):,}"),
        ("called back", f"{outcome.callbacks_kept:,}"),
    )
    return Table(f"simulated: {HOURS} hours of {CALLS_PER_HOUR:,} calls, {AT_WORK} people", ("", ""), rows)
