"""Replays a trace into estimators of the wait, and scores what each would have said.

The peers' formulas, as their own sources have them:

- app_queue: Asterisk apps/app_queue.c, recalc_holdtime: `holdtime = (((oldvalue << 2) - oldvalue) + newholdtime) >> 2`
  over answered calls, in whole seconds; say_position tells |holdtime - waited|, whatever the place in line.
- OpenSIPS: modules/call_center/cc_data.c, cc_flow_get_etw: `avg_call_duration * queued_calls / logged_agents`, with
  the plain mean of all talks so far. We count only those ahead and the caller, not who came later: kinder than it is.
- queue length: Whitt, "Predicting Queueing Delays", Management Science 45(6), 1999: the callers ahead and this one,
  times the mean occupation, over the people at work. Exact for exponential talks, a steady staff, patient callers.
- last served: Ibrahim and Whitt 2009 (LES): what the one answered last had waited.

All but app_queue and the last served are told, as ours is, which people already ring for somebody ahead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, assert_never

from acd.wait import Estimate, WaitEstimator
from lab.wait_trace import Answered, Asked, Handled, Happened, Joined, Left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Estimator(Protocol):
    """Learns from what happened; says how long somebody who `waited` so far, and stands as `at` says, has to go."""

    def happened(self, event: Happened) -> None: ...

    def seconds(self, at: Joined | Asked, waited: float) -> float: ...


def _to_go(at: Joined | Asked) -> int:
    return at.ahead + 1 - at.free


class AppQueue:
    def __init__(self) -> None:
        self._joined: dict[str, float] = {}
        self._hold = 0

    def happened(self, event: Happened) -> None:
        if isinstance(event, Joined):
            self._joined[event.call] = event.at
        elif isinstance(event, Answered):
            self._hold = (3 * self._hold + int(event.at - self._joined[event.call])) >> 2

    def seconds(self, at: Joined | Asked, waited: float) -> float:  # noqa: ARG002 - the same for everybody
        return abs(self._hold - waited)


class OpenSips:
    def __init__(self) -> None:
        self._talked, self._calls = 0.0, 0

    def happened(self, event: Happened) -> None:
        if isinstance(event, Handled):
            self._talked, self._calls = self._talked + event.talk_seconds, self._calls + 1

    def seconds(self, at: Joined | Asked, waited: float) -> float:  # noqa: ARG002 - only the line counts
        return self._talked / self._calls * _to_go(at) / at.servers if self._calls and at.servers else 0.0


class QueueLength:
    def __init__(self) -> None:
        self._occupied, self._calls = 0.0, 0

    def happened(self, event: Happened) -> None:
        if isinstance(event, Handled):
            self._occupied, self._calls = self._occupied + event.seconds, self._calls + 1

    def seconds(self, at: Joined | Asked, waited: float) -> float:  # noqa: ARG002 - only the line counts
        return self._occupied / self._calls * _to_go(at) / at.servers if self._calls and at.servers else 0.0


class LastServed:
    def __init__(self) -> None:
        self._joined: dict[str, float] = {}
        self._last = 0.0

    def happened(self, event: Happened) -> None:
        if isinstance(event, Joined):
            self._joined[event.call] = event.at
        elif isinstance(event, Answered):
            self._last = event.at - self._joined[event.call]

    def seconds(self, at: Joined | Asked, waited: float) -> float:  # noqa: ARG002 - whatever the line
        return max(self._last - waited, 0.0)


PEERS: dict[str, Callable[[], Estimator]] = {
    "app_queue": AppQueue,
    "OpenSIPS": OpenSips,
    "queue length": QueueLength,
    "last served": LastServed,
}


@dataclass(frozen=True, slots=True)
class Said:
    """One moment, joining or later, of a caller who had to wait and was answered: what each said, and the truth."""

    at: Joined | Asked
    truth: float
    ours: Estimate
    peers: dict[str, float]


@dataclass(slots=True)
class _Trial:
    """`open` holds what was said to callers of whom nobody knows yet whether they will be answered."""

    ours: WaitEstimator = field(default_factory=WaitEstimator)
    peers: dict[str, Estimator] = field(default_factory=lambda: {name: peer() for name, peer in PEERS.items()})
    joined: dict[str, float] = field(default_factory=dict)
    open: dict[str, list[tuple[Joined | Asked, Estimate, dict[str, float]]]] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)

    def ask(self, at: Joined | Asked) -> None:
        """Nobody needs an estimate for whom a person is free."""
        waited = at.at - self.joined[at.call]
        ours = self.ours.estimate(at.ahead, at.servers, waited, at.at, at.free)
        if ours and at.free <= at.ahead:
            peers = {name: peer.seconds(at, waited) for name, peer in self.peers.items()}
            self.open.setdefault(at.call, []).append((at, ours, peers))

    def close(self, answered: Answered) -> None:
        for at, ours, peers in self.open.pop(answered.call, ()):
            self.said.append(Said(at, answered.at - at.at, ours, peers))

    def learn(self, event: Happened) -> None:
        match event:
            case Joined(at, call, ahead, servers, free):
                self.ours.joined(call, ahead, servers, at, free)
            case Answered(at, call):
                self.ours.answered(call, at)
            case Left(at, call):
                self.ours.left(call, at)
                self.open.pop(call, None)
            case Handled(at, seconds, _):
                self.ours.handled(seconds, at)
            case Asked():
                pass
            case _:
                assert_never(event)
        for peer in self.peers.values():
            peer.happened(event)


def replay(happened: Iterable[Happened]) -> list[Said]:
    """Everybody learns from the same events and is asked at the same moments, before they happen."""
    trial = _Trial()
    for event in happened:
        if isinstance(event, Joined):
            trial.joined[event.call] = event.at
        if isinstance(event, Joined | Asked):
            trial.ask(event)
        if isinstance(event, Answered):
            trial.close(event)
        trial.learn(event)
    return trial.said


def error(said: Iterable[Said], peer: str | None = None) -> float:
    """The mean absolute error in seconds: ours, or a peer's."""
    errors = [abs((each.peers[peer] if peer else each.ours.seconds) - each.truth) for each in said]
    return sum(errors) / len(errors)


def coverage(said: Iterable[Said]) -> float:
    """The share of the waits that our interval held."""
    held = [each.ours.low <= each.truth <= each.ours.high for each in said]
    return sum(held) / len(held)
