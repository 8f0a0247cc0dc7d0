"""One caller, from the first word to the last: walks the plan's menus on a Call and stands in line.

The walk decides (pure, ivr.menus), the queue runner routes (acd), the Call does (a PBX). What happens is noted in the
record as it happens. A caller who hangs up raises CallerGone wherever the session is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, assert_never

from acd.model import Urgency
from ivr import record as story
from ivr.call import Call, CallerGone, Deaf, Hearing, KeyRules, Pressed, Silence, Spoke, Turn
from ivr.menus import steps
from ivr.menus.interpreter import Walk
from ivr.menus.wording import grammar_of
from ivr.queueing import Gone, News, PickedUp, Position, QueueRunner, SentAway

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ivr.menus.model import Plan
    from ivr.services import Clock, Ears, Prompts, Understanding

ANNOUNCE_WITHIN_SECONDS = 0.25  # a place in line is told at once or not at all: nobody waits for an announcement
UNSURE_HEARING = 0.5  # mean word posterior below which a recogniser is wrong as often as right: confirm, never act
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
    _needs: frozenset[str] = frozenset()
    _urgency: Urgency = Urgency.ROUTINE
    _held: bool = False

    async def run(self) -> None:
        try:
            await self.call.answer()
            await self._serve()
        except CallerGone:
            self._note(story.HungUp(self._where))
        else:
            self._note(story.HungUp(self._where, by_us=True))
        finally:
            self.desk.queues.forget(self.call.id)
            self.desk.record.ended(self.call.id, self.desk.clock.now())

    async def _serve(self) -> None:
        """Where a call begins: at the greeting, or in the line where it stood before an outage."""
        walk = Walk(self.desk.plan, self.call.dialled_number, hears=self._languages_heard())
        self._language = walk.language
        queue = self.desk.queues.place_of(self.call.id)
        if self.call.came_back:
            self._note(story.CameBack())
        if queue is not None:
            await self._stand_in_line(queue)
            return
        if self.call.came_back:
            await self._play("sorry_again")
        self._note(story.Greeted(self.desk.plan.practice.name, walk.language))
        await self._follow(walk, walk.begin())

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
                    return await self.call.hang_up()
                case _:
                    assert_never(step)

    async def _ask(self, step: steps.Ask) -> steps.Answer:
        self._note(story.Asked(step.prompts))
        heard = await self.call.ask(
            Turn(
                sounds=self._sounds(step.prompts),
                keys=KeyRules(),
                hearing=self._hearing(step),
                silence_seconds=step.silence_seconds,
            )
        )
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
        """What to listen for; None where the step takes keys only or the PBX gives no live audio."""
        if not (step.intents and self.call.hears_speech):
            return None
        understanding, language = self.desk.understanding, step.language
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
        because = tuple(story.Because(reason.text, reason.phi) for reason in step.reasons)
        self._note(story.RoutedTo(step.queue, tuple(sorted(step.needs)), step.urgent, step.intent, because))
        self._needs, self._urgency = step.needs, Urgency.URGENT if step.urgent else Urgency.ROUTINE
        await self._join(step.queue, *step.prompts)

    async def _join(self, queue: str, *prompts: str) -> None:
        """Stand in line with all that the caller needs, in the first queue as in those it overflows to."""
        self.desk.queues.join(self.call.id, queue, self._needs, self._urgency)
        await self._stand_in_line(queue, *prompts)

    async def _stand_in_line(self, queue: str, *prompts: str) -> None:
        """Wait until somebody talks with the caller, or the queue sends the caller away."""
        self._note(story.Joined(queue))
        self._where = story.Where.QUEUE
        news = await self._news_while_playing(*self._sounds(prompts))
        while True:
            match news:
                case Position(position):
                    news = await self._tell_position(position)
                    continue
                case PickedUp():
                    await self._hold()
                    self._where = story.Where.TALK
                case SentAway(to):
                    return await self._sent_away(to)
                case Gone():
                    raise CallerGone
                case None:
                    await self._hold()
                case _:
                    assert_never(news)
            news = await self.desk.queues.news(self.call.id)

    async def _tell_position(self, position: int) -> News | None:
        """Tell a caller who is not yet held where they stand; a held caller is not disturbed."""
        if self._held:
            return await self.desk.queues.news(self.call.id)
        self._note(story.ToldPosition(position))
        return await self._news_while_playing(*place_in_line(self.desk.prompts, self._language, position))

    async def _news_while_playing(self, *sounds: Path) -> News | None:
        """The next news, for which the sounds stop at once; None when they were played before any came."""
        loop = asyncio.get_running_loop()
        playing = loop.create_task(self._play_a_while(*sounds))
        news = loop.create_task(self.desk.queues.news(self.call.id))
        try:
            await asyncio.wait({playing, news}, return_when=asyncio.FIRST_COMPLETED)
            if news.done():
                return news.result()
            playing.result()
            return None
        finally:
            news.cancel()
            playing.cancel()
            await asyncio.wait({playing, news})

    async def _play_a_while(self, *sounds: Path) -> None:
        """Play, or, without a sound, give the engine the moment in which it tells a place in line."""
        if sounds:
            await self.call.play(*sounds)
        else:
            await asyncio.sleep(ANNOUNCE_WITHIN_SECONDS)

    async def _hold(self) -> None:
        if not self._held:
            await self.call.hold()
            self._held = True

    async def _sent_away(self, to: str) -> None:
        """The longest wait is over: another queue, a voicemail box, or, from a queue that is no more, the operator."""
        self._note(story.Overflowed(to))
        match to.split():
            case ["voicemail", box]:
                self.desk.queues.leave(self.call.id)
                await self._to_voicemail(steps.ToVoicemail(self._language, box))
            case ["queue", queue]:
                await self._join(queue)
            case _:
                await self._join(self.desk.plan.operator.queue)

    # ---- voicemail --------------------------------------------------------------------------------------------

    async def _to_voicemail(self, step: steps.ToVoicemail) -> None:
        if self._held:
            await self.call.take_back()
            self._held = False
        self._where = story.Where.VOICEMAIL
        self._note(story.SentToVoicemail(step.box, step.intent))
        greeting = self.desk.plan.voicemail[step.box].greeting or "voicemail_please"
        await self._play(*step.prompts, greeting, "beep")
        await self._take_message(step.box)
        await self._play("voicemail_saved")
        await self.call.hang_up()

    async def _take_message(self, box: str) -> None:
        draft = self.desk.messages.draft(self.call.id)
        began = self.desk.clock.now()
        seconds = await self.call.record(
            draft, longest_seconds=VOICEMAIL_LONGEST_SECONDS, silence_seconds=VOICEMAIL_SILENCE_SECONDS
        )
        await self.desk.messages.keep(self.call.id, box, draft, at=began, seconds=seconds)
        self._note(story.Voicemail(box, seconds))

    # ---- small change -----------------------------------------------------------------------------------------

    def _speak(self, language: str) -> None:
        if language != self._language:
            self._language = language
            self._note(story.LanguageChosen(language))

    def _sounds(self, prompts: Sequence[str]) -> tuple[Path, ...]:
        return tuple(self.desk.prompts.sound(self._language, prompt) for prompt in prompts)

    async def _play(self, *prompts: str) -> None:
        await self.call.play(*self._sounds(prompts))

    def _note(self, entry: story.Entry) -> None:
        self.desk.record.note(self.call.id, self.desk.clock.now(), entry)


def place_in_line(prompts: Prompts, language: str, position: int) -> tuple[Path, ...]:
    """ "You are next", or "you are number" and the number where it can be said."""
    number = prompts.number(language, position)
    if position == 1 or not number:
        return (prompts.sound(language, "you_are_next" if position == 1 else "hold_please"),)
    return (prompts.sound(language, "you_are_number"), *number)
