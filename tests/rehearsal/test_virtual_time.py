"""Time that jumps: as long as it takes, and at once."""

from __future__ import annotations

import asyncio

import pytest

from ivr.rehearsal.virtual_time import LoopClock, NothingEverHappens, VirtualLoop


def test_a_day_is_over_at_once() -> None:
    async def sleeps() -> tuple[float, float]:
        clock = LoopClock(1000.0)
        await asyncio.sleep(86_400)
        return clock.now(), clock.monotonic()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        now, passed = runner.run(sleeps())
    assert round(now, 3) == 87_400.0
    assert round(passed, 3) == 86_400.0


def test_whoever_waits_less_goes_first() -> None:
    async def race() -> list[str]:
        order: list[str] = []

        async def after(seconds: float, name: str) -> None:
            await asyncio.sleep(seconds)
            order.append(name)

        async with asyncio.TaskGroup() as group:
            for seconds, name in ((60, "slow"), (0.02, "fast"), (3, "middling")):
                group.create_task(after(seconds, name))
        return order

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(race()) == ["fast", "middling", "slow"]


def test_a_limit_of_time_is_one() -> None:
    async def limited() -> None:
        async with asyncio.timeout(6):
            await asyncio.sleep(7)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner, pytest.raises(TimeoutError):
        runner.run(limited())


def test_tasks_that_wait_for_each_other_are_told_of() -> None:
    async def stuck() -> None:
        await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner, pytest.raises(NothingEverHappens):
        runner.run(stuck())
