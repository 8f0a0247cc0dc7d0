"""The closures by telephone: which are on, a key for each to switch it, and what became of it, said aloud.

    "Snow day: off. To switch it on, press one."  ── 1 ──>  "Switched on: snow day."  ──> all of them again

What is switched on by telephone stays on until it is switched off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.call import Call, KeyRules, Pressed, Turn
from ivr.conversation.closures import Switch
from ivr.menus.words.closure_wording import closure_prompt

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.conversation.desk import Desk

MOST_ROUNDS = 20  # a phone that is off the hook must not hold the line for ever
SILENT_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class ClosureMenu:
    """`person` is who switches, by the plan's name."""

    call: Call
    desk: Desk
    person: str

    async def run(self) -> None:
        """Until the person says nothing more. Raises CallerGone."""
        said: tuple[str, ...] = () if any(self._is_on(name) for name in self._names()) else ("closures_none",)
        silent = 0
        for _ in range(MOST_ROUNDS):
            heard = await self.call.ask(Turn(self._sounds(*said, *self._offered()), KeyRules()))
            said = await self._pressed(heard.digits) if isinstance(heard, Pressed) else ()
            silent = 0 if isinstance(heard, Pressed) else silent + 1
            if silent == SILENT_ROUNDS:
                break
        await self.call.play(*self._sounds("code_bye"))

    async def _pressed(self, key: str) -> tuple[str, ...]:
        """What is said of it; a key of no closure says all of them again."""
        names = self._names()
        index = int(key) - 1 if key.isdecimal() else -1
        if not 0 <= index < len(names):
            return ()
        name = names[index]
        switch = Switch(self.desk.clock.now(), name, on=not self._is_on(name), by=f"{self.person}, by phone")
        await self.desk.closures.switch(switch)
        return (closure_prompt(name, "switched_on" if switch.on else "switched_off"),)

    def _offered(self) -> tuple[str, ...]:
        return tuple(closure_prompt(name, "on" if self._is_on(name) else "off") for name in self._names())

    def _names(self) -> list[str]:
        return list(self.desk.plan.closures)

    def _is_on(self, name: str) -> bool:
        return self.desk.closures.on(name, self.desk.clock.now()) is not None

    def _sounds(self, *prompts: str) -> tuple[Path, ...]:
        language = self.desk.plan.practice.languages[0]
        return tuple(self.desk.prompts.sound(language, prompt) for prompt in prompts)
