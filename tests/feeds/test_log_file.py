"""The queue log's file: written behind everybody's back, whole lines, whatever befalls the file."""

from __future__ import annotations

import asyncio
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ivr.feeds import log_file
from ivr.feeds.log_file import LogFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


async def test_lines_are_appended_in_order(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text("before\n")
    file = LogFile(path)
    file.put("one\n")
    file.put("two\n")
    assert await file.flush()
    assert path.read_text() == "before\none\ntwo\n"
    assert await file.flush()
    assert path.read_text() == "before\none\ntwo\n"


async def test_a_file_that_was_moved_is_begun_anew(tmp_path: Path) -> None:
    path, moved = tmp_path / "queue_log", tmp_path / "queue_log-20261120"
    file = LogFile(path)
    file.put("one\n")
    await file.flush()
    path.rename(moved)
    file.put("two\n")
    await file.flush()
    assert (moved.read_text(), path.read_text()) == ("one\n", "two\n")


async def test_a_file_that_grew_too_long_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    file = LogFile(path, most_bytes=4)
    for line in ("one\n", "two\n", "three\n"):
        file.put(line)
        await file.flush()
    assert (path.with_name("queue_log.1").read_text(), path.read_text()) == ("two\n", "three\n")


async def test_what_cannot_be_written_waits_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "missing"
    file = LogFile(folder / "queue_log")
    file.put("one\n")
    assert not await file.flush()
    file.put("two\n")
    assert not await file.flush()
    folder.mkdir()
    assert await file.flush()
    assert (folder / "queue_log").read_text() == "one\ntwo\n"
    assert file.lost == 0


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes: what a full disk does to who writes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_disk_that_fills_up_in_the_middle_of_a_line_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text("x" * 999_990)
    file = LogFile(path)
    file.put("a line that is longer\n")
    with full_at(1_000_000):
        assert not await file.flush()
    assert path.stat().st_size == 999_990
    assert await file.flush()
    assert path.read_text().endswith("xa line that is longer\n")


async def test_a_disk_that_never_comes_back_costs_the_oldest_lines_and_no_memory(tmp_path: Path) -> None:
    folder = tmp_path / "missing"
    file = LogFile(folder / "queue_log")
    for number in range(log_file.MOST_PENDING):
        file.put(f"{number}\n")
    assert not await file.flush()
    for number in range(10):
        file.put(f"later {number}\n")
    assert not await file.flush()
    assert file.lost == 10
    folder.mkdir()
    assert await file.flush()
    lines = (folder / "queue_log").read_text().splitlines()
    assert (len(lines), lines[0], lines[-1]) == (log_file.MOST_PENDING, "10", "later 9")


async def test_what_is_pending_is_written_when_the_process_ends(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    file = LogFile(path)
    running = asyncio.get_running_loop().create_task(file.run())
    await asyncio.wait({running}, timeout=0)
    file.put("last\n")
    running.cancel()
    await asyncio.wait({running})
    assert path.read_text() == "last\n"
