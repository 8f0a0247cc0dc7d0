"""One caller's way through a plan, replayed act by act by the parts that decide in earnest: the walk and the engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from acd.commands import Moved, Ring, SendAway, Suggest
from ivr.menus import steps
from ivr.menus.checking.leaving import ACCEPT_KEY
from ivr.menus.paths import giving, nouns
from ivr.menus.paths.edges import OFFERS, agreeing
from ivr.menus.paths.lines import Line
from ivr.menus.paths.nouns import Act, How, Place
from ivr.menus.plan import offers
from ivr.menus.plan.model import OPERATOR_KEY
from ivr.menus.plan.values import Kind, Target
from ivr.menus.walking.interpreter import Walk
from ivr.menus.words.wording import intents_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.paths.conditions import Doorway
    from ivr.menus.paths.crowds import Crowd
    from ivr.menus.paths.nouns import Caller
    from ivr.menus.plan.model import Plan

_CLOSED = re.compile(r"(Menu|Queue) '(\w+)' is closed now")


def half_sure(plan: Plan) -> float:
    """A confidence at which the plan asks whether it was meant."""
    return (plan.confidence.confirm + plan.confidence.route) / 2


class Journey:
    """`question` is what the caller is asked in the menus, `offered` what in line; neither: the call is over.

    `joined` are the queues that the caller came to, and in which language. `retries`: the question is the last one,
    put again. `agreed` is what the caller still does for a callback to be agreed upon.
    """

    def __init__(self, plan: Plan, dialled: str, caller: Caller, doors: Doorway, crowd: Crowd) -> None:
        self.plan = plan
        self._doors = doors.for_one_call()
        self.walk = Walk(plan, dialled, doors=self._doors, caller=caller.number)
        self.question: steps.Ask | None = None
        self.offered: Target | None = None
        self.end: list[str] = []
        self.joined: list[tuple[str, str]] = []
        self._met: set[Place] = set()
        self.retries = False
        self.agreed: tuple[Act, ...] = ()
        self._crowd = crowd
        self._line: Line | None = None
        self._queue = ""
        self._needs: frozenset[str] = frozenset()
        self._urgent = False
        self._said: Act | None = None
        self._mumbled: set[str] = set()
        self._take(self.walk.begin())

    @property
    def line(self) -> Line:
        if self._line is None:
            self._line = Line(self.plan, self._crowd)
        return self._line

    @property
    def waits(self) -> bool:
        """In line, and nothing is asked."""
        return bool(self._queue) and self.offered is None

    @property
    def places(self) -> frozenset[Place]:
        closed = {
            (f"{found[1].lower()}s", found[2], "closed")
            for reason in self.walk.reasons
            if (found := _CLOSED.match(reason.text))
        }
        return frozenset({*self._met, *closed, ("languages", self.walk.language)})

    def does(self, act: Act) -> None:
        self._doors.pass_time()
        if self.waits and act.on in OFFERS:
            self.waits_on()
        if self.offered is not None:
            self._answers_offer(act)
        elif self._queue:
            self._leaves(act)
        else:
            self._answers_question(act)

    def waits_on(self) -> None:
        """Until something is offered, or nothing happens any more."""
        while self._queue and self.offered is None:
            happening = self.line.next()
            match happening:
                case None:
                    return self._over(nouns.WAITS)
                case Ring():
                    return self._over(nouns.A_PERSON)
                case Moved(to=to):
                    self._met.add(self.line.rule_of(happening))
                    self._stands_in(to)
                case SendAway(to=to):
                    self._met.add(self.line.rule_of(happening))
                    self._goes_to(Target.parse(to))
                case Suggest(to=to):
                    self._met.add(self.line.rule_of(happening))
                    self.offered = Target.parse(to)
                case _:
                    assert_never(happening)
        return None

    # ---- the menus ------------------------------------------------------------------------------------------------

    @property
    def _asked(self) -> tuple[str, str, str]:
        """What is asked for: at which menu, for which slot, in which language."""
        return self.walk.menu, self.walk.slot, self.walk.language

    def _answers_question(self, act: Act) -> None:
        """A failure at the last attempt is what the plan has a way out for."""
        asked, question = self._asked, self.question
        assert question, "somebody asks"
        self._met.update(self._meant(*asked, question, act))
        self._said, self.question = act, None
        self._mumbled |= {act.words} if act.how is How.MUMBLE else set()
        self._take(self.walk.answered(self._answer(question, act)))
        self.retries = self.question is not None and self._asked == asked
        if act.how in {How.SILENT, How.UNCLEAR, How.PRESS} and not self.retries:
            self._met.update(self._given_up(*asked, act))

    def _answer(self, question: steps.Ask, act: Act) -> steps.Answer:
        slot, half = self.plan.slots.get(self.walk.slot), half_sure(self.plan)
        return giving.answer(slot, question, act, half) if slot else act.answer(half)

    def _take(self, step: steps.Step) -> None:
        while isinstance(step, steps.Say | steps.Recall):
            step = self.walk.answered(steps.Done() if isinstance(step, steps.Say) else self._recalled(step))
        match step:
            case steps.Ask():
                self.question = step
            case steps.ToQueue():
                self._joins(step)
            case steps.ToVoicemail(box=box):
                self._met.add(("voicemail", box))
                self._over(nouns.voicemail_station(box), nouns.MESSAGE_KEPT)
            case steps.Bye():
                self._over(nouns.GOODBYE)

    def _recalled(self, step: steps.Recall) -> steps.Answer:
        """A plan's own phrase means what it is a phrase of; one that was understood halfway is sure of nothing."""
        known = intents_of(self.plan)[step.language]
        half = step.readings[0] in self._mumbled
        for intent in step.intents:
            if step.readings[0] in known[intent]:
                return steps.Meant(intent, half_sure(self.plan) if half else nouns.SURE, readings=step.readings)
        return steps.NotUnderstood()

    def _meant(self, menu: str, slot: str, language: str, question: steps.Ask, act: Act) -> Iterator[Place]:
        """What of the plan the caller chose."""
        if act == nouns.press(OPERATOR_KEY):
            yield ("operator",)
        if act.how is How.DANGER:
            yield ("urgent",)
        if slot:
            yield from giving.met(slot, question, act)
        elif menu in self.plan.menus:
            yield from self._chosen(menu, language, act)

    def _chosen(self, menu: str, language: str, act: Act) -> Iterator[Place]:
        here = self.plan.menus[menu]
        if act.how is How.PRESS and act.what in here.choices:
            yield ("menus", menu, "choices", act.what)
        if act.how is How.SAY and (offer := offers.spoken(self.plan, menu).get(act.intent)):
            yield offer.said_at
        if act.how is How.SAY and act.intent == self.plan.operator.intent:
            yield ("operator", "intent")
        for key, tongue in offers.tongues(here, language).items():
            if act == nouns.press(key):
                yield ("menus", menu, "language_keys", key)
            elif act.how is How.SAY and act.intent == tongue.intent:
                yield ("menus", menu, "language_keys", key, "intent")

    def _given_up(self, menu: str, slot: str, language: str, act: Act) -> Iterator[Place]:
        if slot:
            yield from [("slots", slot, "skipped")] if giving.is_failure(act) else []
        elif menu in self.plan.menus and act.how is How.SILENT:
            yield ("menus", menu, "silent")
        elif menu in self.plan.menus and act.what not in offers.keys(self.plan.menus[menu], language):
            yield ("menus", menu, "unclear")

    # ---- in line --------------------------------------------------------------------------------------------------

    def _joins(self, step: steps.ToQueue) -> None:
        self._needs, self._urgent = step.needs, step.urgent
        if step.urgent and self._said and self._said.how is How.DANGER:
            self.end.append(nouns.DANGER_HEARD)
        self.line.join(step.queue, step.needs, urgent=step.urgent)
        self._stands_in(step.queue, step.needs, urgent=step.urgent)

    def _stands_in(self, queue: str, needs: frozenset[str] = frozenset(), *, urgent: bool = False) -> None:
        self._queue = queue
        self.joined.append((queue, self.walk.language))
        self._met.add(("queues", queue))
        self.end.append(nouns.queue_station(queue, needs, urgent=urgent))

    def _answers_offer(self, act: Act) -> None:
        offered, self.offered = self.offered, None
        assert offered, "something is offered"
        if act.what == ACCEPT_KEY:
            self._goes_to(offered)

    def _leaves(self, act: Act) -> None:
        """By an exit of the queue, or in danger."""
        if act.how is How.DANGER:
            return self._in_danger()
        exits = self.plan.queues[self._queue].exits
        key = next(key for key, way in exits.items() if act.what == (key if act.how is How.PRESS else way.intent))
        self._met.add(("queues", self._queue, "exits", key, *(["intent"] if act.how is How.SAY else [])))
        return self._goes_to(exits[key].to)

    def _in_danger(self) -> None:
        self._met.add(("queues", self._queue, "listens"))
        self.end.append(nouns.DANGER_HEARD)
        urgent = self.plan.urgent.queue
        if self._queue != urgent:
            self.line.join(urgent, urgent=True)
            self._stands_in(urgent, urgent=True)

    def _goes_to(self, target: Target) -> None:
        if target.kind is Kind.QUEUE:
            self.line.join(target.name, self._needs, urgent=self._urgent)
            return self._stands_in(target.name)
        if target.kind is Kind.CALLBACK:
            self._met.add(("queues", self._queue, "callback"))
            self.agreed = agreeing(self.plan.queues[self._queue])
            return self._over(nouns.CALLBACK_AGREED)
        self.line.leave()
        self._queue = ""
        self._take(self.walk.sent(target, "sent by the queue"))
        if self.question is not None:
            self.question = None
            self._over(nouns.menu_station(target.name))
        return None

    def _over(self, *stations: str) -> None:
        self._queue = ""
        self.end += stations
