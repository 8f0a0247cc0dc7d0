"""One question of the menus, put to one caller; what they do, as the interpreter's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from ivr import record as story
from ivr.call import Call, Deaf, Heard, Hearing, KeyRules, Pressed, Silence, Spoke, Turn
from ivr.menus import steps
from ivr.menus.wording import grammar_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ivr.conversation.desk import Desk

UNSURE_HEARING = 0.5  # mean word posterior below which a recogniser is wrong as often as right: confirm, never act
STORY_SECONDS = 15.0  # how long the answer to an open question may be
WORD_SECONDS = 6.0  # and to any other: whoever is louder for longer is in a noisy place, and needs the keys soon


@dataclass(frozen=True, slots=True)
class Asking:
    """`note` writes the call's record."""

    call: Call
    desk: Desk
    note: Callable[[story.Entry], None]

    async def ask(self, step: steps.Ask) -> steps.Answer:
        self.note(story.Asked(step.prompts))
        answer = self._answer(step, await self._turn(step, self._hearing(step)))
        if step.intents or not isinstance(answer, steps.NotUnderstood | steps.CannotHear):
            return answer
        # Keys were asked for, and the caller was listened to for danger only: what else was said is no answer.
        return self._answer(step, await self._turn(step, None))

    async def _turn(self, step: steps.Ask, hearing: Hearing | None) -> Heard:
        longest = STORY_SECONDS if step.intents and not step.closed else WORD_SECONDS
        sounds = tuple(self.desk.prompts.sound(step.language, prompt) for prompt in step.prompts)
        return await self.call.ask(Turn(sounds, KeyRules(), hearing, step.silence_seconds, longest))

    def _answer(self, step: steps.Ask, heard: Heard) -> steps.Answer:
        match heard:
            case Pressed(digits):
                self.note(story.HeardKeys(digits))
                return steps.Key(digits)
            case Spoke(hypotheses):
                text, confidence = (hypotheses[0].text, hypotheses[0].confidence) if hypotheses else ("", 0.0)
                self.note(story.HeardSpeech(text, confidence))
                return self.understood(step.language, [h.text for h in hypotheses], step.intents, confidence)
            case Silence():
                self.note(story.HeardNothing())
                return steps.Silent()
            case Deaf():
                self.note(story.RecognizerLost())
                return steps.CannotHear()
            case _:
                assert_never(heard)

    def _hearing(self, step: steps.Ask) -> Hearing | None:
        """What to listen for; None where nobody could listen. A question by keys is listened to for danger."""
        understanding, language = self.desk.understanding, step.language
        if not self.call.hears_speech or not (step.intents or self.desk.ears.hears_now(language)):
            return None
        return Hearing(
            language=language,
            grammar=grammar_of(self.desk.plan, step),
            urgent=lambda text: understanding.red_flag(language, [text]) is not None,
        )

    def understood(
        self, language: str, readings: Sequence[str], intents: Sequence[str], confidence: float
    ) -> steps.Answer:
        """What the readings mean: a red flag first, whatever was asked."""
        flag = self.desk.understanding.red_flag(language, readings)
        if flag is not None:
            self.note(story.RedFlagRaised(flag.sign, flag.evidence))
            return steps.Danger(flag.sign, flag.evidence)
        found = self.desk.understanding.intent(language, readings, intents)
        self.note(story.Understood(found.intent or "", found.confidence, found.evidence))
        if found.intent is None:
            return steps.NotUnderstood()
        sure = found.confidence if confidence >= UNSURE_HEARING else found.confidence * UNSURE_HEARING
        return steps.Meant(found.intent, sure, found.evidence, tuple(readings))
