"""One caller, from the first word to the last: walks the plan's menus on a Call and stands in line.

The walk decides (pure, ivr.menus), the queue runner routes (acd), the Call does (a PBX). What happens is noted in the
record as it happens. A caller who hangs up raises CallerGone wherever the session is.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from acd.events import Cause
from acd.model import Urgency
from acd.skills import Needs
from ivr import record as story
from ivr.call import Call, CallerGone
from ivr.conversation.asking import Asking
from ivr.conversation.callback import Agreeing, Endangered, greet
from ivr.conversation.in_line import InLine
from ivr.conversation.overhearing import Chose, InDanger
from ivr.conversation.saying import Saying, danger_of
from ivr.conversation.voicemail import take_message
from ivr.menus import steps
from ivr.menus.plan.doors import past_closed
from ivr.menus.plan.values import Kind, Target
from ivr.menus.walking.interpreter import Walk
from ivr.queueing.backs import Back, offer_of_line
from ivr.queueing.news import Place, SentAway
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from ivr.conversation.desk import Desk
    from ivr.services import RedFlag


@dataclass(slots=True)
class Session:
    """`run` serves the caller to the end of the call and never raises CallerGone.

    `name` is the engine's and the record's id of the call: the PBX's own, but for who was called back.
    """

    call: Call
    desk: Desk
    name: str = ""
    _language: str = ""
    _hung_up_for_callback: bool = False
    _where: story.Where = story.Where.MENU
    _place: Place = field(init=False)
    _line: InLine = field(init=False)
    _walk: Walk = field(init=False)
    _asking: Asking = field(init=False)
    _saying: Saying = field(init=False)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.name = self.name or self.call.id
        self._line = InLine(self.call, self.name, self.desk.waiting_room, self._note)
        self._asking = Asking(self.call, self.desk, self._note)
        self._saying = Saying(self.call, self.desk, self._note)

    async def run(self) -> None:
        """What fails, or is cancelled as we stop, leaves the record open: the PBX tells how the call ends, or the call
        comes back.
        """
        await self._run(self._serve)

    async def run_called_back(self, back: Back) -> None:
        """Serve who was dialled, and picked up: in the language of before, from the line on."""
        await self._run(lambda: self._reached(back))

    async def _run(self, serve: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._to_the_end(serve)
        finally:
            self.desk.queues.forget(self.name)
        if not (self._hung_up_for_callback and self.name in self.desk.queues.engine.calls()):
            self.desk.record.ended(self.name, self.desk.clock.now())

    async def _to_the_end(self, serve: Callable[[], Awaitable[None]]) -> None:
        try:
            await self.call.answer()
            call, hears, doors = self.call, self._languages_heard(), self.desk.doors
            number, caller = call.dialled_number, call.caller_number
            self._walk = Walk(self.desk.plan, number, hears=hears, doors=doors, caller=caller)
            await serve()
            if not self._hung_up_for_callback:
                self._note(story.HungUp(self._where, by_us=True))
        except CallerGone:
            if not self._hung_up_for_callback:
                self._note(story.HungUp(story.Where.TALK if self._line.talks else self._where))
        except Exception:
            self._note(story.Fault("Careline failed and gave the caller back to the PBX"))
            self.desk.queues.leave(self.name)
            with suppress(CallerGone):
                await self._line.take_back()
            raise

    async def _serve(self) -> None:
        """Where a call begins: at the greeting, or in the line where it stood before an outage."""
        walk = self._walk
        self._language = walk.language
        place = self.desk.queues.resume(self.name)
        if self.call.came_back:
            self._note(story.CameBack(self.desk.version))
        if place is not None:
            return await self._resume(place)
        if self.call.came_back:
            await self._play("sorry_again")
        self._note(story.Greeted(self.desk.plan.practice.name, walk.language, self.desk.version))
        return await self._follow(walk.begin())

    async def _resume(self, place: Place) -> None:
        """Go on standing where the caller stood. The language is the one that the caller needed somebody for."""
        skills = self.desk.plan.practice.language_skills
        needed = str(place.needs).split()
        self._speaks(next((tongue for tongue, skill in skills.items() if skill in needed), self._language))
        self._place = place
        await self._stand_in_line()

    def _languages_heard(self) -> frozenset[str]:
        languages = self.desk.plan.practice.languages if self.call.hears_speech else ()
        return frozenset(language for language in languages if self.desk.ears.can_hear(language))

    # ---- the walk through the menus ---------------------------------------------------------------------------

    async def _follow(self, step: steps.Step) -> None:
        walk, asking = self._walk, self._asking
        while True:
            self._speak(step.language)
            match step:
                case steps.Say():
                    step = walk.answered(await self._saying.say(self._language, *step.prompts) or steps.Done())
                case steps.Ask():
                    answer = await asking.ask(step)
                    self._take_distress_to_heart()
                    step = walk.answered(answer)
                case steps.Recall():
                    step = walk.answered(asking.recalled(step))
                case steps.ToQueue():
                    return await self._to_queue(step)
                case steps.ToVoicemail():
                    return await self._to_voicemail(step)
                case steps.Bye():
                    if danger := await self._saying.say(self._language, *step.prompts):
                        step = walk.endangered(danger)
                        continue
                    self._note(story.SaidGoodbye(_because(step.reasons)))
                    return await self._hang_up()
                case _:
                    assert_never(step)

    def _take_distress_to_heart(self) -> None:
        if signs := self._asking.lost_composure:
            self._asking.lost_composure = ()
            self._walk.distressed([steps.Reason(sign.text, sign.phi) for sign in signs])

    # ---- in line ----------------------------------------------------------------------------------------------

    async def _to_queue(self, step: steps.ToQueue) -> None:
        because = _because(step.reasons)
        self._collected(step)
        needs = tuple(sorted(step.needs))
        self._note(story.RoutedTo(step.queue, needs, step.urgent, step.intent, because, step.also))
        pressing = Urgency.PRESSING if step.pressing else Urgency.ROUTINE
        urgency = Urgency.URGENT if step.urgent else pressing
        place = self._placed(step.queue, Needs.all_of(*sorted(step.needs)), urgency)
        await self._join(replace(place, head_start_seconds=step.head_start_seconds), *step.prompts)

    def _collected(self, step: steps.ToQueue | steps.ToVoicemail) -> None:
        for slot, value in step.values:
            if (slot, value) not in self._told:
                self._told.add((slot, value))
                self._note(story.SlotGiven(slot, value))

    def _placed(self, queue: str, needs: Needs, urgency: Urgency) -> Place:
        """With all that the caller's number tells: who rings again, and whom they talked with last."""
        regulars, sticky = self.desk.regulars, self.desk.plan.queues[queue].sticky
        party = regulars.party_of(self.call.caller_number)
        last = regulars.last_with(party, sticky.within, self.desk.clock.now()) if sticky else ""
        return Place(
            queue,
            needs,
            urgency,
            preferred=(last,) if last in self.desk.plan.people else (),
            preferred_seconds=sticky.for_ if sticky and last else 0.0,
            site=self._walk.entry.site,
            party=party,
        )

    async def _join(self, place: Place, *prompts: str) -> None:
        self._place = place
        self.desk.queues.join(self.name, place)
        await self._stand_in_line(*prompts)

    async def _stand_in_line(self, *prompts: str) -> None:
        """Wait until the caller is gone, leaves by choice, or is sent away."""
        self._note(story.Joined(self._place.queue))
        self._where = story.Where.QUEUE
        sounds = self._sounds(prompts)
        while True:
            leaving = await self._line.stand(self._language, self._place.queue, *sounds)
            self._place = replace(self._place, queue=self._line.queue)
            match leaving:
                case SentAway(to, why):
                    return await self._sent_away(to, why)
                case InDanger(flag):
                    return await self._endangered(flag)
                case Chose(Target(kind=Kind.CALLBACK)):
                    if await self._agree_on_callback():
                        return None
                    sounds = ()
                case Chose():
                    return await self._choose(leaving)

    async def _sent_away(self, to: str, why: str) -> None:
        """The queue's rule: a voicemail box, a menu, or another queue with all that the caller needs.

        From a queue that is no more (`to` is ""), the operator's queue.
        """
        target = Target.parse(to or f"queue {self.desk.plan.operator.queue}")
        self._note(story.Overflowed(str(target), why if to else "the queue is no more"))
        await self._go_to(target, f"Sent by the queue '{self._place.queue}'.")

    async def _choose(self, chose: Chose) -> None:
        self._note(story.WentByChoice(str(chose.to), chose.how))
        await self._go_to(chose.to, f"Left the queue '{self._place.queue}' by choice.")

    async def _go_to(self, target: Target, why: str) -> None:
        """Past what is closed; in another queue with the same place."""
        target = self._there(target)
        arrived, passed = past_closed(self.desk.plan, target, self.desk.doors.is_open)
        if arrived.kind is Kind.QUEUE:
            told = [detour.closed.say for detour in passed if detour.closed.say]
            return await self._join(replace(self._place, queue=arrived.name), *told)
        self.desk.queues.leave(self.name)
        await self._line.take_back()
        self._where = story.Where.MENU
        return await self._follow(self._walk.sent(target, why))

    def _there(self, target: Target) -> Target:
        """The rules of the queues are of the version in force: its new menus are not of this call's version."""
        known = target.kind is not Kind.MENU or target.name in self.desk.plan.menus
        return target if known else Target(Kind.MENU, self._walk.entry.start)

    async def _endangered(self, flag: RedFlag) -> None:
        """Urgent from this moment on, in the plan's queue for it; any nurse now is better than the right one later."""
        self._note(story.RedFlagRaised(flag.sign, flag.evidence))
        step = self._walk.endangered(danger_of(flag))
        standing = self.desk.queues.place_of(self.name)
        if not isinstance(step, steps.ToQueue):
            await self._line.take_back()
            self._where = story.Where.MENU
            return await self._follow(step)
        if standing is None or standing.queue != step.queue:
            return await self._to_queue(step)
        self._place = replace(standing, urgency=Urgency.URGENT)
        self.desk.queues.change(self.name, urgency=Urgency.URGENT)
        return await self._stand_in_line(*step.prompts)

    # ---- callbacks --------------------------------------------------------------------------------------------

    async def _agree_on_callback(self) -> bool:
        """True when nothing is left to do here: a callback is to come, or danger went before it."""
        queue = self._place.queue
        planned = self.desk.plan.queues.get(queue)  # not one that came with a later version of the plan
        rules = planned.callback if planned else None
        if rules is None:
            return False
        await self._line.take_back()
        desk = self.desk
        queues = desk.queues
        danger = self._saying.danger_in(self._language)
        talk = Agreeing(self.call, self._language, desk.plan, rules, desk.prompts, desk.clock, queues.engine, danger)
        try:
            agreed = await self._line.unless_decided(talk.agree())
        except Endangered as endangered:
            await self._endangered(endangered.flag)
            return True
        if agreed is None:
            return False
        back = Back(self.name, agreed.number, self._language, at=desk.clock.now())
        if not await desk.queues.callback_agreed(back, agreed.callback):
            return False
        self._note(story.CallbackAgreed(agreed.number, agreed.own, agreed.at))
        self._hung_up_for_callback = True
        try:
            await self._play(agreed.goodbye)
            await self._hang_up()
        finally:
            desk.queues.callback_may_come(self.name, agreed.once_hung_up)
        return True

    async def _reached(self, back: Back) -> None:
        """Who picked up presses a key, or it may be a machine; after an outage a caller may be in line already."""
        queues, offer = self.desk.queues, offer_of_line(self.call.id) or 0
        self._speaks(back.language)
        if self.call.came_back:
            self._note(story.CameBack(self.desk.version))
        if place := queues.resume(self.name):
            return await self._resume(place)
        self._hung_up_for_callback = True  # until the key is pressed the record goes on
        if not await greet(self.call, self.desk.prompts, self._language, self._note):
            queues.caller_unreached(offer, Cause.MACHINE)
            await queues.settled()
            return await self._hang_up()
        self._hung_up_for_callback = False
        queues.caller_reached(self.name, offer)
        await queues.settled()
        place = queues.resume(self.name)
        if place is None:  # the person gave up in this moment
            return await self._hang_up()
        self._place = place
        return await self._stand_in_line("callback_hold")

    # ---- voicemail --------------------------------------------------------------------------------------------

    async def _to_voicemail(self, step: steps.ToVoicemail) -> None:
        await self._line.take_back()
        self._where = story.Where.VOICEMAIL
        self._collected(step)
        self._note(story.SentToVoicemail(step.box, step.intent, _because(step.reasons), step.also))
        box = self.desk.plan.voicemail.get(step.box)  # a later version of the plan may have another
        greeting = (box and box.greeting) or "voicemail_please"
        if danger := await self._saying.say(self._language, *step.prompts, greeting):
            return await self._follow(self._walk.endangered(danger))
        await self._play("beep")
        seconds = await take_message(self.call, self.desk, self.name, step.box, self._language)
        self._note(story.Voicemail(step.box, seconds))
        await self._play("voicemail_saved" if seconds else "goodbye")
        return await self._hang_up()

    def _speaks(self, language: str) -> None:
        """Go on in a language that was chosen before."""
        known = [each for each in self.desk.plan.practice.languages if each == language]
        self._language = self._walk.language = known[0] if known else self._walk.language

    # ---- small change -----------------------------------------------------------------------------------------

    def _speak(self, language: str) -> None:
        if language != self._language:
            self._language = language
            self._note(story.LanguageChosen(language))

    def _sounds(self, prompts: Sequence[str]) -> tuple[Path, ...]:
        return self._saying.sounds(self._language, prompts)

    async def _play(self, *prompts: str) -> None:
        await self._saying.play(self._language, *prompts)

    async def _hang_up(self) -> None:
        with suppress(SwitchDown):  # the caller is in our hands: the PBX was told by another way, too
            await self.call.hang_up()

    def _note(self, entry: story.Entry) -> None:
        if isinstance(entry, story.RedFlagRaised):
            self.desk.queues.endangered(self.name, entry.sign)
        self.desk.record.note(self.name, self.desk.clock.now(), entry)


def _because(reasons: Sequence[steps.Reason]) -> tuple[story.Because, ...]:
    return tuple(story.Because(reason.text, reason.phi) for reason in reasons)
