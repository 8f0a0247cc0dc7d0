"""How we speak with a walked caller: with live audio (LiveVoice), or with keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.call import Heard, Turn


class OutOfHands(Exception):  # noqa: N818 - the state, not a mistake
    """The caller is no longer in our hands. Whether the caller is gone only the PBX's control connection knows."""


class Voice(Protocol):
    """As ivr.call.Call; every coroutine raises OutOfHands when the caller is taken away in the middle of it."""

    async def play(self, sounds: tuple[Path, ...]) -> None: ...

    async def ask(self, turn: Turn) -> Heard: ...

    async def record(self, into: Path, longest_seconds: float, silence_seconds: float) -> float: ...
