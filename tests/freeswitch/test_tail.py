from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ivr.freeswitch.tail import LONG_BYTES, Tail, Ticker
from tests.freeswitch.growing import Growing, Heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 5
FRAME = bytes(range(160)) * 2


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Growing]:
    with Growing(tmp_path / "caller.raw") as file:
        yield file


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def tail(growing: Growing, heard: Heard) -> Iterator[Tail]:
    tail = Tail(growing.path, heard.audience)
    yield tail
    tail.close()


def test_the_file_has_no_name_once_it_is_open(tail: Tail, growing: Growing) -> None:
    assert not growing.path.exists()


def test_what_comes_is_heard_in_whole_frames(tail: Tail, growing: Growing, heard: Heard) -> None:
    growing.grow(FRAME + FRAME[:101])
    tail.turn()
    assert heard.frames == [FRAME]
    growing.grow(FRAME[101:] + b"\x01")
    tail.turn()
    assert heard.frames == [FRAME, FRAME]


def test_after_a_long_delay_all_of_it_is_heard(tail: Tail, growing: Growing, heard: Heard) -> None:
    growing.grow(FRAME * 500)
    tail.turn()
    assert heard.frames == [FRAME] * 500


def test_what_nobody_hears_is_passed_over(tail: Tail, growing: Growing, heard: Heard) -> None:
    heard.listens = False
    growing.grow(FRAME * 10 + b"\x07\x08\x09")
    tail.turn()
    heard.listens = True
    growing.grow(b"\x0a" + FRAME)
    tail.turn()
    tail.finish()
    assert heard.pcm == b"\x09\x0a" + FRAME


def test_the_end_of_the_file_is_heard_to_the_last_sample(tail: Tail, growing: Growing, heard: Heard) -> None:
    growing.grow(FRAME + b"\x01\x02\x03")
    tail.finish()
    assert heard.frames == [FRAME, b"\x01\x02"]


def test_whoever_hears_may_end_the_hearing(growing: Growing) -> None:
    heard = Heard(frames_at_most=1)
    tail = Tail(growing.path, heard.audience)
    growing.grow(FRAME * 3)
    tail.turn()
    tail.close()
    assert heard.frames == [FRAME]


def test_a_closed_file_is_read_no_more(tail: Tail, growing: Growing, heard: Heard) -> None:
    growing.grow(FRAME)
    tail.close()
    tail.turn()
    tail.finish()
    assert heard.frames == []


@pytest.mark.parametrize("listens", [True, False])
def test_a_long_file_is_told_of_each_time_anew(growing: Growing, heard: Heard, listens: bool) -> None:
    told: list[str] = []
    tail = Tail(growing.path, heard.audience, lambda: told.append("long"))
    heard.listens = listens
    for _ in range(2):
        growing.grow(bytes(LONG_BYTES))
        tail.turn()
        tail.turn()
    tail.close()
    assert told == ["long", "long"]


def test_what_is_no_file_is_not_opened(tmp_path: Path, heard: Heard) -> None:
    (tmp_path / "elsewhere").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path, tmp_path / "link", tmp_path / "missing"):
        with pytest.raises(OSError, match=r"."):
            Tail(path, heard.audience)
    assert (tmp_path / "link").is_symlink()


@given(
    cuts=st.lists(st.integers(0, 5000), max_size=12),
    size=st.integers(0, 5000),
    turns=st.lists(st.booleans(), min_size=14, max_size=14),
)
def test_in_whatever_pieces_it_grows_its_bytes_are_heard_in_order(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], size: int, turns: list[bool]
) -> None:
    said = bytes(number * 7 % 251 for number in range(size))
    heard = Heard()
    with Growing(tmp_path_factory.getbasetemp() / "caller.raw") as growing:
        tail = Tail(growing.path, heard.audience)
        borders = [0, *sorted(min(cut, size) for cut in cuts), size]
        for (begin, end), turn in zip(pairwise(borders), turns, strict=False):
            growing.grow(said[begin:end])
            if turn:
                tail.turn()
        tail.finish()
    assert heard.pcm == said[: size // 2 * 2]
    assert {len(frame) for frame in heard.frames[:-1]} <= {320}


async def test_one_timer_reads_all_files_and_sleeps_when_there_are_none(tmp_path: Path) -> None:
    ticker = Ticker()
    files = [Growing(tmp_path / f"{number}.raw") for number in range(3)]
    heards = [Heard() for _ in files]
    tails = [Tail(file.path, heard.audience) for file, heard in zip(files, heards, strict=True)]
    for file, tail in zip(files, tails, strict=True):
        ticker.add(tail)
        file.grow(FRAME)
    async with asyncio.timeout(SECONDS):
        for heard in heards:
            await heard.something.wait()
    for tail in tails:
        ticker.remove(tail)
        tail.close()
    async with asyncio.timeout(SECONDS):
        while ticker.is_awake:
            await asyncio.sleep(0)
    for file in files:
        file.close()


async def test_one_callers_trouble_leaves_the_others_heard(tmp_path: Path) -> None:
    def fails(_: bytes) -> None:
        raise ValueError("an ear that fails")

    ticker, heard = Ticker(), Heard()
    with Growing(tmp_path / "good.raw") as good, Growing(tmp_path / "bad.raw") as bad:
        tails = [Tail(bad.path, lambda: fails), Tail(good.path, heard.audience)]
        with structlog.testing.capture_logs() as logs:
            for tail in tails:
                ticker.add(tail)
            bad.grow(FRAME)
            good.grow(FRAME)
            await asyncio.wait_for(heard.something.wait(), SECONDS)
            heard.something.clear()
            good.grow(FRAME)
            await asyncio.wait_for(heard.something.wait(), SECONDS)
        ticker.stop()
        for tail in tails:
            tail.close()
    assert [entry["event"] for entry in logs] == ["a caller is not heard any more"]
    assert heard.frames == [FRAME, FRAME]
