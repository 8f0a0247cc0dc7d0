"""A caller who is to be joined with a person: on hold, on the way to hold, or on the way back to us."""

from __future__ import annotations

import asyncio
from typing import Protocol, TypeVar

import structlog

from ivr.tasks import any_of

JOINABLE_SECONDS = 8.0  # a caller who was lost in an outage of ours comes again within 6 s; a leg waits for 10 s
log = structlog.get_logger(__name__)


class Joinable(Protocol):
    """A Call as `held` and `gone` tell of it: waiting in the PBX, or ended."""

    held: asyncio.Event
    gone: asyncio.Event


CallT_co = TypeVar("CallT_co", bound=Joinable, covariant=True)


class Arrivals(Protocol[CallT_co]):
    async def coming(self, call: str, /) -> CallT_co:
        """The call; waits for one that is not with us yet."""


async def joinable(calls: Arrivals[CallT_co], call_id: str, *, seconds: float = JOINABLE_SECONDS) -> CallT_co | None:
    """The caller once held; None for one who is gone, or does not come."""
    try:
        async with asyncio.timeout(seconds):
            call = await calls.coming(call_id)
            await any_of(call.held, call.gone)
    except TimeoutError:
        log.warning("a caller did not come to be connected", call=call_id)
        return None
    return None if call.gone.is_set() else call
