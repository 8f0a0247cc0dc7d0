"""The rolling figures of one queue: service level, speed of answer, abandons, over the last half hour or so.

    now ─┐
    [ … │ 1 min │ 1 min │ 1 min ]   BUCKETS of equal length; the oldest falls out as a whole, the newest is filling

An event therefore counts for at least 29/30 of the window and at most the whole. Memory is BUCKETS of sums, whatever
the traffic. Times are seconds of one clock that may stand still but never goes back.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKETS = 30  # one minute each for half an hour: as fine as a wallboard is read


class StatsFormatError(ValueError):
    """What was read are no figures of a queue."""


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """What happened in the window; None where nothing happened that could be averaged.

    service_level: see QueueStats.service_level. average_speed_of_answer_seconds (ASA): the mean wait of who was
    answered. longest_wait_seconds: of all who left the line, however. average_handle_seconds (AHT): the mean time for
    which a call kept a person busy, talk and wrap-up. `abandoned` includes short abandons.
    """

    joined: int
    answered: int
    abandoned: int
    overflowed: int
    service_level: float | None
    average_speed_of_answer_seconds: float | None
    longest_wait_seconds: float | None
    average_handle_seconds: float | None


@dataclass(slots=True)
class _Bucket:
    """Sums over the times from number x width to (number + 1) x width."""

    number: int
    joined: int = 0
    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    abandoned_shortly: int = 0
    overflowed: int = 0
    handled: int = 0
    answer_seconds: float = 0.0
    handle_seconds: float = 0.0
    longest_wait_seconds: float = 0.0


@dataclass(slots=True)
class QueueStats:
    """Counts what happens in one queue. Equal when the settings and all sums are.

    `target_seconds` is the Y of a service level X/Y (80/30: 80 % answered in 30 s).
    """

    target_seconds: float = 30.0
    short_abandon_seconds: float = 5.0
    window_seconds: float = 1800.0
    _buckets: deque[_Bucket] = field(default_factory=deque, init=False, repr=False)

    def joined(self, now: float) -> None:
        self._filling(now).joined += 1

    def answered(self, waited_seconds: float, now: float) -> None:
        bucket = self._left_after(waited_seconds, now)
        bucket.answered += 1
        bucket.answered_in_target += waited_seconds <= self.target_seconds
        bucket.answer_seconds += waited_seconds

    def abandoned(self, waited_seconds: float, now: float) -> None:
        """The caller hung up before anybody answered."""
        bucket = self._left_after(waited_seconds, now)
        bucket.abandoned += 1
        bucket.abandoned_shortly += waited_seconds < self.short_abandon_seconds

    def overflowed(self, waited_seconds: float, now: float) -> None:
        """The caller was sent on: to another queue, a callback, voicemail."""
        self._left_after(waited_seconds, now).overflowed += 1

    def handled(self, seconds: float, now: float) -> None:
        """A person was busy with one call for so long."""
        bucket = self._filling(now)
        bucket.handled += 1
        bucket.handle_seconds += seconds

    def service_level(self, now: float) -> float | None:
        """The share, 0 to 1, answered within the target of all who were answered or abandoned.

        Who hung up in less than `short_abandon_seconds` had misdialled or changed their mind, and is left out; who
        overflowed is another queue's. None while nobody counts.
        """
        in_target = counted = 0
        for bucket in self._current(now):
            in_target += bucket.answered_in_target
            counted += bucket.answered + bucket.abandoned - bucket.abandoned_shortly
        return in_target / counted if counted else None

    def figures(self, now: float) -> QueueFigures:
        buckets = self._current(now)
        answered, abandoned = sum(each.answered for each in buckets), sum(each.abandoned for each in buckets)
        overflowed, handled = sum(each.overflowed for each in buckets), sum(each.handled for each in buckets)
        left = answered + abandoned + overflowed
        return QueueFigures(
            joined=sum(each.joined for each in buckets),
            answered=answered,
            abandoned=abandoned,
            overflowed=overflowed,
            service_level=self.service_level(now),
            average_speed_of_answer_seconds=_mean(sum(each.answer_seconds for each in buckets), answered),
            longest_wait_seconds=max(each.longest_wait_seconds for each in buckets) if left else None,
            average_handle_seconds=_mean(sum(each.handle_seconds for each in buckets), handled),
        )

    def as_json(self) -> dict[str, Any]:
        """Everything, ready for json.dumps; from_json gives an equal object."""
        return {
            "target_seconds": self.target_seconds,
            "short_abandon_seconds": self.short_abandon_seconds,
            "window_seconds": self.window_seconds,
            "buckets": [asdict(bucket) for bucket in self._buckets],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> QueueStats:
        """What as_json gave. Raises StatsFormatError."""
        found = dict(data)
        try:
            buckets = deque(_Bucket(**each) for each in found.pop("buckets"))
            stats = cls(**found)
        except (KeyError, TypeError) as error:
            raise StatsFormatError(f"these are no figures of a queue: {error}") from error
        stats._buckets = buckets
        return stats

    def _left_after(self, waited_seconds: float, now: float) -> _Bucket:
        bucket = self._filling(now)
        bucket.longest_wait_seconds = max(bucket.longest_wait_seconds, waited_seconds)
        return bucket

    def _filling(self, now: float) -> _Bucket:
        buckets, number = self._current(now), self._number(now)
        if not buckets or buckets[-1].number != number:
            buckets.append(_Bucket(number))
        return buckets[-1]

    def _current(self, now: float) -> deque[_Bucket]:
        """The buckets of the window; those that fell out of it are gone for good."""
        oldest = self._number(now) - BUCKETS + 1
        while self._buckets and self._buckets[0].number < oldest:
            self._buckets.popleft()
        return self._buckets

    def _number(self, now: float) -> int:
        return int(now // (self.window_seconds / BUCKETS))


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None
