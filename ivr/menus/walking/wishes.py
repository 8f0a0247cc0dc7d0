"""What callers want who press a key, or say something with a meaning, where a menu asks: decided by the plan alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivr.menus.checking.leaving import is_clinical
from ivr.menus.plan import offers
from ivr.menus.plan.manners import BACK, CHOICES, PERSON, REPEAT
from ivr.menus.plan.model import OPERATOR_KEY, REPEAT_KEY
from ivr.menus.plan.offers import Offer
from ivr.menus.plan.values import Kind
from ivr.menus.steps import Answer, Key, Meant
from ivr.menus.walking.questions import BACK_KEY, CONFIRMING_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.values import Language


@dataclass(frozen=True, slots=True)
class Person:
    """To talk with somebody."""


@dataclass(frozen=True, slots=True)
class Again:
    """To hear the question again; `told`: with the words of each choice."""

    told: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """To the menu before."""


@dataclass(frozen=True, slots=True)
class Speak:
    """To be spoken with in this language."""

    to: Language


@dataclass(frozen=True, slots=True)
class Take:
    """What a choice offers. Where it was said (`meant`) it may not be `sure`, and more was said `besides`."""

    offer: Offer
    meant: Meant | None = None
    sure: bool = True
    besides: tuple[Meant, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing that the menu could act on."""


Wish = Person | Again | Back | Speak | Take | Unclear

_REPLIES: Mapping[str, str] = {**CONFIRMING_KEYS, OPERATOR_KEY: PERSON, REPEAT_KEY: REPEAT, BACK_KEY: BACK}


def wish(plan: Plan, language: str, menu: str, answer: Key | Meant) -> tuple[Wish, str]:
    """And why, as the end of a sentence: "pressed 0 for a person"."""
    return (
        _pressed(plan, language, menu, answer.digits)
        if isinstance(answer, Key)
        else _said(plan, language, menu, answer)
    )


def reply(plan: Plan, answer: Answer) -> str:
    """What is said when asked whether something is right: YES, NO or one of the manners; "" for anything else."""
    match answer:
        case Key(digits):
            return _REPLIES.get(digits, "")
        case Meant(intent, confidence) if confidence >= plan.confidence.confirm:
            return PERSON if intent == plan.operator.intent else intent
    return ""


def means(meant: Meant) -> str:
    return f"said what means '{meant.intent}' (confidence {meant.confidence:.2f})"


def called(plan: Plan, offer: Offer) -> str:
    return f"'{offer.choice.name[plan.practice.languages[0]]}'"


def _pressed(plan: Plan, language: str, name: str, digits: str) -> tuple[Wish, str]:
    menu = plan.menus[name]
    if digits == OPERATOR_KEY:
        return Person(), "pressed 0 for a person"
    if digits == REPEAT_KEY:
        return Again(), "pressed * to hear it again"
    if digits == BACK_KEY:
        return Back(), "pressed # to go back"
    if tongue := offers.tongues(menu, language).get(digits):
        return Speak(tongue.to), f"pressed {digits} for language '{tongue.to}'"
    if choice := menu.choices.get(digits):
        offer = Offer(name, digits, choice)
        return Take(offer), f"pressed {digits}, {called(plan, offer)}"
    return Unclear(), "pressed a key that is no choice"


def _said(plan: Plan, language: str, menu: str, meant: Meant) -> tuple[Wish, str]:
    said = means(meant)
    if meant.confidence < plan.confidence.confirm:
        return Unclear(), f"{said}, which is a guess"
    if meant.intent in {PERSON, plan.operator.intent}:
        return Person(), said
    if meant.intent in {REPEAT, CHOICES}:
        return Again(told=meant.intent == CHOICES), said
    if meant.intent == BACK:
        return Back(), said
    for tongue in offers.tongues(plan.menus[menu], language).values():
        if tongue.intent == meant.intent and meant.confidence >= plan.confidence.route:
            return Speak(tongue.to), said
    return _named(plan, menu, meant)


def _named(plan: Plan, menu: str, meant: Meant) -> tuple[Wish, str]:
    """A choice of the menu, surely or perhaps."""
    matter, besides = _weightiest(plan, menu, meant)
    offer, said, limit = offers.spoken(plan, menu).get(matter.intent), means(matter), plan.confidence.route
    if offer is None:
        return Unclear(), f"{said}, which is not sure enough here"
    if matter.confidence < limit:
        return Take(offer, matter, sure=False, besides=besides), f"{said}: below {limit:.2f}, so it was confirmed"
    return Take(offer, matter, besides=besides), f"{said}: {called(plan, offer)}"


def _weightiest(plan: Plan, menu: str, meant: Meant) -> tuple[Meant, tuple[Meant, ...]]:
    """Of several matters the clinical one, else the first that was said; and the others."""
    known = offers.spoken(plan, menu)
    matters = [each for each in (meant, *meant.also) if each.intent in known]
    if not matters[1:]:
        return meant, ()
    chosen = next((each for each in matters if _is_clinical(plan, known[each.intent])), matters[0])
    return replace(chosen, readings=meant.readings), tuple(each for each in matters if each is not chosen)


def _is_clinical(plan: Plan, offer: Offer) -> bool:
    go = offer.choice.go
    return go.kind is Kind.QUEUE and is_clinical(plan, go.name)
