"""One caller, from the first word to the last: walks the plan's menus on a Call and stands in line.

The walk decides (pure, ivr.menus), the queue runner routes (acd), the Call does (a PBX). What happens is noted in the
record as it happens. A caller who hangs up raises CallerGone wherever the session is.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, assert_never

from acd.model import Urgency
from acd.skills import Needs
from ivr import record as story
from ivr.call import Call, CallerGone, Deaf, Heard, Hearing, KeyRules, Pressed, Silence, Spoke, Turn
from ivr.in_line import InLine
from ivr.menus import steps
from ivr.menus.interpreter import Walk
from ivr.menus.values import Kind, Target
from ivr.menus.wording import grammar_of
from ivr.news import Place
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ivr.menus.model import Plan
    from ivr.queueing import QueueRunner
    from ivr.services import Clock, Ears, Prompts, Understanding

UNSURE_HEARING = 0.5  # mean word posterior below which a recogniser is wrong as often as right: confirm, never act
STORY_SECONDS = 15.0  # how long the answer to an open question may be
WORD_SECONDS = 6.0  # and to any other: whoever is louder for longer is in a noisy place, and needs the keys soon
VOICEMAIL_LONGEST_SECONDS = 180.0
VOICEMAIL_SILENCE_SECONDS = 5.0


class Messages(Protocol):
    """Where voicemail goes."""

    def draft(self, call: str) -> Path:
        """A file to record into, on a file system of this host alone."""

    async def keep(self, call: str, box: str, recording: Path, *, at: float, seconds: float) -> None:
        """Seal the recording and list it; the draft is gone afterwards, also when there was nothing in it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a session works with; one for all sessions that began on the same version of the plan."""

    plan: Plan
    ears: Ears
    understanding: Understanding
    prompts: Prompts
    queues: QueueRunner
    record: story.Record
    messages: Messages
    clock: Clock


@dataclass(slots=True)
class Session:
    """`run` serves the caller to the end of the call and never raises CallerGone."""

    call: Call
    desk: Desk
    _language: str = ""
    _where: story.Where = story.Where.MENU
    _place: Place = field(init=False)
    _line: InLine = field(init=False)

    def __post_init__(self) -> None:
        self._line = InLine(self.call, self.desk.queues, self.desk.prompts, self._note)

    async def run(self) -> None:
        """What fails, or is cancelled as we stop, leaves the record open: the PBX tells how the call ends, or the call
        comes back.
        """
        try:
            await self._to_the_end()
        finally:
            self.desk.queues.forget(self.call.id)
        self.desk.record.ended(self.call.id, self.desk.clock.now())

    async def _to_the_end(self) -> None:
        try:
            await self.call.answer()
            await self._serve()
            self._note(story.HungUp(self._where, by_us=True))
        except CallerGone:
            self._note(story.HungUp(story.Where.TALK if self._line.talks else self._where))
        except Exception:
            self._note(story.Fault("Careline failed and gave the caller back to the PBX"))
            self.desk.queues.leave(self.call.id)
            with suppress(CallerGone):
                await self._line.take_back()
            raise

    async def _serve(self) -> None:
        """Where a call begins: at the greeting, or in the line where it stood before an outage."""
        walk = Walk(self.desk.plan, self.call.dialled_number, hears=self._languages_heard())
        self._language = walk.language
        place = self.desk.queues.resume(self.call.id)
        if self.call.came_back:
            self._note(story.CameBack())
        if place is not None:
            return await self._resume(place)
        if self.call.came_back:
            await self._play("sorry_again")
        self._note(story.Greeted(self.desk.plan.practice.name, walk.language))
        return await self._follow(walk, walk.begin())

    async def _resume(self, place: Place) -> None:
        """Go on standing where the caller stood. The language is the one that the caller needed somebody for."""
        skills = self.desk.plan.practice.language_skills
        self._language = next(
            (tongue for tongue, skill in skills.items() if skill in str(place.needs).split()), self._language
        )
        self._place = place
        await self._stand_in_line()

    def _languages_heard(self) -> frozenset[str]:
        languages = self.desk.plan.practice.languages if self.call.hears_speech else ()
        return frozenset(language for language in languages if self.desk.ears.can_hear(language))

    # ---- the walk through the menus ---------------------------------------------------------------------------

    async def _follow(self, walk: Walk, step: steps.Step) -> None:
        while True:
            self._speak(step.language)
            match step:
                case steps.Say():
                    await self._play(*step.prompts)
                    step = walk.answered(steps.Done())
                case steps.Ask():
                    step = walk.answered(await self._ask(step))
                case steps.Recall():
                    step = walk.answered(self._understood(step.readings, step.intents, confidence=1.0))
                case steps.ToQueue():
                    return await self._to_queue(step)
                case steps.ToVoicemail():
                    return await self._to_voicemail(step)
                case steps.Bye():
                    await self._play(*step.prompts)
                    return await self._hang_up()
                case _:
                    assert_never(step)

    async def _ask(self, step: steps.Ask) -> steps.Answer:
        self._note(story.Asked(step.prompts))
        answer = self._answer(step, await self._turn(step, self._hearing(step)))
        if step.intents or not isinstance(answer, steps.NotUnderstood | steps.CannotHear):
            return answer
        # Keys were asked for, and the caller was listened to for danger only: what else was said is no answer.
        return self._answer(step, await self._turn(step, None))

    async def _turn(self, step: steps.Ask, hearing: Hearing | None) -> Heard:
        longest = STORY_SECONDS if step.intents and not step.closed else WORD_SECONDS
        sounds = self._sounds(step.prompts)
        return await self.call.ask(Turn(sounds, KeyRules(), hearing, step.silence_seconds, longest))

    def _answer(self, step: steps.Ask, heard: Heard) -> steps.Answer:
        match heard:
            case Pressed(digits):
                self._note(story.HeardKeys(digits))
                return steps.Key(digits)
            case Spoke(hypotheses):
                text, confidence = (hypotheses[0].text, hypotheses[0].confidence) if hypotheses else ("", 0.0)
                self._note(story.HeardSpeech(text, confidence))
                return self._understood([h.text for h in hypotheses], step.intents, confidence)
            case Silence():
                self._note(story.HeardNothing())
                return steps.Silent()
            case Deaf():
                self._note(story.RecognizerLost())
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

    def _understood(self, readings: Sequence[str], intents: Sequence[str], confidence: float) -> steps.Answer:
        """What the readings mean: a red flag first, whatever was asked."""
        flag = self.desk.understanding.red_flag(self._language, readings)
        if flag is not None:
            self._note(story.RedFlagRaised(flag.sign, flag.evidence))
            return steps.Danger(flag.sign, flag.evidence)
        found = self.desk.understanding.intent(self._language, readings, intents)
        self._note(story.Understood(found.intent or "", found.confidence, found.evidence))
        if found.intent is None:
            return steps.NotUnderstood()
        sure = found.confidence if confidence >= UNSURE_HEARING else found.confidence * UNSURE_HEARING
        return steps.Meant(found.intent, sure, found.evidence, tuple(readings))

    # ---- in line ----------------------------------------------------------------------------------------------

    async def _to_queue(self, step: steps.ToQueue) -> None:
        because = _because(step.reasons)
        self._note(story.RoutedTo(step.queue, tuple(sorted(step.needs)), step.urgent, step.intent, because))
        urgency = Urgency.URGENT if step.urgent else Urgency.ROUTINE
        await self._join(Place(step.queue, Needs.all_of(*sorted(step.needs)), urgency), *step.prompts)

    async def _join(self, place: Place, *prompts: str) -> None:
        self._place = place
        self.desk.queues.join(self.call.id, place)
        await self._stand_in_line(*prompts)

    async def _stand_in_line(self, *prompts: str) -> None:
        """Wait until the caller is gone, or the queue sends the caller away."""
        self._note(story.Joined(self._place.queue))
        self._where = story.Where.QUEUE
        await self._sent_away(await self._line.stand(self._language, *self._sounds(prompts)))

    async def _sent_away(self, to: str) -> None:
        """The longest wait is over: a voicemail box, or another queue with all that the caller needs.

        From a queue that is no more (`to` is ""), the operator's queue.
        """
        target = Target.parse(to or f"queue {self.desk.plan.operator.queue}")
        self._note(story.Overflowed(str(target)))
        if target.kind is Kind.VOICEMAIL:
            await self._to_voicemail(steps.ToVoicemail(self._language, target.name))
        else:
            await self._join(replace(self._place, queue=target.name))

    # ---- voicemail --------------------------------------------------------------------------------------------

    async def _to_voicemail(self, step: steps.ToVoicemail) -> None:
        await self._line.take_back()
        self._where = story.Where.VOICEMAIL
        self._note(story.SentToVoicemail(step.box, step.intent, _because(step.reasons)))
        greeting = self.desk.plan.voicemail[step.box].greeting or "voicemail_please"
        await self._play(*step.prompts, greeting, "beep")
        kept = await self._take_message(step.box)
        await self._play("voicemail_saved" if kept else "goodbye")
        await self._hang_up()

    async def _take_message(self, box: str) -> bool:
        """False when the caller said nothing."""
        draft = self.desk.messages.draft(self.call.id)
        began = self.desk.clock.now()
        seconds = await self.call.record(
            draft, longest_seconds=VOICEMAIL_LONGEST_SECONDS, silence_seconds=VOICEMAIL_SILENCE_SECONDS
        )
        await self.desk.messages.keep(self.call.id, box, draft, at=began, seconds=seconds)
        self._note(story.Voicemail(box, seconds))
        return seconds > 0

    # ---- small change -----------------------------------------------------------------------------------------

    def _speak(self, language: str) -> None:
        if language != self._language:
            self._language = language
            self._note(story.LanguageChosen(language))

    def _sounds(self, prompts: Sequence[str]) -> tuple[Path, ...]:
        return tuple(self.desk.prompts.sound(self._language, prompt) for prompt in prompts)

    async def _play(self, *prompts: str) -> None:
        await self.call.play(*self._sounds(prompts))

    async def _hang_up(self) -> None:
        with suppress(SwitchDown):  # the caller is in our hands: the PBX was told by another way, too
            await self.call.hang_up()

    def _note(self, entry: story.Entry) -> None:
        self.desk.record.note(self.call.id, self.desk.clock.now(), entry)


def _because(reasons: Sequence[steps.Reason]) -> tuple[story.Because, ...]:
    return tuple(story.Because(reason.text, reason.phi) for reason in reasons)
