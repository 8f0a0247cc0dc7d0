"""Closures and messages that somebody switches on, and the extensions at which a person does so by telephone.

closures: a snow day ── closes ──> hours        codes: "7700" ── asks the PIN of ──> people
                     └─ says ────> a prompt
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from ivr.menus.plan.numbers import SHORTEST_NUMBER
from ivr.menus.plan.values import Name, Names, Noun, Words, refusal

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
