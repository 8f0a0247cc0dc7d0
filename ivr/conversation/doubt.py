"""A sign of danger that stands only in what else the words may have been is asked about, and not taken for granted.

A recogniser's second and third readings find dangers that its best one missed, and hear them where none were said.
Whoever says no goes on with the best reading; a yes, silence and everything else is danger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr import record as story
from ivr.call import Call, Heard, Hearing, KeyRules, Pressed, Spoke, Turn
from ivr.menus.plan.model import ANSWERS, NO, YES

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.conversation.desk import Desk

QUESTION = "danger_doubt"
NO_KEY = "2"
SILENCE_SECONDS = 3.0  # whoever cannot answer is connected soon


@dataclass(frozen=True, slots=True)
class Doubt:
    """`note` writes the call's record."""

    call: Call
    desk: Desk
    note: Callable[[story.Entry], None]

    async def settled(self, language: str, heard: Heard) -> Heard:
        """What was heard, without the readings that raise where the caller says that it is no emergency."""
        if not isinstance(heard, Spoke) or not self._only_beside_the_best(language, heard):
            return heard
        if not await self._denied(language):
            return heard
        return Spoke(tuple(each for each in heard.hypotheses if not self._raises(language, each.text)), heard.voice)

    def _only_beside_the_best(self, language: str, spoke: Spoke) -> bool:
        best, *others = [self._raises(language, each.text) for each in spoke.hypotheses] or [False]
        return not best and any(others)

    def _raises(self, language: str, text: str) -> bool:
        return self.desk.understanding.red_flag(language, [text]) is not None

    async def _denied(self, language: str) -> bool:
        self.note(story.Asked((QUESTION,)))
        sound = self.desk.prompts.sound(language, QUESTION)
        phrases = tuple(
            text for answer in (YES, NO) for of, some in ANSWERS[answer].items() if of == language for text in some
        )
        hearing = Hearing(language, phrases) if self.desk.ears.hears_now(language) else None
        answer = await self.call.ask(Turn((sound,), KeyRules(), hearing, silence_seconds=SILENCE_SECONDS))
        match answer:
            case Pressed(digits):
                self.note(story.HeardKeys(digits))
                return digits == NO_KEY
            case Spoke(hypotheses) if hypotheses:
                self.note(story.HeardSpeech(hypotheses[0].text, hypotheses[0].confidence))
                return self._says_no(language, [each.text for each in hypotheses])
            case _:
                self.note(story.HeardNothing())
                return False

    def _says_no(self, language: str, readings: list[str]) -> bool:
        understanding, plan = self.desk.understanding, self.desk.plan
        if understanding.red_flag(language, readings):
            return False
        found = understanding.intent(language, readings, (YES, NO))
        return found.intent == NO and found.confidence >= plan.confidence.confirm
