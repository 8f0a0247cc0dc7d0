"""One caller's walk through the menus: answers in, steps out; see steps.py for the protocol.

    ask openly ── sure ──────────────────────────────> the choice: a further menu, a queue, a voicemail box, goodbye
       │  └────── unsure ──> confirm ── yes ─────────────^
       │ failure               │ no, or a failure
       ├───────────────────────┘
       └> ask with a closed list ── failure ──> ask for keys ── failure ──> a person

Key 0 and "operator" reach the operator from everywhere, * and "repeat that" repeat, # and "go back" lead to the menu
before, and a sign of danger goes to the urgent queue from everywhere. What a choice collects is asked for on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from acd.model import Urgency
from ivr.menus import blocking, offers
from ivr.menus.blocking import Barred
from ivr.menus.collecting import Gathered, Questions, Way
from ivr.menus.doors import ALWAYS_OPEN, Doors, past_closed
from ivr.menus.leaving import is_clinical
from ivr.menus.manners import BACK, CHOICES, PERSON, REPEAT
from ivr.menus.model import NO, OPERATOR_KEY, REPEAT_KEY, YES, Plan, Tongue
from ivr.menus.offers import Offer
from ivr.menus.questions import BACK_KEY, BY_KEYS, CONFIRMING_KEYS, Asking, Confirming, confirmation, question
from ivr.menus.steps import (
    Answer,
    Ask,
    Bye,
    CannotHear,
    Danger,
    Done,
    Key,
    Meant,
    NoSign,
    NotUnderstood,
    Reason,
    Recall,
    Say,
    Silent,
    Step,
    ToQueue,
    ToVoicemail,
)
from ivr.menus.values import Kind, Language, Target

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_STEPS = 50  # a caller who plays with the menus for ever reaches a person, and the line is free again

_FINAL = ToQueue | ToVoicemail | Bye


@dataclass(frozen=True, slots=True)
class _Recalling:
    menu: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Saying:
    menu: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Collecting:
    offer: Offer
    readings: tuple[str, ...]
    questions: Questions


@dataclass(frozen=True, slots=True)
class _Visit:
    """A menu that the caller left by a choice, and what was known there."""

    menu: str
    intent: str
    needs: frozenset[str]


class Walk:
    """Deterministic: the same answers give the same steps.

    `hears` are the languages that can be recognised now, `doors` tells what is open, `caller` is the number that the
    PBX shows.
    """

    def __init__(
        self,
        plan: Plan,
        dialled: str = "",
        *,
        hears: Collection[str] | None = None,
        doors: Doors = ALWAYS_OPEN,
        caller: str = "",
    ) -> None:
        self.plan = plan
        self._blocked = plan.callers.is_blocked(caller)
        self._list, self._preferred = plan.callers.preference(caller)
        self.entry = plan.entry(dialled, self._preferred)
        self.language: Language = self.entry.language or plan.practice.languages[0]
        self.intent = ""
        self.needs: frozenset[str] = frozenset()
        self.also: tuple[str, ...] = ()
        self._values: dict[str, str] = {}
        self._trail: list[_Visit] = []
        self._hears = frozenset(plan.practice.languages if hears is None else hears)
        self._doors = doors
        self._lead: tuple[str, ...] = ()
        self._danger = False
        self._distress = False
        self._reasons: list[Reason] = []
        self._state: Asking | Confirming | Barred | _Recalling | _Saying | _Collecting = Asking(self.entry.start)
        self._step: Step | None = None
        self._steps = 0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The chain so far: what `careline explain` tells of a caller who hung up half way."""
        return tuple(self._reasons)

    @property
    def menu(self) -> str:
        """The menu that the caller is on."""
        match self._state:
            case Confirming(asked):
                return asked.menu
            case Barred():
                return self.entry.start
            case _Collecting(offer):
                return offer.menu
            case state:
                return state.menu

    def begin(self) -> Step:
        assert self._step is None, "a walk begins once"
        named = " ".join(filter(None, [self.entry.source, f"at {self.entry.site}" if self.entry.site else ""]))
        self._because(f"Called {named or 'a number without a name'}: menu '{self.menu}', language '{self.language}'.")
        self._lead = self._doors.messages()
        return self._next(self._received())

    def sent(self, target: Target, why: str) -> Step:
        """Go on at a target from outside of the menus: where a queue sends a caller, or a key pressed in it.

        Also of a walk that has not begun, or is over. CALLBACK is no place to go to: the queue knows what to do.
        """
        self._because(why)
        return self._next(self._arrive(target))

    def endangered(self, danger: Danger) -> Step:
        """The way of who is in danger; also of a walk that has not begun, or is over: whoever waits is heard, too."""
        return self._next(self._urgent(danger))

    def answered(self, answer: Answer) -> Step:
        """The next step; the answer must be one that the last step may get."""
        assert self._step is not None, "begin first"
        assert not isinstance(self._step, _FINAL), "the walk is over"
        if isinstance(answer, Danger):
            return self._next(self._urgent(answer))
        match self._state:
            case Asking() as asking:
                step = self._after_ask(asking, answer)
            case Confirming() as confirming:
                step = self._after_confirm(confirming, answer)
            case _Recalling() as recalling:
                step = self._after_recall(recalling, answer)
            case _Collecting() as collecting:
                step = self._collected(collecting, collecting.questions.answered(answer))
            case Barred() as barred:
                step = self._after_sentence(blocking.after(self.plan, barred, answer))
            case _Saying(menu, readings):
                assert isinstance(answer, Done), answer
                step = self._open(menu, readings)
            case _:
                assert_never(self._state)
        return self._next(step)

    # ---- callers whom the plan knows ------------------------------------------------------------------------------

    def _received(self) -> Step:
        """At the start, but for who is on a list: its name is told, and never the number."""
        if self._blocked:
            self._because("On the list of blocked callers: listened to for danger only.")
            return self._after_sentence(Barred(speech=self.language in self._hears))
        if self._preferred is None:
            return self._enter(self.menu)
        self._because(f"On the list '{self._list}' of preferred callers.")
        return self._arrive(self._preferred.to) if self._preferred.to else self._enter(self.menu)

    def _after_sentence(self, then: Barred | Target) -> Step:
        if isinstance(then, Barred):
            self._state = then
            return blocking.sentence(self.plan, self.language, then)
        self._because(f"The blocked caller goes on to '{then}'.")
        return self._arrive(then)

    def distressed(self, signs: Collection[Reason]) -> None:
        """The caller sounds distressed: is offered a person, has no failure more, and goes before routine callers."""
        self._reasons += [Reason(f"The caller {sign.text}.", sign.phi) for sign in signs]
        self._because("So a person is offered, and the call is pressing.")
        self._distress = True
        self._lead = ("person_offer",)

    # ---- the questions ----------------------------------------------------------------------------------------

    def _enter(self, name: str) -> Step:
        return self._arrive(Target(Kind.MENU, name))

    def _open(self, name: str, readings: tuple[str, ...] = ()) -> Step:
        """Come to a menu; what the caller said before may answer it already. Back at the start is a new matter."""
        if name == self.entry.start:
            self.intent, self.needs, self.also = "", frozenset(), ()
            self._trail.clear()
        known = tuple(intent for intent, offer in offers.spoken(self.plan, name).items() if offer.menu == name)
        if readings and known:
            self._state = _Recalling(name, readings)
            return Recall(self.language, readings, known)
        greeting = self.plan.menus[name].say
        return self._ask(Asking(name, speech=self.language in self._hears), *filter(None, [greeting]))

    def _ask(self, asking: Asking, *lead: str, told: bool = False) -> Ask:
        self._state = asking
        return question(self.plan, self.language, asking, *lead, told=told)

    def _confirm(self, state: Confirming) -> Ask:
        self._state = state
        return confirmation(self.plan, self.language, state)

    # ---- the answers --------------------------------------------------------------------------------------------

    def _after_ask(self, asking: Asking, answer: Answer) -> Step:
        match answer:
            case Key(digits):
                return self._pressed(asking, digits)
            case Meant():
                return self._meant(asking, answer)
            case NotUnderstood():
                return self._failed(asking, "said nothing that was understood", "not_understood")
            case Silent():
                return self._failed(asking, "was silent", "still_there")
            case NoSign():
                self._because(f"Menu '{asking.menu}': no key and no word since the call began.")
                return self._lost(asking.menu, silent=True)
            case CannotHear():
                self._because(f"Menu '{asking.menu}': speech could not be heard, so keys were asked for.")
                return self._ask(replace(asking, speech=False))
        raise AssertionError(answer)

    def _pressed(self, asking: Asking, digits: str) -> Step:
        name, menu = asking.menu, self.plan.menus[asking.menu]
        if digits == OPERATOR_KEY:
            return self._operator(f"Menu '{name}': pressed 0 for a person.")
        if digits == REPEAT_KEY:
            self._because(f"Menu '{name}': pressed * to hear it again.")
            return self._ask(asking)
        if digits == BACK_KEY:
            return self._back(asking, f"Menu '{name}': pressed # to go back.")
        if tongue := offers.tongues(menu, self.language).get(digits):
            return self._change_language(name, tongue, f"Menu '{name}': pressed {digits} for language '{tongue.to}'.")
        if choice := menu.choices.get(digits):
            self._because(f"Menu '{name}': pressed {digits}, {self._called(Offer(name, digits, choice))}.")
            return self._take(Offer(name, digits, choice))
        return self._failed(asking, "pressed a key that is no choice", "not_understood")

    def _meant(self, asking: Asking, meant: Meant) -> Step:
        if meant.confidence < self.plan.confidence.confirm:
            return self._failed(asking, f"{_means(meant)}, which is a guess", "not_understood", meant)
        if meant.intent in {PERSON, self.plan.operator.intent}:
            return self._operator(f"Menu '{asking.menu}': {_means(meant)}.", meant)
        if meant.intent in {REPEAT, CHOICES}:
            self._because(f"Menu '{asking.menu}': {_means(meant)}.", meant)
            return self._ask(asking, told=meant.intent == CHOICES)
        if meant.intent == BACK:
            return self._back(asking, f"Menu '{asking.menu}': {_means(meant)}.", meant)
        return self._chose(asking, meant)

    def _chose(self, asking: Asking, meant: Meant) -> Step:
        limits, name = self.plan.confidence, asking.menu
        for tongue in offers.tongues(self.plan.menus[name], self.language).values():
            if tongue.intent == meant.intent and meant.confidence >= limits.route:
                return self._change_language(name, tongue, f"Menu '{name}': {_means(meant)}.", meant)
        meant = self._weightiest(name, meant)
        offer = offers.spoken(self.plan, name).get(meant.intent)
        if offer is None:
            return self._failed(asking, f"{_means(meant)}, which is not sure enough here", "not_understood", meant)
        if meant.confidence < limits.route:
            self._because(f"Menu '{name}': {_means(meant)}: below {limits.route:.2f}, so it was confirmed.", meant)
            return self._confirm(Confirming(asking, offer, meant))
        self._because(f"Menu '{name}': {_means(meant)}: {self._called(offer)}.", meant)
        return self._take(offer, meant.readings)

    def _weightiest(self, menu: str, meant: Meant) -> Meant:
        """Of several matters the clinical one, else the first that was said; the others are kept for the person."""
        known = offers.spoken(self.plan, menu)
        matters = [each for each in (meant, *meant.also) if each.intent in known]
        if len(matters) < 2:  # noqa: PLR2004 - one matter, or none
            return meant
        chosen = next((each for each in matters if self._is_clinical(known[each.intent])), matters[0])
        for each in matters:
            if each is not chosen:
                self.also = tuple(dict.fromkeys((*self.also, each.intent)))
                self._because(f"Menu '{menu}': also {_means(each)}: the person will see it.", each)
        return replace(chosen, readings=meant.readings)

    def _is_clinical(self, offer: Offer) -> bool:
        go = offer.choice.go
        return go.kind is Kind.QUEUE and is_clinical(self.plan, go.name)

    def _after_confirm(self, state: Confirming, answer: Answer) -> Step:
        match answer:
            case Key(digits):
                said = BACK if digits == BACK_KEY else CONFIRMING_KEYS.get(digits, digits)
            case Meant(intent, confidence) if confidence >= self.plan.confidence.confirm:
                said = intent
            case CannotHear():
                self._because("Speech could not be heard, so keys were asked for.")
                return self._confirm(replace(state, asked=replace(state.asked, speech=False)))
            case Silent() | NoSign():
                return self._failed(state.asked, "was silent when asked to confirm", "still_there")
            case _:
                said = ""
        return self._confirmed(state, said)

    def _confirmed(self, state: Confirming, said: str) -> Step:
        if said == YES:
            self._because(f"Confirmed: {self._called(state.offer)}.")
            return self._take(state.offer, state.meant.readings)
        if said in {REPEAT_KEY, REPEAT}:
            return self._confirm(state)
        if said in {OPERATOR_KEY, PERSON, self.plan.operator.intent}:
            return self._operator("Wanted a person instead of confirming.")
        if said in {BACK, CHOICES}:
            self._because("Wanted the question again instead of confirming.")
            return self._ask(state.asked, told=True)
        if said == NO:
            return self._failed(state.asked, f"said no to '{state.meant.intent}'", "not_understood")
        return self._failed(state.asked, "neither yes nor no when asked to confirm", "not_understood")

    def _after_recall(self, state: _Recalling, answer: Answer) -> Step:
        """Only a sure finding counts: whoever is asked once too often is better off than who is sent wrong."""
        name = state.menu
        if isinstance(answer, Meant) and answer.confidence >= self.plan.confidence.route:
            offer = offers.spoken(self.plan, name).get(answer.intent)
            if offer is not None and offer.menu == name:
                self._because(f"Menu '{name}': had {_means(answer)} already: {self._called(offer)}.", answer)
                return self._take(offer, state.readings)
        self._because(f"Menu '{name}': nothing said before answers it, so it was asked.")
        return self._open(name)

    def _failed(self, asking: Asking, what: str, prompt: str, meant: Meant | None = None) -> Step:
        self._because(f"Menu '{asking.menu}', attempt {asking.attempt} of {BY_KEYS}: {what}.", meant)
        if asking.attempt < BY_KEYS and not self._distress:
            return self._ask(replace(asking, attempt=asking.attempt + 1), prompt)
        return self._lost(asking.menu, silent=prompt == "still_there")

    def _lost(self, name: str, *, silent: bool) -> Step:
        """Whoever does not get on with a menu reaches a person."""
        menu = self.plan.menus[name]
        way_out = menu.silent if silent else menu.unclear
        return self._arrive(way_out or Target(Kind.QUEUE, self.plan.operator.queue), "to_a_person")

    def _back(self, asking: Asking, why: str, meant: Meant | None = None) -> Step:
        """To the menu before, in the language of now, with what was known there; at the first one, the same again."""
        self._because(why, meant)
        if not self._trail:
            return self._ask(asking)
        before = self._trail.pop()
        self.intent, self.needs = before.intent, before.needs
        return self._ask(Asking(before.menu, speech=self.language in self._hears))

    # ---- the ways on ------------------------------------------------------------------------------------------

    def _take(self, offer: Offer, readings: tuple[str, ...] = ()) -> Step:
        choice = offer.choice
        self._trail.append(_Visit(self.menu, self.intent, self.needs))
        self.needs |= choice.needs
        self.intent = self.intent or choice.intent or ""
        if not choice.collect:
            return self._go_on(offer, readings)
        speech = self.language in self._hears
        gathered = Gathered(self._values, self._reasons)
        asked = Questions(self.plan, self.language, choice.collect, readings, gathered, speech=speech)
        return self._collected(_Collecting(offer, readings, asked), asked.next())

    def _go_on(self, offer: Offer, readings: tuple[str, ...], *lead: str) -> Step:
        choice = offer.choice
        return self._arrive(choice.go, *lead, *filter(None, [choice.say]), readings=readings)

    def _collected(self, state: _Collecting, what: Ask | Recall | Way) -> Step:
        """The next question of a choice, or on with what it brought."""
        self._state, asked = state, state.questions
        if isinstance(what, Ask | Recall):
            return what
        self.needs |= asked.needs
        match what:
            case Way.ON:
                return self._go_on(state.offer, state.readings, *asked.lead)
            case Way.PERSON:
                return self._operator("Wanted a person instead of answering.")
            case Way.BACK:
                return self._back(Asking(state.offer.menu), "Wanted to go back instead of answering.")
        assert_never(what)

    def _arrive(self, target: Target, *prompts: str, readings: tuple[str, ...] = ()) -> Step:
        """At the target, or where callers go while it is closed: then they are told so instead of the prompts."""
        target, passed = past_closed(self.plan, target, self._doors.is_open)
        for detour in passed:
            self._because(f"{detour} is closed now: on to '{detour.closed.to}'.")
        if passed and not self._danger:
            prompts = tuple(detour.closed.say for detour in passed if detour.closed.say)
        match target.kind:
            case Kind.MENU if prompts:
                self._state = _Saying(target.name, readings)
                return Say(self.language, prompts)
            case Kind.MENU:
                return self._open(target.name, readings)
            case Kind.QUEUE:
                return self._queue(target.name, prompts or ("connecting",))
            case Kind.VOICEMAIL:
                self._because(f"To voicemail '{target.name}'.")
                return ToVoicemail(
                    self.language, target.name, self.intent, self.reasons, prompts, self.also, self._given()
                )
            case Kind.GOODBYE:
                self._because("The caller was served.")
                return Bye(self.language, (*prompts, "goodbye"), self.reasons)
            case Kind.CALLBACK:
                raise ValueError(target)
        assert_never(target.kind)

    def _queue(self, name: str, prompts: tuple[str, ...]) -> Step:
        """In danger any nurse now is better than the right one later: only the queue's own needs count."""
        spoken = self.plan.practice.language_skills.get(self.language)
        needs = frozenset() if self._danger else self.needs | ({spoken} if spoken else set())
        known = self._preferred
        urgent = (
            self._danger or self.plan.queues[name].urgency is Urgency.URGENT or (known is not None and known.urgent)
        )
        head_start = known.head_start if known else 0.0
        wanted = f", with {' and '.join(sorted(needs))}" if needs else ""
        self._because(f"To queue '{name}'{wanted}{', urgent' if urgent else ''}.")
        return ToQueue(
            self.language,
            name,
            needs,
            urgent,
            self.intent,
            self.reasons,
            prompts,
            head_start,
            self.also,
            self._given(),
            pressing=self._distress,
        )

    def _urgent(self, danger: Danger) -> Step:
        self._reasons.append(Reason(f"A sign of danger: '{danger.sign}'.", " / ".join(danger.evidence)))
        self._danger = True
        self.also = tuple(dict.fromkeys((*self.also, *danger.also)))
        urgent = self.plan.urgent
        return self._arrive(Target(Kind.QUEUE, urgent.queue), urgent.prompt(crisis=danger.crisis))

    def _operator(self, why: str, meant: Meant | None = None) -> Step:
        self._because(why, meant)
        return self._arrive(Target(Kind.QUEUE, self.plan.operator.queue), "to_a_person")

    def _change_language(self, menu: str, tongue: Tongue, why: str, meant: Meant | None = None) -> Step:
        self._because(why, meant)
        self.language = tongue.to
        return self._enter(menu)

    def _given(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._values.items())

    # ---- the record ---------------------------------------------------------------------------------------------

    def _next(self, step: Step) -> Step:
        self._steps += 1
        if self._steps > MAX_STEPS and not isinstance(step, _FINAL):
            self._because(f"After {MAX_STEPS} steps a person takes over.")
            step = self._queue(self.plan.operator.queue, ("to_a_person",))  # open or closed: no more menus
        if self._lead and isinstance(step, _FINAL) and self._distress:
            self._lead = ()  # a person comes without an offer
        if self._lead and not isinstance(step, Recall):
            step, self._lead = replace(step, prompts=(*self._lead, *step.prompts)), ()
        self._step = step
        return step

    def _because(self, text: str, meant: Meant | None = None) -> None:
        self._reasons.append(Reason(text, " / ".join(meant.evidence) if meant else ""))

    def _called(self, offer: Offer) -> str:
        return f"'{offer.choice.name[self.plan.practice.languages[0]]}'"


def _means(meant: Meant) -> str:
    return f"said what means '{meant.intent}' (confidence {meant.confidence:.2f})"
