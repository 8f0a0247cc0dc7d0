"""The recognisers of all versions of the plan that callers are still served by.

Versions that listen for the same phrases share a pool; another one has its own, so that a call is heard to its end as
it was in its beginning. A pool goes with the last version that needs it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from ivr.speech.hearing.pool import RecognizerPool

Phrases: TypeAlias = "Mapping[str, Sequence[str]]"
"""What callers may say, by language."""


@dataclass(slots=True)
class _Shared:
    pool: RecognizerPool
    users: int = 0


class Pools:
    """`make` makes a pool that is not started. At the end of the block all are closed."""

    def __init__(self, make: Callable[[Phrases], RecognizerPool]) -> None:
        self._make = make
        self._shared: dict[frozenset[tuple[str, tuple[str, ...]]], _Shared] = {}

    async def take(self, phrases: Phrases) -> RecognizerPool:
        """The pool that knows the phrases, until `give_back`. Raises ModelError."""
        key = frozenset((language, tuple(said)) for language, said in phrases.items())
        if key not in self._shared:
            self._shared[key] = _Shared(self._make(phrases))
            await self._shared[key].pool.start()
        self._shared[key].users += 1
        return self._shared[key].pool

    async def give_back(self, pool: RecognizerPool) -> None:
        for key, shared in list(self._shared.items()):
            if shared.pool is pool:
                shared.users -= 1
                if not shared.users:
                    del self._shared[key]
                    await pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(shared.pool.close() for shared in self._shared.values()))
