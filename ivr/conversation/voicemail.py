"""A caller's message for a voicemail box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.conversation.messages import Left, filed

if TYPE_CHECKING:
    from ivr.call import Call
    from ivr.conversation.desk import Desk

LONGEST_SECONDS = 180.0
SILENCE_SECONDS = 5.0


async def take_message(call: Call, desk: Desk, name: str, box: str, language: str) -> float:
    """Record it and keep it for the box; how many seconds it has, 0 when the caller said nothing.

    `name` is the record's id of the call.
    """
    draft, began = desk.messages.draft(name), desk.clock.now()
    seconds = await call.record(draft, longest_seconds=LONGEST_SECONDS, silence_seconds=SILENCE_SECONDS)
    await desk.messages.keep(filed(desk.plan, Left(name, box, began, seconds, language)), draft)
    return seconds
