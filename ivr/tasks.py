"""Tasks that outlive the function that starts them: kept, failures reported, ended together.

For what a socket or a switch event starts; wherever the work has a scope of its own, use asyncio.TaskGroup.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Tasks:
    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run `work` until it ends or `close`. A failure is logged under `name`, also when nobody awaits the task."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what runs, and wait until all of it has ended."""
        running = self._running - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task failed", task=task.get_name(), exc_info=error)


def told_to_end() -> bool:
    """Whether the running task was cancelled: a TaskGroup that fails in that moment forgets it (CPython gh-116720)."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def any_of(*events: asyncio.Event, within: float | None = None) -> bool:
    """Wait until one of the events is set; False when none was within that many seconds."""
    if any(event.is_set() for event in events):
        return True
    loop = asyncio.get_running_loop()
    waits = [loop.create_task(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return bool(done)
