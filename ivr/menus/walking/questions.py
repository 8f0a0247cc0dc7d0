"""A menu's question at each attempt, as an Ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.menus.plan import offers
from ivr.menus.plan.manners import manners
from ivr.menus.plan.model import NO, OPERATOR_KEY, REPEAT_KEY, YES, Plan
from ivr.menus.steps import Ask, Meant
from ivr.menus.words import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.menus.plan.offers import Offer

OPEN, CLOSED, BY_KEYS = 1, 2, 3  # the attempts at one question; after the last a person takes over
CONFIRMING_KEYS: Mapping[str, str] = {"1": YES, "2": NO}
BACK_KEY = ""  # the pound key: it ends every number, so alone it comes as no digits at all


@dataclass(frozen=True, slots=True)
class Asking:
    """A menu's question; without `speech` it takes keys only."""

    menu: str
    attempt: int = OPEN
    speech: bool = True


@dataclass(frozen=True, slots=True)
class Confirming:
    """Did the caller mean this offer? `asked` is the question that brought us here."""

    asked: Asking
    offer: Offer
    meant: Meant


def question(plan: Plan, language: str, asking: Asking, *lead: str, told: bool = False) -> Ask:
    """Put a menu's question; `lead` is said first: the greeting, or what went wrong before.

    `told`: with the words of each choice, as whoever was not understood hears it.
    """
    menu = plan.menus[asking.menu]
    listens = asking.speech and asking.attempt != BY_KEYS
    said = dict.fromkeys((*offers.intents(plan, asking.menu, language), *manners(plan)))
    intents = tuple(said) if listens else ()
    closed = bool(intents) and (told or asking.attempt == CLOSED)
    return Ask(
        language,
        (*lead, *_prompts(plan, language, asking.menu, heard=bool(intents), closed=closed)),
        offers.keys(menu, language),
        intents,
        closed,
        menu.wait,
    )


def confirmation(plan: Plan, language: str, state: Confirming) -> Ask:
    speech = state.asked.speech
    return Ask(
        language,
        (wording.confirm_prompt(state.offer.menu, state.offer.key),),
        frozenset({*CONFIRMING_KEYS, OPERATOR_KEY, REPEAT_KEY}),
        (YES, NO, *manners(plan)) if speech else (),
        closed=speech,
        silence_seconds=plan.menus[state.asked.menu].wait,
    )


def _prompts(plan: Plan, language: str, name: str, *, heard: bool, closed: bool) -> tuple[str, ...]:
    menu = plan.menus[name]
    languages = [wording.press_prompt(name, key) for key in offers.tongues(menu, language)]
    press = [wording.press_prompt(name, key) for key in menu.choices]
    if closed:
        say = [wording.say_prompt(plan, name, key, language) for key in menu.choices]
        return (*languages, *say, wording.OPERATOR_PROMPT)
    if heard:
        return (*languages, menu.ask, *press)
    return (*languages, "please_press", *press, wording.OPERATOR_PROMPT)
