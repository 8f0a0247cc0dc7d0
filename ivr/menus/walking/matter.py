"""What one caller came for, as far as it is known, with the trail of menus and the chain of reasons that led there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.menus.steps import Reason
from ivr.menus.walking.collecting import Gathered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.menus.plan.callers import Preferred
    from ivr.menus.plan.model import Choice
    from ivr.menus.steps import Danger, Meant


@dataclass(frozen=True, slots=True)
class _Visit:
    """A menu that the caller left by a choice, and what was known there."""

    menu: str
    intent: str
    needs: frozenset[str]


@dataclass(slots=True)
class Matter:
    """`intent` and `needs` come of what was chosen, `also` was said beside it, `gathered` given for slots.

    `known` is how the plan prefers this caller. Who is `in_danger` stays so; who is `distressed` has no failure more.
    """

    known: Preferred | None = None
    intent: str = ""
    needs: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    in_danger: bool = False
    distressed: bool = False
    gathered: Gathered = field(default_factory=Gathered)
    _trail: list[_Visit] = field(default_factory=list)
    _greeted: dict[str, str] = field(default_factory=dict)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(self.gathered.reasons)

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        return tuple(self.gathered.values.items())

    def because(self, text: str, meant: Meant | None = None) -> None:
        """One link more in the chain of reasons, with the words that spoke for it."""
        self.gathered.reasons.append(Reason(text, " / ".join(meant.evidence) if meant else ""))

    def endangered(self, danger: Danger) -> None:
        self.gathered.reasons.append(Reason(f"A sign of danger: '{danger.sign}'.", " / ".join(danger.evidence)))
        self.in_danger = True
        self.add(danger.also)

    def sounds_distressed(self, signs: Iterable[Reason]) -> None:
        self.gathered.reasons.extend(Reason(f"The caller {sign.text}.", sign.phi) for sign in signs)
        self.because("So a person is offered, and the call is pressing.")
        self.distressed = True

    def begin_again(self) -> None:
        """Back at the start is a new matter; what was given for slots is true all the same."""
        self.intent, self.needs, self.also = "", frozenset(), ()
        self._trail.clear()

    def was_greeted(self, menu: str, language: str) -> bool:
        """Whoever comes back to a menu heard its greeting before, unless they changed the language since."""
        before, self._greeted[menu] = self._greeted.get(menu), language
        return before == language

    def add(self, intents: Iterable[str]) -> None:
        """Said beside the matter: the person will see it."""
        self.also = tuple(dict.fromkeys((*self.also, *intents)))

    def chose(self, menu: str, choice: Choice) -> None:
        """The first choice with an intent names the matter; each adds what a person needs for it."""
        self._trail.append(_Visit(menu, self.intent, self.needs))
        self.needs |= choice.needs
        self.intent = self.intent or choice.intent or ""

    def has_been_at(self, menu: str) -> bool:
        return any(visit.menu == menu for visit in self._trail)

    @property
    def is_at_first_menu(self) -> bool:
        return not self._trail

    def back(self) -> str:
        """The menu before, with what was known there."""
        before = self._trail.pop()
        self.intent, self.needs = before.intent, before.needs
        return before.menu
