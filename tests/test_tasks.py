from __future__ import annotations

import asyncio
from contextlib import suppress

from ivr.tasks import Tasks, told_to_end


async def test_a_task_is_told_to_end_though_a_group_of_its_own_fails_in_the_same_moment() -> None:
    fails, found = asyncio.Event(), list[bool]()

    async def fail() -> None:
        await fails.wait()
        raise ValueError

    async def work() -> None:
        with suppress(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                await asyncio.Event().wait()
        found.append(told_to_end())

    tasks = Tasks()
    task = tasks.start(work(), "a task with a group")
    fails.set()
    for _ in range(3):  # it begins, fails, and its group learns of it
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await tasks.close()
    assert task.cancelled() or found == [True]


async def test_who_is_not_told_goes_on() -> None:
    assert not told_to_end()
