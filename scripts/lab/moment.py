"""Something that happens at most once: when it did, and what came of it."""

import asyncio
from collections.abc import Generator
from typing import Generic, TypeVar

T = TypeVar("T")


class NeverHappened(Exception):  # noqa: N818 - a call that is rejected is no error of ours
    """What was waited for cannot happen any more; the message says why."""


class Moment(Generic[T]):
    """Awaited by any number of tasks, each with a time limit of its own; gives the value, or raises NeverHappened.

    `at` is the event loop's time of the event in seconds (monotonic), None before it and when it never happened.
    """

    def __init__(self) -> None:
        self.at: float | None = None
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[T] = self._loop.create_future()

    def __await__(self) -> Generator[None, None, T]:
        return self._wait().__await__()

    @property
    def over(self) -> bool:
        """It happened, or cannot happen any more."""
        return self._future.done()

    @property
    def value(self) -> T:
        """What came of it; InvalidStateError before."""
        return self._future.result()

    def happened(self, value: T) -> None:
        """The second time counts for nothing."""
        if not self._future.done():
            self.at = self._loop.time()
            self._future.set_result(value)

    def cannot_happen(self, why: str) -> None:
        if not self._future.done():
            self._future.set_exception(NeverHappened(why))
            self._future.exception()  # known, also when nobody waits for it

    async def _wait(self) -> T:
        return await asyncio.shield(self._future)
