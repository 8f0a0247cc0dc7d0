"""Figures for Prometheus. Labels are the plan's queues, and words of a short list: never a call, never a person.

Counters and histograms count facts since the start; gauges are read off the engine whenever somebody asks.
"""

from __future__ import annotations

from collections import Counter as Count
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ivr.feeds import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client import Metric

    from acd.engine import Engine
    from acd.views import QueueStatus
    from ivr.feeds.facts import Fact
    from ivr.feeds.roster import Roster

WAIT_BUCKETS = (
    5,
    10,
    20,
    30,
    45,
    60,
    90,
    120,
    180,
    300,
    600,
    1200,
)  # seconds; around the usual targets, up to hopeless
TALK_BUCKETS = (15, 30, 60, 120, 180, 300, 420, 600, 900, 1800)


class Metrics:
    """`registry` may be served by anybody; `text` is it in Prometheus' format 0.0.4."""

    def __init__(self, roster: Roster, now: Callable[[], float]) -> None:
        self.registry = CollectorRegistry()
        self._standing = _Standing(roster, now)
        self.registry.register(self._standing)
        self._entered = self._counter("calls_entered", "Callers who began to wait in a queue")
        self._left = self._counter("calls_left", "Callers who left a queue without having talked to anybody", "how")
        self._refused = self._counter("calls_refused", "Callers who were sent on instead of entering a queue")
        self._offers = self._counter("offers", "Rings of a person's phone for a caller")
        self._failed = self._counter("offers_failed", "Rings that failed at the person (RONA)", "cause")
        self._callbacks = self._counter("callbacks", "What became of callbacks", "became")
        self._steps = self._counter("steps", "Times that a caller came to a step that requires less")
        self._alerts = self._counter("alerts", "Alerts raised by a queue")
        self._waits = self._histogram("answer_wait_seconds", "Waits that ended in a talk", WAIT_BUCKETS)
        self._talks = self._histogram("talk_seconds", "Talks", TALK_BUCKETS)

    def at(self, engine: Engine) -> None:
        """The engine to read the gauges off."""
        self._standing.engine = engine

    def watch(self, name: str, what: str, figure: Callable[[], float]) -> None:
        """A gauge of something else, e.g. ("record_lines_lost", "…", lambda: record.lost)."""
        Gauge(f"careline_{name}", what, registry=self.registry).set_function(figure)

    def text(self) -> bytes:
        return generate_latest(self.registry)

    def take(self, fact: Fact) -> None:
        match fact:
            case facts.Entered(queue=queue):
                self._entered.labels(queue).inc()
            case facts.Left(queue=queue, how=how):
                self._left.labels(queue, how.value).inc()
            case facts.Refused(queue=queue):
                self._refused.labels(queue).inc()
            case facts.Offered(queue=queue):
                self._offers.labels(queue).inc()
            case facts.NotAnswered(queue=queue, cause=cause):
                self._failed.labels(queue, cause.value).inc()
            case facts.Connected(queue=queue, waited_seconds=waited):
                self._waits.labels(queue).observe(waited)
            case facts.Completed(queue=queue, talk_seconds=talked):
                self._talks.labels(queue).observe(talked)
            case facts.StepTaken(queue=queue):
                self._steps.labels(queue).inc()
            case facts.AlertRaised(queue=queue, rung=0):
                self._alerts.labels(queue).inc()
            case _:
                self._take_callback(fact)

    def _take_callback(self, fact: Fact) -> None:
        match fact:
            case facts.CallbackAgreed(queue=queue):
                self._callbacks.labels(queue, "agreed").inc()
            case facts.CallbackReached(queue=queue):
                self._callbacks.labels(queue, "reached").inc()
            case facts.CallbackMissed(queue=queue):
                self._callbacks.labels(queue, "missed").inc()
            case facts.CallbackGivenUp(queue=queue, cancelled=cancelled):
                self._callbacks.labels(queue, "cancelled" if cancelled else "given up").inc()
            case _:
                pass

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"careline_{name}", what, ("queue", *labels), registry=self.registry)

    def _histogram(self, name: str, what: str, buckets: tuple[int, ...]) -> Histogram:
        return Histogram(f"careline_{name}", what, ("queue",), buckets=buckets, registry=self.registry)


class _Standing(Collector):
    """How things stand, read off the engine when asked."""

    def __init__(self, roster: Roster, now: Callable[[], float]) -> None:
        self.engine: Engine | None = None
        self._roster = roster
        self._now = now

    def collect(self) -> Iterable[Metric]:
        if self.engine is None:
            return
        queues = self.engine.queues(self._now())
        for name, what, figure in _GAUGES:
            family = GaugeMetricFamily(f"careline_{name}", what, labels=["queue"])
            for each in queues:
                if (value := figure(each)) is not None:
                    family.add_metric([each.queue], value)
            yield family
        yield self._people()
        yield self._alerts(queues)

    def _people(self) -> Metric:
        """Who serves two queues counts in both."""
        assert self.engine is not None
        counts = Count(
            (queue, person.presence.value)
            for person in self.engine.staff.people.values()
            for queue in self._roster.serves.get(person.name, ())
        )
        family = GaugeMetricFamily("careline_people", "People who can serve a queue", labels=["queue", "state"])
        for labels, count in sorted(counts.items()):
            family.add_metric(labels, count)
        return family

    def _alerts(self, queues: Iterable[QueueStatus]) -> Metric:
        assert self.engine is not None
        open_ones = Count(alarm.queue for alarm in self.engine.alarms.open.values())
        family = GaugeMetricFamily("careline_alerts_open", "Alerts whose condition holds", labels=["queue"])
        for each in queues:
            family.add_metric([each.queue], open_ones[each.queue])
        return family


_GAUGES: tuple[tuple[str, str, Callable[[QueueStatus], float | None]], ...] = (
    ("calls_waiting", "Callers on the phone who wait", lambda queue: queue.waiting),
    ("callbacks_waiting", "Callers who wait to be called back", lambda queue: queue.callbacks),
    ("longest_wait_seconds", "The longest wait of who waits on the phone", lambda queue: queue.longest_wait_seconds),
    ("people_staffed", "People at work who can serve the queue", lambda queue: queue.staffed),
    ("people_ready", "People who are free to serve the queue", lambda queue: queue.ready),
    (
        "estimated_wait_seconds",
        "Who joins now waits so long; absent while nothing is known",
        lambda queue: queue.estimate.seconds if queue.estimate else None,
    ),
    (
        "service_level_ratio",
        "Share answered in the target time, in the last half hour; absent while nobody counts",
        lambda queue: queue.figures.service_level,
    ),
)
