"""One question of the menus, put to one caller; what they do, as the interpreter's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, assert_never
from zoneinfo import ZoneInfo

from ivr import record as story
from ivr.call import Call, Deaf, Heard, Hearing, KeyRules, Pressed, Silence, Spoke, Turn
from ivr.conversation.composure import Composure, Sign
from ivr.conversation.doubt import Doubt
from ivr.conversation.listening_rules import KEYS, enough, longest_seconds, pause_seconds
from ivr.menus import steps
from ivr.menus.words.read_back import said_as
from ivr.menus.words.wording import grammar_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ivr.conversation.desk import Desk
    from ivr.services import Understood

UNSURE_HEARING = 0.5  # mean word posterior below which a recogniser is wrong as often as right: confirm, never act
TIMER_SECONDS = 0.05  # a timer may be that early
NO_SIGN_SECONDS = 26.0  # whoever gave no sign in this time goes to a person, whose phone then rings within 30 s


@dataclass(slots=True)
class Asking:
    """`note` writes the call's record. One for the whole call: it remembers whether the caller gave a sign yet."""

    call: Call
    desk: Desk
    note: Callable[[story.Entry], None]
    _patient_until: float | None = None
    _signed: bool = False
    lost_composure: tuple[Sign, ...] = ()
    _composure: Composure = field(init=False)

    def __post_init__(self) -> None:
        self._composure = Composure(self.desk.plan.distress)

    async def ask(self, step: steps.Ask) -> steps.Answer:
        self.note(story.Asked(step.prompts))
        heard = await self._turn(step, self._hearing(step))
        answer = self._answer(step, await Doubt(self.call, self.desk, self.note).settled(step.language, heard))
        if step.intents or not isinstance(answer, steps.NotUnderstood | steps.CannotHear):
            return answer
        # Keys were asked for, and the caller was listened to for danger only: what else was said is no answer.
        return self._answer(step, await self._turn(step, None))

    async def _turn(self, step: steps.Ask, hearing: Hearing | None) -> Heard:
        prompts, language = self.desk.prompts, step.language
        sounds = (
            *await prompts.all_pieces(language, step.value),
            *(prompts.sound(language, prompt) for prompt in step.prompts),
        )
        keys = KEYS.get(step.wanted.kind, KeyRules()) if step.wanted else KeyRules()
        return await self.call.ask(
            Turn(sounds, keys, hearing, step.silence_seconds, longest_seconds(step), within_seconds=self._patience())
        )

    def _patience(self) -> float | None:
        """How long the question may take; None for a caller who gave a sign: then there is no hurry."""
        if self._signed:
            return None
        now = self.desk.clock.monotonic()
        if self._patient_until is None:
            self._patient_until = now + NO_SIGN_SECONDS
        return max(0.0, self._patient_until - now)

    def _answer(self, step: steps.Ask, heard: Heard) -> steps.Answer:
        match heard:
            case Pressed(digits):
                self._signed = True
                self.note(story.HeardKeys(digits))
                return self._pressed(step, digits)
            case Spoke(hypotheses):
                self._listen_to_the_voice(step.language, heard)
                self._signed = self._signed or bool(hypotheses)
                text, confidence = (hypotheses[0].text, hypotheses[0].confidence) if hypotheses else ("", 0.0)
                self.note(story.HeardSpeech(text, confidence))
                return self._understood(step, [h.text for h in hypotheses], confidence)
            case Silence():
                self.note(story.HeardNothing())
                return self._silent()
            case Deaf():
                self.note(story.RecognizerLost())
                return steps.CannotHear()
            case _:
                assert_never(heard)

    def _listen_to_the_voice(self, language: str, spoke: Spoke) -> None:
        self._composure.language = language
        if signs := self._composure.hear(spoke):
            self.note(story.SoundsDistressed(tuple(sign.text for sign in signs), _words(signs)))
            self.lost_composure = signs

    def _silent(self) -> steps.Answer:
        """Once only: wherever the caller comes to next, they are asked in peace."""
        left = self._patience()
        if left is None or left > TIMER_SECONDS:
            return steps.Silent()
        self._signed = True
        return steps.NoSign()

    def _pressed(self, step: steps.Ask, digits: str) -> steps.Answer:
        """Keys of the menus are for the interpreter; a number is read here, where the day is known. One that is none
        stays keys: it was meant as an answer, and no noise.
        """
        if step.wanted is None or step.wanted.kind not in KEYS or digits in {"", "0"} or "*" in digits:
            return steps.Key(digits)
        value = self.desk.understanding.value(step.language, step.wanted, [digits], self._today())
        return steps.Key(digits) if value is None else self._given(step, value)

    def _hearing(self, step: steps.Ask) -> Hearing | None:
        """What to listen for; None where nobody could listen. A question by keys is listened to for danger."""
        understanding, language = self.desk.understanding, step.language
        if not self.call.hears_speech or not (step.intents or self.desk.ears.hears_now(language)):
            return None
        return Hearing(
            language=language,
            grammar=grammar_of(self.desk.plan, step),
            urgent=lambda text: understanding.red_flag(language, [text]) is not None,
            pause_seconds=pause_seconds(step),
            enough=enough(step, self.desk.plan.confidence.route, understanding, self._today()),
        )

    def recalled(self, step: steps.Recall) -> steps.Answer:
        """What was said before, looked at again."""
        return self._understood(step, step.readings, confidence=1.0)

    def _understood(self, step: steps.Ask | steps.Recall, readings: Sequence[str], confidence: float) -> steps.Answer:
        """What the readings mean: a red flag first, whatever was asked, then what was wanted, then an intent."""
        understanding, language = self.desk.understanding, step.language
        flag = understanding.red_flag(language, readings)
        if flag is not None:
            self.note(story.RedFlagRaised(flag.sign, flag.evidence))
            return steps.Danger(flag.sign, flag.evidence, flag.crisis, self._beside(step, readings))
        sure = 1.0 if confidence >= UNSURE_HEARING else UNSURE_HEARING
        if step.wanted and (value := understanding.value(language, step.wanted, readings, self._today())):
            return self._given(step, value, sure, readings)
        if not step.intents:
            return steps.NotUnderstood()
        found = understanding.intent(language, readings, step.intents)
        self.note(story.Understood(found.intent or "", found.confidence, found.evidence))
        if found.intent is None:
            return steps.NotUnderstood()
        return _meant(found, sure, tuple(readings))

    def _beside(self, step: steps.Ask | steps.Recall, readings: Sequence[str]) -> tuple[str, ...]:
        """Matters of the plan that were said together with a danger, each surely for itself."""
        plan = self.desk.plan
        among = [intent for intent in step.intents if intent in plan.intents and intent != plan.operator.intent]
        found = self.desk.understanding.intent(step.language, readings, among)
        sure = [each for each in (found, *found.also) if each.confidence >= plan.confidence.route]
        return tuple(each.intent for each in sure if each.intent)

    def _given(
        self, step: steps.Ask | steps.Recall, value: str, sure: float = 1.0, readings: Sequence[str] = ()
    ) -> steps.Given:
        assert step.wanted, "a value was wanted"
        spoken = said_as(step.wanted.kind, value, self._today(), step.language)
        return steps.Given(value, spoken, sure, tuple(readings))

    def _today(self) -> date:
        """The practice's day."""
        zone = ZoneInfo(self.desk.plan.practice.timezone)
        return datetime.fromtimestamp(self.desk.clock.now(), UTC).astimezone(zone).date()


def _words(signs: Sequence[Sign]) -> str:
    return " / ".join(sign.phi for sign in signs if sign.phi)


def _meant(found: Understood, sure: float, readings: tuple[str, ...]) -> steps.Meant:
    also = tuple(_meant(each, sure, readings) for each in found.also)
    return steps.Meant(found.intent or "", found.confidence * sure, found.evidence, readings, also)
