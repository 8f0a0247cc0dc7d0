"""Speaking with a caller whom we do not hear: prompts and keys, no speech."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivr.call import Deaf, Heard, Turn
from ivr.media.sounds import write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.media.live_voice import LiveVoice


@dataclass(frozen=True, slots=True)
class KeysVoice:
    """`live` plays, and takes the keys: FreeSWITCH tells of these by events."""

    live: LiveVoice

    async def play(self, sounds: tuple[Path, ...]) -> None:
        await self.live.play(sounds)

    async def ask(self, turn: Turn) -> Heard:
        """Deaf for a question that takes nothing but speech; what a turn says of speech means nothing here."""
        if turn.keys is None:
            return Deaf()
        return await self.live.ask(replace(turn, hearing=None))

    async def record(self, into: Path, longest_seconds: float, silence_seconds: float) -> float:  # noqa: ARG002 - of Voice
        """Nothing can be recorded: the message is empty."""
        await asyncio.to_thread(write_wav, into, b"")
        return 0.0
