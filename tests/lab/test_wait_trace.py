"""The traces of waiting callers: the same from the same seed, written and read without loss."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from lab.wait_trace import Answered, Asked, Handled, Happened, Joined, Left, read, write
from lab.wait_traces import TRACES, TUNING, days_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_trace_is_written_and_read_without_loss(tmp_path: Path) -> None:
    happened: list[Happened] = [
        Joined(1.0, "7", 2, 3, 0),
        Asked(61.0, "7", 1, 3, 1),
        Answered(70.5, "7"),
        Left(71.0, "8"),
        Handled(300.0, 229.5, 200.0),
    ]
    write(tmp_path / "trace", happened)
    assert read(tmp_path / "trace") == happened


def test_a_line_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trace").write_bytes(gzip.compress(b"x,1.0\n"))
    with pytest.raises(ValueError, match="not a line of a trace"):
        read(tmp_path / "trace")


def test_the_same_practice_has_the_same_days_again(tmp_path: Path) -> None:
    write(tmp_path / "again", days_of(TUNING["quiet-night"]))
    assert read(tmp_path / "again") == read(TRACES / "quiet-night.csv.gz")
