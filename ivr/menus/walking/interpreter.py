"""One caller's walk through the menus: answers in, steps out; see steps.py for the protocol.

    a menu's question ──> a choice ──> what it collects ──> a further menu, a queue, a voicemail box, goodbye
     (choosing.py)                     (collecting.py)                      (ends.py)

Key 0 and "operator" reach the operator from everywhere, * and "repeat that" repeat, # and "go back" lead to the menu
before, and a sign of danger goes to the urgent queue from everywhere. What is known so far is the caller's matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from ivr.menus.plan.doors import ALWAYS_OPEN, Doors, past_closed
from ivr.menus.plan.values import Kind, Language, Target
from ivr.menus.steps import Answer, Ask, Danger, Done, Reason, Recall, Say, Step
from ivr.menus.walking import blocking
from ivr.menus.walking.blocking import Barred
from ivr.menus.walking.choosing import Choosing, Leave, Lost
from ivr.menus.walking.collecting import Questions, Way
from ivr.menus.walking.ends import End, end, in_line
from ivr.menus.walking.matter import Matter
from ivr.menus.walking.wishes import Back, Person, Speak, Take

if TYPE_CHECKING:
    from collections.abc import Collection

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.offers import Offer

MAX_STEPS = 50  # a caller who plays with the menus for ever reaches a person, and the line is free again


@dataclass(frozen=True, slots=True)
class _Saying:
    menu: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Collecting:
    offer: Offer
    readings: tuple[str, ...]
    questions: Questions

    @property
    def unanswered(self) -> tuple[str, ...]:
        """What was said, for the next menu; what a menu was answered with is no answer to it again."""
        return () if self.offer.choice.go == Target(Kind.MENU, self.offer.menu) else self.readings


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
        self._list, known = plan.callers.preference(caller)
        self.entry = plan.entry(dialled, known)
        self.language: Language = self.entry.language or plan.practice.languages[0]
        self._matter = Matter(known)
        self._hears = frozenset(plan.practice.languages if hears is None else hears)
        self._doors = doors
        self._lead: tuple[str, ...] = ()
        self._state: Choosing | Barred | _Saying | _Collecting | None = None
        self._step: Step | None = None
        self._steps = 0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The chain so far: what `careline explain` tells of a caller who hung up half way."""
        return self._matter.reasons

    @property
    def needs(self) -> frozenset[str]:
        """The skills that what was chosen so far requires of a person."""
        return self._matter.needs

    @property
    def menu(self) -> str:
        """The menu that the caller is on."""
        match self._state:
            case None | Barred():
                return self.entry.start
            case _Collecting(offer):
                return offer.menu
            case state:
                return state.menu

    @property
    def slot(self) -> str:
        """What the caller is asked for on the way from that menu; "" at its own question."""
        return self._state.questions.slot if isinstance(self._state, _Collecting) else ""

    def begin(self) -> Step:
        assert self._step is None, "a walk begins once"
        named = " ".join(filter(None, [self.entry.source, f"at {self.entry.site}" if self.entry.site else ""]))
        called_as = named or "a number without a name"
        self._matter.because(f"Called {called_as}: menu '{self.menu}', language '{self.language}'.")
        self._lead = self._doors.messages()
        return self._next(self._received())

    def sent(self, target: Target, why: str) -> Step:
        """Go on at a target from outside of the menus: where a queue sends a caller, or a key pressed in it.

        Also of a walk that has not begun, or is over. CALLBACK is no place to go to: the queue knows what to do.
        """
        self._matter.because(why)
        return self._next(self._arrive(target))

    def endangered(self, danger: Danger) -> Step:
        """The way of who is in danger; also of a walk that has not begun, or is over: whoever waits is heard, too."""
        return self._next(self._urgent(danger))

    def distressed(self, signs: Collection[Reason]) -> None:
        """The caller sounds distressed: is offered a person, has no failure more, and goes before routine callers."""
        self._matter.sounds_distressed(signs)
        self._lead = ("person_offer",)

    def answered(self, answer: Answer) -> Step:
        """The next step; the answer must be one that the last step may get."""
        assert self._step is not None, "begin first"
        assert not isinstance(self._step, End), "the walk is over"
        return self._next(self._urgent(answer) if isinstance(answer, Danger) else self._after(answer))

    def _after(self, answer: Answer) -> Step:
        match self._state:
            case Choosing(menu=menu) as choosing:
                return self._chosen(menu, choosing.answered(answer))
            case _Collecting() as collecting:
                return self._collected(collecting, collecting.questions.answered(answer))
            case Barred() as barred:
                return self._after_sentence(blocking.after(self.plan, barred, answer))
            case _Saying(menu, readings):
                assert isinstance(answer, Done), answer
                return self._open(menu, readings)
            case None:
                raise AssertionError(answer)
        assert_never(self._state)

    @property
    def _listens(self) -> bool:
        return self.language in self._hears

    def _next(self, step: Step) -> Step:
        self._steps += 1
        if self._steps > MAX_STEPS and not isinstance(step, End):
            step = self._enough()
        if isinstance(step, End) and self._matter.distressed:
            self._lead = ()  # a person comes without an offer
        if self._lead and not isinstance(step, Recall):
            step, self._lead = replace(step, prompts=(*self._lead, *step.prompts)), ()
        self._step = step
        return step

    def _enough(self) -> End:
        """Open or closed: no more menus."""
        self._matter.because(f"After {MAX_STEPS} steps a person takes over.")
        return in_line(self.plan, self.language, self._matter, self.plan.operator.queue, ("to_a_person",))

    # ---- callers whom the plan knows ------------------------------------------------------------------------------

    def _received(self) -> Step:
        """At the start, but for who is on a list: its name is told, and never the number."""
        known = self._matter.known
        if self._blocked:
            self._matter.because("On the list of blocked callers: listened to for danger only.")
            return self._after_sentence(Barred(speech=self._listens))
        if known is not None:
            self._matter.because(f"On the list '{self._list}' of preferred callers.")
        return self._arrive(known.to if known and known.to else Target(Kind.MENU, self.menu))

    def _after_sentence(self, then: Barred | Target) -> Step:
        if isinstance(then, Barred):
            self._state = then
            return blocking.sentence(self.plan, self.language, then)
        self._matter.because(f"The blocked caller goes on to '{then}'.")
        return self._arrive(then)

    # ---- the menus --------------------------------------------------------------------------------------------------

    def _open(self, name: str, readings: tuple[str, ...] = ()) -> Step:
        """Come to a menu. Back at the start is a new matter.

        Whoever comes back to a menu was greeted there, and what led away from it answers it no second time.
        """
        been_here = self._matter.has_been_at(name)
        if name == self.entry.start:
            self._matter.begin_again()
        menu = self._at(name)
        return menu.ask() if been_here else menu.begin(readings)

    def _at(self, menu: str) -> Choosing:
        self._state = choosing = Choosing(self.plan, self.language, menu, self._matter, speech=self._listens)
        return choosing

    def _chosen(self, menu: str, what: Ask | Recall | Leave) -> Step:
        """The menu's next question, or on with what came of it."""
        match what:
            case Ask() | Recall():
                return what
            case Take(offer, meant):
                return self._take(offer, meant.readings if meant else ())
            case Person():
                return self._operator()
            case Back():
                return self._back()
            case Speak(language):
                self.language = language
                return self._arrive(Target(Kind.MENU, menu))
            case Lost(silent):
                return self._lost(menu, silent=silent)
        assert_never(what)

    def _take(self, offer: Offer, readings: tuple[str, ...]) -> Step:
        self._matter.chose(self.menu, offer.choice)
        collect, into = offer.choice.collect, self._matter.gathered
        asked = Questions(self.plan, self.language, collect, readings, into, speech=self._listens)
        return self._collected(_Collecting(offer, readings, asked), asked.next())

    def _collected(self, state: _Collecting, what: Ask | Recall | Way) -> Step:
        """The next question of a choice, or on with what it brought."""
        self._state, asked, choice = state, state.questions, state.offer.choice
        if isinstance(what, Ask | Recall):
            return what
        self._matter.needs |= asked.needs
        match what:
            case Way.ON:
                return self._arrive(choice.go, *asked.lead, *filter(None, [choice.say]), readings=state.unanswered)
            case Way.PERSON:
                self._matter.because("Wanted a person instead of answering.")
                return self._operator()
            case Way.BACK:
                self._matter.because("Wanted to go back instead of answering.")
                return self._back()
        assert_never(what)

    # ---- the ways on ------------------------------------------------------------------------------------------------

    def _arrive(self, target: Target, *prompts: str, readings: tuple[str, ...] = ()) -> Step:
        """At the target, or where callers go while it is closed: then they are told so instead of the prompts."""
        target, passed = past_closed(self.plan, target, self._doors.is_open)
        for detour in passed:
            self._matter.because(f"{detour} is closed now: on to '{detour.closed.to}'.")
        if passed and not self._matter.in_danger:
            prompts = tuple(detour.closed.say for detour in passed if detour.closed.say)
        if target.kind is not Kind.MENU:
            return end(self.plan, self.language, self._matter, target, prompts)
        if not prompts:
            return self._open(target.name, readings)
        self._state = _Saying(target.name, readings)
        return Say(self.language, prompts)

    def _back(self) -> Step:
        """To the menu before, in the language of now."""
        return self._at(self._matter.back()).ask()

    def _urgent(self, danger: Danger) -> Step:
        self._matter.endangered(danger)
        urgent = self.plan.urgent
        return self._arrive(Target(Kind.QUEUE, urgent.queue), urgent.prompt(crisis=danger.crisis))

    def _operator(self) -> Step:
        return self._arrive(Target(Kind.QUEUE, self.plan.operator.queue), "to_a_person")

    def _lost(self, name: str, *, silent: bool) -> Step:
        """Whoever does not get on with a menu reaches a person."""
        menu = self.plan.menus[name]
        way_out = menu.silent if silent else menu.unclear
        return self._arrive(way_out or Target(Kind.QUEUE, self.plan.operator.queue), "to_a_person")
