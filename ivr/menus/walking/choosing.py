"""One menu's question, from the moment it is put until the caller chose, wants to leave, or is lost.

said already? ── sure ──> chosen
    │ no
    └──> ask openly ── sure ──> chosen
           │  └── unsure ──> confirm ── yes ──> chosen
           │ failure            │ no, or a failure
           ├────────────────────┘
           └──> ask with a closed list ── failure ──> ask for keys ── failure ──> lost
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivr.menus.plan import offers
from ivr.menus.plan.manners import BACK, CHOICES, PERSON, REPEAT
from ivr.menus.plan.model import NO, YES
from ivr.menus.steps import Answer, Ask, CannotHear, Key, Meant, NoSign, NotUnderstood, Recall, Silent
from ivr.menus.walking.questions import BY_KEYS, Asking, Confirming, confirmation, question
from ivr.menus.walking.wishes import Again, Back, Person, Speak, Take, Unclear, called, means, reply, wish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.offers import Offer
    from ivr.menus.walking.matter import Matter


@dataclass(frozen=True, slots=True)
class Lost:
    """Whoever does not get on with a menu, for being `silent` or for not being understood."""

    silent: bool


Leave = Take | Person | Back | Speak | Lost


@dataclass(frozen=True, slots=True)
class _Recalling:
    readings: tuple[str, ...]


class Choosing:
    """Notes in the `matter` how it came about. Without `speech` the question takes keys only."""

    def __init__(self, plan: Plan, language: str, menu: str, matter: Matter, *, speech: bool) -> None:
        self.menu = menu
        self._plan = plan
        self._language = language
        self._matter = matter
        self._speech = speech
        self._state: Asking | Confirming | _Recalling = Asking(menu, speech=speech)

    def begin(self, readings: tuple[str, ...] = ()) -> Ask | Recall:
        """What the caller said before may answer it already; else they are greeted, the first time, and asked."""
        here = tuple(intent for intent, offer in self._spoken().items() if offer.menu == self.menu)
        if readings and here:
            self._state = _Recalling(readings)
            return Recall(self._language, readings, here)
        greeting = self._plan.menus[self.menu].say
        return self.ask(*([greeting] if greeting and not self._matter.was_greeted(self.menu, self._language) else []))

    def ask(self, *lead: str) -> Ask:
        return self._ask(Asking(self.menu, speech=self._speech), *lead)

    def answered(self, answer: Answer) -> Ask | Recall | Leave:
        match self._state:
            case Asking() as asking:
                return self._after_ask(asking, answer)
            case Confirming() as confirming:
                return self._after_confirm(confirming, answer)
            case _Recalling(readings):
                return self._after_recall(readings, answer)

    # ---- the questions ----------------------------------------------------------------------------------------------

    def _ask(self, asking: Asking, *lead: str, told: bool = False) -> Ask:
        self._state = asking
        return question(self._plan, self._language, asking, *lead, told=told)

    def _confirm(self, state: Confirming) -> Ask:
        self._state = state
        return confirmation(self._plan, self._language, state)

    # ---- the answers ------------------------------------------------------------------------------------------------

    def _after_recall(self, readings: tuple[str, ...], answer: Answer) -> Ask | Recall | Leave:
        """Only a sure finding counts: whoever is asked once too often is better off than who is sent wrong."""
        if isinstance(answer, Meant) and answer.confidence >= self._plan.confidence.route:
            offer = self._spoken().get(answer.intent)
            if offer is not None and offer.menu == self.menu:
                self._because(f"had {means(answer)} already: {called(self._plan, offer)}", answer)
                return Take(offer, replace(answer, readings=readings))
        self._because("nothing said before answers it, so it was asked")
        return self.begin()

    def _after_ask(self, asking: Asking, answer: Answer) -> Ask | Leave:
        match answer:
            case Key() | Meant():
                return self._wished(asking, answer)
            case NotUnderstood():
                return self._failed(asking, "said nothing that was understood")
            case Silent():
                return self._failed(asking, "was silent", "still_there")
            case NoSign():
                self._because("no key and no word since the call began")
                return Lost(silent=True)
            case CannotHear():
                self._because("speech could not be heard, so keys were asked for")
                return self._ask(replace(asking, speech=False))
        raise AssertionError(answer)

    def _wished(self, asking: Asking, answer: Key | Meant) -> Ask | Leave:
        """At the first menu there is no way back: the same again."""
        wished, why = wish(self._plan, self._language, self.menu, answer)
        meant = answer if isinstance(answer, Meant) else None
        if isinstance(wished, Unclear):
            return self._failed(asking, why, meant=meant)
        if isinstance(wished, Take):
            return self._chose(asking, wished, why)
        self._because(why, meant)
        if isinstance(wished, Again):
            return self._ask(asking, told=wished.told)
        return self._ask(asking) if isinstance(wished, Back) and self._matter.is_at_first_menu else wished

    def _chose(self, asking: Asking, take: Take, why: str) -> Ask | Take:
        for each in take.besides:
            self._because(f"also {means(each)}: the person will see it", each)
        self._matter.add(each.intent for each in take.besides)
        self._because(why, take.meant)
        return take if take.sure or not take.meant else self._confirm(Confirming(asking, take.offer, take.meant))

    def _after_confirm(self, state: Confirming, answer: Answer) -> Ask | Leave:
        match answer:
            case CannotHear():
                self._matter.because("Speech could not be heard, so keys were asked for.")
                return self._confirm(replace(state, asked=replace(state.asked, speech=False)))
            case Silent() | NoSign():
                return self._failed(state.asked, "was silent when asked to confirm", "still_there")
        return self._confirmed(state, reply(self._plan, answer))

    def _confirmed(self, state: Confirming, said: str) -> Ask | Leave:
        if said == YES:
            self._matter.because(f"Confirmed: {called(self._plan, state.offer)}.")
            return Take(state.offer, state.meant)
        if said == REPEAT:
            return self._confirm(state)
        if said == PERSON:
            self._matter.because("Wanted a person instead of confirming.")
            return Person()
        if said in {BACK, CHOICES}:
            self._matter.because("Wanted the question again instead of confirming.")
            return self._ask(state.asked, told=True)
        denied = f"said no to '{state.meant.intent}'"
        return self._failed(state.asked, denied if said == NO else "neither yes nor no when asked to confirm")

    def _failed(
        self, asking: Asking, what: str, prompt: str = "not_understood", *, meant: Meant | None = None
    ) -> Ask | Lost:
        """Asked again, and a last time for keys; who is distressed is not."""
        self._matter.because(f"Menu '{self.menu}', attempt {asking.attempt} of {BY_KEYS}: {what}.", meant)
        if asking.attempt < BY_KEYS and not self._matter.distressed:
            return self._ask(replace(asking, attempt=asking.attempt + 1), prompt)
        return Lost(silent=prompt == "still_there")

    # ---- the plan and the record ------------------------------------------------------------------------------------

    def _spoken(self) -> Mapping[str, Offer]:
        return offers.spoken(self._plan, self.menu)

    def _because(self, why: str, meant: Meant | None = None) -> None:
        self._matter.because(f"Menu '{self.menu}': {why}.", meant)
