"""A line of names in order: who is first, and who stands where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Place: TypeAlias = tuple[Any, ...]
"""What orders a line, smallest first: numbers, and last the name of who stands there."""


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
        return (place[-1] for place in self._places)

    def __getitem__(self, index: int) -> Place:
        return self._places[index]

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

    def up_to(self, prefix: Place) -> int:
        """How many places are smaller than the prefix or begin with it."""
        return bisect_right(self._places, prefix, key=lambda place: place[: len(prefix)])
