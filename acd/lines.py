"""A line of names in order: who is first, and who stands where."""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Place: TypeAlias = tuple[float, int, str]
"""What orders a line, smallest first; the last part is the name of who stands there."""


class Line:
    """Places in order.

    A plain sorted list: to move 10,000 pointers costs a microsecond or two, less than any tree written in Python.
    """

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: list[Place] = []

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return (name for _, _, name in self._places)

    @property
    def front(self) -> Place:
        """The first place; IndexError when nobody stands in line."""
        return self._places[0]

    def first(self, count: int) -> Iterator[str]:
        return islice(self, count)

    def add(self, place: Place) -> None:
        insort(self._places, place)

    def remove(self, place: Place) -> None:
        """Take out a place that is in the line; LookupError when it is not."""
        index = bisect_left(self._places, place)
        if self._places[index : index + 1] != [place]:
            raise LookupError(place)
        del self._places[index]

    def position(self, place: Place) -> int:
        """How many stand at this place or before it; 1 is next."""
        return bisect_left(self._places, place) + 1
