"""How we speak with a walked caller: with live audio (LiveVoice), or with keys alone (KeysVoice)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.call import Heard, Turn


class Voice(Protocol):
    """As ivr.call.Call; every coroutine raises AgiEnded or StreamEnded when the caller is no longer in our hands."""

    async def play(self, sounds: tuple[Path, ...]) -> None: ...

    async def ask(self, turn: Turn) -> Heard: ...

    async def record(self, into: Path, longest_seconds: float, silence_seconds: float) -> float: ...
