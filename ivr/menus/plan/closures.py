"""Closures and messages that somebody switches on, and the extensions at which a person does so by telephone.

closures: a snow day ── closes ──> hours        codes: "7700" ── asks the PIN of ──> people
                     └─ says ────> a prompt
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from ivr.menus.mistakes import Finding, Path
from ivr.menus.plan.numbers import SHORTEST_NUMBER
from ivr.menus.plan.values import Name, Names, Noun, Words, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.plan.model import Plan

MOST_BY_PHONE = 9  # one key each


class Closure(Noun):
    """`say` is told before the greeting while it is on; `closes` are names of hours, all of them where left out.

    `name` is what the telephone calls it: "Snow day: off. To switch it on, press one."
    """

    say: Name | None = None
    closes: Names | None = None
    name: Words = Field({})

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.say is None and self.closes == ():
            raise refusal("neither says nor closes anything: give it 'say', or let it close some hours")
        return self

    def shuts(self, hours: str) -> bool:
        return self.closes is None or hours in self.closes


def _extension(value: object) -> object:
    digits = value.removeprefix("*") if isinstance(value, str) else ""
    if not (2 <= len(digits) < SHORTEST_NUMBER and digits.isascii() and digits.isdecimal()):  # noqa: PLR2004 - one digit is a slip
        raise refusal(f'must be an extension of 2 to {SHORTEST_NUMBER - 1} digits in quotes, such as "7700"')
    return value


_WRITTEN = {"description": "An extension, in quotes.", "type": "string", "pattern": r"^\*?\d{2,6}$"}
Extension = Annotated[str, BeforeValidator(_extension), WithJsonSchema(_WRITTEN)]


class Code(Noun):
    """What one of `who`, known by the PIN, does at this extension."""

    does: Literal["closures", "prompts"]
    who: Annotated[Names, Field(min_length=1)]


Closures = Mapping[Name, Closure]
Codes = Mapping[Extension, Code]


def switched_by_phone(plan: Plan) -> bool:
    """Whether there is an extension that speaks of the closures."""
    return any(code.does == "closures" for code in plan.codes.values())


# ---- what can be wrong ----------------------------------------------------------------------------------------------


def closing(plan: Plan) -> Iterator[Finding]:
    """Mistakes and warnings of a plan without dangling names."""
    yield from _closes_nothing(plan)
    for code, each in plan.codes.items():
        here: Path = ("codes", code)
        if code in plan.numbers:
            yield Finding(here, f"'{code}' is a code and a number: callers would be asked for a PIN")
        yield from _pins(plan, here, each)
        if each.does == "closures":
            yield from _by_phone(plan, here)


def _closes_nothing(plan: Plan) -> Iterator[Finding]:
    used = {menu.hours for menu in plan.menus.values()} | {queue.hours for queue in plan.queues.values()}
    for name, closure in plan.closures.items():
        if closure.closes != () and not any(closure.shuts(hours) for hours in used if hours):
            said = f"closure '{name}' closes nothing: no menu and no queue has these hours"
            yield Finding(("closures", name), said, warning=True)


def _pins(plan: Plan, here: Path, code: Code) -> Iterator[Finding]:
    """Who may use it is known by the PIN: so everybody has one, and no two the same."""
    for index, name in enumerate(code.who):
        if plan.people[name].pin is None:
            said = f"{name} has no 'pin', which code '{here[-1]}' asks for: add one to person '{name}'"
            yield Finding((*here, "who", index), said)
    for one, other in combinations(dict.fromkeys(code.who), 2):
        if plan.people[one].pin is not None and plan.people[one].pin == plan.people[other].pin:
            said = f"{one} and {other} have the same PIN, so code '{here[-1]}' cannot tell them apart: change one"
            yield Finding((*here, "who"), said)
    for name, times in Counter(code.who).items():
        if times > 1:
            yield Finding((*here, "who"), f"{name} is named twice", warning=True)


def _by_phone(plan: Plan, here: Path) -> Iterator[Finding]:
    if not plan.closures:
        yield Finding((*here, "does"), f"code '{here[-1]}' switches closures, but the plan has none: add 'closures'")
    if len(plan.closures) > MOST_BY_PHONE:
        said = f"code '{here[-1]}' has a key for {MOST_BY_PHONE} closures, and the plan has more: take some together"
        yield Finding((*here, "does"), said)
