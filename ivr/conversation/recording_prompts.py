"""A prompt recorded from one of the practice's own phones, by somebody whose PIN is known.

    number ─▶ how it sounds now ─▶ beep, speech, pound ─▶ how it would sound ─▶ keep (1) or discard (3) ─▶ number
                                     ▲                                             │ 2, or nothing was heard
                                     └─────────────────────────────────────────────┘

What is kept is in force for who is called from now on, and after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from ivr.call import Call, Heard, KeyRules, Pressed, Turn
from ivr.conversation.studio import Place, Spoiled

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.conversation.desk import Desk

TRIES = 3  # numbers in a row that no prompt has, and questions without an answer
TAKES = 10  # of one prompt: a phone that was put down beside a radio must not record for ever
LONGEST_NUMBER = 5
LONGEST_SECONDS = 180.0
SILENCE_SECONDS = 6.0  # people stop to turn a page

log = structlog.get_logger()


class _Key(StrEnum):
    """What becomes of a take."""

    KEEP = "1"
    AGAIN = "2"
    DISCARD = "3"


@dataclass(frozen=True, slots=True)
class RecordingPrompts:
    """One call of `person`, a name of the plan's people, who is told what to do in the practice's first language."""

    call: Call
    desk: Desk
    person: str

    async def run(self) -> None:
        """Prompt after prompt, until no number comes any more. Raises CallerGone."""
        missed = 0
        while missed < TRIES:
            if place := await self._which():
                missed = 0
                await self._record(place)
            else:
                missed += 1
        await self._play("code_bye")

    async def _which(self) -> Place | None:
        heard = await self._ask("record_which", keys=KeyRules(longest=LONGEST_NUMBER))
        if not isinstance(heard, Pressed):
            return None
        place = await self.desk.studio.place(int(heard.digits)) if heard.digits.isdecimal() else None
        if place is None or not (now := await self._sounds_of(place)):
            await self._play("record_unknown")
            return None
        await self._play("record_now", then=now)
        return place

    async def _sounds_of(self, place: Place) -> tuple[Path, ...]:
        """What callers hear now; () for a prompt of an earlier plan."""
        try:
            return await self.desk.prompts.all_pieces(place.language, (place.name,))
        except KeyError:
            return ()

    async def _record(self, place: Place) -> None:
        studio = self.desk.studio
        draft = studio.draft(self.call.id)
        try:
            for _ in range(TAKES):
                if await self._take(place, draft):
                    return
        finally:
            studio.forget(draft)

    async def _take(self, place: Place, draft: Path) -> bool:
        """One take. False when there is to be another."""
        await self._play("record_begin", "beep")
        await self.call.record(draft, longest_seconds=LONGEST_SECONDS, silence_seconds=SILENCE_SECONDS)
        try:
            match await self._judged(await self.desk.studio.proof(draft)):
                case _Key.AGAIN:
                    return False
                case _Key.KEEP:
                    await self._keep(place, draft)
                case _:
                    await self._play("record_discarded")
        except Spoiled as spoiled:
            await self._play(spoiled.prompt)
            return False
        return True

    async def _judged(self, proof: Path) -> _Key:
        """The key pressed after having heard the take; none of the three is to discard it."""
        for _ in range(TRIES):
            heard = await self._ask("record_choose", first=proof)
            if isinstance(heard, Pressed) and heard.digits in set(_Key):
                return _Key(heard.digits)
        return _Key.DISCARD

    async def _keep(self, place: Place, draft: Path) -> None:
        await self.desk.studio.keep(place, draft, who=self.person, at=self.desk.clock.now())
        await self.desk.prompts.renew(place.language, place.name)
        log.info("a prompt was recorded by phone", language=place.language, prompt=place.name, person=self.person)
        await self._play("record_kept")

    # ---- small change -----------------------------------------------------------------------------------------------

    def _sounds(self, *prompts: str) -> tuple[Path, ...]:
        language = self.desk.plan.practice.languages[0]
        return tuple(self.desk.prompts.sound(language, prompt) for prompt in prompts)

    async def _ask(self, prompt: str, *, first: Path | None = None, keys: KeyRules | None = None) -> Heard:
        sounds = (*([first] if first else []), *self._sounds(prompt))
        return await self.call.ask(Turn(sounds, keys or KeyRules()))

    async def _play(self, *prompts: str, then: tuple[Path, ...] = ()) -> None:
        await self.call.play(*self._sounds(*prompts), *then)
