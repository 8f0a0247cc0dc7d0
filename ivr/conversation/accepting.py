"""A person's phone that is ours before the caller is joined.

One that may be picked up by a mailbox asks for a key, or for the PIN; for a caller in danger any says first what it is.
No record is begun for such a call, and nothing else of the caller is said.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING

from ivr.call import Call, CallerGone, KeyRules, Pressed, Silence, Turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ivr.queueing.orders import Accept
    from ivr.services import Prompts

TRIES = 3
LONGEST_PIN = 8


@dataclass(frozen=True, slots=True)
class Accepting:
    """One call to a person's phone, once it is picked up; without `accept` nothing is asked."""

    call: Call
    accept: Accept | None
    prompts: Prompts
    language: str
    refused: Callable[[], object]
    whisper: tuple[Path, ...] = ()

    async def run(self) -> None:
        """Who takes the call is held, everybody else hung up on; `refused` is called for who passed it on."""
        with suppress(CallerGone):
            await self.call.answer()
            if self.whisper:
                await self.call.play(*self.whisper)
            took = await self._takes()
            if took:
                return await self.call.hold()
            if took is False:
                self.refused()
            await self.call.hang_up()
        return None

    async def _takes(self) -> bool | None:
        if self.accept is None:
            return True  # a desk phone, which heard the whisper
        return await (self._by_pin(self.accept.pin) if self.accept.pin else self._by_key())

    async def _by_key(self) -> bool | None:
        """None when nobody answered the question."""
        prompts = ["accept_press"]
        for _ in range(TRIES):
            match await self._ask(prompts, KeyRules()):
                case Pressed("1"):
                    return True
                case Pressed("2"):
                    return False
                case Silence():
                    return None
            prompts = ["accept_wrong", "accept_press"]
        return None

    async def _by_pin(self, pin: str) -> bool | None:
        prompts = ["accept_pin"]
        for _ in range(TRIES):
            heard = await self._ask(prompts, KeyRules(longest=LONGEST_PIN))
            if not isinstance(heard, Pressed):
                return None
            if compare_digest(heard.digits, pin):
                return True
            prompts = ["accept_wrong", "accept_pin"]
        return None

    async def _ask(self, prompts: list[str], keys: KeyRules) -> object:
        sounds = tuple(self.prompts.sound(self.language, prompt) for prompt in prompts)
        return await self.call.ask(Turn(sounds, keys))


async def too_late(call: Call, prompts: Prompts, language: str) -> None:
    """The call was taken by somebody else while the phone was picked up."""
    with suppress(CallerGone):
        await call.answer()
        await call.play(prompts.sound(language, "accept_too_late"))
        await call.hang_up()
