"""What is due when: one timer per subject, the earliest first."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import inf


@dataclass(frozen=True, slots=True)
class OfferDue:
    """A ring was not answered, a caller not reached, or an answered offer did not become a talk."""

    offer: int


@dataclass(frozen=True, slots=True)
class PersonDue:
    """A wrap-up, a back-off or another pause is over."""

    agent: str


@dataclass(frozen=True, slots=True)
class CallerDue:
    """A rule of the queue is due for a caller: a step, an overflow, a callback's hour."""

    call: str


@dataclass(frozen=True, slots=True)
class MoreDue:
    """More phones are to ring for a caller."""

    call: str


@dataclass(frozen=True, slots=True)
class QueueDue:
    """Figures that change by themselves (service level, estimated wait) are to be looked at."""

    queue: str


@dataclass(frozen=True, slots=True)
class AlarmDue:
    """An escalation may have become true, or its next rung is due."""

    queue: str
    name: str


@dataclass(frozen=True, slots=True)
class PartyDue:
    """A caller whose line dropped did not ring again."""

    party: str


Subject = OfferDue | PersonDue | CallerDue | MoreDue | QueueDue | AlarmDue | PartyDue


_ORDER: dict[type[Subject], int] = {
    kind: order for order, kind in enumerate((PersonDue, OfferDue, CallerDue, MoreDue, QueueDue, AlarmDue, PartyDue))
}
"""At the same moment, people come back before their callers' rings end."""

SPARE = 1000  # cancelled timers that may lie about, beside as many as there are valid ones


class Timers:
    """A heap with the usual laziness: what was cancelled stays in it until it comes to the top, or is too much.

    Subjects that are due at the same moment come in the order of their kinds, then as they were set.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, Subject]] = []
        self._valid: dict[Subject, int] = {}
        self._count = 0

    def set(self, subject: Subject, due: float) -> None:
        """Set the subject's timer, in place of the one it may have; what is due in infinity has none."""
        if due == inf:
            self.cancel(subject)
            return
        self._count += 1
        self._valid[subject] = self._count
        heappush(self._heap, (due, _ORDER[type(subject)], self._count, subject))
        if len(self._heap) > 2 * len(self._valid) + SPARE:
            self._heap = [entry for entry in self._heap if self._is_valid(entry)]
            heapify(self._heap)

    def cancel(self, subject: Subject) -> None:
        """A subject without a timer is no error."""
        self._valid.pop(subject, None)

    def is_set(self, subject: Subject) -> bool:
        return subject in self._valid

    def next(self) -> float | None:
        """When the earliest timer is due."""
        heap = self._heap
        while heap and not self._is_valid(heap[0]):
            heappop(heap)
        return heap[0][0] if heap else None

    def pop(self, now: float) -> tuple[float, Subject] | None:
        """Take the earliest timer that is due at `now`, with the moment it was due."""
        due = self.next()
        if due is None or due > now:
            return None
        _, _, _, subject = heappop(self._heap)
        del self._valid[subject]
        return due, subject

    def all(self) -> list[tuple[float, Subject]]:
        """The timers that are set, in the order in which they would be popped."""
        return [(due, subject) for due, _, _, subject in sorted(filter(self._is_valid, self._heap))]

    def _is_valid(self, entry: tuple[float, int, int, Subject]) -> bool:
        return self._valid.get(entry[3]) == entry[2]
