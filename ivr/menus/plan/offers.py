"""What a menu offers to a caller, by key and by word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.menus.plan.model import OPERATOR_KEY, REPEAT_KEY, Choice, Menu, Plan, Tongue
from ivr.menus.plan.values import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice and the place where it is written; `key` is the intent of one that is only said."""

    menu: str
    key: str
    choice: Choice

    @property
    def said_at(self) -> tuple[str, ...]:
        """Where the plan says what callers say for it."""
        of_key = ("menus", self.menu, "choices", self.key, "intent")
        return of_key if self.key.isdigit() else ("menus", self.menu, "said", self.key)


def spoken(plan: Plan, menu: str, passed: frozenset[str] = frozenset()) -> Mapping[str, Offer]:
    """The choices that a caller may name on a menu, by intent.

    A choice without an intent that leads to a further menu ("something else") opens that menu's intents here as
    well: who knows the word need not climb the stairs. `passed` are the menus that led here.
    """
    own: dict[str, Offer] = {}
    deeper: dict[str, Offer] = {}
    for key, choice in plan.menus[menu].ways.items():
        if choice.intent:
            own[choice.intent] = Offer(menu, key, choice)
        elif choice.go.kind is Kind.MENU and choice.go.name in plan.menus.keys() - passed - {menu}:
            deeper |= spoken(plan, choice.go.name, passed | {menu})
    return own | {intent: offer for intent, offer in deeper.items() if intent not in own}


def tongues(menu: Menu, language: str) -> Mapping[str, Tongue]:
    """The languages that a caller of `language` can change to, by key."""
    return {key: tongue for key, tongue in menu.language_keys.items() if tongue.to != language}


def keys(menu: Menu, language: str) -> frozenset[str]:
    return frozenset({*menu.choices, *tongues(menu, language), OPERATOR_KEY, REPEAT_KEY})


def intents(plan: Plan, menu: str, language: str) -> tuple[str, ...]:
    """All that may be said on a menu, the operator and other languages included."""
    others = [tongue.intent for tongue in tongues(plan.menus[menu], language).values()]
    return tuple(dict.fromkeys(filter(None, [*spoken(plan, menu), *others, plan.operator.intent])))
