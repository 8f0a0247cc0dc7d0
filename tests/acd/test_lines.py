from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.lines import Line, Place

PLACES = st.sets(st.tuples(st.integers(-1, 0), st.integers(0, 50), st.sampled_from("abc")))


def line_with(*places: Place) -> Line:
    line = Line()
    for place in places:
        line.add(place)
    return line


@given(PLACES)
def test_a_line_is_in_order_however_it_came_about(places: set[Place]) -> None:
    line = line_with(*places)
    assert list(line) == [name for _, _, name in sorted(places)]
    assert [line.position(place) for place in sorted(places)] == list(range(1, len(places) + 1))


def test_who_leaves_from_the_middle_leaves_no_gap() -> None:
    line = line_with((0, 1, "a"), (0, 2, "b"), (0, 3, "c"))
    line.remove((0, 2, "b"))
    assert (list(line), len(line), line.front, line.position((0, 3, "c"))) == (["a", "c"], 2, (0, 1, "a"), 2)


def test_only_the_first_ones_are_looked_at() -> None:
    assert list(line_with((0, 1, "a"), (0, 2, "b"), (0, 3, "c")).first(2)) == ["a", "b"]


def test_who_is_not_in_line_cannot_leave_it() -> None:
    with pytest.raises(LookupError):
        line_with((0, 1, "a")).remove((0, 2, "a"))
