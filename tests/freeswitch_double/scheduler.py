"""Tasks at a whole second, looked at every half second. Source: switch_scheduler.c."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Task:
    group: str
    at: int  # seconds since 1970
    work: Callable[[], object]


class Scheduler:
    """sched_api and its kin: `+4` fires between 3.5 and 4.5 s later, for the clock's seconds are whole."""

    def __init__(self) -> None:
        self._tasks: dict[int, Task] = {}
        self._last = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, after: str, group: str, work: Callable[[], object]) -> int:
        """`+N` seconds from now, or a time; the task's number."""
        now = int(time.time())
        self._last += 1
        self._tasks[self._last] = Task(group, now + int(after[1:]) if after.startswith("+") else int(after), work)
        self._look_again()
        return self._last

    def delete(self, name: str) -> int:
        """A task by its number, or all of a group; how many."""
        found = [number for number, task in self._tasks.items() if name in {task.group, str(number)}]
        for number in found:
            del self._tasks[number]
        return len(found)

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _look_again(self) -> None:
        if self._tasks and not self._timer:
            self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        now = int(time.time())
        for number, task in [each for each in self._tasks.items() if each[1].at <= now]:
            self._tasks.pop(number, None)
            task.work()
        self._look_again()
