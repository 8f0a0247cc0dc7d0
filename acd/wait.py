"""How long a caller will wait: learned from what happened in one queue, with an honest interval.

    handled ──▶ mean occupation ─┐
    joined, answered, left ──▶ pace of the hand-overs ──▶ seconds until n people have become free ──▶ Estimate
                          └──▶ how far such a figure was wrong lately, by n: 10 %, 50 %, 90 % ────────┘

The figure is the queue-length estimate with abandonment (QLm of Ibrahim and Whitt, "Real-Time Delay Estimation in
Overloaded Multiserver Queues with Abandonments", Management Science 55(10), 2009), in its fluid form. The pace is a
Gamma-Poisson estimate: the mean occupation counts as much as a few hand-overs that were seen while people waited, so
that people who also serve elsewhere, or are slow today, show at once. The 10 %, 50 % and 90 % quantiles of
true / figured are followed online by steps along the pinball loss, as in adaptive conformal inference (Gibbs and
Candès, 2021): nothing is assumed about how long people talk.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from math import exp, log, log1p
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_PENDING = 20_000  # calls whose end nobody told us must not grow our memory; the oldest are forgotten
MEMORY = 40.0  # hand-overs after which what was learned of the pace counts 1/e
PRIOR_HAND_OVERS = 6.0  # what the mean occupation counts against hand-overs seen
HANDLED_MEMORY = 100.0  # calls over which the mean occupation is taken
PATIENCE_SECONDS = 1800.0  # mean patience assumed until people were seen to leave
PRIOR_LEFT = 1.0
PICK_UP_SECONDS = 8.0  # from the offer to the talk, until it was seen
KNOTS = (0, 1, 2, 4, 8, 16, 32, 64)  # people who must become free first; between these the quantiles are interpolated
LEVELS = (0.1, 0.5, 0.9)
FIRST_RATIOS = (0.2, 0.9, 2.0)  # of true / figured before anything was seen
LEAST_STEP = 0.04


@dataclass(frozen=True, slots=True)
class Estimate:
    """The remaining wait, and the interval that holds it four times out of five: low <= seconds <= high."""

    seconds: float
    low: float
    high: float


@dataclass(slots=True)
class _Waiting:
    """What was figured when the caller joined; `behind` people had to become free first."""

    joined: float
    behind: int
    figured: float


@dataclass(slots=True)
class _Pace:
    """Sums that fade; together they say how fast the line moves."""

    handled_seconds: float = 0.0
    handled: float = 0.0
    server_seconds: float = 0.0
    hand_overs: float = 0.0
    waited_seconds: float = 0.0
    left: float = 0.0
    pick_up_seconds: float = PICK_UP_SECONDS


@dataclass(slots=True)
class WaitEstimator:
    """One per queue. Times are seconds of one clock; every call is O(1), memory is bounded."""

    _pace: _Pace = field(default_factory=_Pace)
    _logs: list[list[float]] = field(default_factory=lambda: [[log(r) for r in FIRST_RATIOS] for _ in KNOTS])
    _seen: list[float] = field(default_factory=lambda: [0.0] * len(KNOTS))
    _pending: dict[str, _Waiting] = field(default_factory=dict)
    _queued: int = 0
    _servers: int = 0
    _last: float = 0.0

    def joined(self, call: str, ahead: int, servers: int, now: float, free: int = 0) -> None:
        """Somebody began to wait behind `ahead` others. Joining again keeps the first.

        `servers` are the people at work who can serve the queue; `free` of them are ready or ringing, and so take the
        first callers in line without anybody having to finish a talk.
        """
        self._pass(now)
        self._servers = servers
        if call in self._pending:
            return
        behind = _behind(ahead, free)
        self._pending[call] = _Waiting(now, behind, self._figure(behind, servers))
        self._queued += behind > 0
        if len(self._pending) > MAX_PENDING:
            self._forget(next(iter(self._pending)))

    def answered(self, call: str, now: float) -> None:
        """The wait ended in a talk. Unknown calls are no error."""
        self._pass(now)
        waiting = self._forget(call)
        if waiting is None:
            return
        waited = max(now - waiting.joined, 0.0)
        pace = self._pace
        pace.waited_seconds += waited
        if waiting.behind:
            fade = exp(-1 / MEMORY)
            pace.server_seconds *= fade
            pace.hand_overs = pace.hand_overs * fade + 1
            pace.waited_seconds *= fade
            pace.left *= fade
        else:
            pace.pick_up_seconds += (waited - pace.pick_up_seconds) / 20
        if waiting.figured:
            self._learn(waiting, waited)

    def left(self, call: str, now: float) -> None:
        """Gave up, or went elsewhere: how long they would have waited is unknown. Unknown calls are no error."""
        self._pass(now)
        if waiting := self._forget(call):
            self._pace.waited_seconds += max(now - waiting.joined, 0.0)
            self._pace.left += 1

    def handled(self, seconds: float, now: float) -> None:
        """One call of this queue occupied a person for so long, from the ring to the end of the wrap-up."""
        self._pass(now)
        fade = exp(-1 / HANDLED_MEMORY)
        self._pace.handled_seconds = self._pace.handled_seconds * fade + seconds
        self._pace.handled = self._pace.handled * fade + 1

    def estimate(self, ahead: int, servers: int, waited: float, now: float, free: int = 0) -> Estimate | None:  # noqa: ARG002 - the figure is of the line as it stands
        """The remaining wait of somebody with `ahead` before them; None without people, or knowledge of them."""
        if servers <= 0 or not (self._pace.handled or self._pace.hand_overs):
            return None
        behind = _behind(ahead, free)
        upper = next((k for k, knot in enumerate(KNOTS) if knot >= behind), len(KNOTS) - 1)
        low, seconds, high = 0.0, 0.0, 0.0
        for knot in range(upper):  # a longer line is never a shorter wait, whatever was learned of either
            below = self._stretched(KNOTS[knot], servers, self._logs[knot])
            low, seconds, high = max(low, below[0]), max(seconds, below[1]), max(high, below[2])
        return Estimate(*self._at(behind, upper, servers, (low, seconds, high)))

    def as_json(self) -> dict[str, Any]:
        """Everything, for a snapshot."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WaitEstimator:
        """The estimator that was written."""
        return cls(
            **{
                **data,
                "_pace": _Pace(**data["_pace"]),
                "_logs": [list(each) for each in data["_logs"]],
                "_seen": list(data["_seen"]),
                "_pending": {call: _Waiting(**each) for call, each in data["_pending"].items()},
            }
        )

    def _at(
        self, behind: int, upper: int, servers: int, below: tuple[float, float, float]
    ) -> tuple[float, float, float]:
        """The quantiles between the last knot (`below`) and the one at or over `behind`."""
        top = self._stretched(max(KNOTS[upper], behind), servers, self._logs[upper])
        if not upper:
            return top[1], top[0], top[2]
        span = max(KNOTS[upper], behind) - KNOTS[upper - 1]
        share = (behind - KNOTS[upper - 1]) / span
        low, seconds, high = (b + share * (max(t, b) - b) for b, t in zip(below, top, strict=True))
        return seconds, low, high

    def _stretched(self, behind: int, servers: int, logs: list[float]) -> tuple[float, float, float]:
        figure = self._figure(behind, servers)
        low, middle, high = (figure * exp(each) for each in logs)
        return low, middle, high

    def _figure(self, behind: int, servers: int) -> float:
        """Seconds until `behind` people have become free and one has picked up; 0 when nothing is known."""
        pace = self._pace
        if servers <= 0 or not (pace.handled or pace.hand_overs):
            return 0.0
        mean = pace.handled_seconds / pace.handled if pace.handled else pace.server_seconds / pace.hand_overs
        per_hand_over = (PRIOR_HAND_OVERS * mean + pace.server_seconds) / (PRIOR_HAND_OVERS + pace.hand_overs)
        leaving = (PRIOR_LEFT + pace.left) / (PRIOR_LEFT * PATIENCE_SECONDS + pace.waited_seconds)
        return pace.pick_up_seconds + log1p(leaving * behind * per_hand_over / servers) / leaving

    def _learn(self, waiting: _Waiting, waited: float) -> None:
        """Move each quantile of the two knots around a step towards what was seen."""
        seen = log(max(waited, 0.5) / waiting.figured)
        for knot, weight in _weights(waiting.behind):
            self._seen[knot] += weight
            step = weight * max(LEAST_STEP, 0.5 / (1 + self._seen[knot]) ** 0.5)
            logs = self._logs[knot]
            for index, level in enumerate(LEVELS):
                logs[index] += step * (level if seen > logs[index] else level - 1)
            logs.sort()

    def _forget(self, call: str) -> _Waiting | None:
        waiting = self._pending.pop(call, None)
        if waiting and waiting.behind:
            self._queued -= 1
        return waiting

    def _pass(self, now: float) -> None:
        """While people wait, everybody at work takes part in the pace."""
        if self._queued:
            self._pace.server_seconds += self._servers * max(now - self._last, 0.0)
        self._last = max(now, self._last)


def _behind(ahead: int, free: int) -> int:
    """How many must finish before somebody with `ahead` before them is offered to a person."""
    return max(ahead + 1 - max(free, 0), 0)


def _weights(behind: int) -> list[tuple[int, float]]:
    """The knots around `behind`, and how near it is to each; they add up to 1."""
    upper = next((k for k, knot in enumerate(KNOTS) if knot >= behind), len(KNOTS) - 1)
    if KNOTS[upper] <= behind:
        return [(upper, 1.0)]
    share = (behind - KNOTS[upper - 1]) / (KNOTS[upper] - KNOTS[upper - 1])
    return [(upper - 1, 1 - share), (upper, share)]
