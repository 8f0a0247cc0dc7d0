"""What one caller is told, and what is heard meanwhile: signs of danger, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ivr import record as story
from ivr.call import Call, Hearing, Spoke, Turn
from ivr.menus import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ivr.conversation.desk import Desk
    from ivr.services import RedFlag


@dataclass(slots=True)
class Saying:
    """`note` writes the call's record."""

    call: Call
    desk: Desk
    note: Callable[[story.Entry], None]

    def sounds(self, language: str, prompts: Sequence[str]) -> tuple[Path, ...]:
        return tuple(self.desk.prompts.sound(language, prompt) for prompt in prompts)

    async def play(self, language: str, *prompts: str) -> None:
        await self.call.play(*self.sounds(language, prompts))

    async def say(self, language: str, *prompts: str) -> steps.Danger | None:
        """Play to the end, but for a sign of danger: whoever talks meanwhile is listened to."""
        flag_in = self.danger_in(language)
        if flag_in is None:
            await self.play(language, *prompts)
            return None
        hearing = Hearing(language, urgent=lambda text: flag_in([text]) is not None)
        sounds = self.sounds(language, prompts)
        turn = Turn(sounds, None, hearing, silence_seconds=0.0, barge_in=False, minds=lambda _: False)
        heard = await self.call.ask(turn)
        flag = flag_in([each.text for each in heard.hypotheses]) if isinstance(heard, Spoke) else None
        if flag is None:
            return None
        self.note(story.RedFlagRaised(flag.sign, flag.evidence))
        return danger_of(flag)

    def danger_in(self, language: str) -> Callable[[Sequence[str]], RedFlag | None] | None:
        """What looks for danger in what is heard; None where nobody could listen."""
        if not self.call.hears_speech or not self.desk.ears.hears_now(language):
            return None
        return partial(self.desk.understanding.red_flag, language)


def danger_of(flag: RedFlag) -> steps.Danger:
    return steps.Danger(flag.sign, flag.evidence, flag.crisis)
