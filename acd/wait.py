"""How long a caller will wait: learned from what happened in one queue, with an honest interval.

    handled ────────────────▶ how long a call takes ─┐
    joined, answered, left ─▶ how fast the line moves ┴▶ seconds until n people are free ─┬─▶ Estimate
                          └─▶ how far such seconds were from the truth, for each n ────────┘

The seconds are the queue-length estimate with abandonment (QLm in Ibrahim and Whitt, "Real-Time Delay Estimation in
Overloaded Multiserver Queues with Abandonments", Management Science 55(10), 2009), in its fluid form. What was seen of
the line's pace corrects the mean handling time, so people who also serve elsewhere or are slow today show at once.
The quantiles of true / figured are followed online along the gradient of the pinball loss, as adaptive conformal
inference does (Gibbs and Candès, NeurIPS 2021): nothing is assumed about how talks are distributed.

Where a constant is said to be fitted, the traces of `TUNING` in scripts/lab/wait_traces.py were used, never the others.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import asdict, astuple, dataclass, field
from math import exp, log, log1p
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Quantiles: TypeAlias = tuple[float, float, float]
"""Low, middle, high."""

MAX_PENDING = 20_000  # calls whose end nobody told must not grow our memory; the oldest are forgotten

PACE_MEMORY = 80.0  # hand-overs after which one counts 1/e
HANDLING_MEMORY = 200.0  # calls after which one counts 1/e
PICK_UP_MEMORY = 20.0
HANDLING_WEIGHT = 20.0  # hand-overs seen that the mean handling time is worth
PATIENCE_SECONDS = 900.0  # mean, until people were seen to leave
PATIENCE_WEIGHT = 3.0  # people seen to leave that this is worth
PICK_UP_SECONDS = 8.0  # from the ring to the talk, until it was seen
BEGUN = 0.5  # of the first talk to end, most is over; fitted
SHORTEST_WAIT = 0.5  # shorter waits are all alike

FIRST_RATIOS: dict[int, Quantiles] = {
    0: (0.43, 0.89, 1.4),
    1: (0.35, 1.22, 3.2),
    2: (0.42, 1.02, 2.0),
    4: (0.54, 0.98, 1.62),
    8: (0.61, 0.96, 1.48),
    16: (0.63, 0.94, 1.33),
    32: (0.6, 0.9, 1.25),
    64: (0.6, 0.9, 1.25),
}
"""By how many people must become free first: true / figured before this queue has taught us better. Fitted."""

KNOTS = tuple(FIRST_RATIOS)
LEVELS = (0.08, 0.5, 0.92)  # a little wider than 80 %: what there is to learn comes late, and in bunches
FIRST_STEPS = (
    0.28,
    0.07,
    0.28,
)  # of the logarithms of the ratios; callers of one rush err together, so steps are small
LEAST_STEPS = (0.04, 0.01, 0.04)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The remaining wait, and the interval that holds it four times out of five: low <= seconds <= high."""

    seconds: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What was figured when somebody joined; 0 when nothing was known. `behind` people had to become free first."""

    joined: float
    behind: int
    figured: float


@dataclass(slots=True)
class _Pace:
    """Sums that fade. `server_seconds` is the time of the people at work while somebody waited for them."""

    handling_seconds: float = 0.0
    handled: float = 0.0
    server_seconds: float = 0.0
    hand_overs: float = 0.0
    waited_seconds: float = 0.0
    left: float = 0.0
    pick_up_seconds: float = PICK_UP_SECONDS

    @property
    def known(self) -> bool:
        return self.handled > 0 or self.hand_overs > 0

    def handle(self, seconds: float) -> None:
        fade = exp(-1 / HANDLING_MEMORY)
        self.handling_seconds = self.handling_seconds * fade + seconds
        self.handled = self.handled * fade + 1

    def hand_over(self, waited: float) -> None:
        fade = exp(-1 / PACE_MEMORY)
        self.server_seconds *= fade
        self.hand_overs = self.hand_overs * fade + 1
        self.waited_seconds = self.waited_seconds * fade + waited
        self.left *= fade

    def leave(self, waited: float) -> None:
        self.waited_seconds += waited
        self.left += 1

    def pick_up(self, waited: float) -> None:
        self.pick_up_seconds += (waited - self.pick_up_seconds) / PICK_UP_MEMORY

    def seconds(self, behind: int, servers: int, standstill: float = 0.0) -> float:
        """Until `behind` people are free and one has picked up, with `standstill` server-seconds since the last news.

        Only while `known`, and with somebody at work.
        """
        mean = self.handling_seconds / self.handled if self.handled else self.server_seconds / self.hand_overs
        seen = HANDLING_WEIGHT * mean + self.server_seconds + standstill
        per_hand_over = seen / (HANDLING_WEIGHT + self.hand_overs)
        leaving = (PATIENCE_WEIGHT + self.left) / (PATIENCE_WEIGHT * PATIENCE_SECONDS + self.waited_seconds)
        talks = max(behind - BEGUN, 0.0)
        return self.pick_up_seconds + log1p(leaving * talks * per_hand_over / servers) / leaving


@dataclass(slots=True)
class _Ratios:
    """The quantiles of log(true / figured) at each knot, and how much each knot has seen."""

    logs: list[list[float]] = field(default_factory=lambda: [[log(each) for each in FIRST_RATIOS[n]] for n in KNOTS])
    seen: list[float] = field(default_factory=lambda: [0.0] * len(KNOTS))

    def learn(self, behind: int, figured: float, waited: float) -> None:
        """Move the quantiles of the knots around `behind` a step towards what came true."""
        true = log(max(waited, SHORTEST_WAIT) / figured)
        for knot, weight in _around(behind):
            self.seen[knot] += weight
            slower = (1 + self.seen[knot]) ** -0.5
            logs = self.logs[knot]
            for index, level in enumerate(LEVELS):
                step = weight * max(LEAST_STEPS[index], FIRST_STEPS[index] * slower)
                logs[index] += step * (level if true > logs[index] else level - 1)
            logs.sort()

    def quantiles(self, behind: int, seconds: Callable[[int], float]) -> Quantiles:
        """Of the wait, where `seconds` figures it; a longer line is never a shorter wait, whatever was learned."""
        above = bisect_left(KNOTS, behind)
        below = (0.0, 0.0, 0.0)
        for knot in range(above):
            below = _greater(below, self._stretched(knot, seconds(KNOTS[knot])))
        if above == len(KNOTS):
            return _greater(below, self._stretched(-1, seconds(behind)))
        beyond = _greater(below, self._stretched(above, seconds(KNOTS[above])))
        return _between(below, beyond, _around(behind)[-1][1])

    def _stretched(self, knot: int, seconds: float) -> Quantiles:
        low, middle, high = self.logs[knot]
        return seconds * exp(low), seconds * exp(middle), seconds * exp(high)


class WaitEstimator:
    """One per queue. Times are seconds of one clock. Each call takes the same time, however many wait."""

    def __init__(self) -> None:
        self._pace = _Pace()
        self._ratios = _Ratios()
        self._pending: dict[str, _Waiting] = {}
        self._queued = 0
        self._servers = 0
        self._last = 0.0

    def joined(self, call: str, ahead: int, servers: int, now: float, free: int = 0) -> None:
        """Somebody began to wait with `ahead` others before them; joining again changes nothing.

        `servers` are the people at work who can serve the queue. `free` of them are ready, or ring for it: they take
        the first callers in line without ending a talk.
        """
        self._pass(now)
        self._servers = servers
        if call in self._pending:
            return
        behind = _behind(ahead, free)
        figured = self._pace.seconds(behind, servers) if self._pace.known and servers > 0 else 0.0
        self._pending[call] = _Waiting(now, behind, figured)
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
        if waiting.behind:
            self._pace.hand_over(waited)
        else:
            self._pace.pick_up(waited)
        if waiting.figured > 0:
            self._ratios.learn(waiting.behind, waiting.figured, waited)

    def left(self, call: str, now: float) -> None:
        """Gave up, or went elsewhere: how long they would have waited, nobody knows. Unknown calls are no error."""
        self._pass(now)
        if waiting := self._forget(call):
            self._pace.leave(max(now - waiting.joined, 0.0))

    def handled(self, seconds: float, now: float) -> None:
        """One call of this queue occupied a person for so long, from the ring to the end of the wrap-up."""
        self._pass(now)
        self._pace.handle(seconds)

    def estimate(self, ahead: int, servers: int, waited: float, now: float, free: int = 0) -> Estimate | None:  # noqa: ARG002 - see below
        """The remaining wait of somebody with `ahead` before them; None without people at work, or news of any talk.

        Only the line as it stands counts: on no trace did it help to know how long somebody has `waited` in it.
        """
        if servers <= 0 or not self._pace.known:
            return None
        standstill = self._unseen(now)
        low, seconds, high = self._ratios.quantiles(
            _behind(ahead, free), lambda behind: self._pace.seconds(behind, servers, standstill)
        )
        return Estimate(seconds, low, high)

    def as_json(self) -> dict[str, Any]:
        """Everything, for a snapshot."""
        return {
            "pace": asdict(self._pace),
            "ratios": asdict(self._ratios),
            "pending": {call: list(astuple(waiting)) for call, waiting in self._pending.items()},
            "servers": self._servers,
            "last": self._last,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WaitEstimator:
        """The estimator that was written."""
        made = cls()
        made._pace = _Pace(**data["pace"])
        made._ratios = _Ratios([list(each) for each in data["ratios"]["logs"]], list(data["ratios"]["seen"]))
        made._pending = {call: _Waiting(*waiting) for call, waiting in data["pending"].items()}
        made._queued = sum(waiting.behind > 0 for waiting in made._pending.values())
        made._servers, made._last = data["servers"], data["last"]
        return made

    def _forget(self, call: str) -> _Waiting | None:
        waiting = self._pending.pop(call, None)
        if waiting and waiting.behind:
            self._queued -= 1
        return waiting

    def _pass(self, now: float) -> None:
        self._pace.server_seconds += self._unseen(now)
        self._last = max(now, self._last)

    def _unseen(self, now: float) -> float:
        """The time that the people at work have spent since the last news while somebody waited for them."""
        return self._servers * max(now - self._last, 0.0) if self._queued else 0.0


def _behind(ahead: int, free: int) -> int:
    """How many must end a talk before it is the turn of somebody with `ahead` before them."""
    return max(ahead + 1 - max(free, 0), 0)


def _around(behind: int) -> list[tuple[int, float]]:
    """The numbers of the knots on either side, and how near `behind` is to each: 1 on a knot, or beyond the last."""
    above = min(bisect_left(KNOTS, behind), len(KNOTS) - 1)
    if KNOTS[above] <= behind:
        return [(above, 1.0)]
    share = (behind - KNOTS[above - 1]) / (KNOTS[above] - KNOTS[above - 1])
    return [(above - 1, 1 - share), (above, share)]


def _greater(one: Quantiles, other: Quantiles) -> Quantiles:
    return max(one[0], other[0]), max(one[1], other[1]), max(one[2], other[2])


def _between(one: Quantiles, other: Quantiles, share: float) -> Quantiles:
    low, middle, high = (a + share * (b - a) for a, b in zip(one, other, strict=True))
    return low, middle, high
