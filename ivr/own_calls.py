"""Calls that the PBX places into its own dialplan, and that press keys: nobody's telephone is needed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

BEFORE_KEY_SECONDS = 2  # the question has begun, and a key may be pressed over it
AT_THE_END_SECONDS = 4
ANSWER_SECONDS = 10


class CannotRehearse(UserError):  # noqa: N818 - named for the state of the PBX
    """No call can be placed; the message says why."""


class OwnCalls(Protocol):
    async def place(self, call: str, keys: Sequence[str], *, dialled: str, caller: str) -> str:
        """Begin a call; returns the id under which Careline will know it. Raises CannotRehearse."""
