"""What is due when: one timer per subject, the earliest first."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush


@dataclass(frozen=True, slots=True)
class OfferDue:
    """A ring was not answered, or an answered offer did not become a talk."""

    offer: int


@dataclass(frozen=True, slots=True)
class PersonDue:
    """A wrap-up or a back-off is over."""

    agent: str


@dataclass(frozen=True, slots=True)
class CallerDue:
    """A caller waited as long as the queue allows."""

    call: str


Subject = OfferDue | PersonDue | CallerDue


class Timers:
    """A heap with the usual laziness: what was cancelled stays in it until it comes to the top.

    Subjects that are due at the same moment come in the order in which they were set.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Subject]] = []
        self._valid: dict[Subject, int] = {}
        self._count = 0

    def set(self, subject: Subject, due: float) -> None:
        """Set the subject's timer, in place of the one it may have."""
        self._count += 1
        self._valid[subject] = self._count
        heappush(self._heap, (due, self._count, subject))

    def cancel(self, subject: Subject) -> None:
        """A subject without a timer is no error."""
        self._valid.pop(subject, None)

    def next(self) -> float | None:
        """When the earliest timer is due."""
        heap = self._heap
        while heap and self._valid.get(heap[0][2]) != heap[0][1]:
            heappop(heap)
        return heap[0][0] if heap else None

    def pop(self, now: float) -> tuple[float, Subject] | None:
        """Take the earliest timer that is due at `now`, with the moment it was due."""
        due = self.next()
        if due is None or due > now:
            return None
        _, _, subject = heappop(self._heap)
        del self._valid[subject]
        return due, subject
