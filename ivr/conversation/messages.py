"""What a caller leaves in a voicemail box, and for whom it is work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.menus.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Left:
    """A message: `seconds` long, left at `at`, in the caller's `language`.

    Its work belongs to the people of `queue` ("" for nobody's) and is `due` then, both in seconds since the epoch.
    """

    call: str
    box: str
    at: float
    seconds: float
    language: str = ""
    queue: str = ""
    due: float | None = None


def filed(plan: Plan, message: Left) -> Left:
    """With what the plan says of its box; a box that the plan has no more makes work for nobody."""
    box = plan.voicemail.get(message.box)
    if box is None:
        return message
    return replace(message, queue=box.queue or "", due=None if box.within is None else message.at + box.within)


class Messages(Protocol):
    """Where voicemail goes."""

    def draft(self, call: str) -> Path:
        """A file to record into, on a file system of this host alone."""

    async def keep(self, message: Left, recording: Path) -> None:
        """Seal the recording and list it; the draft is gone afterwards, also when there was nothing in it."""
