"""Speaking with a caller through AGI alone, where Asterisk has no AudioSocket: prompts and keys, no speech.

Asterisk reads the sounds and writes the recording itself, so it must be on this host and may read the prompts. Where it
may not, callers hear nothing, and their silence leads them to a person.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.fastagi import AgiEnded, AgiSession
from ivr.call import Deaf, Heard, KeyRules, Pressed, Silence, Turn
from ivr.media.sounds import seconds_of
from ivr.tasks import any_of

if TYPE_CHECKING:
    from pathlib import Path

ANY_KEY = "0123456789*#"
LEAVING_SECONDS = 0.5  # Asterisk answers -1 to whoever hangs up, and leaves AGI: so long may the second take

log = structlog.get_logger(__name__)


class KeysVoice:
    def __init__(self, session: AgiSession) -> None:
        self._session = session

    async def play(self, sounds: tuple[Path, ...]) -> None:
        for sound in sounds:
            await self._code("STREAM", "FILE", str(sound.with_suffix("")), "")

    async def ask(self, turn: Turn) -> Heard:
        """Deaf for a question that takes nothing but speech; what a turn says of speech means nothing here."""
        if turn.keys is None:
            return Deaf()
        digit = await self._first_digit(turn)
        return await self._digits(turn.keys, digit) if digit else Silence()

    async def record(self, into: Path, longest_seconds: float, silence_seconds: float) -> float:
        """A hang-up ends it and keeps what was said."""
        limits = (str(int(longest_seconds * 1000)), f"s={int(silence_seconds)}")
        with suppress(AgiEnded):
            reply = await self._session.command("RECORD", "FILE", str(into.with_suffix("")), "wav", "#", *limits)
            if reply.value == "writefile":
                log.error("Asterisk cannot write a message: let it write the drafts in the state folder")
        written = into.with_suffix(".wav")
        if written != into and written.exists():
            written.replace(into)
        return await asyncio.to_thread(seconds_of, into)

    async def _first_digit(self, turn: Turn) -> str:
        """The patience ends between two sounds, or in the silence after them."""
        now = asyncio.get_running_loop().time
        gives_up_at = now() + (inf if turn.within_seconds is None else turn.within_seconds)
        for sound in turn.sounds:
            if now() >= gives_up_at:
                return ""
            if code := await self._code("STREAM", "FILE", str(sound.with_suffix("")), ANY_KEY):
                return chr(code)
        left = min(turn.silence_seconds, gives_up_at - now())
        return await self._wait(left) if left > 0 else ""

    async def _digits(self, rules: KeyRules, digit: str) -> Pressed:
        digits = ""
        while digit and digit != rules.ends_with:
            digits += digit
            if len(digits) >= rules.longest:
                break
            digit = await self._wait(rules.between_seconds)
        return Pressed(digits)

    async def _wait(self, seconds: float) -> str:
        code = await self._code("WAIT", "FOR", "DIGIT", str(int(seconds * 1000)))
        return chr(code) if code else ""

    async def _code(self, *words: str) -> int:
        """Return the key's ASCII code, 0 for none, also for a sound that Asterisk cannot read. Raises AgiEnded."""
        reply = await self._session.command(*words)
        code = int(reply.result or 0)
        if code >= 0:
            return code
        if await any_of(self._session.ended, within=LEAVING_SECONDS):
            raise AgiEnded
        log.error("Asterisk cannot play a prompt: let it read the cache folder", command=words[0])
        return 0
